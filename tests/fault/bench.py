"""The bench of the harness: a template of the state for each scenario, copied for each trial, and runs in children."""

from __future__ import annotations

import os
import signal
import sys
import threading
import time
from collections.abc import Callable
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import TypeVar

import psycopg
from msgspec.structs import replace

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
from kaa_bridge.testing.simulators.journal_faults import FaultKind
from kaa_bridge.testing.world import AS_OF
from tests.fault.points import Points
from tests.fault.templates import End, Template, begin_empty, keep, lay_out
from tests.fault.verify import Verdict, read_journal, verify
from tests.fault.world_process import WorldProcess

SCENARIOS = ("night", "resync", "recovery")
STORES = tuple(kind.value for kind in StoreKind)
T = TypeVar("T")
KILLED = -int(signal.SIGKILL)
LATER = AS_OF + timedelta(days=5)
_SETTLED = 1000.0
_LONGEST = 60
POSTGRESQL = "postgresql://postgres@127.0.0.1:5432/postgres"


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


class Bench:
    """Runs trials of one kind of store against one world; everything lies under one folder.

    Trials run in forked children of a process that has run a night already: each is a process of its own with its own
    files, connections and sockets, and none spends its time on loading the program once more.
    """

    def __init__(self, folder: Path, kind: StoreKind, world: WorldProcess, server: str = POSTGRESQL) -> None:
        self.folder, self.kind, self.world, self.server = folder, kind, world, server
        folder.mkdir(exist_ok=True)
        self.configuration: Settings = load_settings(world.folder / "kaa-bridge.toml")
        self.host: PluginHost = load_plugins(allow=None)
        start_log(verbosity=0, quiet=True, log_format="text")
        self.table = self.configuration.configuration.municipality[0]
        self.settings = self._settings()
        self.templates: dict[str, Template] = {}
        self.trial = 0
        self.bridge = self._bridge()
        self._warm()

    def _bridge(self) -> Bridge:
        return make_bridge(self.configuration, self.table, self.host)

    def _warm(self) -> None:
        """Run a night in this process, and keep nothing of it but what was loaded."""
        others = set(threading.enumerate())
        begin_empty(self.settings)
        self.world.use_notes(self.notes)
        self.run("night")
        self.recover("night")
        self.bridge.close()
        self.bridge = self._bridge()
        for thread in set(threading.enumerate()) - others:
            thread.join(_LONGEST)

    def _settings(self) -> StoreSettings:
        usual = store_settings(self.configuration, self.table.code)
        url = None
        if self.kind is StoreKind.POSTGRESQL:
            name = f"kaa_fault_{os.getpid()}"
            with psycopg.connect(self.server, autocommit=True) as connection:
                connection.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)".encode())
                connection.execute(f"CREATE DATABASE {name}".encode())
            url = self.server.rsplit("/", 1)[0] + f"/{name}"
        return replace(usual, kind=self.kind, url=url, directory=self.folder / "state" / self.table.code)

    def close(self) -> None:
        """Give everything back."""
        self.bridge.close()
        if self.kind is StoreKind.POSTGRESQL:
            with psycopg.connect(self.server, autocommit=True) as connection:
                connection.execute(f"DROP DATABASE IF EXISTS kaa_fault_{os.getpid()} WITH (FORCE)".encode())

    def template(self, scenario: str) -> Template:
        """Return the template of a scenario, made at the first asking, with what a run without a fault leads to."""
        if scenario not in self.templates:
            made = self._prepare(scenario)
            self.templates[scenario] = made
            for later in (False, True):
                made.ends[later] = self._undisturbed(scenario, later)
        return self.templates[scenario]

    def _undisturbed(self, scenario: str, later: bool) -> End:
        self.begin(scenario)
        assert self.child(lambda: self.run(scenario)) >= 0
        code = self.child(lambda: self.recover(scenario, later=later))
        expected = {note["reference"]: note["text"] for note in read_journal(self.notes)}
        verdict = verify(self.notes, self.export, expected)
        assert verdict.is_clean, verdict
        assert len(expected) >= 10, "a scenario must deliver something"
        return End(expected, code)

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
        template = self.template(scenario)
        for used in (self.notes, self.export):
            used.unlink(missing_ok=True)
        self.trial += 1
        lay_out(template, self.settings, self.notes)
        self.world.use_notes(self.notes)
        self.world.show(template.day)
        return template

    def run(self, scenario: str, points: Points | None = None, *, seconds: float = 0.0) -> int:
        """Do the scenario's work in this process, and return the exit code."""
        if points is not None:
            points.watch()
        scope = Scope(kind="resync", source="qore", full=True) if scenario == "resync" else Scope()
        self.bridge.clock = ShiftedClock(seconds + (_SETTLED if scenario == "recovery" else 0.0))
        with Store.open(self.settings) as store:
            return int(run_night(store, self.bridge, _day(scenario), scope=scope).report.exit_code)

    def recover(self, scenario: str, points: Points | None = None, *, later: bool = False) -> int:
        """Run nights as an administrator would, until nothing waits; write the export; return the last exit code.

        They are of the scenario's day, or ``later`` of the day after it.
        """
        if points is not None:
            points.watch()
        code = 1
        with Store.open(self.settings) as store:
            for number in range(1, 5):
                self.bridge.clock = ShiftedClock((2 + number) * _SETTLED)
                report = _unlocked(lambda: run_night(store, self.bridge, _day(scenario) + timedelta(days=later)).report)
                code = int(report.exit_code)
                if not (report.sent.in_doubt or report.sent.waiting):
                    break
            export_outbox(store, self.export)
        return code

    def count_points(self, scenario: str, only: Callable[[str], bool] | None = None) -> int:
        """Run the scenario undisturbed and count its points."""
        points = Points(only=only)
        self.begin(scenario)
        self.child(lambda: self.run(scenario, points))
        return points.count

    def child(self, work: Callable[[], int]) -> int:
        """Do work in a forked child and return its exit code, or minus the signal that ended it.

        One that hangs is ended by an alarm.
        """
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
        return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])

    def judge(
        self, scenario: str, mutate: Callable[[], None] = nothing, *, late: bool = False, later: bool = False
    ) -> Verdict:
        """Recover after a fault, on the same day or ``later``, and judge what stands in the end.

        Args:
            scenario: which.
            mutate: a mistake to build in first.
            late: notes that are under way land after the recovery.
            later: recover on the day after; texts are then compared without their dates.
        """
        end = self.template(scenario).ends[later]
        self.export.unlink(missing_ok=True)

        def work() -> int:
            mutate()
            return self.recover(scenario, later=later)

        code = self.child(work)
        if late:
            self.world.land()
        if not self.export.exists():
            return Verdict(other=[f"the recovery ended with {code} and wrote nothing"])
        verdict = verify(self.notes, self.export, end.expected, undated=later)
        if code != end.exit_code:
            verdict.other.append(f"exit code {code} instead of {end.exit_code}")
        return verdict

    def _prepare(self, scenario: str) -> Template:
        """Make the state in which the scenario begins."""
        template = Template(self.folder / f"template-{scenario}", self.folder / f"template-{scenario}.jsonl", AS_OF)
        begin_empty(self.settings)
        self.trial += 1
        self.world.use_notes(self.notes)
        self.world.show(AS_OF)
        if scenario == "resync":
            assert self.child(lambda: self.run("night")) in {0, 6}
            self.world.show(LATER)
            template.day = LATER
        elif scenario == "recovery":
            for kind, times in ((FaultKind.RESET, 2), (FaultKind.ERROR_BODY, 1), (FaultKind.RESET, 1)):
                self.world.fault(kind, times=times, code="Server.Unknown")
            after_send = Points(10, only=lambda name: name == "network:create_note:after")
            assert self.child(lambda: self.run("night", after_send)) == KILLED
        keep(template, self.settings, self.notes)
        return template


def _day(scenario: str) -> date:
    return LATER if scenario == "resync" else AS_OF


def _unlocked(work: Callable[[], T]) -> T:
    """Do work that needs the lock, which the system frees some moments after a run was killed."""
    for _ in range(200):
        try:
            return work()
        except RunLocked:
            time.sleep(0.02)
    raise TimeoutError("the lock of a killed run was never freed")
