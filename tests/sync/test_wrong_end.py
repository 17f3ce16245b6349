"""A note that a case is over turns out to be wrong: it is corrected or taken back, and the same case goes on."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

import pytest

from kaa_bridge.contract.journal import CaseNote, NoteKind, Receipt
from kaa_bridge.errors import NoteNotSent
from kaa_bridge.store.query import rows
from tests.journal.support import MemoryJournal
from tests.sync.town import LEFT, Record, Town, pupil

AGAIN = {"form": "GY", "from": "2108-02-03"}
"""Back in school since the second night."""
BEFORE = {"form": "GY", "from": "2106-08-19"}
"""Never left."""


@pytest.fixture
def town(tmp_path: Path) -> Town:
    return Town(tmp_path)


def day(number: int) -> date:
    return date(2108, 2, number)


def youth(*placements: Record) -> list[Record]:
    return [pupil(1) | {"placements": list(placements)}]


def written(town: Town) -> list[tuple[str, str]]:
    """Return the cause and state of each note, in the order of planning."""
    with town.state.read() as connection:
        return [tuple(row) for row in rows(connection, "SELECT cause, state FROM note ORDER BY planned_run, id")]


def causes(town: Town) -> list[str]:
    assert {state for _, state in written(town)} == {"CONFIRMED"}
    assert len({reference for reference, _ in town.journal.stored}) == len(town.journal.stored) == len(written(town))
    return [cause for cause, _ in written(town)]


def write_only(town: Town, *kinds: NoteKind) -> None:
    town.bridge.table = town.bridge.table.model_copy(update={"notes": kinds})


def does_not_leave(_note: CaseNote, _journal: MemoryJournal) -> Receipt:
    raise NoteNotSent("connect_refused", "x")


def test_a_wrong_end_is_corrected_by_a_note_that_names_it_and_the_case_goes_on(town: Town) -> None:
    town.night(day(2), youth(LEFT))
    town.night(day(3), youth(LEFT, AGAIN))
    town.night(day(5), youth(LEFT))
    assert causes(town) == [
        "registered 2108-01-16", "ended 2108-01-16", "correction ended 2108-01-16",
    ]  # fmt: skip
    (_, (ended, _), (_, text)) = town.journal.stored
    assert f"{ended} från 2108-02-03" in text
    assert "ungdomen omfattas av aktivitetsansvaret, utan avbrott sedan 2108-01-16." in text
    assert town.ask("SELECT registered_on FROM youth") == "2108-02-02", "the case keeps its day and its clock"
    for number in (6, 7):
        town.night(day(number))
    assert len(causes(town)) == 3


def test_a_case_that_goes_on_can_end_again_and_be_corrected_again(town: Town) -> None:
    for number, placements in enumerate(((LEFT,), (LEFT, AGAIN), (LEFT,), (LEFT, AGAIN), (LEFT,)), 2):
        town.night(day(number), youth(*placements))
    assert causes(town)[2:] == [
        "correction ended 2108-01-16", "ended 2108-01-16 #2", "correction ended 2108-01-16 #2",
    ]  # fmt: skip


def test_a_case_that_did_end_is_opened_anew(town: Town) -> None:
    town.night(day(2), youth(LEFT))
    town.night(day(3), youth(LEFT, AGAIN))
    town.night(day(9), youth(LEFT, AGAIN | {"to": "2108-02-08", "as": "W"}))
    assert causes(town) == ["registered 2108-01-16", "ended 2108-01-16", "registered 2108-02-09"]
    assert town.ask("SELECT registered_on FROM youth") == "2108-02-09"


def test_an_end_that_has_not_left_is_taken_back_and_planned_again_when_it_comes(town: Town) -> None:
    town.night(day(2), youth(LEFT))
    town.journal.deeds[1] = does_not_leave
    town.night(day(3), youth(LEFT, AGAIN))
    town.night(day(4), youth(LEFT))
    assert written(town) == [("registered 2108-01-16", "CONFIRMED"), ("ended 2108-01-16", "SUPERSEDED")]
    assert town.ask("SELECT registered_on FROM youth") == "2108-02-02"
    town.night(day(5))
    town.night(day(6), youth(LEFT, AGAIN | {"from": "2108-02-06"}))
    assert causes(town) == ["registered 2108-01-16", "ended 2108-01-16"]


def test_a_correction_that_has_not_left_is_taken_back_when_the_end_was_right_after_all(town: Town) -> None:
    town.night(day(2), youth(LEFT))
    town.night(day(3), youth(LEFT, AGAIN))
    town.journal.deeds[2] = does_not_leave
    town.night(day(4), youth(LEFT))
    town.night(day(5), youth(LEFT, AGAIN))
    assert written(town)[2:] == [("correction ended 2108-01-16", "SUPERSEDED")]
    assert [cause for cause, state in written(town) if state == "CONFIRMED"] == [
        "registered 2108-01-16", "ended 2108-01-16",
    ]  # fmt: skip


def test_a_correction_of_the_opening_that_has_not_left_is_taken_back_too(town: Town) -> None:
    town.night(day(2), youth(LEFT))
    town.journal.deeds[1] = does_not_leave
    town.night(day(3), youth(BEFORE))
    town.night(day(4), youth(LEFT))
    assert written(town) == [("registered 2108-01-16", "CONFIRMED"), ("correction 2108-01-16", "SUPERSEDED")]


def test_where_no_corrections_are_written_a_case_that_never_was_is_ended(town: Town) -> None:
    write_only(town, NoteKind.REGISTERED, NoteKind.ENDED)
    town.night(day(2), youth(LEFT))
    town.night(day(3), youth(BEFORE))
    assert causes(town) == ["registered 2108-01-16", "ended 2108-01-16"]
    town.night(day(4), youth(LEFT))
    assert causes(town)[2:] == ["registered 2108-01-16 2"], "the file must not end with a case that is over"


def steps(folder: Path, *, wrongly_ended: bool) -> list[str]:
    """Return the causes of the notes of a routine's steps, with or without a night on which the case was over."""
    folder.mkdir()
    town = Town(folder)
    write_only(town, *NoteKind)
    guard = town.bridge.table.guard.model_copy(update={"notes_per_youth": 9})
    town.bridge.table = town.bridge.table.model_copy(update={"guard": guard})
    for passed in range(0, 80, 2):
        ended = (AGAIN | {"from": "2108-02-10"},) if wrongly_ended and passed == 8 else ()
        town.night(day(2) + timedelta(days=passed), youth(LEFT, *ended))
    return [cause for cause in causes(town) if cause.startswith("action_due")]


def test_a_case_that_goes_on_keeps_its_clock_and_each_step_is_noted_once(tmp_path: Path) -> None:
    usual = steps(tmp_path / "usual", wrongly_ended=False)
    assert len(usual) > 2
    assert steps(tmp_path / "ended", wrongly_ended=True) == usual, "one fell due while the case was over"
