"""A summer night by night in a municipality with OEDB, IST and a population list; what happens on which day."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

from kaa_bridge.domain.facts import Residence
from kaa_bridge.domain.values import LifeStatus, Protection
from kaa_bridge.testing.population import Person
from kaa_bridge.testing.world import World
from tests.reconcile.summer import _begins, _left, _moves, _new_here

FIRST, LAST, OVER = date(2026, 6, 1), date(2026, 8, 31), date(2026, 9, 1)
STEP = 3
"""A night is run every third day from 1 June; the last one in the freeze is 30 August."""
DROPS = {"national_attending": date(2026, 6, 17), "im_attending": date(2026, 8, 31)}
"""First day without school: of one the nights can find, of one they cannot."""
CAME = date(2026, 7, 20)
"""The day on which two move in: one whom IST has, and one who is in the population list alone."""
_FOLK = Path(__file__).parent / "data" / "folk.toml"
_SOURCE = """\
[[municipality.source]]
name = "folk"
adapter = "files"
mapping = "folk.toml"
label = "Befolkningslistan"
tells = ["residence"]
[municipality.source.connection]
folder = "folk"
pattern = "folk.csv"
marker = ".klar"
encoding = "utf-8-sig"

[municipality.journal]
"""


def nights() -> Iterator[date]:
    """Yield the days on which a night is run in the freeze."""
    day = FIRST
    while day <= LAST:
        yield day
        day += timedelta(days=STEP)


class Town:
    """The municipality: its systems, and everybody as they are on a day."""

    def __init__(self, world: World) -> None:
        """Leave Qore out, add the population list, and keep those who have not come yet back."""
        self.world = world
        self.start = world.population
        self.mover = self.start.by_story("mover_in")
        self.stranger = self.start.by_story("never_started")
        text = world.configuration.read_text("utf-8")
        head, qore, *others = text.split("[[municipality.source]]")
        assert 'adapter = "qore"' in qore
        text = "[[municipality.source]]".join([head.replace('"qore", "ist", "oedb"', '"folk", "ist", "oedb"'), *others])
        world.configuration.write_text(text.replace("[municipality.journal]\n", _SOURCE), encoding="utf-8")
        (world.folder / "folk.toml").write_text(_FOLK.read_text("utf-8"), encoding="utf-8")

    def on(self, day: date) -> None:
        """Let every system be as it is on the day; on the first day after the freeze OEDB has not caught up yet."""
        people = [one for person in self.start if (one := self.as_of(person, day)) is not None]
        self.world.become(replace(self.start, people=tuple(people), as_of=min(day, LAST)))
        self._write_list(people, day)

    def as_of(self, person: Person, day: date) -> Person | None:
        """Return a person as of the day, ``None`` when nobody knows the person yet."""
        if person.story in DROPS and day >= DROPS[person.story]:
            return _left(person, DROPS[person.story])
        if person in (self.mover, self.stranger):
            return self._came(person) if day >= CAME else None
        if person.story == "absent_over_month" and day >= date(2026, 7, 15):
            return _moves(person)
        if person.story == "dropout_new" and day >= date(2026, 8, 18):
            return _begins(person, "GY")
        return person

    def _came(self, person: Person) -> Person:
        if person is self.mover:
            return _new_here(person)
        home = Residence(municipality="2303", start=CAME)
        return replace(person, residence=(home,), events=(), placements=(), systems=frozenset())

    def _write_list(self, people: list[Person], day: date) -> None:
        folder = self.world.folder / "folk"
        folder.mkdir(exist_ok=True)
        with (folder / "folk.csv").open("w", encoding="utf-8-sig", newline="") as stream:
            writer = csv.writer(stream, delimiter=";")
            writer.writerow(["personnummer", "kommun", "fran", "status", "skydd"])
            writer.writerows(_row(person) for person in people if _home(person) is not None)
        (folder / "folk.csv.klar").write_text("", encoding="ascii")


def _home(person: Person) -> Residence | None:
    return person.residence[-1] if person.residence else None


def _row(person: Person) -> list[object]:
    home = _home(person)
    assert home is not None
    status = {LifeStatus.DECEASED: "avliden", LifeStatus.EMIGRATED: "utvandrad"}.get(person.life_status, "lever")
    protected = person.protection is not Protection.NONE
    return [person.number, home.municipality, home.start or "", status, "ja" if protected else "nej"]
