"""Three municipalities in one configuration: two good ones, and between them one with a hostile plugin, or none."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import kaa_bridge.testing.hostile as hostile
from kaa_bridge.config import load_settings
from kaa_bridge.host import load_plugins
from kaa_bridge.store.engine import Store
from kaa_bridge.store.export import export_lines
from kaa_bridge.store.key import make_key_file
from kaa_bridge.sync.bridge import make_bridge, store_settings
from kaa_bridge.sync.worklist import work_list
from kaa_bridge.testing.population import build
from kaa_bridge.testing.simulators.credentials import PASSWORD, USER
from kaa_bridge.testing.simulators.oedb import OedbSimulator
from kaa_bridge.testing.simulators.oedb_file import write_drop
from kaa_bridge.testing.simulators.treserva import SimulatedTreserva
from kaa_bridge.testing.world import AS_OF, write_exams

BEFORE, AFTER = "2303", "2361"
BETWEEN = (
    "0604",
    "0617",
    "0642",
    "0643",
    "0662",
    "0665",
    "0680",
    "0682",
    "0683",
    "0684",
    "0685",
    "0686",
    "0687",
    "0760",
)
"""The hostile municipalities' codes: they are taken before the last neighbour."""
Ways = tuple[str, str]
"""The way of a municipality's source and of its journal; ``good`` is none."""
_TIMES = frozenset({"at", "planned_at", "intent_at", "settled_at"})


@dataclass(slots=True)
class HostileWorld:
    """The neighbours' systems, and a folder for one try; use it as a context manager."""

    folder: Path
    _stack: ExitStack = field(default_factory=ExitStack)
    oedb: OedbSimulator = field(init=False)
    journals: dict[str, SimulatedTreserva] = field(init=False)

    def __enter__(self) -> Self:
        people = {
            code: build(seed, municipality=code, as_of=AS_OF, size=25) for seed, code in ((1, BEFORE), (2, AFTER))
        }
        self.folder.mkdir(parents=True)
        (self.folder / "drop").mkdir()
        make_key_file(self.folder / "kaa-bridge.key")
        (self.folder / "password").touch(mode=0o600)
        (self.folder / "password").write_text(PASSWORD, encoding="utf-8")
        for part in ("source", "journal"):
            text = Path(hostile.__file__).with_name(f"{part}.toml").read_text(encoding="utf-8")
            (self.folder / f"hostile_{part}.toml").write_text(text, encoding="utf-8")
        hostile.hostile_entry_point(self.folder / "path")
        write_drop(people[AFTER], self.folder / "drop")
        for code, population in people.items():
            write_exams(population, self.folder / f"exams-{code}")
        with self._stack as stack:
            self.oedb = stack.enter_context(OedbSimulator(people[BEFORE]))
            self.journals = {code: stack.enter_context(SimulatedTreserva(people[code])) for code in people}
            self._stack = stack.pop_all()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stack.__exit__(kind, error, trace)

    @property
    def configuration(self) -> Path:
        return self.folder / "kaa-bridge.toml"

    def configure(self, *hostile: Ways) -> None:
        """Write the configuration: the neighbours, and between them a municipality for each pair of ways."""
        parts = [_HEAD, _neighbour(BEFORE, _OEDB.format(url=self.oedb.base_url, user=USER), self.journals[BEFORE].url)]
        parts += [
            _HOSTILE.format(code=code, source=source, journal=journal)
            for code, (source, journal) in zip(BETWEEN, hostile, strict=False)
        ]
        parts.append(_neighbour(AFTER, _FILES, self.journals[AFTER].url))
        self.configuration.write_text("\n".join(parts), encoding="utf-8")
        settings = load_settings(self.configuration)
        for table in settings.configuration.municipality:
            where = store_settings(settings, table.code)
            if not where.file.exists():
                Store.create(where).close()

    def night(self, days: int = 0) -> Night:
        """Run a night of all of them as a process of its own."""
        day = AS_OF + timedelta(days=days)
        return self.call("run", "--as-of", day.isoformat(), "--json")

    def call(self, *arguments: str) -> Night:
        """Run a command with the hostile plugins on the path."""
        done = subprocess.run(
            [sys.executable, "-P", "-m", "kaa_bridge", "-q", "--config", str(self.configuration), *arguments],
            capture_output=True, check=False, timeout=500,
            env=os.environ | {"PYTHONPATH": str(self.folder / "path")},
        )  # fmt: skip
        return Night(done.returncode, done.stdout.decode(), done.stderr.decode())

    def outputs(self, code: str, night: Night, day: date = AS_OF) -> dict[str, bytes]:
        """Return everything that a night put out for a municipality, times of the clock left out."""
        settings = load_settings(self.configuration)
        table = settings.municipality(code)
        with Store.open(store_settings(settings, code)) as store, store.read() as connection:
            lines = [json.loads(line) for line in export_lines(connection)]
            bridge = make_bridge(settings, table, load_plugins(allow=("oedb", "files", "treserva")))
            try:
                files = {
                    f"worklist.{kind}": work_list(connection, bridge, day, kind) for kind in ("csv", "xlsx", "json")
                }
            finally:
                bridge.close()
        untimed = [{key: value for key, value in line.items() if key not in _TIMES} for line in lines]
        notes = [(n.reference, n.person_number, n.kind, n.heading, n.text, str(n.occurred_on))
                 for n in self.journals[code].notes()]  # fmt: skip
        made = {"night": night.of(code), "export": untimed, "notes": notes}
        return files | {
            name: json.dumps(value, ensure_ascii=False, sort_keys=True).encode() for name, value in made.items()
        }


@dataclass(frozen=True, slots=True)
class Night:
    """How a command ended and what it printed."""

    code: int
    out: str
    err: str

    def of(self, code: str) -> Any:
        """Return one municipality's night; ``None`` when it gave none."""
        return next((one for one in json.loads(self.out) if one["municipality"] == code), None)


def _neighbour(code: str, source: str, journal: str) -> str:
    return _NEIGHBOUR.format(code=code, source=source, journal=journal)


_HEAD = """
[store]
key = { file = "kaa-bridge.key" }
[limits]
night_seconds = 30
memory_mib = 1024
"""
_NEIGHBOUR = """
[[municipality]]
code = "{code}"
name = "Granne"
[municipality.guard]
notes_count = 100
notes_per_youth = 5
{source}
[[municipality.source]]
name = "exams"
adapter = "files"
mapping = "ist_exams_file"
tells = ["qualifications"]
[municipality.source.connection]
folder = "exams-{code}"
pattern = "examina.csv"
marker = ".klar"
encoding = "utf-8-sig"
[municipality.journal]
name = "treserva"
plugin = "treserva"
mapping = "treserva"
read_events = true
[municipality.journal.connection]
url = "{journal}"
module = "kaa"
"""
_OEDB = """
[[municipality.source]]
name = "oedb"
adapter = "oedb"
mapping = "oedb"
tells = ["placements", "residence"]
[municipality.source.connection]
url = "{url}"
username = "{user}"
password = {{ file = "password" }}
"""
_FILES = """
[[municipality.source]]
name = "drop"
adapter = "files"
mapping = "oedb_file"
tells = ["placements", "residence"]
[municipality.source.connection]
folder = "drop"
pattern = "oedb_*.csv"
marker = ".klar"
"""
_HOSTILE = """
[[municipality]]
code = "{code}"
name = "Fientlig"
[municipality.guard]
notes_count = 100
notes_per_youth = 5
[[municipality.source]]
name = "hostile"
adapter = "hostile"
mapping = "hostile_source.toml"
tells = ["placements", "residence", "qualifications"]
limit_seconds = 1.5
total_seconds = 3
max_records = 5000
[municipality.source.connection]
way = "{source}"
[municipality.journal]
name = "journal"
plugin = "hostile"
mapping = "hostile_journal.toml"
read_events = true
limit_seconds = 1.5
max_events = 5000
[municipality.journal.send]
deadline_seconds = 0.5
request_seconds = 0.5
settle_seconds = 3
[municipality.journal.connection]
total_seconds = 0.4
way = "{journal}"
"""
