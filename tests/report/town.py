"""A town whose history is planted by hand: decisions and facts straight into a store, so that sums are known."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

from kaa_bridge.config import load_settings
from kaa_bridge.domain.facts import Event, Residence
from kaa_bridge.domain.record import RecordFacts
from kaa_bridge.domain.stored import packed
from kaa_bridge.domain.values import (
    ContactChannel,
    ContactOutcome,
    EventKind,
    LifeStatus,
    Occupation,
    Protection,
)
from kaa_bridge.host import load_plugins
from kaa_bridge.store.connection import Connection
from kaa_bridge.store.engine import Store
from kaa_bridge.store.key import make_key_file
from kaa_bridge.store.query import execute
from kaa_bridge.sync.bridge import Bridge, make_bridge, store_settings

Decision = tuple[str, str, str, str | None]
"""The night, the outcome, the criteria in one letter each, and since when the youth is covered."""
CODE = "1488"
COVERED, ENDED_20, ENDED_STUDIES, ENDED_MOVED, ENDED_EXAM = "mmmmmmm", "nmmmmmm", "mmmnmmm", "mmnmmmm", "mmmmnmm"
CONFIGURATION = """
state_dir = "state"
[store]
kind = "sqlite"
{municipalities}
"""
MUNICIPALITY = """
[[municipality]]
code = "{code}"
name = "{name}"
routine = "norrkoping"
{more}
[[municipality.source]]
name = "register"
adapter = "files"
mapping = "ist_exams_file"
label = "Registret"
tells = ["placements", "residence", "qualifications"]
[municipality.source.connection]
folder = "inbox"
pattern = "x.csv"
"""


@dataclass
class Town:
    """One municipality's folder and state."""

    folder: Path
    began: date = date(2025, 2, 3)
    code: str = CODE
    name: str = "Trollhättan"
    more: str = ""
    others: Sequence[tuple[str, str]] = ()
    _made: int = field(default=0, init=False)

    def __post_init__(self) -> None:
        self.folder.mkdir(parents=True, exist_ok=True)
        make_key_file(self.folder / "kaa-bridge.key")
        (self.folder / "inbox").mkdir()
        towns = [(self.code, self.name), *self.others]
        tables = [
            MUNICIPALITY.format(code=code, name=name, more=self.more if code == self.code else "")
            for code, name in towns
        ]
        self.configuration.write_text(CONFIGURATION.format(municipalities="".join(tables)), encoding="utf-8")
        settings = load_settings(self.configuration)
        Store.create(store_settings(settings, self.code)).close()
        with self.open(write=True) as (connection, _):
            execute(
                connection,
                "INSERT INTO source (id, name, pulled_on, proved_on) VALUES (1, 'register', ?, ?)",
                (self.began.isoformat(), self.began.isoformat()),
            )
            execute(
                connection,
                "INSERT INTO run (id, kind, local_date, started_at) VALUES (1, 'night', ?, ?)",
                (self.began.isoformat(), f"{self.began}T01:00:00Z"),
            )

    @property
    def configuration(self) -> Path:
        return self.folder / "kaa-bridge.toml"

    @contextmanager
    def open(self, *, write: bool = False) -> Iterator[tuple[Connection, Bridge]]:
        settings = load_settings(self.configuration)
        bridge = make_bridge(settings, settings.municipality(self.code), load_plugins())
        store = Store.open(store_settings(settings, self.code))
        with store, store.write() if write else store.read() as connection:
            yield connection, bridge
        bridge.close()

    def add(self, *youths: Planted) -> None:
        """Put youths into the state, each with its decisions and its facts as one record of the register."""
        with self.open(write=True) as (connection, _):
            for youth in youths:
                self._made += 1
                self._write(connection, self._made, youth)

    def _write(self, connection: Connection, number: int, youth: Planted) -> None:
        last, key = youth.decisions[-1], number.to_bytes(16, "big")
        since = [day for day, outcome, *_ in youth.decisions if outcome == "covered"]
        registered = since[-1] if since and last[1] != "not_covered" else None
        execute(
            connection,
            "INSERT INTO youth (id, pseudonym, handle, birth_date, protection, outcome, registered_on, conflicts) "
            "VALUES (?, ?, ?, ?, ?, ?, ?, 0)",
            (number, key, f"U-{number:04d}", "2008-03-01", youth.protection.value, last[1], registered),
        )  # fmt: skip
        for day, outcome, criteria, covered_since in youth.decisions:
            execute(
                connection,
                "INSERT INTO decision (youth_id, run_id, as_of, outcome, criteria, covered_since, remarks) "
                "VALUES (?, 1, ?, ?, ?, ?, '')",
                (number, day, outcome, criteria, covered_since),
            )
        facts = RecordFacts(
            birth_date=date(2008, 3, 1),
            protection=youth.protection,
            life_status=LifeStatus.ALIVE,
            residence=(Residence(municipality=self.code, start=youth.lives_here_since),),
            events=tuple(youth.events),
            handler=youth.handler,
            **youth.facts,
        )
        execute(
            connection,
            "INSERT INTO record (id, source_id, key, youth_id, first_on, changed_on, facts) "
            "VALUES (?, 1, ?, ?, '2025-02-03', '2025-02-03', ?)",
            (number, key, number, packed(facts)),
        )


@dataclass
class Planted:
    """A youth: its decisions in order, its events, and what else the register says."""

    decisions: list[Decision]
    events: list[Event] = field(default_factory=list)
    protection: Protection = Protection.NONE
    handler: str | None = None
    lives_here_since: date = date(2008, 3, 1)
    facts: dict[str, Any] = field(default_factory=dict)


def opened(day: str, since: str | None = None) -> Decision:
    return day, "covered", COVERED, since


def closed(day: str, criteria: str = ENDED_STUDIES) -> Decision:
    return day, "not_covered", criteria, None


def contact(day: str, outcome: str = "reached") -> Event:
    return Event(
        kind=EventKind.CONTACT,
        on=date.fromisoformat(day),
        channel=ContactChannel.PHONE,
        outcome=ContactOutcome(outcome),
    )


def event(kind: str, day: str, **more: Any) -> Event:
    return Event(kind=EventKind(kind), on=date.fromisoformat(day), **more)


def occupied(what: str, day: str, until: str | None = None) -> Event:
    last = date.fromisoformat(until) if until else None
    return event("occupation", day, what=Occupation(what), until=last)
