"""Every check fails where it should, in the row that is wrong, and says what a person is to do."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from msgspec.structs import replace

from kaa_bridge.domain.facts import Event
from kaa_bridge.domain.values import ContactChannel, ContactOutcome, Occupation
from kaa_bridge.report.scb.catalogue import ALWAYS, CHECKS
from kaa_bridge.report.scb.checks import Hit, hits
from kaa_bridge.report.scb.fields import BlockKind
from kaa_bridge.report.scb.report import MOST_FINDINGS, Findings
from kaa_bridge.report.scb.rows import Person
from kaa_bridge.report.scb.spells import Spell
from tests.report.scb.people import LEFT, NUMBER, began, contact, ended, loaded, look, occupied, person, youth

IDENTITY, CONTACTS, BEGINS, ENDED, OVER = BlockKind
CLEAN = youth(events=(occupied(date(2109, 1, 2), Occupation.WORK), contact(date(2109, 2, 3))))
WHOLE_FILE = {
    "never_registered", "no_double_registration", "nobody_unsettled", "nobody_corrected", "period_over",
    "sources_read_to_the_end", "nothing_in_quarantine",
}  # fmt: skip
"""Checks over more than one youth; ``test_half_year`` has a failing case of each."""


def with_events(*events: Event, **changed: Any) -> Person:
    return person(replace(CLEAN, events=(*CLEAN.events, *events)), **changed)


IN_PERIOD = '[[checks]]\ncheck = "date_in_period"\nblock = "identity"\nfield = "registered_on"\n'
"""A check that SCB might have; the placeholder has it not, since most were registered before the half-year."""
CASES: dict[str, tuple[Person, BlockKind | None, int]] = {
    "required": (with_events(registered_on=(None,)), IDENTITY, 0),
    "code_known": (with_events(began(date(2109, 4, 1), "ridning")), BEGINS, 0),
    "too_long": (with_events(number="2091030423890"), IDENTITY, 0),
    "person_number_usable": (with_events(number="20910304TF01"), IDENTITY, 0),
    "date_in_period": (with_events(), IDENTITY, 0),
    "date_order": (with_events(registered_on=(date(2109, 2, 4),)), CONTACTS, 0),
    "contact_outcome_consistent": (
        with_events(contact(date(2109, 4, 1), ContactOutcome.NO_ANSWER), occupied(date(2109, 4, 1), Occupation.NONE)),
        CONTACTS,
        1,
    ),
    "measure_end_has_begin": (with_events(ended(date(2109, 3, 1)), began(date(2109, 3, 2))), ENDED, 0),
    "measure_over_at_end": (
        person(replace(CLEAN, events=(began(date(2109, 2, 1)),)), Spell(LEFT, True, date(2109, 5, 1), "nmmmmmm")),
        OVER,
        0,
    ),
    "no_double_rows": (with_events(contact(date(2109, 2, 3))), CONTACTS, 1),
    "registered_in_time": (with_events(registered_on=(date(2109, 7, 3),)), IDENTITY, 0),
    "one_spell": (person(CLEAN, Spell(LEFT, True, date(2109, 3, 1), "mmmnmmm"), Spell(date(2109, 5, 1))), IDENTITY, 0),
    "nothing_outside": (
        person(replace(CLEAN, events=(contact(date(2109, 4, 1)),)), Spell(LEFT, True, date(2109, 3, 1), "nmmmmmm")),
        None,
        0,
    ),
}
WORDS = {"handle": "U-A", "source": "OEDB", "count": "2", "municipality": "2303", "day": "2109-07-01"}


def found(one: Person) -> list[Hit]:
    layout = loaded(IN_PERIOD)
    return list(hits(look(one, layout), layout.layout))


def test_a_clean_youth_has_no_fault_but_what_the_invented_check_asks() -> None:
    assert [hit.check for hit in found(person(CLEAN))] == ["date_in_period"]


def test_every_check_has_a_case() -> None:
    assert set(CASES) | WHOLE_FILE == set(CHECKS) | set(ALWAYS)


@pytest.mark.parametrize("name", CASES)
def test_a_check_names_the_row_and_the_remedy(name: str) -> None:
    one, block, row = CASES[name]
    hit = next(hit for hit in found(one) if hit.check == name)
    assert (hit.block, hit.row) == (block, row)
    told = Findings()
    told.add(hit.check, hit.level, hit.words, handle="U-A", block=hit.block, where="rad 7")
    (finding,) = told.listed
    assert finding.where == "rad 7"
    assert finding.problem.endswith(".")
    assert len(finding.remedy) > 20
    assert "{" not in finding.problem + finding.remedy
    assert NUMBER not in finding.problem + finding.remedy


@pytest.mark.parametrize("name", sorted(WHOLE_FILE))
def test_a_check_of_the_file_can_be_told(name: str) -> None:
    told = Findings()
    told.add(name, "stop", WORDS)
    assert "{" not in told.listed[0].problem + told.listed[0].remedy


def test_an_end_before_the_begin_is_an_end_without_one() -> None:
    one = with_events(began(date(2109, 2, 1)), ended(date(2109, 3, 1)))
    assert "measure_end_has_begin" not in {hit.check for hit in found(one)}


def test_a_code_for_missing_data_is_never_put_over_a_word_without_a_code() -> None:
    layout = loaded(IN_PERIOD, **{'studiebevis = "KAA-STUDIEBEVIS"\n': "", "left_national_programme": "studiebevis"})
    seen = look(person(CLEAN), layout)
    (hit, *_) = hits(seen, layout.layout)
    assert seen.written[IDENTITY][0].cells[5] == ""
    assert (hit.check, hit.words["word"]) == ("code_known", "left_national_programme")


def test_who_was_reached_later_the_same_day_has_an_occupation_rightly() -> None:
    day = date(2109, 4, 1)
    silent, told = contact(day, ContactOutcome.NO_ANSWER), occupied(day, Occupation.NONE)
    assert "contact_outcome_consistent" in {hit.check for hit in found(with_events(silent, told))}
    one = with_events(silent, replace(contact(day), channel=ContactChannel.SMS), told)
    assert "contact_outcome_consistent" not in {hit.check for hit in found(one)}


def test_a_contact_on_the_day_of_the_registration_is_in_order() -> None:
    assert "date_order" not in {hit.check for hit in found(with_events(registered_on=(date(2109, 2, 3),)))}


def test_findings_are_listed_up_to_a_number_and_all_counted() -> None:
    told = Findings()
    for _ in range(MOST_FINDINGS + 5):
        told.add("one_spell", "remark", {})
    assert (len(told.listed), told.total("remark"), told.total("stop")) == (MOST_FINDINGS, MOST_FINDINGS + 5, 0)
