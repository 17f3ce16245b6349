"""The books balance, the journal's listing agrees, and a listing ends a recovery epoch."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from kaa_bridge.contract.journal import JournalLevel, Receipt
from kaa_bridge.errors import NoteInDoubt, NoteRefused
from kaa_bridge.journal.outbox import plan_note, reference_of, supersede
from kaa_bridge.journal.reconcile import compare_listing, equation
from kaa_bridge.journal.resolve import Decision, retry
from kaa_bridge.journal.states import NoteState
from kaa_bridge.store.engine import StoreKind
from kaa_bridge.store.epoch import close_epoch, open_epoch, read_epoch
from kaa_bridge.store.sql import run
from tests.journal.support import MemoryJournal, plan, planned, states
from tests.journal.test_send import SETTINGS, new_store, night, raises
from tests.store.support import KINDS, TestClock, add_run, add_youth

WHO = Decision("Karin", "rättat i journalen")


@pytest.mark.parametrize("kind", KINDS)
def test_every_planned_note_stands_in_one_state(tmp_path: Path, kind: StoreKind) -> None:
    journal = MemoryJournal()
    journal.deeds = {1: raises(NoteRefused("unknown_person", "x")), 2: raises(NoteInDoubt("timed_out", "x"))}
    with new_store(tmp_path, kind) as store:
        plan(store, 5)
        night(store, journal, TestClock())
        with store.read() as connection:
            found = equation(connection)
            of_run = equation(connection, 1)
    assert found.holds
    assert of_run.holds
    assert found.planned == of_run.planned == 5
    assert found.states == {NoteState.CONFIRMED: 3, NoteState.REFUSED: 1, NoteState.IN_DOUBT: 1}
    assert found.waiting == 0


def test_a_vanished_note_breaks_the_equation(tmp_path: Path) -> None:
    with new_store(tmp_path) as store:
        plan(store, 3)
        with store.write() as connection:
            run(connection, "PRAGMA defer_foreign_keys = ON")
            run(connection, "DELETE FROM transition WHERE note_id = 2")
            run(connection, "DELETE FROM note WHERE id = 3 AND id NOT IN (SELECT note_id FROM transition)")
        with store.read() as connection:
            assert not equation(connection).holds


def test_what_a_listing_shows(tmp_path: Path) -> None:
    journal = MemoryJournal()
    journal.deeds = {2: raises(NoteInDoubt("timed_out", "x"))}
    with new_store(tmp_path) as store:
        agreed, missing, undecided, doubled = plan(store, 4)
        night(store, journal, TestClock())
        listed = [Receipt("J1", agreed), Receipt("J4", doubled), Receipt("J5", doubled), Receipt("J6", "KAA-OTHER")]
        listed.append(Receipt("J7", "somebody-else"))
        with store.read() as connection:
            found = compare_listing(connection, "treserva", listed, date(2026, 2, 1), date(2026, 2, 4))
            outside = compare_listing(connection, "treserva", listed, date(2026, 2, 2), date(2026, 2, 4))
    assert found.agreed == {agreed, doubled}
    assert [set(found.missing), set(found.extra), set(found.doubled)] == [{missing}, {"KAA-OTHER"}, {doubled}]
    assert found.undecided == {undecided}
    assert not found.is_clean
    assert outside.missing == set()


@pytest.mark.parametrize("level", [1, 2])
def test_an_authoritative_listing_ends_the_epoch_and_nothing_is_sent_again(tmp_path: Path, level: int) -> None:
    clock, journal = TestClock(), MemoryJournal(JournalLevel(level))
    journal.lists = True
    with new_store(tmp_path) as store:
        sent, unsent = plan(store, 2)
        later = planned(store, 2, b"x" * 16, add_run(store), occurrence="later")
        journal.stored = [(sent, "before the restore"), ("KAA-LATER", "by a run that the backup does not know")]
        with store.write() as connection:
            open_epoch(connection, clock)
        clock.advance(901)
        night(store, journal, clock)
        with store.read() as connection:
            assert read_epoch(connection).is_open == (level == 1)
            kept = run(connection, "SELECT reference FROM listed_note").all()
        assert [row.reference for row in kept] == (["KAA-LATER"] if level == 2 else [])
        assert states(store)[sent] is NoteState.CONFIRMED
        assert states(store)[unsent] is (NoteState.CONFIRMED if level == 2 else NoteState.IN_DOUBT)
        with store.write() as connection:
            assert plan_note(connection, later)
    assert [reference for reference, _ in journal.stored].count(sent) == 1


def test_one_journals_listing_does_not_end_the_epoch_where_another_is_written_to(tmp_path: Path) -> None:
    """What the other was sent after the backup stands in no listing of this one."""
    clock, journal = TestClock(), MemoryJournal(JournalLevel.AUTHORITATIVE_LOOKUP)
    journal.lists = True
    with new_store(tmp_path) as store:
        sent, unsent = plan(store, 2)
        journal.stored = [(sent, "before the restore")]
        with store.write() as connection:
            open_epoch(connection, clock)
        clock.advance(901)
        night(store, journal, clock, replace(SETTINGS, alone=False))
        with store.read() as connection:
            assert read_epoch(connection).is_open
        assert states(store) == {sent: NoteState.CONFIRMED, unsent: NoteState.CONFIRMED}
    assert [reference for reference, _ in journal.stored].count(sent) == 1, "each is asked about by itself"


@pytest.mark.parametrize("lists", [True, False])
def test_what_was_refused_before_a_restore_is_not_sent_again_by_a_retry_after_it(tmp_path: Path, lists: bool) -> None:
    """The backup says refused; a person had it sent after the backup, and asks for it again after the restore."""
    clock, journal = TestClock(), MemoryJournal(JournalLevel.AUTHORITATIVE_LOOKUP)
    journal.lists = lists
    with new_store(tmp_path) as store:
        (reference,) = plan(store, 1)
        journal.deeds[0] = raises(NoteRefused("unknown_person", "x"))
        night(store, journal, clock)
        assert states(store)[reference] is NoteState.REFUSED
        journal.stored = [(reference, "after the backup")]
        with store.write() as connection:
            open_epoch(connection, clock)
        clock.advance(901)
        night(store, journal, clock)
        with store.write() as connection:
            close_epoch(connection)
            if not lists:
                retry(connection, reference, WHO, clock)
        night(store, journal, clock)
        assert states(store)[reference] is NoteState.CONFIRMED
    assert [one for one, _ in journal.stored] == [reference]


@pytest.mark.parametrize("lists", [True, False])
def test_what_was_taken_back_before_a_restore_is_asked_about_when_it_is_planned_again(
    tmp_path: Path, lists: bool
) -> None:
    """The backup says taken back; the protection went and the note was sent after the backup."""
    clock, journal = TestClock(), MemoryJournal(JournalLevel.AUTHORITATIVE_LOOKUP)
    journal.lists = lists
    with new_store(tmp_path) as store:
        youth = add_youth(store, b"p" * 16)
        note = planned(store, youth, b"p" * 16, add_run(store))
        reference = reference_of(note.key)
        with store.write() as connection:
            plan_note(connection, note)
            supersede(connection, reference, code="protected", at="2026-02-02T03:30:00Z", actor="run 1")
            journal.stored = [(reference, "after the backup")]
            open_epoch(connection, clock)
        clock.advance(901)
        night(store, journal, clock)
        with store.write() as connection:
            close_epoch(connection)
            assert plan_note(connection, note)
        night(store, journal, clock)
        assert states(store)[reference] is NoteState.CONFIRMED
    assert [one for one, _ in journal.stored] == [reference]


def test_a_listing_that_shows_a_note_twice_makes_an_incident_of_it(tmp_path: Path) -> None:
    clock, journal = TestClock(), MemoryJournal(JournalLevel.AUTHORITATIVE_LOOKUP)
    journal.lists = True
    with new_store(tmp_path) as store:
        (reference,) = plan(store, 1)
        journal.stored = [(reference, "once"), (reference, "twice")]
        with store.write() as connection:
            open_epoch(connection, clock)
        clock.advance(901)
        night(store, journal, clock)
        assert states(store)[reference] is NoteState.HELD
    assert len(journal.stored) == 2
