"""What an earlier run left undecided is settled by look-up where the journal allows it, else by a person."""

from __future__ import annotations

from pathlib import Path

import pytest

from kaa_bridge.contract.journal import CaseNote, JournalLevel, Receipt
from kaa_bridge.errors import NoteInDoubt
from kaa_bridge.journal.recovery import ABSENT, DUPLICATE
from kaa_bridge.journal.states import NoteState
from kaa_bridge.store.engine import StoreKind
from kaa_bridge.store.epoch import open_epoch
from kaa_bridge.store.sql import run
from tests.journal.support import MemoryJournal, plan, states
from tests.journal.test_send import new_store, night, raises
from tests.store.support import KINDS, TestClock

LOST = raises(NoteInDoubt("timed_out", "x"))


def stored_unseen(note: CaseNote, journal: MemoryJournal) -> Receipt:
    """The journal stores the note, the answer is lost."""
    journal.store(note)
    raise NoteInDoubt("timed_out", "x")


@pytest.mark.parametrize("kind", KINDS)
def test_a_doubt_rests_for_the_settle_time_and_is_then_asked_about(tmp_path: Path, kind: StoreKind) -> None:
    clock, journal = TestClock(), MemoryJournal()
    journal.deeds = {0: LOST, 1: stored_unseen}
    with new_store(tmp_path, kind) as store:
        first, second, third = plan(store, 3)
        night(store, journal, clock)
        clock.advance(899)
        night(store, journal, clock)
        assert journal.lookups == 0
        assert states(store)[first] is NoteState.IN_DOUBT
        clock.advance(2)
        report = night(store, journal, clock)
        assert report.recovered == {NoteState.PLANNED: 1, NoteState.CONFIRMED: 1}
        assert set(states(store).values()) == {NoteState.CONFIRMED}
    assert sorted(reference for reference, _ in journal.stored) == sorted([first, second, third])


@pytest.mark.parametrize(
    ("level", "stored", "state", "code"),
    [
        (0, False, NoteState.IN_DOUBT, "timed_out"),
        (0, True, NoteState.IN_DOUBT, "timed_out"),
        (1, False, NoteState.IN_DOUBT, ABSENT),
        (1, True, NoteState.CONFIRMED, None),
        (2, False, NoteState.CONFIRMED, None),
        (2, True, NoteState.CONFIRMED, None),
        (3, False, NoteState.CONFIRMED, None),
        (3, True, NoteState.CONFIRMED, None),
    ],
)
def test_what_each_level_promises(tmp_path: Path, level: int, stored: bool, state: NoteState, code: str | None) -> None:
    clock, journal = TestClock(), MemoryJournal(JournalLevel(level))
    journal.deeds[0] = stored_unseen if stored else LOST
    with new_store(tmp_path) as store:
        (reference,) = plan(store, 1)
        night(store, journal, clock)
        clock.advance(901)
        night(store, journal, clock)
        assert states(store) == {reference: state}
        with store.read() as connection:
            assert run(connection, "SELECT code FROM note").scalar_one() == code
    assert len(journal.stored) == (state is NoteState.CONFIRMED or stored)


def test_two_in_the_journal_are_an_incident(tmp_path: Path) -> None:
    clock, journal = TestClock(), MemoryJournal()

    def twice(note: CaseNote, journal: MemoryJournal) -> Receipt:
        journal.store(note)
        return stored_unseen(note, journal)

    journal.deeds[0] = twice
    with new_store(tmp_path) as store:
        (reference,) = plan(store, 1)
        night(store, journal, clock)
        clock.advance(901)
        night(store, journal, clock)
        assert states(store) == {reference: NoteState.HELD}
        with store.read() as connection:
            assert run(connection, "SELECT code FROM note").scalar_one() == DUPLICATE


def test_an_intent_of_a_run_that_died_is_in_doubt(tmp_path: Path) -> None:
    clock, journal = TestClock(), MemoryJournal()
    with new_store(tmp_path) as store:
        (reference,) = plan(store, 1)
        with store.write() as connection:
            run(
                connection,
                "UPDATE note SET state = 'INTENT', attempt = 1, intent_at = '2026-02-02T03:30:00Z', "
                "intent_clock = 'boot-a 1000.0'",
            )
        night(store, journal, clock)
        assert states(store) == {reference: NoteState.IN_DOUBT}
        clock.advance(901)
        night(store, journal, clock)
    assert len(journal.stored) == 1


def test_a_journal_that_does_not_answer_the_lookup_concludes_nothing(tmp_path: Path) -> None:
    clock, journal = TestClock(), MemoryJournal()
    journal.deeds[0] = LOST
    with new_store(tmp_path) as store:
        (reference,) = plan(store, 1)
        night(store, journal, clock)
        clock.advance(901)
        journal.lookup_fails = True
        night(store, journal, clock)
        assert states(store) == {reference: NoteState.IN_DOUBT}


@pytest.mark.parametrize("hours", [1, 24, -1, -24, 24 * 3650])
def test_a_moved_wall_clock_settles_nothing_within_one_boot(tmp_path: Path, hours: int) -> None:
    clock, journal = TestClock(), MemoryJournal()
    journal.deeds[0] = LOST
    with new_store(tmp_path) as store:
        plan(store, 1)
        night(store, journal, clock)
        before = clock.elapsed
        clock.advance(hours * 3600)
        clock.elapsed = before + 30
        night(store, journal, clock)
        assert journal.lookups == 0
        clock.elapsed = before + 901
        night(store, journal, clock)
        assert journal.lookups == 1


def test_a_wall_clock_gone_back_over_a_reboot_waits(tmp_path: Path) -> None:
    clock, journal = TestClock(), MemoryJournal()
    journal.deeds[0] = LOST
    with new_store(tmp_path) as store:
        plan(store, 1)
        night(store, journal, clock)
        clock.boot_id = "boot-b"
        clock.advance(-3600)
        night(store, journal, clock)
        assert journal.lookups == 0
        clock.advance(3600 + 901)
        night(store, journal, clock)
        assert journal.lookups == 1


@pytest.mark.parametrize(
    ("level", "known", "state"),
    [
        (2, True, NoteState.CONFIRMED),
        (2, False, NoteState.CONFIRMED),
        (1, True, NoteState.CONFIRMED),
        (1, False, NoteState.IN_DOUBT),
        (0, True, NoteState.IN_DOUBT),
        (0, False, NoteState.IN_DOUBT),
    ],
)
def test_in_a_recovery_epoch_every_note_is_asked_about_first(
    tmp_path: Path, level: int, known: bool, state: NoteState
) -> None:
    clock, journal = TestClock(), MemoryJournal(JournalLevel(level))
    with new_store(tmp_path) as store:
        (reference,) = plan(store, 1)
        if known:
            journal.stored.append((reference, "sent before the restore"))
        with store.write() as connection:
            open_epoch(connection, clock)
        report = night(store, journal, clock)
        assert report.stopped == "epoch"
        assert journal.calls == journal.lookups == 0
        clock.advance(901)
        night(store, journal, clock)
        assert states(store) == {reference: state}
    assert [stored for stored, _ in journal.stored] == [reference] * (known or level == 2)


def test_an_unreachable_journal_in_a_recovery_epoch_leaves_the_notes_planned(tmp_path: Path) -> None:
    clock, journal = TestClock(), MemoryJournal()
    journal.lookup_fails = True
    with new_store(tmp_path) as store:
        plan(store, 7)
        with store.write() as connection:
            open_epoch(connection, clock)
        clock.advance(901)
        report = night(store, journal, clock)
    assert report.stopped == "breaker"
    assert report.outbox == {NoteState.PLANNED: 7}
    assert journal.calls == 0
