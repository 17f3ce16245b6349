"""What has happened by a later night: school left, school begun, moves, marks, contacts."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from random import Random

from msgspec import structs

from kaa_bridge.domain.dates import birthday
from kaa_bridge.domain.facts import Event, Residence
from kaa_bridge.domain.values import ContactChannel, ContactOutcome, EventKind, PlacementEnd, Protection
from kaa_bridge.testing.population.desk import place, registered
from kaa_bridge.testing.population.model import Person, Population

Change = Callable[[Person, date], Person]


def evolve(population: Population, day: date, *, share: float = 0.1) -> Population:
    """Return the population on a later day, about ``share`` of the people changed (at least one for each kind of change
    that fits somebody). The same population and day give the same changes. Meant for days within one school year:
    nobody leaves compulsory school in it.

    Raises:
        ValueError: the day does not lie after ``population.as_of``.
    """
    if day <= population.as_of:
        raise ValueError("A population only grows older.")
    rng = Random(f"{population.seed} {day.isoformat()}")  # noqa: S311 - test data, not a secret
    people = list(population.people)
    count = max(len(_CHANGES), round(len(people) * share))
    for number in range(count):
        fits, change = _CHANGES[number % len(_CHANGES)]
        fitting = [index for index, person in enumerate(people) if person is population.people[index] and fits(person)]
        if fitting:
            chosen = rng.choice(fitting)
            people[chosen] = change(people[chosen], day)
    return replace(population, as_of=day, people=tuple(_later(person, day) for person in people))


def _later(person: Person, day: date) -> Person:
    """Let time alone end the responsibility: a twentieth birthday, or a place that has begun."""
    if not person.covered or person.birth_date is None:
        return person
    place = person.place_on(day)
    over = birthday(person.birth_date, 20) <= day or (place is not None and place.school_form in {"GY", "GYAN"})
    return replace(person, covered=False) if over else person


def _attends(person: Person) -> bool:
    return person.story == "national_attending"


def _is_idle(person: Person) -> bool:
    return person.story in {"dropout_new", "after_sms", "absent_over_month", "never_started", "no_show"}


def _drops_out(person: Person, day: date) -> Person:
    left = tuple(
        structs.replace(item, end=day - timedelta(days=1), ended_as=PlacementEnd.WITHDRAWN)
        if item.end is None
        else item
        for item in person.placements
    )
    events = (*person.events, registered(day))
    return replace(person, story="dropped_out_since", covered=True, placements=left, events=events)


def _begins_school(person: Person, day: date) -> Person:
    places = (*person.placements, place("GY", "BA", day))
    return replace(person, story="began_since", covered=False, placements=places)


def _is_reached(person: Person, day: date) -> Person:
    call = Event(kind=EventKind.CONTACT, on=day, channel=ContactChannel.PHONE, outcome=ContactOutcome.REACHED)
    return replace(person, story="reached_since", events=(*person.events, call))


def _moves_out(person: Person, day: date) -> Person:
    before = day - timedelta(days=1)
    homes = tuple(structs.replace(home, end=before) if home.end is None else home for home in person.residence)
    away = (*homes, Residence(municipality="2480", start=day))
    return replace(person, story="moved_out_since", covered=False, residence=away)


def _gets_protected(person: Person, _day: date) -> Person:
    return replace(person, story="protected_since", protection=Protection.SEKRETESSMARKERING)


_CHANGES: tuple[tuple[Callable[[Person], bool], Change], ...] = (
    (_attends, _drops_out),
    (_is_idle, _begins_school),
    (_is_idle, _is_reached),
    (_is_idle, _moves_out),
    (_is_idle, _gets_protected),
)
