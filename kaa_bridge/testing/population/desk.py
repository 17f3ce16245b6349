"""What a story is written with: dates around ``as_of``, numbers, and the usual course through school."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from random import Random
from typing import Any

from kaa_bridge.domain.dates import add_months, add_years, birthday
from kaa_bridge.domain.facts import CompulsorySchooling, Event, Placement, Residence
from kaa_bridge.domain.person_number import PersonNumber
from kaa_bridge.domain.values import EventKind, PlacementEnd, ResidenceBasis, SchoolingStatus
from kaa_bridge.testing.population.model import Person
from kaa_bridge.testing.population.names import identity
from kaa_bridge.testing.population.numbers import NumberBook

_UNIT_OF_FORM = {"GY": "99000001", "GYAN": "99000003", "GR": "99000004", "VUXGY": "99000005", "FHS": "99000006"}


@dataclass(slots=True)
class Desk:
    """The table at which people are made; hands out each number and name once."""

    as_of: date
    municipality: str
    rng: Random
    book: NumberBook = field(default_factory=NumberBook)
    made: int = 0

    def ago(self, days: int) -> date:
        """Return the day that many days before ``as_of``."""
        return self.as_of - timedelta(days=days)

    def ahead(self, days: int) -> date:
        """Return the day that many days after ``as_of``."""
        return self.as_of + timedelta(days=days)

    def born(self, years: int, months: int = 0) -> PersonNumber:
        """Take a number of somebody who reached that age about ``as_of``."""
        return self.book.nearest(add_months(add_years(self.as_of, -years), -months))

    def born_between(self, first: date, last: date) -> PersonNumber:
        """Take a number with a birth date between the two, both included, near the first."""
        return self.book.nearest(first, earliest=first, latest=last)

    def next_term(self) -> date:
        """Return the first day of the next term after ``as_of``: 18 August or 11 January."""
        terms = [date(self.as_of.year + step, *day) for step in (0, 1) for day in ((1, 11), (8, 18))]
        return min(day for day in terms if day > self.as_of)

    def next_june(self) -> date:
        """Return the next 12 June after ``as_of``, the end of a spring term."""
        this_year = date(self.as_of.year, 6, 12)
        return this_year if this_year > self.as_of else date(self.as_of.year + 1, 6, 12)

    def person(self, story: str, number: PersonNumber, covered: bool | None, **facts: Any) -> Person:
        """Make a person who has always lived here and has left compulsory school, unless the facts say otherwise."""
        index, self.made = self.made, self.made + 1
        born = number.birth_date
        usual: dict[str, Any] = {
            "identity": identity(index, phone=facts.pop("phone", True), address=facts.pop("address", True)),
            "residence": (Residence(municipality=self.municipality, start=born, basis=ResidenceBasis.REGISTERED),),
            "first_registered": born,
            "compulsory_schooling": schooling_of(born) if born else None,
            "birth_date": born,
        }
        ref = f"p-{index + 1:03d}"
        return Person(ref=ref, story=story, covered=covered, number=number.value, **(usual | facts))


def schooling_of(born: date) -> CompulsorySchooling:
    """Return the usual end of skolplikt: the spring term of the year in which the person turns 16."""
    return CompulsorySchooling(status=SchoolingStatus.ENDED, on=date(born.year + 16, 6, 12))


def began(born: date) -> date:
    """Return the usual first day in upper secondary school: 18 August of the year in which the person turns 16."""
    return date(born.year + 16, 8, 18)


def place(
    form: str, path: str | None, start: date, end: date | None = None, how: PlacementEnd | None = None
) -> Placement:
    """Return a placement at the invented unit of that school form."""
    unit = _UNIT_OF_FORM[form]
    return Placement(school_form=form, study_path=path, school_unit=unit, start=start, end=end, ended_as=how)


def dropped(number: PersonNumber, end: date, path: str = "EE", how: PlacementEnd = PlacementEnd.WITHDRAWN) -> Placement:
    """Return a national programme that was begun as usual and left on the day before ``end``."""
    start = began(number.birth_date) if number.birth_date else end - timedelta(days=120)
    return place("GY", path, min(start, end - timedelta(days=30)), end - timedelta(days=1), how)


def registered(day: date) -> Event:
    """Return the register's own entry of the youth."""
    return Event(kind=EventKind.REGISTERED, on=day)


def with_systems(person: Person, *systems: str) -> Person:
    """Return the same person, known to those systems only."""
    return replace(person, systems=frozenset(systems))


def birth_window(as_of: date, age: int, first_ahead: int, last_ahead: int) -> tuple[date, date]:
    """Return the birth dates of those who reach the age between so many days ahead of ``as_of``, both included."""
    days = (as_of + timedelta(days=step) for step in (first_ahead, last_ahead))
    first, last = (add_years(day, -age) for day in days)
    assert birthday(first, age) >= as_of or first_ahead < 0
    return first, last
