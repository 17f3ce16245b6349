"""A seeded half-year: three nights of the simulated world, and what must stand in the file for those planted in it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from msgspec import structs

from kaa_bridge.domain.dates import DAY, birthday
from kaa_bridge.domain.facts import Event, Qualification, Residence
from kaa_bridge.domain.values import (
    ContactChannel,
    ContactOutcome,
    EventKind,
    LifeStatus,
    Occupation,
    PlacementEnd,
    Protection,
    QualificationKind,
)
from kaa_bridge.testing.population import Person, Population, build
from kaa_bridge.testing.population.desk import place, registered
from kaa_bridge.testing.population.ladder import contact

WINTER, SPRING, SUMMER = date(2026, 2, 2), date(2026, 5, 20), date(2026, 9, 2)
"""The nights; the last one is after the half-year, and after the freeze in which OEDB is not updated."""
DROPPED, REGISTERED = date(2026, 5, 4), date(2026, 5, 11)


@dataclass(frozen=True, slots=True)
class Planted:
    """One person and the lines that must stand in the file, number and block first; none where it must not be there."""

    person: Person
    lines: tuple[tuple[str, ...], ...] = ()

    def expected(self) -> list[list[str]]:
        number = self.person.number
        return [
            [line[0], number, "2303", "2026H1", *line[1:]] if line[0] == "1" else [line[0], number, *line[1:]]
            for line in self.lines
        ]


@dataclass(frozen=True, slots=True)
class HalfYear:
    """The population on the three nights, and what was planted, by name."""

    winter: Population
    spring: Population
    summer: Population
    planted: dict[str, Planted]


def plan() -> HalfYear:
    """Return the half-year: one person for each way through it, everybody else unchanged."""
    winter = build(1, as_of=WINTER, poisoned=False)
    planted = {name: make(winter) for name, make in _STORIES.items()}
    later = {one.person.ref: one.person for one in planted.values()}
    people = tuple(later.get(person.ref, person) for person in winter)
    lost = planted["lost"].person.ref
    return HalfYear(
        winter=winter,
        spring=replace(winter, people=tuple(one for one in people if one.ref != lost), as_of=SPRING),
        summer=replace(winter, people=tuple(one for one in people if one.ref != lost), as_of=SUMMER),
        planted=planted,
    )


def _first(person: Person, reason: str = "TEST-AVBROTT-NP", occupation: str = "TEST-SAKNAS") -> tuple[str, ...]:
    assert person.registered_on
    return ("1", person.registered_on.isoformat(), reason, occupation)


def _with(person: Person, *events: Event, **changed: Any) -> Person:
    found = tuple(sorted((*person.events, *events), key=lambda event: event.on))
    return replace(person, events=found, **changed)


def _turns_20(winter: Population) -> Planted:
    person = winter.by_story("turning_20_soon")
    assert person.birth_date
    return Planted(person, (_first(person), ("5", birthday(person.birth_date, 20).isoformat(), "TEST-20-AR")))


def _begins(story: str, path: str, code: str) -> Any:
    def make(winter: Population) -> Planted:
        person = winter.by_story(story)
        day = date(2026, 3, 2)
        then = replace(person, placements=(*person.placements, place("GY", path, day)))
        return Planted(then, (_first(person), ("5", day.isoformat(), code)))

    return make


def _moves(winter: Population) -> Planted:
    person = winter.by_story("after_sms")
    homes = (
        structs.replace(person.residence[0], end=date(2026, 4, 9)),
        Residence(municipality="2480", start=date(2026, 4, 10)),
    )
    return Planted(replace(person, residence=homes), (_first(person), ("5", "2026-04-10", "TEST-FLYTTAD")))


def _dies(winter: Population) -> Planted:
    person = winter.by_story("after_letter_1")
    homes = (structs.replace(person.residence[0], end=date(2026, 3, 14)),)
    gone = replace(person, residence=homes, life_status=LifeStatus.DECEASED)
    return Planted(gone, (_first(person), ("5", "2026-03-15", "TEST-AVLIDEN")))


def _passes(winter: Population) -> Planted:
    person = winter.by_story("studiebevis")
    exam = Qualification(kind=QualificationKind.GYMNASIEEXAMEN, on=date(2026, 4, 21))
    done = replace(person, qualifications=(*person.qualifications, exam))
    return Planted(done, (_first(person, "TEST-STUDIEBEVIS"), ("5", "2026-04-21", "TEST-EXAMEN")))


def _busy(winter: Population) -> Planted:
    """Several contacts and measures: one of them without answer, one before the half-year."""
    person = winter.by_story("reached_working")
    call, silent = ContactChannel.PHONE, contact(date(2026, 2, 20), ContactChannel.SMS, ContactOutcome.NO_ANSWER)
    events = (
        contact(date(2026, 2, 24), call, ContactOutcome.REACHED),
        silent,
        Event(kind=EventKind.OCCUPATION, on=date(2026, 3, 3), what=Occupation.NONE),
        contact(date(2026, 3, 3), ContactChannel.MEETING, ContactOutcome.REACHED),
        Event(kind=EventKind.MEASURE_STARTED, on=date(2026, 3, 9), measure="praktik"),
        Event(kind=EventKind.MEASURE_ENDED, on=date(2026, 4, 17), measure="praktik", reason="avbruten"),
        Event(kind=EventKind.MEASURE_STARTED, on=date(2026, 4, 20), measure="enstaka samtal"),
        Event(kind=EventKind.MEASURE_ENDED, on=date(2026, 5, 8), measure="enstaka samtal", reason="genomförd"),
        Event(kind=EventKind.OCCUPATION, on=date(2026, 5, 11), what=Occupation.WORK),
    )
    return Planted(
        _with(person, *events),
        (
            _first(person),
            ("2", "2026-02-24", "TEST-TELEFON", "TEST-ARBETE"),
            ("2", "2026-03-03", "TEST-MOTE", "TEST-INGEN"),
            ("3", "TEST-PRAKTIK", "2026-03-09", "TEST-INGEN"),
            ("3", "TEST-ENSTAKA-SAMTAL", "2026-04-20", "TEST-INGEN"),
            ("4", "TEST-PRAKTIK", "2026-04-17", "TEST-AVBRUTEN", "TEST-ARBETE"),
            ("4", "TEST-ENSTAKA-SAMTAL", "2026-05-08", "TEST-GENOMFORD", "TEST-ARBETE"),
        ),
    )


def _drops_out(winter: Population) -> Planted:
    person = winter.by_story("national_attending")
    left = [structs.replace(one, end=DROPPED - DAY, ended_as=PlacementEnd.WITHDRAWN) for one in person.placements]
    then = _with(person, registered(REGISTERED), placements=tuple(left))
    return Planted(then, (("1", REGISTERED.isoformat(), "TEST-AVBROTT-NP", "TEST-SAKNAS"),))


def _drops_out_after(winter: Population) -> Planted:
    """Leaves school the day after the half-year: belongs to the next one."""
    person = winter.by_story("im_attending")
    last = date(2026, 6, 30)
    left = [structs.replace(one, end=last, ended_as=PlacementEnd.WITHDRAWN) for one in person.placements]
    return Planted(replace(person, placements=tuple(left)))


def _comes_back(winter: Population) -> Planted:
    """Begins and leaves again: one row of identity, one end, and open once more."""
    person = winter.by_story("never_started")
    between = place("GY", "BA", date(2026, 3, 2), date(2026, 4, 30), PlacementEnd.WITHDRAWN)
    then = replace(person, placements=(between,))
    return Planted(then, (_first(person, "TEST-ALDRIG-GY"), ("5", "2026-03-02", "TEST-NP")))


def _lost(winter: Population) -> Planted:
    """Every source stops knowing the youth: only the nights' own decisions tell. Unknown is never out."""
    person = winter.by_story("minor_without_phone")
    return Planted(person)


def _protected(winter: Population) -> Planted:
    return Planted(replace(winter.by_story("sekretessmarkering"), protection=Protection.SEKRETESSMARKERING))


def _was_there_all_along(winter: Population) -> Planted:
    """The school says in spring that the youth never left: on the register by mistake."""
    person = winter.by_story("declined")
    return Planted(
        replace(person, placements=tuple(structs.replace(one, end=None, ended_as=None) for one in person.placements))
    )


def _changes_school(winter: Population) -> Planted:
    """Ends on a Friday and begins elsewhere on the Monday: covered by the letter for two days, and on no register."""
    person = winter.by_story("anpassad_attending")
    first = structs.replace(person.placements[0], end=date(2026, 3, 13), ended_as=PlacementEnd.MOVED_SCHOOL)
    then = replace(person, placements=(first, place("GYAN", "IAIND", date(2026, 3, 16))))
    return Planted(then, (("1", "", "TEST-AVBROTT-ANPASSAD", "TEST-SAKNAS"), ("5", "2026-03-16", "TEST-ANPASSAD")))


def _unmarked(winter: Population) -> Planted:
    """The sources stop telling the protection: protected until a person has looked."""
    return Planted(replace(winter.by_story("fingerade_personuppgifter"), protection=Protection.NONE))


_STORIES = {
    "turns_20": _turns_20,
    "begins_national": _begins("dropout_new", "BA", "TEST-NP"),
    "begins_introductory": _begins("no_answer", "IMA", "TEST-IM"),
    "moves": _moves,
    "dies": _dies,
    "passes": _passes,
    "busy": _busy,
    "drops_out": _drops_out,
    "drops_out_after": _drops_out_after,
    "comes_back": _comes_back,
    "changes_school": _changes_school,
    "corrected": _was_there_all_along,
    "lost": _lost,
    "protected": _protected,
    "unmarked": _unmarked,
}
