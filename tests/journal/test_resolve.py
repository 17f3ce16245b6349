"""What a person may do with a note, and what is refused with the next command."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from kaa_bridge.errors import InputRefused, NoteInDoubt, NoteRefused
from kaa_bridge.journal.resolve import (
    Decision,
    drop,
    list_notes,
    next_step,
    resolve_absent,
    resolve_present,
    retry,
    show_note,
)
from kaa_bridge.journal.states import NoteState
from kaa_bridge.store.connection import Connection
from tests.journal.support import NUMBER, MemoryJournal, plan, states
from tests.journal.test_send import new_store, night, raises
from tests.store.support import TestClock

WHO = Decision("Karin", "såg efter i journalen")


def doubt_and_refusal() -> MemoryJournal:
    journal = MemoryJournal()
    journal.deeds = {0: raises(NoteInDoubt("timed_out", "x")), 1: raises(NoteRefused("unknown_person", "x"))}
    return journal


def test_a_person_says_that_it_is_there(tmp_path: Path) -> None:
    clock, journal = TestClock(), doubt_and_refusal()
    with new_store(tmp_path) as store:
        reference, _ = plan(store, 2)
        night(store, journal, clock)
        with store.write() as connection:
            resolve_present(connection, reference, " 4711 ", WHO, clock)
            shown = show_note(connection, reference)
        assert (shown["state"], shown["journal_id"]) == ("CONFIRMED", "4711")
        assert shown["resolved_by"] == "Karin: såg efter i journalen"
        assert [step["after"] for step in shown["history"]] == ["PLANNED", "INTENT", "IN_DOUBT", "CONFIRMED"]
        assert NUMBER not in str(shown)


def test_a_person_says_that_it_is_not_there_but_not_too_early(tmp_path: Path) -> None:
    clock, journal = TestClock(), doubt_and_refusal()
    with new_store(tmp_path) as store:
        reference, _ = plan(store, 2)
        night(store, journal, clock)
        clock.advance(60)
        with pytest.raises(InputRefused, match="not_settled"), store.write() as connection:
            resolve_absent(connection, reference, WHO, clock, settle_seconds=900)
        clock.advance(841)
        with store.write() as connection:
            resolve_absent(connection, reference, WHO, clock, settle_seconds=900)
        night(store, journal, clock)
        assert states(store)[reference] is NoteState.CONFIRMED
    assert len(journal.stored) == 1


def test_a_refused_note_is_retried_or_dropped(tmp_path: Path) -> None:
    clock, journal = TestClock(), doubt_and_refusal()
    with new_store(tmp_path) as store:
        _, refused = plan(store, 2)
        night(store, journal, clock)
        with store.write() as connection:
            retry(connection, refused, WHO, clock)
        journal.deeds = {2: raises(NoteRefused("unknown_person", "x"))}
        night(store, journal, clock)
        with store.write() as connection:
            drop(connection, refused, WHO, clock)
        night(store, journal, clock)
        assert states(store)[refused] is NoteState.SUPERSEDED
    assert journal.stored == []


DEEDS: list[Callable[[Connection, str, TestClock], None]] = [
    lambda c, r, t: resolve_present(c, r, "1", WHO, t),
    lambda c, r, t: resolve_absent(c, r, WHO, t, settle_seconds=900),
    lambda c, r, t: retry(c, r, WHO, t),
    lambda c, r, t: drop(c, r, WHO, t),
]


@pytest.mark.parametrize("deed", DEEDS, ids=["present", "absent", "retry", "drop"])
def test_a_confirmed_note_is_never_touched(tmp_path: Path, deed: Callable[[Connection, str, TestClock], None]) -> None:
    clock, journal = TestClock(), MemoryJournal()
    with new_store(tmp_path) as store:
        (reference,) = plan(store, 1)
        night(store, journal, clock)
        with pytest.raises(InputRefused, match="note_state"), store.write() as connection:
            deed(connection, reference, clock)
        with pytest.raises(InputRefused, match="note_unknown"), store.write() as connection:
            deed(connection, "KAA-NONE", clock)


def test_a_doubt_is_never_just_retried(tmp_path: Path) -> None:
    clock, journal = TestClock(), doubt_and_refusal()
    with new_store(tmp_path) as store:
        reference, _ = plan(store, 2)
        night(store, journal, clock)
        with pytest.raises(InputRefused, match="note_state") as caught, store.write() as connection:
            retry(connection, reference, WHO, clock)
    assert f"outbox resolve {reference}" in caught.value.remedy


def test_the_list_names_the_next_command_and_no_person(tmp_path: Path) -> None:
    journal = doubt_and_refusal()
    with new_store(tmp_path) as store:
        plan(store, 3)
        night(store, journal, TestClock())
        with store.read() as connection:
            found = list_notes(connection)
            doubts = list_notes(connection, NoteState.IN_DOUBT)
    assert [row["state"] for row in found] == ["CONFIRMED", "REFUSED", "IN_DOUBT"]
    assert [bool(row["next"]) for row in found] == [False, True, True]
    assert len(doubts) == 1
    assert NUMBER not in str(found)


@pytest.mark.parametrize("state", [state for state in NoteState if state not in {"CONFIRMED", "SUPERSEDED"}])
def test_every_state_that_is_not_final_has_a_next_step(state: NoteState) -> None:
    assert next_step(state, None, "KAA-X")
