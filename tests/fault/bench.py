"""The bench of the harness: a template of the state for each scenario, copied for each trial, and runs in children."""

from __future__ import annotations

import os
import shutil
import signal
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from pathlib import Path

import psycopg

from kaa_bridge.config import Settings, load_settings
from kaa_bridge.errors import RunLocked
from kaa_bridge.host import PluginHost, load_plugins
from kaa_bridge.log import start_log
from kaa_bridge.store.clock import SystemClock
from kaa_bridge.store.engine import Store, StoreKind, StoreSettings
from kaa_bridge.store.export import export_outbox
from kaa_bridge.sync.bridge import Bridge, make_bridge, store_settings
from kaa_bridge.sync.night import run_night
from kaa_bridge.sync.plan import Scope
from kaa_bridge.sync.report import NightReport
from kaa_bridge.testing.simulators.journal_faults import FaultKind
from kaa_bridge.testing.world import AS_OF
from tests.fault.points import Points
from tests.fault.verify import Verdict, read_journal, verify
from tests.fault.world_process import WorldProcess

SCENARIOS = ("night", "resync", "recovery")
STORES = tuple(kind.value for kind in StoreKind)
LATER = AS_OF + timedelta(days=5)
_SETTLED = 1000.0
_LONGEST = 60
_POSTGRESQL = "postgresql://postgres@127.0.0.1:5432/postgres"
_COPY = """DO $$ DECLARE t text; s text; BEGIN
 SELECT 'TRUNCATE ' || string_agg(format('%I.%I', '{schema}', tablename), ', ') INTO t FROM pg_tables
  WHERE schemaname = '{schema}';
 EXECUTE t;
 SET LOCAL session_replication_role = replica;
 FOR t IN SELECT tablename FROM pg_tables WHERE schemaname = '{schema}' LOOP
  EXECUTE format('INSERT INTO %I.%I SELECT * FROM %I.%I', '{schema}', t, '{template}', t);
  IF EXISTS (SELECT 1 FROM pg_attribute WHERE attrelid = format('%I.%I', '{schema}', t)::regclass
   AND attname = 'id') THEN
   s := pg_get_serial_sequence(format('%I.%I', '{schema}', t), 'id');
   EXECUTE format('SELECT setval(%L, (SELECT coalesce(max(id), 0) + 1 FROM %I.%I), false)', s, '{schema}', t);
  END IF;
 END LOOP; END $$"""


class ShiftedClock(SystemClock):
    """The machine's clock, some seconds later: settle times pass at once."""

    def __init__(self, seconds: float = 0.0) -> None:
        self.seconds = seconds

    def now(self) -> datetime:
        return SystemClock.now(self) + timedelta(seconds=self.seconds)

    def boot(self) -> str:
        identity, _, seconds = SystemClock.boot(self).partition(" ")
        return f"{identity} {float(seconds) + self.seconds:.3f}"


def nothing() -> None:
    """Mutate nothing."""


@dataclass(slots=True)
class Template:
    """What a trial begins with, and what it must lead to."""

    state: Path
    notes: Path
    day: date
    expected: dict[str, str] = field(default_factory=dict)
    exit_code: int = 0


class Bench:
    """Runs trials of one kind of store against one world; everything lies under one folder."""

    def __init__(self, folder: Path, kind: StoreKind, world: WorldProcess) -> None:
        self.folder, self.kind, self.world = folder, kind, world
        self.configuration: Settings = load_settings(world.folder / "kaa-bridge.toml")
        self.host: PluginHost = load_plugins(allow=None)
        start_log(verbosity=0, quiet=True, log_format="text")
        self.table = self.configuration.configuration.municipality[0]
        self.bridge: Bridge = make_bridge(self.configuration, self.table, self.host)
        self.settings = self._settings()
        self.templates: dict[str, Template] = {}
        self.trial = 0

    def _settings(self) -> StoreSettings:
        usual = store_settings(self.configuration, self.table.code)
        url = None
        if self.kind is StoreKind.POSTGRESQL:
            name = f"kaa_fault_{os.getpid()}"
            with psycopg.connect(_POSTGRESQL, autocommit=True) as connection:
                connection.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)".encode())
                connection.execute(f"CREATE DATABASE {name}".encode())
            url = _POSTGRESQL.rsplit("/", 1)[0] + f"/{name}"
        return replace(usual, kind=self.kind, url=url, directory=self.folder / "state" / self.table.code)

    def close(self) -> None:
        """Give everything back."""
        self.bridge.close()
        if self.kind is StoreKind.POSTGRESQL:
            with psycopg.connect(_POSTGRESQL, autocommit=True) as connection:
                connection.execute(f"DROP DATABASE IF EXISTS kaa_fault_{os.getpid()} WITH (FORCE)".encode())

    def template(self, scenario: str) -> Template:
        """Return the template of a scenario, made at the first asking, with what a run without a fault leads to."""
        if scenario not in self.templates:
            made = self._prepare(scenario)
            self.templates[scenario] = made
            self.begin(scenario)
            assert os.waitstatus_to_exitcode(self.child(lambda: self.run(scenario))) >= 0
            made.exit_code = os.waitstatus_to_exitcode(self.child(lambda: self.recover(scenario)))
            made.expected = {note["reference"]: note["text"] for note in read_journal(self.notes)}
            verdict = verify(self.notes, self.export, made.expected)
            assert verdict.is_clean, verdict
            assert len(made.expected) >= 10, "a scenario must deliver something"
        return self.templates[scenario]

    @property
    def notes(self) -> Path:
        """The journal's file of the present trial."""
        return self.folder / f"notes-{self.trial}.jsonl"

    @property
    def export(self) -> Path:
        """The export of the present trial."""
        return self.folder / f"export-{self.trial}.jsonl"

    def begin(self, scenario: str) -> Template:
        """Lay out the template for the next trial."""
        template = self.templates[scenario]
        for used in (self.notes, self.export):
            used.unlink(missing_ok=True)
        self.trial += 1
        self._lay_out(template)
        return template

    def run(self, scenario: str, points: Points | None = None, *, seconds: float = 0.0) -> int:
        """Do the scenario's work in this process, and return the exit code."""
        if points is not None:
            points.watch()
        day = AS_OF if scenario != "resync" else LATER
        scope = Scope(kind="resync", source="qore", full=True) if scenario == "resync" else Scope()
        self.bridge.clock = ShiftedClock(seconds + (_SETTLED if scenario == "recovery" else 0.0))
        with Store.open(self.settings) as store:
            return int(run_night(store, self.bridge, day, scope=scope).report.exit_code)

    def recover(self, scenario: str, *, settled: float = _SETTLED) -> int:
        """Run nights as an administrator would, until nothing waits; write the export; return the last exit code."""
        code = 1
        for number in range(1, 5):
            self.bridge.clock = ShiftedClock(2 * _SETTLED + number * settled)
            day = AS_OF if scenario != "resync" else LATER
            report = self._unlocked(day)
            code = int(report.exit_code)
            if not (report.sent.in_doubt or report.sent.waiting):
                break
        with Store.open(self.settings) as store:
            export_outbox(store, self.export)
        return code

    def child(self, work: Callable[[], int]) -> int:
        """Do work in a forked child and return its wait status; one that hangs is ended by an alarm."""
        sys.stdout.flush()
        sys.stderr.flush()
        pid = os.fork()
        if pid == 0:
            code = 70
            signal.alarm(_LONGEST)
            try:
                code = work()
            except BaseException as error:
                print(f"child: {type(error).__name__}: {error}", file=sys.stderr, flush=True)
            finally:
                os._exit(code)
        return os.waitpid(pid, 0)[1]

    def judge(self, scenario: str, mutate: Callable[[], None] = nothing, late: bool = False) -> Verdict:
        """Recover after a fault, and judge what stands in the end; ``late`` notes land after the recovery."""
        template = self.templates[scenario]

        def work() -> int:
            mutate()
            return self.recover(scenario)

        code = os.waitstatus_to_exitcode(self.child(work))
        if late:
            self.world.land()
        if not self.export.exists():
            return Verdict(other=[f"the recovery ended with {code} and wrote nothing"])
        verdict = verify(self.notes, self.export, template.expected)
        if code != template.exit_code:
            verdict.other.append(f"exit code {code} instead of {template.exit_code}")
        return verdict

    def _unlocked(self, day: date) -> NightReport:
        for _ in range(200):
            try:
                with Store.open(self.settings) as store:
                    return run_night(store, self.bridge, day).report
            except RunLocked:
                time.sleep(0.02)
        raise TimeoutError("the lock of a killed run was never freed")

    def _prepare(self, scenario: str) -> Template:
        """Make the state in which the scenario begins."""
        template = Template(self.folder / f"template-{scenario}", self.folder / f"template-{scenario}.jsonl", AS_OF)
        shutil.rmtree(self.settings.directory, ignore_errors=True)
        if self.kind is StoreKind.POSTGRESQL and self.settings.url:
            with psycopg.connect(self.settings.url, autocommit=True) as connection:
                connection.execute(f"DROP SCHEMA IF EXISTS {self.settings.schema} CASCADE".encode())
        Store.create(self.settings).close()
        self.trial += 1
        self.world.use_notes(self.notes)
        self.world.show(AS_OF)
        if scenario == "resync":
            assert os.waitstatus_to_exitcode(self.child(lambda: self.run("night"))) in {0, 6}
            self.world.show(LATER)
            template.day = LATER
        elif scenario == "recovery":
            for kind, times in ((FaultKind.RESET, 2), (FaultKind.ERROR_BODY, 1), (FaultKind.RESET, 1)):
                self.world.fault(kind, times=times, code="Server.Unknown")
            after_send = Points(10, only=lambda name: name == "network:create_note:after")
            assert os.waitstatus_to_exitcode(self.child(lambda: self.run("night", after_send))) == -9
        self._keep(template)
        return template

    def _keep(self, template: Template) -> None:
        shutil.copytree(self.settings.directory, template.state)
        if self.notes.exists():
            shutil.copy(self.notes, template.notes)
        if self.settings.url:
            name = f"{self.settings.schema}_{template.state.name.replace('-', '_')}"
            with psycopg.connect(self.settings.url, autocommit=True) as connection:
                connection.execute(f"ALTER SCHEMA {self.settings.schema} RENAME TO {name}".encode())
            shutil.rmtree(self.settings.directory)
            Store.create(self.settings).close()

    def _lay_out(self, template: Template) -> None:
        shutil.rmtree(self.settings.directory, ignore_errors=True)
        shutil.copytree(template.state, self.settings.directory)
        if self.settings.url:
            name = f"{self.settings.schema}_{template.state.name.replace('-', '_')}"
            with psycopg.connect(self.settings.url) as connection:
                connection.execute("SET synchronous_commit = off")
                connection.execute(_COPY.format(schema=self.settings.schema, template=name).encode())
        if template.notes.exists():
            shutil.copy(template.notes, self.notes)
        self.world.use_notes(self.notes)
        self.world.show(template.day)
