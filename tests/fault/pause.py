"""Two runs at once: one is stopped (SIGSTOP) somewhere in its night, another starts, then the first goes on.

``python -m tests.fault.pause [--points N] [--races N] [--workers N] [--store sqlcipher|sqlite|postgresql] [--json]``

Each point is tried twice. *Locked*: the second run must be refused. *Fenced*: the lock is taken from the first (the
lock file deleted, the PostgreSQL session ended), the second runs a whole night after the settle time, and the first,
when it wakes up after its send deadline, may neither write an intent nor send. A *race* is two runs that start at the
same moment. The negative control, on a few points, does without deadline and fence: doubles must appear.

Notes are sent three at a time unless told otherwise, so that a run that is stopped at one worker's step is stopped
wherever the others stand. Each worker is also stopped right after each of its writes to a socket. Only the step from
the last look at the deadline to the first byte is not chosen: it is the residual that the documentation names.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import signal
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path
from typing import Any

import psycopg

from kaa_bridge.errors import RunLocked
from kaa_bridge.journal.attempt import send
from kaa_bridge.journal.send import _Sender
from kaa_bridge.store import lock as lock_module
from kaa_bridge.store import sqlite
from kaa_bridge.store.engine import StoreKind
from kaa_bridge.store.filelock import FileLock
from kaa_bridge.transport.http import HttpClient
from tests.fault.bench import STORES, Bench
from tests.fault.points import Points
from tests.fault.trials import chosen
from tests.fault.world_process import WorldProcess

_DEADLINE = 0.6
_PAUSE = 0.8
_LAST_SECONDS = 2.0
WORKERS = 3
_LOCKED = 75


def _counted(name: str) -> bool:
    return name.startswith(("network:create_note:before", "socket:send:after", "sql:commit", "sql:update-note"))


@dataclass(slots=True)
class Found:
    """Sums over trials."""

    locked: int = 0
    fenced: int = 0
    races: int = 0
    races_refused: int = 0
    duplicates: int = 0
    lost: int = 0
    violations: list[str] = field(default_factory=list)
    control_points: int = 0
    control_duplicates: int = 0


def _impatient() -> None:
    defaults = sqlite.connect.__kwdefaults__
    assert defaults
    defaults["busy_seconds"] = 0.2


def _hasty(workers: int) -> None:
    """Let a waiting writer give up soon, and a note's deadline pass soon; send so many notes at a time."""
    _impatient()
    inner = _Sender.__post_init__

    def begin(self: _Sender) -> None:
        self.settings = replace(self.settings, deadline_seconds=_DEADLINE, parallel=workers)
        inner(self)

    _Sender.__post_init__ = begin  # type: ignore[method-assign]


def _unfenced() -> None:
    """The mistake: no deadline and no fence."""
    _impatient()
    lock_module.RunLock.check = lambda self, connection: None  # type: ignore[method-assign]
    inner = HttpClient.send_once

    def late(self: HttpClient, *args: Any, **given: Any) -> Any:
        return inner(self, *args, **{**given, "deadline": time.monotonic() + 60})

    HttpClient.send_once = late  # type: ignore[method-assign]
    _Sender._jobs = _jobs_without_deadline  # type: ignore[method-assign]


def _jobs_without_deadline(self: _Sender, window: Any, deadline: float) -> Any:
    return [partial(send, self.journal, self.described, one.note, deadline, lambda: True) for one in window]


class Pauses:
    """Tries points with one bench."""

    def __init__(self, bench: Bench, workers: int = WORKERS) -> None:
        self.bench = bench
        self._hasty = partial(_hasty, workers)
        self.found = Found()
        self.holds = False

    def locked(self, at: int) -> None:
        """While the first is stopped, the second must be refused; then the first ends its night."""
        second = self._trial(at, lambda: None, self._hasty)
        self.found.locked += 1
        if second not in {_LOCKED, None} and self.holds:
            self.found.violations.append(f"point {at}: a second run beside the first ended with {second}")
        self._judge(f"locked point {at}")

    def fenced(self, at: int) -> None:
        """The first loses its locks while it is stopped, and must do no harm when it goes on."""
        self._trial(at, self._take_the_lock, self._hasty)
        self.found.fenced += 1
        self._judge(f"fenced point {at}")

    def race(self) -> None:
        """Two runs start at the same moment: one is refused, or comes after the other; both end well."""
        self.bench.begin("night")
        gate, start = os.pipe()
        pids = [self._racer(gate, start) for _ in range(2)]
        os.close(gate)
        os.close(start)
        codes = [os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) for pid in pids]
        self.found.races += 1
        self.found.races_refused += _LOCKED in codes
        if not any(code in {0, 6} for code in codes) or any(code not in {0, 6, _LOCKED} for code in codes):
            self.found.violations.append(f"race {self.found.races}: ended with {codes}")
        self._judge(f"race {self.found.races}")

    def _racer(self, gate: int, start: int) -> int:
        """Fork a run that waits until both are there: the gate's other end closes when the parent closes it."""
        pid = os.fork()
        if pid == 0:
            code = 70
            signal.alarm(60)
            try:
                os.close(start)
                os.read(gate, 1)
                code = self._second(_impatient)
            finally:
                os._exit(code)
        return pid

    def control(self, at: int) -> None:
        """The same without deadline and fence."""
        self._trial(at, self._take_the_lock, _unfenced)
        self.found.control_points += 1
        self.found.control_duplicates += self.bench.judge("night").duplicates

    def _trial(self, at: int, meanwhile: Callable[[], None], mutate: Callable[[], None]) -> int | None:
        bench = self.bench
        bench.begin("night")
        pid = os.fork()
        if pid == 0:
            self._first(at, mutate)
        status = os.waitpid(pid, os.WUNTRACED)[1]
        second = None
        if os.WIFSTOPPED(status):
            stopped = time.monotonic()
            self.holds = self._is_held()
            meanwhile()
            second = bench.child(lambda: self._second(mutate))
            time.sleep(max(0.0, stopped + _PAUSE - time.monotonic()))
            os.kill(pid, signal.SIGCONT)
            os.waitpid(pid, 0)
        return second

    def _first(self, at: int, mutate: Callable[[], None]) -> None:
        code = 70
        signal.alarm(60)
        try:
            mutate()
            code = self.bench.run("night", Points(at, act=_stop, only=_counted))
        except BaseException:
            code = 71
        finally:
            _let_threads_end()
            os._exit(code)

    def _second(self, mutate: Callable[[], None]) -> int:
        mutate()
        try:
            return self.bench.run("night", seconds=1000.0)
        except RunLocked:
            return _LOCKED

    def _is_held(self) -> bool:
        lock = FileLock(self.bench.settings.directory / "run.lock")
        free = lock.acquire()
        lock.release()
        return not free

    def _take_the_lock(self) -> None:
        (self.bench.settings.directory / "run.lock").unlink(missing_ok=True)
        if self.bench.settings.url:
            with psycopg.connect(self.bench.settings.url, autocommit=True) as connection:
                connection.execute(
                    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() "
                    "AND application_name = 'kaa-bridge'"
                )

    def _judge(self, what: str) -> None:
        verdict = self.bench.judge("night")
        self.found.duplicates += verdict.duplicates
        self.found.lost += verdict.lost
        if not verdict.is_clean:
            self.found.violations.append(f"{what}: {verdict}")


def _let_threads_end() -> None:
    """Wait for what a worker still does: a process that ended at once would hide a note that it was about to send."""
    until = time.monotonic() + _LAST_SECONDS
    for thread in threading.enumerate():
        if thread is not threading.current_thread():
            thread.join(max(0.0, until - time.monotonic()))


def _stop(_name: str) -> None:
    os.kill(os.getpid(), signal.SIGSTOP)


def try_pauses(kind: StoreKind, points: int, controls: int = 12, races: int = 0, workers: int = WORKERS) -> Found:
    """Try so many points of a night on one kind of store."""
    folder = Path(tempfile.mkdtemp(prefix="kaa-pause-", dir="/dev/shm" if os.path.isdir("/dev/shm") else None))
    try:
        with WorldProcess(folder / "world") as world:
            bench = Bench(folder, kind, world)
            try:
                bench.template("night")
                pauses = Pauses(bench, workers)
                total = bench.count_points("night", only=_counted)
                for at in chosen(total, points):
                    pauses.locked(at)
                    pauses.fenced(at)
                for _ in range(races):
                    pauses.race()
                for at in range(total // 3, total // 3 + controls):  # steps in a row: the mistake shows at one a note
                    pauses.control(at)
                    if pauses.found.control_duplicates:
                        break
            finally:
                bench.close()
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    return pauses.found


def main() -> int:
    """Read the command line, run, print; exit code 1 when anything is wrong."""
    parser = argparse.ArgumentParser(prog="python -m tests.fault.pause", description=__doc__)
    parser.add_argument("--points", type=int, default=1000)
    parser.add_argument("--races", type=int, default=100, help="how often two runs start at the same moment")
    parser.add_argument("--workers", type=int, default=WORKERS, help="notes sent at a time")
    parser.add_argument("--store", choices=STORES, default="sqlcipher")
    parser.add_argument("--json", action="store_true")
    given = parser.parse_args()
    found = try_pauses(StoreKind(given.store), given.points, races=given.races, workers=given.workers)
    told = {name: getattr(found, name) for name in Found.__slots__}
    print(json.dumps(told) if given.json else "\n".join(f"{name}: {value}" for name, value in told.items()))
    wrong = found.duplicates or found.lost or found.violations or not found.control_duplicates
    return int(bool(wrong))


if __name__ == "__main__":
    sys.exit(main())
