"""A note is planned once, is frozen, and changes state only from the state it was in."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec import structs

from kaa_bridge.errors import StateUnusable
from kaa_bridge.journal.outbox import Change, change, note_key, plan_note, reference_of, supersede, supersede_protected
from kaa_bridge.journal.reconcile import equation
from kaa_bridge.journal.states import ALLOWED, NoteState
from kaa_bridge.store.engine import Store, StoreKind
from kaa_bridge.store.sql import run
from tests.journal.support import plan, planned, states
from tests.store.support import KINDS, add_run, add_youth, store_settings

PARTS = st.tuples(st.binary(min_size=16, max_size=16), st.text(max_size=20), st.text(max_size=20))


@given(PARTS, PARTS)
def test_keys_are_equal_only_for_equal_parts(one: tuple[bytes, str, str], other: tuple[bytes, str, str]) -> None:
    assert (note_key(b"k" * 32, *one) == note_key(b"k" * 32, *other)) == (one == other)
    assert note_key(b"k" * 32, *one) != note_key(b"l" * 32, *one)


def test_a_reference_is_opaque_and_whole() -> None:
    key = note_key(b"k" * 32, b"p" * 16, "registered", "2026-02-01")
    reference = reference_of(key)
    assert reference.startswith("KAA-")
    assert len(reference) == 30
    assert reference_of(key[:-1] + bytes([key[-1] ^ 1])) != reference


@pytest.mark.parametrize("kind", KINDS)
def test_a_note_is_planned_once_whatever_changes_in_it(tmp_path: Path, kind: StoreKind) -> None:
    with store_settings(tmp_path, kind) as settings, Store.create(settings) as store:
        run_id, youth = add_run(store), add_youth(store, b"p" * 16)
        first = planned(store, youth, b"p" * 16, run_id)
        again = planned(store, youth, b"p" * 16, add_run(store))
        with store.write() as connection:
            assert plan_note(connection, first)
            assert not plan_note(connection, again)
        with store.read() as connection:
            row = run(connection, "SELECT planned_run, state FROM note").one()
        assert (row.planned_run, row.state) == (run_id, "PLANNED")


def test_a_changed_number_makes_no_second_note(tmp_path: Path) -> None:
    with store_settings(tmp_path, StoreKind.SQLITE) as settings, Store.create(settings) as store:
        run_id, youth = add_run(store), add_youth(store, b"p" * 16)
        with store.write() as connection:
            assert plan_note(connection, planned(store, youth, b"p" * 16, run_id))
            assert not plan_note(connection, planned(store, youth, b"q" * 16, run_id))
            assert plan_note(connection, planned(store, youth, b"q" * 16, run_id, occurrence="2"))


@pytest.mark.parametrize(
    "protection", ["sekretessmarkering", "skyddad_folkbokforing", "fingerade_personuppgifter", "unknown", None]
)
def test_a_protected_person_never_gets_a_note(tmp_path: Path, protection: str | None) -> None:
    with store_settings(tmp_path, StoreKind.SQLITE) as settings, Store.create(settings) as store:
        plan(store, 1, protection=protection)
        assert states(store) == {}


def test_becoming_protected_erases_what_has_not_left(tmp_path: Path) -> None:
    with store_settings(tmp_path, StoreKind.SQLITE) as settings, Store.create(settings) as store:
        (reference,) = plan(store, 1)
        with store.write() as connection:
            run(connection, "UPDATE youth SET protection = 'sekretessmarkering'")
            assert supersede_protected(connection, at="2026-02-02T03:30:00Z", actor="run 1") == 1
            row = run(connection, "SELECT state, person_number, heading, body, code FROM note").one()
        assert tuple(row) == ("SUPERSEDED", "", "", "", "protected")
        assert states(store) == {reference: NoteState.SUPERSEDED}


@pytest.mark.parametrize("kind", KINDS)
def test_what_was_taken_back_is_planned_again_in_its_own_row_when_the_protection_is_gone(
    tmp_path: Path, kind: StoreKind
) -> None:
    with store_settings(tmp_path, kind) as settings, Store.create(settings) as store:
        youth, first, later = add_youth(store, b"p" * 16), add_run(store), add_run(store)
        note = planned(store, youth, b"p" * 16, first)
        again = structs.replace(note, body="Ungdomen omfattas.", run_id=later, occurred_on=date(2026, 2, 3))
        with store.write() as connection:
            assert plan_note(connection, note)
            run(connection, "UPDATE youth SET protection = 'unknown'")
            assert supersede_protected(connection, at="2026-02-02T03:30:00Z", actor="run 1") == 1
            assert not plan_note(connection, again), "still protected"
            run(connection, "UPDATE youth SET protection = 'none'")
            assert plan_note(connection, again)
            assert not plan_note(connection, again), "once"
            row = run(
                connection, "SELECT reference, state, planned_run, body, person_number, occurred_on FROM note"
            ).one()
            books = equation(connection), equation(connection, later)
        assert tuple(row) == (
            reference_of(note.key), "PLANNED", later, "Ungdomen omfattas.", note.person_number, "2026-02-03",
        )  # fmt: skip
        assert [(one.planned, one.holds) for one in books] == [(1, True), (1, True)]


def test_what_a_person_gave_up_is_never_planned_again(tmp_path: Path) -> None:
    with store_settings(tmp_path, StoreKind.SQLITE) as settings, Store.create(settings) as store:
        youth, run_id = add_youth(store, b"p" * 16), add_run(store)
        note = planned(store, youth, b"p" * 16, run_id)
        with store.write() as connection:
            assert plan_note(connection, note)
            one = Change(1, 0, NoteState.PLANNED, NoteState.SUPERSEDED, "dropped")
            change(connection, [one], at="2026-02-02T03:30:00Z", actor="Karin: x")
            assert not plan_note(connection, note)


def test_a_note_that_stands_twice_in_the_journal_is_not_taken_back(tmp_path: Path) -> None:
    with store_settings(tmp_path, StoreKind.SQLITE) as settings, Store.create(settings) as store:
        (reference,) = plan(store, 1)
        at = "2026-02-02T03:30:00Z"
        with store.write() as connection:
            change(connection, [Change(1, 0, NoteState.PLANNED, NoteState.HELD, "x")], at=at, actor="run 1")
            assert not supersede(connection, reference, code="no_longer_due", at=at, actor="run 1")
            run(connection, "UPDATE youth SET protection = 'sekretessmarkering'")
            assert supersede_protected(connection, at=at, actor="run 1") == 0


def test_a_note_that_may_have_left_is_not_superseded(tmp_path: Path) -> None:
    with store_settings(tmp_path, StoreKind.SQLITE) as settings, Store.create(settings) as store:
        (reference,) = plan(store, 1)
        at = "2026-02-02T03:30:00Z"
        with store.write() as connection:
            change(connection, [Change(1, 0, NoteState.PLANNED, NoteState.IN_DOUBT, "x")], at=at, actor="run 1")
            assert not supersede(connection, reference, code="not_due", at=at, actor="run 1")


def test_a_change_from_another_state_changes_nothing(tmp_path: Path) -> None:
    with store_settings(tmp_path, StoreKind.SQLITE) as settings, Store.create(settings) as store:
        first, second = plan(store, 2)
        wanted = [
            Change(1, 0, NoteState.PLANNED, NoteState.HELD),
            Change(2, 3, NoteState.PLANNED, NoteState.HELD),
        ]
        with pytest.raises(StateUnusable, match="note_changed_meanwhile"), store.write() as connection:
            change(connection, wanted, at="2026-02-02T03:30:00Z", actor="run 1")
        assert states(store) == {first: NoteState.PLANNED, second: NoteState.PLANNED}
        with store.read() as connection:
            assert run(connection, "SELECT count(*) FROM transition").scalar_one() == 2


def test_final_states_are_final_and_nothing_confirmed_is_sent_again() -> None:
    assert not ALLOWED[NoteState.CONFIRMED]
    assert not ALLOWED[NoteState.SUPERSEDED]
    assert set(ALLOWED) == set(NoteState)
    intents = [state for state in NoteState if NoteState.INTENT in ALLOWED[state]]
    assert intents == [NoteState.PLANNED]


def test_a_reference_listed_by_the_journal_is_planned_as_confirmed(tmp_path: Path) -> None:
    with store_settings(tmp_path, StoreKind.SQLITE) as settings, Store.create(settings) as store:
        run_id, youth = add_run(store), add_youth(store, b"p" * 16)
        note = planned(store, youth, b"p" * 16, run_id)
        with store.write() as connection:
            listed = (reference_of(note.key), "treserva", "J7", "2026-02-02T03:30:00Z")
            run(connection, "INSERT INTO listed_note VALUES (?, ?, ?, ?)", listed)
            assert plan_note(connection, note)
            row = run(connection, "SELECT state, journal_id FROM note").one()
        assert tuple(row) == ("CONFIRMED", "J7")
