"""When the responsibility held: by the law to the day, by the nights where facts no longer tell, never by silence."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from kaa_bridge.domain.dates import DAY
from kaa_bridge.domain.facts import CompulsorySchooling, Placement, Qualification, Youth
from kaa_bridge.domain.values import LifeStatus, QualificationKind, SchoolingStatus
from kaa_bridge.law import DEFAULT, Outcome, judge
from kaa_bridge.report.scb.history import History, history_of
from kaa_bridge.report.scb.spells import Spell, find_spells
from kaa_bridge.store.youths import YouthState
from tests.report.scb.people import FIRST, LEFT, PERIOD, UNTIL, contact, frame, gy, history, moved, night, youth

COVERED, NOT_COVERED, INVESTIGATE = Outcome.COVERED, Outcome.NOT_COVERED, Outcome.INVESTIGATE
SILENT = youth(placements=(), placements_complete=None)
"""A youth of whom no source says anything of school any more."""


def only(one: Youth, past: History | None = None) -> Spell:
    (spell,) = find_spells(one, past or history(), frame()).spells
    return spell


def test_a_spell_begins_where_the_facts_say_although_that_is_long_before() -> None:
    assert only(youth()) == Spell(LEFT)


def test_the_birthday_is_the_first_day_without() -> None:
    born = date(2089, 4, 9)
    spell = only(youth(birth_date=born, first_registered=born))
    assert (spell.over, spell.ended_on) == (True, date(2109, 4, 9))


@pytest.mark.parametrize("day", [FIRST, date(2109, 3, 2), PERIOD.last])
def test_the_first_day_of_a_place_and_of_a_new_home_is_the_first_without(day: date) -> None:
    begun = youth(placements=(*youth().placements, gy("BA", day)))
    assert only(moved(youth(), day) if day > FIRST else moved(youth(), day + DAY)).over
    if day == FIRST:
        assert find_spells(begun, history(), frame()).spells == ()
    else:
        assert only(begun).ended_on == day


def test_what_ends_the_day_after_the_half_year_goes_on_in_it() -> None:
    assert not only(youth(placements=(*youth().placements, gy("BA", UNTIL)))).over


def test_one_who_comes_back_has_two_spells() -> None:
    between = gy("BA", date(2109, 2, 2), date(2109, 4, 30))
    found = find_spells(youth(placements=(*youth().placements, between)), history(), frame()).spells
    assert [(spell.first, spell.ended_on) for spell in found] == [(LEFT, date(2109, 2, 2)), (date(2109, 5, 1), None)]


def test_one_who_left_before_is_not_in_it() -> None:
    found = find_spells(youth(placements=(*youth().placements, gy("BA", date(2108, 12, 1)))), history(), frame())
    assert found.spells == ()
    assert not found.unsettled


def test_unknown_is_neither_in_nor_out_without_a_night_that_knew() -> None:
    found = find_spells(SILENT, history(), frame())
    assert found.spells == ()
    assert found.unsettled


def test_where_the_facts_are_gone_what_the_nights_decided_holds() -> None:
    past = history(
        night(date(2109, 1, 15), COVERED, since=LEFT), night(date(2109, 5, 5), NOT_COVERED, criteria="mmnmmmm")
    )
    spell = only(SILENT, past)
    assert (spell.first, spell.over, spell.ended_on, spell.criteria) == (LEFT, True, date(2109, 5, 5), "mmnmmmm")


def test_a_night_that_waited_for_an_admission_opened_no_case_although_the_facts_are_gone() -> None:
    past = history(night(date(2109, 1, 15), COVERED, since=LEFT, remarks="awaiting_start"))
    found = find_spells(SILENT, past, frame())
    assert (found.spells, found.awaiting) == ((), True)
    assert find_spells(SILENT, past, frame(waits=False)).spells == (Spell(LEFT),)
    worked = replace(SILENT, events=(contact(date(2108, 12, 3)),))
    assert find_spells(worked, past, frame()).spells == (Spell(LEFT),), "what a case officer did proves a case"


def test_what_is_to_be_investigated_stays_open() -> None:
    past = history(
        night(date(2108, 11, 10), COVERED, since=LEFT), night(date(2108, 12, 24), INVESTIGATE, criteria="mmmummm")
    )
    assert only(SILENT, past) == Spell(LEFT)


def test_the_law_over_todays_facts_goes_before_what_a_night_believed() -> None:
    past = history(night(date(2109, 1, 15), COVERED, since=LEFT))
    back = youth(placements=(gy("NA", date(2107, 8, 18)),))
    found = find_spells(back, past, frame())
    assert found.spells == ()
    assert found.corrected


@pytest.mark.parametrize("status", [LifeStatus.DECEASED, LifeStatus.EMIGRATED])
def test_death_and_emigration_end_it_where_the_registration_does(status: LifeStatus) -> None:
    home = replace(youth().residence[0], end=date(2109, 2, 9))
    spell = only(youth(life_status=status, residence=(home,)))
    assert (spell.first, spell.ended_on) == (LEFT, date(2109, 2, 10))


def test_a_death_without_a_day_ends_it_on_the_night_that_knew() -> None:
    past = history(night(date(2109, 1, 15), COVERED, since=LEFT), night(date(2109, 3, 3), NOT_COVERED, "mmnmmmm"))
    assert only(youth(life_status=LifeStatus.DECEASED), past).ended_on == date(2109, 3, 3)


def test_a_death_of_which_nothing_tells_the_day_is_over_on_an_unknown_day() -> None:
    past = history(night(date(2109, 1, 15), COVERED, since=LEFT))
    spell = only(youth(life_status=LifeStatus.DECEASED), past)
    assert (spell.over, spell.ended_on) == (True, None)
    assert find_spells(youth(life_status=LifeStatus.DECEASED), history(), frame()).unsettled


def row(outcome: str | None, since: str | None) -> YouthState:
    return YouthState(1, "U-A", None, "none", outcome, since, "mmnmmmm", None, None, None, None, None, 0, b"p" * 16)


def test_a_first_decision_that_was_not_kept_stands_in_the_youths_row() -> None:
    dead = youth(life_status=LifeStatus.DECEASED)
    assert not find_spells(dead, history_of(row("not_covered", "2108-12-31"), ()), frame()).unsettled
    assert find_spells(dead, history_of(row("not_covered", "2109-01-02"), ()), frame()).unsettled
    assert find_spells(dead, history_of(row(None, None), ()), frame()).unsettled
    kept = (night(date(2109, 1, 15), COVERED, since=LEFT),)
    assert history_of(row("not_covered", "2109-05-05"), kept).past == History(kept).past


class TestFromCompulsorySchoolToTheAutumn:
    school_ends = date(2109, 6, 12)
    leaver = youth(
        birth_date=date(2093, 2, 1),
        compulsory_schooling=CompulsorySchooling(status=SchoolingStatus.ENDED, on=school_ends),
        placements=(gy("NA", date(2109, 8, 18)),),
    )

    def test_who_only_waits_for_the_first_autumn_is_no_case(self) -> None:
        found = find_spells(self.leaver, history(), frame())
        assert (found.spells, found.awaiting) == ((), True)

    def test_the_letter_of_the_law_where_the_municipality_does_not_wait(self) -> None:
        found = find_spells(self.leaver, history(), frame(waits=False))
        assert found.spells == (Spell(self.school_ends + DAY),)

    def test_a_night_that_opened_a_case_has_one(self) -> None:
        past = history(night(date(2109, 6, 15), COVERED, since=self.school_ends + DAY))
        assert find_spells(self.leaver, past, frame()).spells == (Spell(self.school_ends + DAY),)

    def test_a_night_that_waited_has_none(self) -> None:
        past = history(night(date(2109, 6, 15), COVERED, since=self.school_ends + DAY, remarks="awaiting_start"))
        assert find_spells(self.leaver, past, frame()).spells == ()

    def test_work_with_the_youth_proves_a_case(self) -> None:
        worked = replace(self.leaver, events=(contact(date(2109, 6, 20)),))
        assert find_spells(worked, history(), frame()).spells == (Spell(self.school_ends + DAY),)

    def test_a_later_admission_takes_no_case_away_from_who_has_dropped_out(self) -> None:
        admitted = youth(placements=(*youth().placements, gy("BA", date(2109, 8, 18))))
        assert only(admitted) == Spell(LEFT)


DAYS = st.dates(date(2108, 6, 1), date(2109, 9, 1))


@st.composite
def placements(draw: st.DrawFn) -> tuple[Placement, ...]:
    found = []
    for _ in range(draw(st.integers(0, 3))):
        start = draw(DAYS)
        end = draw(st.none() | st.dates(start, start + timedelta(days=200)))
        found.append(
            gy(draw(st.sampled_from(["NA", "IMA"])), start, end, draw(st.sampled_from(["GY", "GYAN", "VUXGY"])))
        )
    return tuple(sorted(found, key=lambda place: place.start or date.min))


@st.composite
def youths(draw: st.DrawFn) -> Youth:
    one = youth(
        birth_date=draw(st.dates(date(2088, 12, 1), date(2092, 1, 1))),
        placements=draw(placements()),
        qualifications=tuple(
            Qualification(kind=kind, on=draw(DAYS))
            for kind in draw(st.lists(st.sampled_from(QualificationKind), max_size=1))
        ),
    )
    return moved(one, draw(DAYS)) if draw(st.booleans()) else one


def covered_days(one: Youth) -> Iterator[date]:
    day = FIRST
    while day < UNTIL:
        if judge(one, municipality="2303", as_of=day, settings=DEFAULT).outcome is COVERED:
            yield day
        day += DAY


@settings(max_examples=150, deadline=None)
@given(youths())
def test_spells_hold_exactly_the_days_on_which_the_law_covers(one: Youth) -> None:
    found = find_spells(one, history(), frame(waits=False))
    held = [FIRST + timedelta(days=step) for step in range((UNTIL - FIRST).days)]
    assert [day for day in held if any(spell.holds(day) for spell in found.spells)] == list(covered_days(one))
    assert not found.unsettled
    assert [spell.over for spell in found.spells[:-1]] == [True] * (len(found.spells) - 1)
    assert all(spell.over == (spell.ended_on is not None) for spell in found.spells)
