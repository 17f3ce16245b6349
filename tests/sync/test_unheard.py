"""A record that cannot be used proves nothing: its youth is investigated, over whole nights, and no note is sent."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace

from kaa_bridge.cli.explain import as_data, lines
from kaa_bridge.contract import BlackoutWindow
from kaa_bridge.mapping import load_mapping
from kaa_bridge.store.query import rows
from kaa_bridge.sync.plan import Person, Scope
from kaa_bridge.sync.report import NightReport
from kaa_bridge.sync.view import explain_youth
from kaa_bridge.testing.population.numbers import future_number
from tests.sync.town import ATTENDS, LEFT, Record, Town, pupil

NIGHT = date(2108, 2, 2)
NUMBERS = [future_number(index)[0] for index in range(3)]
INTERIM = f"{NUMBERS[0][:8]}TF01"
BAD_DATE = ATTENDS | {"from": "2106-08-99"}
"""A placement of which nothing can be used, not even whether it goes on."""
UNREAD = pupil(0, BAD_DATE)
NONE_TOLD = pupil(0, LEFT) | {"id": "other-0"}
"""The other source knows of a placement that has ended."""


@pytest.fixture
def town(tmp_path: Path) -> Town:
    return Town(tmp_path, schools=("school", "other"))


def night(town: Town, school: list[Record] | None, other: list[Record] | None = None, *, after: int = 1) -> NightReport:
    """Run a night, so many days after the last one; ``None`` leaves a source as it was."""
    if other is not None:
        town.schools["other"].records = other
    last = town.ask("SELECT max(local_date) FROM run")
    return town.night(date.fromisoformat(last) + timedelta(days=after) if last else NIGHT, school)


def notes(town: Town) -> list[str]:
    with town.state.read() as connection:
        return [kind for (kind,) in rows(connection, "SELECT kind FROM note ORDER BY id")]


def every(town: Town, columns: str = "outcome, criteria") -> list[tuple[Any, ...]]:
    with town.state.read() as connection:
        return [tuple(row) for row in rows(connection, f"SELECT {columns} FROM youth ORDER BY id")]


UNPROVEN = ("investigate", "mmmuuuu")
COVERED = ("covered", "mmmmmmm")


def test_a_new_record_that_cannot_be_used_keeps_the_other_sources_silence_from_counting(town: Town) -> None:
    report = night(town, [UNREAD], [NONE_TOLD])
    assert (every(town), notes(town), int(report.exit_code)) == ([UNPROVEN], [], 6)
    night(town, None)
    assert (every(town), notes(town)) == ([UNPROVEN], [])
    night(town, [pupil(0)])
    assert (every(town), notes(town)) == ([("not_covered", "mmmnmmm")], [])
    assert town.ask("SELECT count(*) FROM unheard") == 0


@pytest.mark.parametrize("mended", [True, False])
def test_the_case_begins_when_the_record_is_read_or_the_whole_comes_without_it(town: Town, mended: bool) -> None:
    night(town, [UNREAD], [NONE_TOLD])
    night(town, [pupil(0, LEFT)] if mended else [])
    assert (every(town), notes(town)) == ([COVERED], ["registered"])
    assert town.ask("SELECT count(*) FROM unheard") == 0


def test_a_pull_that_proves_nothing_takes_no_doubt_away(town: Town) -> None:
    night(town, [UNREAD], [NONE_TOLD])
    town.school.whole = False
    night(town, [])
    assert (every(town), notes(town)) == ([UNPROVEN], [])
    night(town, [pupil(0, LEFT)])
    assert (every(town), notes(town)) == ([COVERED], ["registered"]), "read well, it counts at once"


def test_whoever_no_other_source_knows_is_to_be_investigated(town: Town) -> None:
    night(town, [UNREAD])
    assert every(town, "number, outcome") == [(NUMBERS[0], "investigate")]
    night(town, None, [NONE_TOLD])
    assert (every(town), notes(town)) == ([UNPROVEN], [])


@pytest.mark.parametrize("corrected", [True, False])
def test_a_number_that_only_such_a_record_carried_is_forgotten_with_it(town: Town, corrected: bool) -> None:
    night(town, [UNREAD, pupil(2)])
    night(town, [pupil(1, BAD_DATE) | {"id": "key-0"}, pupil(2)] if corrected else [pupil(2)])
    assert every(town, "number") == [(NUMBERS[2],), *([(NUMBERS[1],)] if corrected else [])]
    assert town.ask("SELECT count(*) FROM decision WHERE youth_id NOT IN (SELECT id FROM youth)") == 0


def test_an_open_case_is_not_forgotten_though_its_record_went_to_another_number_and_no_note_says_so(town: Town) -> None:
    """A protected youth has no notes, and a municipality without a journal writes none."""
    hidden, other = pupil(0, LEFT, "S"), pupil(1)
    night(town, [hidden, other])
    night(town, [hidden | {"number": NUMBERS[1]}, other], [pupil(0, BAD_DATE, "S") | {"id": "other-0"}])
    assert every(town, "number, outcome")[0] == (NUMBERS[0], "investigate")
    night(town, None, [])
    assert every(town, "number, registered_on")[0] == (NUMBERS[0], NIGHT.isoformat())


def test_what_a_known_record_said_stands_and_its_end_proves_nothing(town: Town) -> None:
    ends = ATTENDS | {"to": "2108-02-10"}
    goes_on = pupil(0, ends)
    goes_on["placements"] = [ends, {"form": "GY", "from": "2108-02-99"}]
    night(town, [pupil(0, ends)])
    night(town, [goes_on])
    assert every(town) == [("not_covered", "mmmnuuu")], "what it said before stands"
    night(town, None, after=8)
    assert (every(town), notes(town)) == ([UNPROVEN], []), "the place has ended, and who knows what has begun"


def test_a_known_record_whose_number_cannot_be_read_is_told_by_its_key(town: Town) -> None:
    night(town, [pupil(0, ATTENDS | {"to": "2108-02-10"})])
    night(town, [UNREAD | {"number": NUMBERS[0][:-1]}])
    night(town, None, [NONE_TOLD], after=8)
    assert (every(town), notes(town)) == ([UNPROVEN], [])


def test_a_covered_youth_gets_no_note_because_of_it_and_none_when_it_is_over(town: Town) -> None:
    night(town, [pupil(0, LEFT)])
    night(town, [UNREAD])
    assert every(town, "outcome, registered_on") == [("investigate", NIGHT.isoformat())]
    for _ in range(3):
        night(town, None, after=30)
    night(town, [pupil(0, LEFT)])
    assert every(town, "outcome, registered_on") == [("covered", NIGHT.isoformat())]
    assert notes(town) == ["registered"]


def test_the_record_as_it_was_before_is_read_well_too(town: Town) -> None:
    """Its bytes are those that were read once; nothing of them is read again."""
    night(town, [pupil(0, LEFT)])
    night(town, [UNREAD])
    town.school.whole = False
    report = night(town, [pupil(0, LEFT)])
    assert (every(town), int(report.exit_code)) == ([COVERED], 0)
    assert (report.sources[0].changed, report.sources[0].unchanged) == (0, 1)


def test_a_record_that_comes_twice_and_says_otherwise_is_not_believed(town: Town) -> None:
    night(town, [pupil(0, LEFT), pupil(0), pupil(1)])
    assert every(town, "outcome") == [("investigate",), ("not_covered",)]
    night(town, [pupil(0), pupil(0, LEFT), pupil(1)])
    assert every(town, "outcome") == [("investigate",), ("not_covered",)], "nor does the one that comes first"
    night(town, [pupil(0, LEFT), pupil(1)])
    assert every(town, "outcome") == [("covered",), ("not_covered",)]


def test_a_new_record_that_comes_twice_as_the_same_is_believed(town: Town) -> None:
    report = night(town, [pupil(0, LEFT), pupil(0, LEFT), pupil(1)])
    assert (every(town, "outcome")[0], report.in_quarantine, report.sources[0].state) == (
        ("investigate",),
        0,
        "unproven",
    )
    assert every(town, "criteria")[0] == ("mmmuuuu",)


@pytest.mark.parametrize("between", [0, 1, 600])
def test_no_case_ends_on_a_word_that_the_same_pull_contradicts(town: Town, between: int) -> None:
    others = [pupil(2 + index, protection="S") for index in range(between)]
    night(town, [pupil(0, LEFT)])
    night(town, [pupil(0), *others, pupil(0, LEFT)])
    assert every(town, "outcome, registered_on")[0] == ("investigate", NIGHT.isoformat())
    assert notes(town) == ["registered"]


@pytest.mark.parametrize("in_order", [True, False])
def test_nor_one_that_comes_changed_and_as_it_was(town: Town, in_order: bool) -> None:
    night(town, [pupil(0), pupil(1)])
    both = [pupil(0), pupil(0, LEFT)]
    report = night(town, [*(both if in_order else reversed(both)), pupil(1)])
    assert (every(town, "outcome")[0], notes(town), int(report.exit_code)) == (
        ("not_covered",), [], 6
    )  # fmt: skip
    night(town, [pupil(0, LEFT), pupil(1)])
    assert (every(town, "outcome")[0], notes(town)) == (("covered",), ["registered"])


def test_a_missing_record_that_may_be_the_one_set_aside_proves_nothing(town: Town) -> None:
    renamed = UNREAD | {"id": "renamed", "number": NUMBERS[0][:-1]}
    night(town, [pupil(0, ATTENDS | {"to": "2108-02-10"}), pupil(1)])
    night(town, [renamed, pupil(1)])
    night(town, None, after=8)
    assert (every(town, "outcome"), notes(town)) == ([("investigate",), ("not_covered",)], [])
    night(town, [pupil(0, LEFT), pupil(1)])
    assert (every(town, "outcome"), notes(town)) == ([("covered",), ("not_covered",)], ["registered"])
    assert town.ask("SELECT count(*) FROM unheard") == 0


def test_both_whom_the_record_was_about_and_whose_number_it_carries_are_in_doubt(town: Town) -> None:
    school = [pupil(0, LEFT), pupil(1, LEFT)]
    night(town, school)
    night(town, [pupil(0, BAD_DATE) | {"number": NUMBERS[1]}, school[1]])
    assert every(town) == [UNPROVEN, UNPROVEN]
    night(town, school)
    assert (every(town), notes(town)) == ([COVERED, COVERED], ["registered", "registered"])


def test_the_case_goes_on_under_the_personnummer_that_came_with_the_poison(town: Town) -> None:
    interim = pupil(0, LEFT) | {"number": INTERIM}
    night(town, [interim], [NONE_TOLD | {"number": INTERIM}])
    night(town, [UNREAD], [NONE_TOLD])
    assert every(town, "outcome, number") == [("investigate", NUMBERS[0])]
    night(town, [pupil(0, LEFT)])
    assert (every(town), notes(town)) == ([COVERED], ["registered"])


def test_a_frozen_source_that_cannot_be_read_is_not_made_good_by_another(town: Town) -> None:
    """Its silence means nothing anyway; but a placement that it tells would count."""
    window = BlackoutWindow((1, 1), (3, 31), "the test says so")
    town.bridge.feeds[0] = replace(town.bridge.feeds[0], blackouts=(window,))
    night(town, [UNREAD], [NONE_TOLD])
    assert (every(town, "outcome"), notes(town)) == ([("investigate",)], [])
    night(town, [])
    assert every(town, "outcome") == [("investigate",)], "it is not updated: what it does not hold has not gone"


def test_a_protection_counts_at_once_and_its_absence_not_against_another_word(town: Town) -> None:
    night(town, [pupil(0), pupil(1, protection="S")])
    night(town, [pupil(0, BAD_DATE, protection="S"), pupil(1, BAD_DATE)])
    assert every(town, "protection") == [("sekretessmarkering",), ("sekretessmarkering",)]


def test_a_source_that_could_not_tell_it_leaves_what_others_prove(town: Town, tmp_path: Path) -> None:
    mapping = (tmp_path / "school.toml").read_text(encoding="utf-8")
    begin, end = mapping.index("[[facts.placements]]"), mapping.index("[codes.protection]")
    (tmp_path / "homes.toml").write_text(mapping[:begin] + mapping[end:], encoding="utf-8")
    homes = load_mapping("homes.toml", base_dir=str(tmp_path))
    town.bridge.feeds[1] = replace(town.bridge.feeds[1], mapping=homes)
    school, other = town.bridge.table.source
    told = (school, other.model_copy(update={"tells": ("residence",)}))
    town.bridge.table = town.bridge.table.model_copy(update={"source": told})
    report = night(town, [pupil(0, LEFT)], [NONE_TOLD | {"home": [{"municipality": "?"}]}])
    assert (every(town), notes(town), int(report.exit_code)) == ([COVERED], ["registered"], 6)


def test_a_person_asked_for_alone_is_in_doubt_too(town: Town) -> None:
    night(town, [pupil(0, LEFT)])
    town.school.records = [UNREAD]
    ((youth_id,),) = every(town, "id")
    town.night(NIGHT, scope=Scope("resync", person=Person(frozenset({youth_id}), NUMBERS[0])))
    assert (every(town), notes(town)) == ([UNPROVEN], ["registered"])


def test_explain_says_so_and_names_no_source_for_it(town: Town) -> None:
    night(town, [UNREAD], [NONE_TOLD])
    with town.state.read() as connection:
        explanation = explain_youth(connection, town.bridge, 1, NIGHT)
    assert (explanation.sources, explanation.unheard) == (("other",), (("school", NIGHT),))
    assert as_data(explanation)["unheard"] == [{"source": "school", "since": "2108-02-02"}]
    told = "Sedan 2108-02-02 finns en post från school om den unga som inte går att läsa. Be källan rätta den."
    assert told in lines(explanation)
