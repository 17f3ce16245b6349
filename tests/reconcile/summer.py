"""A seeded summer: what OEDB held on 28 May, what everybody else knows on 31 August, and what must be reported."""

from __future__ import annotations

import csv
from dataclasses import dataclass, replace
from datetime import date

from msgspec import structs

from kaa_bridge.domain.facts import Residence
from kaa_bridge.domain.values import LifeStatus, PlacementEnd, Protection
from kaa_bridge.testing.population import Person, Population, build
from kaa_bridge.testing.population.desk import place
from kaa_bridge.testing.world import World

MAY, JULY, AUGUST, SEPTEMBER = date(2026, 5, 28), date(2026, 7, 9), date(2026, 8, 31), date(2026, 9, 1)
DROPPED = date(2026, 7, 3)
"""The first day without school of the one who drops out in July."""
LATE = date(2026, 8, 24)
"""The same for the one who drops out after the last night of the freeze."""


@dataclass(frozen=True, slots=True)
class Planted:
    """What must stand in the report for one person."""

    person: Person
    category: str
    step: str


@dataclass(frozen=True, slots=True)
class Summer:
    """The populations on three days, and what was planted, by name."""

    before: Population
    july: Population
    august: Population
    planted: dict[str, Planted]
    newcomer_number: str
    exam_number: str

    def persons(self) -> dict[str, Planted]:
        """Return what was planted by the person's present number."""
        return {one.person.number: one for one in self.planted.values()}


def plan_summer() -> Summer:
    """Return the summer: one person for each category, everybody else unchanged."""
    before = build(1, as_of=MAY, poisoned=False)
    take = _Taker(before)
    attending, introductory = take("national_attending"), take("im_attending")
    mover = take("mover_in")
    number = _was_in_school(take("number_change"))
    old = replace(number, number=number.replaces[0], replaces=())
    before = _with(before, {number.ref: old}, without=mover.ref)
    in_july = {attending.ref: _left(attending, DROPPED)}
    planted = {
        "dropped": Planted(in_july[attending.ref], "ended_in_freeze", "open"),
        "dropped_late": Planted(_left(introductory, LATE), "ended_in_freeze", "open"),
        "began": Planted(_begins(take("dropout_new"), "GY"), "attends_elsewhere", "close"),
        "still_in_gr": Planted(_begins(take("never_started"), "GR"), "still_in_school", "close"),
        "adapted": Planted(_begins(take("no_show"), "GYAN"), "still_in_school", "close"),
        "moved": Planted(_moves(take("absent_over_month")), "moved", "close"),
        "dead": Planted(replace(take("after_sms"), life_status=LifeStatus.DECEASED), "deceased", "close"),
        "abroad": Planted(replace(take("declined"), life_status=LifeStatus.EMIGRATED), "emigrated", "close"),
        "exam": Planted(take("studiebevis"), "exam_found", "close"),
        "differ": Planted(_ist_says_open(take("after_letter_1")), "conflict", "investigate"),
        "number": Planted(number, "number_changed", "correct"),
        "new_here": Planted(_new_here(mover), "only_right", "open"),
        "protected": Planted(
            replace(take("reached_working"), protection=Protection.SEKRETESSMARKERING), "protected", "none"
        ),
    }
    later = {one.person.ref: one.person for one in planted.values()}
    everybody = [later.get(person.ref, person) for person in build(1, as_of=MAY, poisoned=False)]
    return Summer(
        before=before,
        july=replace(_with(before, in_july), as_of=JULY),
        august=replace(before, people=tuple(everybody), as_of=AUGUST),
        planted=planted,
        newcomer_number=mover.number,
        exam_number=planted["exam"].person.number,
    )


def tell_exam(world: World, number: str) -> None:
    """Let the exams file tell an exam that OEDB does not know."""
    with (world.folder / "exams" / "examina.csv").open("a", encoding="utf-8", newline="") as stream:
        csv.writer(stream, delimiter=";").writerow([number, "gymnasieexamen", "2026-06-10"])


def _was_in_school(person: Person) -> Person:
    """Let the person have had a place before the summer: IST knows pupils only."""
    left = place("GY", "IMS", date(2026, 4, 7), date(2026, 5, 4), PlacementEnd.WITHDRAWN)
    return replace(person, placements=(left,))


class _Taker:
    def __init__(self, population: Population) -> None:
        self._population = population

    def __call__(self, story: str) -> Person:
        return self._population.by_story(story)


def _with(population: Population, changed: dict[str, Person], without: str = "") -> Population:
    people = (changed.get(person.ref, person) for person in population if person.ref != without)
    return replace(population, people=tuple(people))


def _left(person: Person, free: date) -> Person:
    last = date.fromordinal(free.toordinal() - 1)
    ended = [
        structs.replace(one, end=last, ended_as=PlacementEnd.WITHDRAWN) for one in person.placements if one.end is None
    ]
    return replace(person, placements=(*(one for one in person.placements if one.end), *ended))


def _begins(person: Person, form: str) -> Person:
    path = {"GY": "BA", "GYAN": "IAIND"}.get(form)
    return replace(person, placements=(*person.placements, place(form, path, date(2026, 8, 18))))


def _moves(person: Person) -> Person:
    homes = tuple(structs.replace(home, end=date(2026, 7, 14)) for home in person.residence)
    return replace(person, residence=(*homes, Residence(municipality="2480", start=date(2026, 7, 15))))


def _ist_says_open(person: Person) -> Person:
    """Let IST say that the place which everybody else knows as left goes on."""
    ongoing = tuple(structs.replace(one, end=None, ended_as=None) for one in person.placements)
    return replace(person, placements_in={"ist": ongoing})


def _new_here(person: Person) -> Person:
    first, *rest = person.residence[-1:]
    here = structs.replace(first, start=date(2026, 7, 20))
    earlier = [structs.replace(one, end=date(2026, 7, 19)) for one in person.residence[:-1]]
    return replace(person, residence=(*earlier, here, *rest), events=())
