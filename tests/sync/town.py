"""A municipality in memory: sources that a test fills and a journal that stores, behind the real night."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any

import msgspec

from kaa_bridge.config import load_settings
from kaa_bridge.contract import CheckResult, Page, Proof, PullKind, PullRequest, Source, SourceDescription
from kaa_bridge.errors import Unreachable
from kaa_bridge.host import load_plugins
from kaa_bridge.mapping import load_mapping
from kaa_bridge.store import runs
from kaa_bridge.store.engine import Store
from kaa_bridge.store.key import make_key_file
from kaa_bridge.store.query import rows
from kaa_bridge.sync.bridge import make_bridge, store_settings
from kaa_bridge.sync.night import Plan, run_night
from kaa_bridge.sync.plan import Scope
from kaa_bridge.sync.report import NightReport
from kaa_bridge.sync.sources import Feed
from kaa_bridge.testing.population.numbers import future_number
from tests.journal.support import MemoryJournal

Record = dict[str, Any]
CONFIGURATION = """
state_dir = "state"
[store]
kind = "sqlite"
key = {{ file = "kaa-bridge.key" }}
[[municipality]]
code = "2303"
name = "Exempelkommunen"
{sources}
[municipality.journal]
name = "treserva"
plugin = "treserva"
"""
SOURCE = """
[[municipality.source]]
name = "{name}"
adapter = "ist"
mapping = "school.toml"
tells = ["placements", "qualifications"]
"""
MAPPING = """
[mapping]
name = "school"
version = "1"
status = "profile"
format = "json"
[record]
key = "id"
[facts]
number = { path = "number" }
protection = { path = "protection", codes = "protection" }
life_status = { const = "alive" }
[facts.compulsory_schooling]
status = { const = "ended" }
on = "ended"
[[facts.residence]]
each = "home"
municipality = { path = "municipality", convert = "municipality" }
start = "from"
basis = { const = "registered" }
[[facts.placements]]
each = "placements"
school_form = { path = "form", codes = "ss12000_school_types" }
start = "from"
end = "to"
ended_as = { path = "as", codes = "ended_as" }
[[facts.qualifications]]
each = "exams"
kind = { const = "gymnasieexamen" }
on = "on"
[codes.protection]
N = "none"
S = "sekretessmarkering"
[codes.ended_as]
W = "withdrawn"
"""
ATTENDS = {"form": "GY", "from": "2106-08-19"}
LEFT = ATTENDS | {"to": "2108-01-15", "as": "W"}


def pupil(index: int, placement: Record = ATTENDS, protection: str | None = "N") -> Record:
    """Return the school's record of a youth born in 2090: one who attends, unless told otherwise."""
    return {
        "id": f"key-{index}",
        "number": future_number(index)[0],
        "protection": protection,
        "ended": "2106-06-12",
        "home": [{"municipality": "2303", "from": "2100-01-01"}],
        "placements": [placement],
        "exams": [],
    }


class School(Source):
    """A source that gives what a test lets it hold.

    Attributes:
        records: everyone it tells of; ``None`` while it does not answer.
        whole: whether it proves that this is everything.
    """

    def __init__(self, name: str) -> None:
        """Begin empty."""
        self.name = name
        self.records: list[Record] | None = []
        self.whole = True

    def describe(self) -> SourceDescription:
        """Return what it can."""
        return SourceDescription(self.name, "memory", frozenset({PullKind.SNAPSHOT}), fetches_person=True)

    def check(self) -> CheckResult:
        """Say that all is well."""
        return CheckResult(True, "in memory")

    def pull(self, request: PullRequest) -> Iterator[Page | Proof]:
        """Yield everyone at once."""
        if self.records is None:
            raise Unreachable("down", "The source does not answer.")
        yield Page([msgspec.json.encode(one) for one in self.records])
        yield Proof(whole=self.whole, how="the test says so")

    def parse(self, record: bytes) -> Mapping[str, Any]:
        """Decode one record."""
        decoded: Mapping[str, Any] = msgspec.json.decode(record)
        return decoded

    def fetch_person(self, number: str) -> Sequence[bytes]:
        """Return the records with this number."""
        return [msgspec.json.encode(one) for one in self.records or () if one["number"] == number]


class Town:
    """One municipality with its sources, its state and its journal.

    Attributes:
        school: the first source.
        schools: every source, by name.
    """

    def __init__(self, folder: Path, assertions: str = "", schools: Sequence[str] = ("school",)) -> None:
        """Create the state."""
        make_key_file(folder / "kaa-bridge.key")
        self.configuration = folder / "kaa-bridge.toml"
        sources = "".join(SOURCE.format(name=name) for name in schools)
        self.configuration.write_text(CONFIGURATION.format(sources=sources), encoding="utf-8")
        (folder / "school.toml").write_text(MAPPING + assertions, encoding="utf-8")
        loaded = load_settings(self.configuration)
        self.schools = {name: School(name) for name in schools}
        self.school = self.schools[schools[0]]
        self.journal = MemoryJournal()
        self.bridge = make_bridge(loaded, loaded.municipality("2303"), load_plugins())
        self.bridge.broken.clear()  # the configured systems are not there; those of the test stand in for them
        self.bridge.journal = self.journal
        self.bridge.feeds = [_feed(school, folder) for school in self.schools.values()]
        self.state = Store.create(store_settings(loaded, "2303"))

    def night(self, day: date, records: Sequence[Record] | None = None, scope: Scope | None = None) -> NightReport:
        """Run a night, on what the first source holds from now on where it is given."""
        return self.plan(day, records, scope, dry_run=False).report

    def plan(
        self, day: date, records: Sequence[Record] | None = None, scope: Scope | None = None, *, dry_run: bool = True
    ) -> Plan:
        """Return the plan of a night, and run it where it is no dry run."""
        if records is not None:
            self.school.records = list(records)
        return run_night(self.state, self.bridge, day, scope=scope or Scope(), dry_run=dry_run)

    def holds(self) -> dict[str, runs.HoldRow]:
        """Return the holds that are not closed, by kind."""
        with self.state.read() as connection:
            return {hold.kind: hold for hold in runs.holds(connection)}

    def release(self, *kinds: str) -> None:
        """Release the open holds of these kinds."""
        found = self.holds()
        assert all(self.release_id(found[kind].id) for kind in kinds)

    def release_id(self, hold_id: int) -> bool:
        """Release one hold; tell whether it was open."""
        with self.state.write() as connection:
            return runs.release_hold(connection, hold_id, by="N.N.", reason="agreed", at="2108-02-02T08:00:00Z")

    def ask(self, statement: str) -> Any:
        """Return the one value that a statement asks for."""
        with self.state.read() as connection:
            return rows(connection, statement)[0][0]


def _feed(school: School, folder: Path) -> Feed:
    return Feed(
        name=school.name,
        tells=frozenset({"placements", "qualifications"}),
        mapping=load_mapping("school.toml", base_dir=str(folder)),
        parse=school.parse,
        pages=school.pull,
        close=school.close,
        trust_days=7,
        limit_seconds=60,
        total_seconds=60,
        fetches_person=True,
        source=school,
    )
