"""A resync sends what its plan has shown, and plans nothing on top of what is in doubt."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from kaa_bridge.cli.summary import lines
from kaa_bridge.contract.journal import CaseNote, JournalLevel, Receipt
from kaa_bridge.errors import ExitCode, GuardHold, NoteInDoubt, NoteNotSent
from kaa_bridge.journal.resolve import Decision, resolve_present
from kaa_bridge.journal.states import NoteState
from kaa_bridge.store.query import rows
from kaa_bridge.sync.plan import Person, Scope
from tests.journal.support import MemoryJournal, states
from tests.journal.test_send import raises
from tests.store.support import TestClock
from tests.sync.town import LEFT, Town, pupil

NIGHT, NEXT = date(2108, 2, 2), date(2108, 2, 3)
YOUTHS = range(3)
SOURCE, SINCE = Scope("resync", source="school", full=True), Scope("resync", since=NIGHT, full=True)
NOT_SENT = raises(NoteNotSent("refused", "It does not answer.", system="treserva"))
IN_DOUBT = raises(NoteInDoubt("timeout", "It did not answer in time.", system="treserva"))
PLANNED, DOUBT, CONFIRMED, SUPERSEDED = (
    NoteState.PLANNED, NoteState.IN_DOUBT, NoteState.CONFIRMED, NoteState.SUPERSEDED,
)  # fmt: skip


@pytest.fixture
def clock() -> TestClock:
    return TestClock()


@pytest.fixture
def town(tmp_path: Path, clock: TestClock) -> Iterator[Town]:
    made = Town(tmp_path)
    made.bridge.clock = clock
    with made.state:
        yield made


def stored_late(note: CaseNote, journal: MemoryJournal) -> Receipt:
    """Store the note, and fall silent."""
    journal.store(note)
    raise NoteInDoubt("timeout", "It did not answer in time.", system="treserva")


def begin(town: Town, deed: Any, *numbers: int) -> None:
    """Three have left school, each with a note; with the notes of these numbers something goes wrong."""
    town.journal.deeds = dict.fromkeys(numbers, deed)
    town.night(NIGHT, [pupil(index, LEFT) for index in YOUTHS])
    town.journal.deeds = {}


def person(town: Town, index: int) -> Scope:
    """Return the resync of one youth."""
    number = pupil(index)["number"]
    with town.state.read() as connection:
        found = rows(connection, "SELECT id FROM youth WHERE number = ?", (number,))
    return Scope("resync", person=Person(frozenset(int(youth) for (youth,) in found), number), full=True)


def kept(town: Town) -> tuple[Any, ...]:
    """Return what a refused resync leaves alone."""
    return states(town.state), town.ask("SELECT count(*) FROM run"), town.journal.calls


def refused(town: Town, scope: Scope) -> GuardHold:
    """Return why a resync is refused, and see that it has changed nothing."""
    before = kept(town)
    with pytest.raises(GuardHold) as caught:
        town.night(NEXT, [pupil(index) for index in YOUTHS], scope)
    assert kept(town) == before
    return caught.value


def test_a_resync_of_one_person_sends_that_persons_notes_only(town: Town) -> None:
    begin(town, NOT_SENT, *YOUTHS)
    one = person(town, 1)
    dry = town.plan(NEXT, scope=one)
    assert (dry.report.sent.waiting, dry.report.exit_code, len(town.journal.stored)) == (1, ExitCode.DONE, 0)
    assert "  Notes      0 planned, 1 of earlier runs go along" in lines(dry)
    applied = town.night(NEXT, scope=one)
    assert (applied.sent.confirmed, applied.sent.waiting, applied.exit_code) == (1, 0, ExitCode.DONE)
    assert sorted(states(town.state).values()) == [CONFIRMED, PLANNED, PLANNED]
    assert town.night(NEXT).sent.confirmed == 2


def test_a_person_who_is_met_first_is_sent_for_too(town: Town) -> None:
    begin(town, NOT_SENT, *YOUTHS)
    town.school.records = [pupil(7, LEFT)]
    applied = town.night(NEXT, scope=Scope("resync", person=Person(frozenset(), pupil(7)["number"]), full=True))
    assert (applied.plan.notes, applied.sent.confirmed, len(town.journal.stored)) == ({"registered": 1}, 1, 1)


@pytest.mark.parametrize("scope", [Scope(), SOURCE, SINCE], ids=["night", "source", "since"])
def test_a_dry_run_shows_all_that_applying_it_sends(town: Town, scope: Scope) -> None:
    begin(town, NOT_SENT, *YOUTHS)
    records = [pupil(index, LEFT) for index in range(5)]
    dry = town.plan(NEXT, records, scope).report
    assert (dry.plan.notes_planned, dry.sent.waiting) == (2, 3)
    assert town.night(NEXT, records, scope).sent.confirmed == 5


def test_a_resync_is_refused_while_a_note_of_the_youth_is_in_doubt(town: Town) -> None:
    begin(town, IN_DOUBT, 1)
    dry = town.plan(NEXT, scope=person(town, 1))
    assert dry.report.sent.in_doubt == 1
    assert "  Notes      0 planned, 1 in doubt" in lines(dry)
    error = refused(town, person(town, 1))
    assert (error.code, error.exit_code) == ("resync_in_doubt", ExitCode.GUARD)
    assert error.remedy.startswith("kaa-bridge outbox list --municipality 2303, ")
    assert town.journal.lookups == 0, "a doubt is not asked about before its time"


@pytest.mark.parametrize("scope", [SOURCE, SINCE], ids=["source", "since"])
def test_a_resync_of_many_is_refused_while_any_note_is_in_doubt(town: Town, scope: Scope) -> None:
    begin(town, IN_DOUBT, 1)
    refused(town, scope)


def test_a_doubt_of_another_youth_and_a_night_are_no_reason_to_refuse(town: Town) -> None:
    begin(town, IN_DOUBT, 1)
    assert town.night(NEXT, scope=person(town, 0)).exit_code is ExitCode.DONE
    assert town.night(NEXT).exit_code is ExitCode.ATTENTION


def test_a_note_that_turns_out_to_be_absent_is_corrected_by_none(town: Town, clock: TestClock) -> None:
    begin(town, IN_DOUBT, 1)
    clock.advance(901)
    town.night(NEXT, [pupil(index) for index in YOUTHS], person(town, 1))
    assert sorted(states(town.state).values()) == [CONFIRMED, CONFIRMED, SUPERSEDED]
    assert len(town.journal.stored) == 2


@pytest.mark.parametrize("many", [False, True], ids=["person", "source"])
def test_a_note_that_turns_out_to_be_stored_is_settled_first(town: Town, clock: TestClock, many: bool) -> None:
    begin(town, stored_late, 1)
    clock.advance(901)
    report = town.night(NEXT, [pupil(1), pupil(0, LEFT), pupil(2, LEFT)], SOURCE if many else person(town, 1))
    assert report.plan.notes == {"correction": 1}
    assert set(states(town.state).values()) == {CONFIRMED}
    assert len(town.journal.stored) == 4


def test_what_no_look_up_can_settle_waits_for_a_person(town: Town, clock: TestClock) -> None:
    town.journal.level = JournalLevel.NOTHING
    begin(town, IN_DOUBT, 1)
    clock.advance(901)
    refused(town, person(town, 1))
    (reference,) = [reference for reference, state in states(town.state).items() if state is DOUBT]
    with town.state.write() as connection:
        resolve_present(connection, reference, "J7", Decision("N.N.", "seen"), clock)
    assert town.night(NEXT, scope=person(town, 1)).plan.notes == {"correction": 1}


@pytest.mark.parametrize("gone", [False, True], ids=["silent", "not there"])
def test_a_journal_that_cannot_be_asked_settles_nothing(town: Town, clock: TestClock, gone: bool) -> None:
    begin(town, stored_late, 1)
    clock.advance(901)
    town.journal.lookup_fails = True
    if gone:
        town.bridge.journal = None
    refused(town, person(town, 1))
