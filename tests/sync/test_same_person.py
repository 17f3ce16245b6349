"""Numbers that change, over whole nights: no case, note or protection is lost, doubled or told of somebody else."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

from kaa_bridge.cli.person import find_person
from kaa_bridge.contract.journal import CaseNote, NoteKind, Receipt
from kaa_bridge.errors import NoteNotSent
from kaa_bridge.sync.view import open_cases
from kaa_bridge.sync.worklist import work_rows
from kaa_bridge.testing.population.numbers import future_number
from tests.journal.support import MemoryJournal
from tests.sync.town import ATTENDS, LEFT, Record, Town, pupil

NIGHT = date(2108, 2, 2)
NUMBERS = [future_number(index)[0] for index in range(3)]
INTERIM = f"{NUMBERS[0][:8]}TF01"


@pytest.fixture
def town(tmp_path: Path) -> Town:
    return Town(tmp_path, schools=("school", "other"))


def with_number(record: Record, number: str) -> Record:
    return record | {"number": number}


def nights(town: Town, *registers: tuple[list[Record], list[Record]]) -> None:
    """Run the next night on each pair of registers: what the first source holds and what the other does."""
    for school, other in registers:
        town.schools["other"].records = other
        town.night(NIGHT + timedelta(days=town.ask("SELECT count(*) FROM run")), school)


def notes(town: Town) -> list[tuple[str, str]]:
    """Return kind and number of the notes that have left, in the order of planning."""
    with town.state.read() as connection:
        found = connection.execute("SELECT kind, person_number FROM note WHERE state = 'CONFIRMED' ORDER BY id")
        return [(str(kind), str(number)) for kind, number in found.fetchall()]


def every(town: Town, columns: str) -> list[tuple[Any, ...]]:
    with town.state.read() as connection:
        found = connection.execute(f"SELECT {columns} FROM youth ORDER BY id").fetchall()
        return [tuple(row) for row in found]


@pytest.mark.parametrize("placement", [ATTENDS, ATTENDS | {"form": "?"}])
def test_the_younger_ones_case_goes_on_when_the_interim_number_becomes_the_personnummer(
    town: Town, placement: Record
) -> None:
    """The elder is not covered, or is investigated: then its own state knows of no case."""
    unknown = with_number(pupil(0, placement), INTERIM)
    left = pupil(0, LEFT) | {"id": "other-0"}
    nights(town, ([unknown], [left]))
    assert notes(town) == [("registered", NUMBERS[0])]
    known = with_number(pupil(0, placement), NUMBERS[0])
    nights(town, ([known], [left]))
    after = [kind for kind, _ in notes(town)]
    assert after == ["registered", "correction"] if placement == ATTENDS else after == ["registered"]
    assert len(every(town, "id")) == 1


def test_numbers_that_were_exchanged_leave_two_youths_who_keep_their_cases(town: Town) -> None:
    left, attends = pupil(0, LEFT), pupil(1)
    exchanged = [with_number(left, NUMBERS[1]), with_number(attends, NUMBERS[0])]
    nights(town, ([left, attends], []), (exchanged, []))
    assert every(town, "number, outcome") == [(NUMBERS[0], "not_covered"), (NUMBERS[1], "covered")]
    assert notes(town) == [("registered", NUMBERS[0]), ("correction", NUMBERS[0]), ("registered", NUMBERS[1])]


def test_another_persons_number_for_a_night_writes_nothing_and_leaves_nothing(town: Town) -> None:
    left, attends = pupil(0, LEFT), pupil(1)
    sound = [left, attends]
    nights(town, (sound, []), ([with_number(left, NUMBERS[1]), attends], []))
    assert every(town, "number, outcome") == [(NUMBERS[0], "investigate"), (NUMBERS[1], "not_covered")]
    nights(town, (sound, []))
    assert every(town, "number, outcome, registered_on") == [
        (NUMBERS[0], "covered", NIGHT.isoformat()),
        (NUMBERS[1], "not_covered", None),
    ]
    assert notes(town) == [("registered", NUMBERS[0])]


def test_what_was_written_to_a_wrong_number_is_corrected_there_when_its_owner_comes(town: Town) -> None:
    """The number was put right to one that nobody had; then the person whose number it was comes, and attends."""
    wrong, right, owner = with_number(pupil(0, LEFT), NUMBERS[1]), pupil(0, LEFT), pupil(1)
    nights(town, ([wrong], []), ([right], []))
    assert notes(town) == [("registered", NUMBERS[1])], "it may be the same person: the case goes on"
    nights(town, ([right, owner], []))
    told = [("registered", NUMBERS[1]), ("correction", NUMBERS[1]), ("registered", NUMBERS[0])]
    assert sorted(notes(town)) == sorted(told)
    assert sorted(every(town, "number, outcome")) == sorted([(NUMBERS[0], "covered"), (NUMBERS[1], "not_covered")])


def test_a_presumed_number_still_names_the_youth(town: Town) -> None:
    nights(town, ([pupil(0)], []), ([with_number(pupil(0), NUMBERS[1])], []))
    ((youth_id,),) = every(town, "id")
    found = find_person(town.state, None, NUMBERS[0], by_number="explain -")
    assert found.youths == {youth_id}


def test_a_protection_that_is_told_no_more_outlives_a_join_until_it_is_released(town: Town) -> None:
    unknown, left = with_number(pupil(0, LEFT), INTERIM), pupil(0, LEFT) | {"id": "other-0"}
    protected = left | {"protection": "S"}
    nights(town, ([unknown], [protected]), ([unknown], [left]), ([with_number(unknown, NUMBERS[0])], [left]))
    assert every(town, "protection, handle") == [("sekretessmarkering", town.holds()["unprotect"].subject)]
    sent = notes(town)
    town.release("unprotect")
    town.night(NIGHT + timedelta(days=3))
    assert every(town, "protection") == [("none",)]
    assert town.holds() == {}
    assert notes(town) == sent, "the case is the one that was opened under the interim number"


def test_what_waits_beside_a_note_that_has_left_is_not_sent_after_a_join(town: Town) -> None:
    unknown, left = with_number(pupil(0, LEFT), INTERIM), pupil(0, LEFT) | {"id": "other-0"}
    nights(town, ([unknown], []))
    town.bridge.journal = None
    nights(town, ([unknown], [left]))
    assert notes(town) == [("registered", INTERIM)]
    assert town.ask("SELECT state FROM note ORDER BY id DESC LIMIT 1") == "PLANNED"
    town.bridge.journal = town.journal
    nights(town, ([with_number(unknown, NUMBERS[0])], [left]))
    assert notes(town) == [("registered", INTERIM)], "one case, one opening"


def test_both_openings_that_wait_are_one_after_a_join(town: Town) -> None:
    unknown, left = with_number(pupil(0, LEFT), INTERIM), pupil(0, LEFT) | {"id": "other-0"}
    town.bridge.journal = None
    nights(town, ([unknown], [left]))
    assert notes(town) == []
    town.bridge.journal = town.journal
    nights(town, ([with_number(unknown, NUMBERS[0])], [left]))
    assert len(notes(town)) == 1
    attends = pupil(0) | {"id": "other-0"}
    nights(town, ([with_number(pupil(0), NUMBERS[0])], [attends]))
    assert [kind for kind, _ in notes(town)] == ["registered", "correction"]


def test_whoever_comes_with_the_number_under_which_anothers_note_was_taken_back_gets_a_note(town: Town) -> None:
    """The other's note was planned again, for the other number, and has the key that the number gives."""

    def busy(_: CaseNote, __: MemoryJournal) -> Receipt:
        raise NoteNotSent("busy", "The journal takes no note.")

    town.journal.deeds[0] = busy
    corrected = with_number(pupil(0, LEFT), NUMBERS[1])
    nights(town, ([pupil(0, LEFT)], []), ([pupil(0)], []), ([corrected], []))
    assert notes(town) == [("registered", NUMBERS[1])]
    nights(town, *[([corrected, pupil(0, LEFT) | {"id": "key-9"}], [])] * 2)
    assert notes(town) == [("registered", NUMBERS[1]), ("registered", NUMBERS[0])]
    assert len(set(town.journal.stored)) == 2


def test_no_step_is_noted_to_a_number_that_is_another_persons_now(town: Town) -> None:
    """The record that carries the new number cannot be used; what it said before, the earlier number too, stands."""
    town.bridge.table = town.bridge.table.model_copy(update={"notes": (NoteKind.ACTION_DUE,)})
    town.night(NIGHT, [pupil(0, LEFT)])
    poison = with_number(pupil(0, ATTENDS | {"from": "2106-08-99"}), NUMBERS[1])
    town.night(NIGHT + timedelta(days=1), [poison])
    town.night(NIGHT + timedelta(days=2), [poison, pupil(0) | {"id": "key-9"}])
    assert every(town, "number, outcome") == [(NUMBERS[1], "investigate"), (NUMBERS[0], "not_covered")]
    for days in range(3, 90, 7):
        town.night(NIGHT + timedelta(days=days))
    assert {number for _, number in notes(town)} == {NUMBERS[1]}
    with town.state.read() as connection:
        (case,) = open_cases(connection, town.bridge, NIGHT + timedelta(days=90))
    lines = list(work_rows(case, {}, NIGHT + timedelta(days=90), with_names=True))
    assert {dict(line.extra)["Personnummer"] for line in lines} == {NUMBERS[1]}
