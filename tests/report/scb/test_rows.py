"""Which contact, measure and registration belongs to which row."""

from __future__ import annotations

from datetime import date

from msgspec.structs import replace

from kaa_bridge.domain.dates import DAY
from kaa_bridge.domain.facts import Event
from kaa_bridge.domain.values import EventKind, Occupation
from kaa_bridge.law import Outcome
from kaa_bridge.report.scb.fields import BlockKind
from kaa_bridge.report.scb.register import days_in, registered_on, was_worked_with
from kaa_bridge.report.scb.rows import Rows, make_rows
from kaa_bridge.report.scb.spells import Spell
from tests.report.scb.people import (
    FIRST,
    LEFT,
    PERIOD,
    UNTIL,
    began,
    contact,
    ended,
    frame,
    history,
    night,
    occupied,
    person,
    youth,
)

IDENTITY, CONTACTS, BEGINS, ENDED, OVER = BlockKind
END = date(2109, 5, 1)


OPEN = Spell(LEFT)


def rows(*events: Event, spell: Spell = OPEN) -> Rows:
    return make_rows(person(youth(events=events), spell), "2303")


def test_an_end_belongs_to_the_last_begin_of_the_same_measure_the_same_day_included() -> None:
    made = rows(began(date(2109, 2, 2)), began(date(2109, 3, 3)), began(END, "annan åtgärd"), ended(END))
    assert [one["measure_started_on"] for one in made.blocks[ENDED]] == [date(2109, 3, 3)]
    same_day = rows(began(END), ended(END))
    assert same_day.blocks[ENDED][0]["measure_started_on"] == END


def test_a_measure_that_began_before_the_half_year_is_known_at_its_end() -> None:
    made = rows(began(date(2108, 12, 1)), ended(date(2109, 2, 1)))
    assert made.blocks[BEGINS] == []
    assert made.blocks[ENDED][0]["measure_started_on"] == date(2108, 12, 1)


def test_the_first_and_the_last_day_are_in_it_and_no_other() -> None:
    made = rows(*(contact(day) for day in (FIRST - DAY, FIRST, PERIOD.last, UNTIL)))
    assert [one["contact_on"] for one in made.blocks[CONTACTS]] == [FIRST, PERIOD.last]
    assert made.outside == 0, "what lies in another half-year belongs there"


def test_a_measure_may_end_on_the_day_the_responsibility_does_and_a_contact_then_is_outside() -> None:
    over = Spell(LEFT, True, END, "nmmmmmm")
    made = rows(began(date(2109, 2, 2)), contact(END), ended(END), spell=over)
    assert len(made.blocks[ENDED]) == 1
    assert made.blocks[CONTACTS] == []
    assert made.outside == 1
    assert rows(ended(END + DAY), spell=over).blocks[ENDED] == []


def test_what_a_youth_did_before_a_measure_is_told_by_the_day_before() -> None:
    made = rows(occupied(date(2109, 1, 5), Occupation.WORK), occupied(END, Occupation.NONE), began(END))
    assert made.blocks[BEGINS][0]["occupation_before_measure"] == "work"


def test_each_end_of_the_responsibility_tells_its_own_spell() -> None:
    first, second = Spell(LEFT, True, date(2109, 2, 2), "mmmnmmm"), Spell(date(2109, 3, 1), True, END, "nmmmmmm")
    made = make_rows(person(youth(), first, second), "2303")
    assert [(one["covered_since"], one["ended_on"]) for one in made.blocks[OVER]] == [
        (LEFT, date(2109, 2, 2)),
        (date(2109, 3, 1), END),
    ]
    assert [one["covered_since"] for one in made.blocks[IDENTITY]] == [LEFT]


def test_a_registration_counts_in_its_own_spell() -> None:
    spell = Spell(date(2109, 2, 1), True, END)
    told = [Event(kind=EventKind.REGISTERED, on=day) for day in (LEFT, date(2109, 2, 9), date(2109, 3, 1), END)]
    one = youth(events=tuple(told))
    assert registered_on(one, spell, history()) == date(2109, 2, 9)
    assert registered_on(replace(one, events=(told[0], told[3])), spell, history()) is None
    nights = history(night(date(2109, 2, 12), Outcome.COVERED), night(END, Outcome.NOT_COVERED, "nmmmmmm"))
    assert registered_on(youth(), spell, nights) == date(2109, 2, 12)
    assert registered_on(youth(), Spell(date(2109, 2, 1), True, date(2109, 2, 12)), nights) is None
    waited = history(night(date(2109, 2, 12), Outcome.COVERED, remarks="awaiting_start"))
    assert registered_on(youth(), spell, waited) is None


def test_moving_in_is_no_work_and_a_contact_outside_is_none_either() -> None:
    spell = Spell(date(2109, 2, 1), True, END)
    assert not was_worked_with(youth(events=(Event(kind=EventKind.MOVED_IN, on=date(2109, 2, 1)),)), spell)
    assert not was_worked_with(youth(events=(contact(END),)), spell)
    assert was_worked_with(youth(events=(contact(END - DAY),)), spell)


def test_days_of_the_half_year_are_counted() -> None:
    assert days_in(frame(), (Spell(LEFT),)) == (UNTIL - FIRST).days == 181
    weekend = Spell(date(2109, 3, 9), True, date(2109, 3, 11))
    assert days_in(frame(), (weekend, Spell(PERIOD.last))) == 3
