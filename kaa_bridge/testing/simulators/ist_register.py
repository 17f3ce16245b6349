"""What a simulated IST holds: organisations, programmes, persons, and what has been deleted."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import UTC, date, datetime, time
from typing import Any

from kaa_bridge.testing.population.model import Person, Population, SchoolUnit
from kaa_bridge.testing.population.names import UNITS
from kaa_bridge.testing.simulators.ist_render import (
    Object,
    Style,
    adult_object,
    identifier,
    meta,
    parent_object,
    person_object,
    poison_object,
    programme_object,
    unit_object,
)

_USUAL = ("BA", "EE", "IB", "IMA", "IMS", "IMV", "NA", "SA", "TE", "VO")
STAFF = 12
"""Adults in every register: most are nobody's business, and come only when filters are ignored."""


class IstRegister:
    """The register's objects by collection, each in a fixed order."""

    def __init__(self, population: Population, style: Style) -> None:
        """Fill it with the people that IST knows, as of the population's day."""
        self.style = style
        self.modified = datetime.combine(population.as_of, time(), UTC)
        self.collections: dict[str, list[Object]] = {}
        self.deleted: list[tuple[datetime, str, str]] = []
        self._fill(population, self.modified.isoformat())

    def replace(self, population: Population, now: datetime) -> None:
        """Take over a later population: what differs is modified now, what is gone is deleted now."""
        before = {item["id"]: item for items in self.collections.values() for item in items}
        kinds = {item["id"]: name for name, items in self.collections.items() for item in items}
        self._fill(population, now.isoformat())
        present = set[str]()
        for items in self.collections.values():
            for item in items:
                present.add(item["id"])
                old = before.get(item["id"])
                if old is not None and {**old, "meta": None} == {**item, "meta": None}:
                    item["meta"] = old["meta"]
        self.deleted += [(now, kinds[key], key) for key in before if key not in present]

    def change(self, person: str, edit: Callable[[Object], None], now: datetime) -> None:
        """Edit one person in place; the change counts as made now."""
        found = next(item for item in self.collections["persons"] if item["id"] == person)
        edit(found)
        found["meta"] = meta(now.isoformat())

    def remove(self, person: str, now: datetime) -> None:
        """Delete one person now."""
        kept = [item for item in self.collections["persons"] if item["id"] != person]
        self.collections["persons"] = kept
        self.deleted.append((now, "persons", person))

    def add_places(self, people: Iterable[Person], as_of: date) -> None:
        """Take in the school units and programmes that people outside the population refer to."""
        modified, people = datetime.combine(as_of, time(), UTC).isoformat(), list(people)
        wanted = [unit_object(unit, self.style, modified) for unit in _units((), people)]
        wanted += _programmes(people, self.style, modified) if self.style.has_programmes else []
        for item in wanted:
            held = self.collections["organisations" if "organisationType" in item else "programmes"]
            if all(item["id"] != other["id"] for other in held):
                held.append(item)

    def _fill(self, population: Population, modified: str) -> None:
        people = population.known_to("ist")
        units = _units(population.units, (*people, *(poison.person for poison in population.poison_in("ist"))))
        style, day = self.style, population.as_of
        parents = {item["id"]: item for item in (parent_object(unit, style, modified) for unit in units)}
        pupils = [person_object(person, style, modified, day) for person in people]
        poisoned = [poison_object(poison, style, modified, day) for poison in population.poison_in("ist")]
        adults = [adult_object(f"{number}", modified) for number in range(STAFF)]
        for pupil in pupils:
            number = int(pupil["id"][:8], 16)
            if number % 3 == 0:
                guardian = {"id": adults[number % (STAFF // 2)]["id"]}
                pupil["responsibles"] = [{"person": guardian, "relationType": "Vårdnadshavare"}]
        self.collections = {
            "organisations": [*parents.values(), *(unit_object(unit, style, modified) for unit in units)],
            "programmes": _programmes(people, style, modified) if style.has_programmes else [],
            "persons": [*pupils, *poisoned, *adults],
            "groups": [_group(unit, style, modified) for unit in units],
            "duties": [_duty(number, units[0].code, modified) for number in range(STAFF // 2, STAFF)],
        }


def _units(known: Iterable[SchoolUnit], people: Iterable[Person]) -> list[SchoolUnit]:
    units = {unit.code: unit for unit in known}
    for person in people:
        for place in person.placements_for("ist"):
            if place.school_unit and place.school_unit not in units:
                name = f"Låtsasskolan {place.school_unit[-2:]}"
                home = UNITS[0].municipality
                unit = SchoolUnit(code=place.school_unit, name=name, school_form=place.school_form, municipality=home)
                units[place.school_unit] = unit
    return list(units.values())


def _programmes(people: Iterable[Person], style: Style, modified: str) -> list[Object]:
    paths = dict.fromkeys(_USUAL, "GY")
    for person in people:
        for place in person.placements_for("ist"):
            if place.study_path:
                paths.setdefault(place.study_path, place.school_form)
    found = [programme_object(code, form, style, modified) for code, form in sorted(paths.items())]
    return [*found, programme_object("NANAT", "GY", style, modified, parent="NA")]


def _group(unit: SchoolUnit, style: Style, modified: str) -> Object:
    return {
        "id": identifier("group", unit.code),
        "meta": meta(modified),
        "displayName": f"Klass {unit.code[-1]}",
        "groupType": "Klass",
        "schoolType": style.school_type(unit.school_form),
        "startDate": "2024-07-01",
        "organisation": {"id": identifier("organisation", unit.code)},
    }


def _duty(number: int, unit: str, modified: str) -> dict[str, Any]:
    return {
        "id": identifier("duty", f"{number}"),
        "meta": meta(modified),
        "person": {"id": identifier("adult", f"{number}")},
        "dutyAt": {"id": identifier("organisation", unit)},
        "dutyRole": "Rektor",
        "startDate": "2020-01-01",
    }
