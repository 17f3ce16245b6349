"""Troubles that do not kill the process: PostgreSQL ends the session or restarts, the disk is full, SIGTERM comes.

``python -m tests.fault.trouble [--points N|all] [--trouble session|restart|disk|stop] [--json]``

From a point of the night on the trouble is there; the night ends as it can; then it is gone, nights run until nothing
waits, and the verifier judges as in ``tests.fault.kill``. While it lasts the exit code must tell the truth.
``restart`` has a server of its own, which falls (``pg_ctl restart -m immediate``) and rises again at the point.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import shutil
import signal
import sys
import tempfile
import time
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass, field
from io import StringIO
from pathlib import Path

import psycopg

from kaa_bridge.errors import KaaError, Stopped
from kaa_bridge.log import start_log
from kaa_bridge.store.engine import StoreKind
from tests.fault.bench import POSTGRESQL, Bench
from tests.fault.cluster import Cluster
from tests.fault.points import Points
from tests.fault.trials import chosen
from tests.fault.world_process import WorldProcess

TROUBLES = ("session", "restart", "disk", "stop")
_ON_POSTGRESQL = {"session", "restart"}
_WHOLE = 10**9


@dataclass(slots=True)
class Found:
    """Sums over trials."""

    trouble: str
    points: int = 0
    duplicates: int = 0
    lost: int = 0
    in_doubt: int = 0
    codes: dict[str, int] = field(default_factory=dict)
    violations: list[str] = field(default_factory=list)


def _act(trouble: str, bench: Bench, cluster: Cluster | None) -> Callable[[str], None]:
    def end_sessions(_name: str) -> None:
        assert bench.settings.url
        with psycopg.connect(bench.settings.url, autocommit=True) as admin:
            admin.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() "
                "AND application_name = 'kaa-bridge'"
            )

    def fill_disk(_name: str) -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (0, resource.RLIM_INFINITY))

    def restart(_name: str) -> None:
        assert cluster
        cluster.restart()

    def stop(_name: str) -> None:
        os.kill(os.getpid(), signal.SIGTERM)

    return {"session": end_sessions, "restart": restart, "disk": fill_disk, "stop": stop}[trouble]


def _run(bench: Bench, act: Callable[[str], None], at: int) -> int:
    """Run the night into the trouble; 100 and above are the errors that ended it. The log goes nowhere: a full disk
    must not be met by the log file of the harness."""
    sys.stderr = sys.stdout = StringIO()
    start_log(verbosity=0, quiet=True, log_format="text")
    try:
        with bench.bridge.stop.listening():
            return bench.run("night", Points(at, act=act))
    except KaaError as error:
        return 100 + int(error.exit_code)
    except Stopped:
        return 101


def try_trouble(trouble: str, points: int) -> Found:
    """Try so many points of a night."""
    found = Found(trouble)
    folder = Path(tempfile.mkdtemp(prefix="kaa-trouble-", dir="/dev/shm" if os.path.isdir("/dev/shm") else None))
    kind = StoreKind.POSTGRESQL if trouble in _ON_POSTGRESQL else StoreKind.SQLCIPHER
    with ExitStack() as stack:
        stack.callback(shutil.rmtree, folder, ignore_errors=True)
        cluster = stack.enter_context(Cluster()) if trouble == "restart" else None
        world = stack.enter_context(WorldProcess(folder / "world"))
        bench = Bench(folder / "bench", kind, world, cluster.url if cluster else POSTGRESQL)
        stack.callback(bench.close)
        act = _act(trouble, bench, cluster)
        every = chosen(bench.count_points("night"), points)
        for number, at in enumerate(every):
            _try_point(bench, act, at, found, cluster)
            if number % 20 == 0:
                told = f"{trouble}: {number} of {len(every)} points, {len(found.violations)} violations"
                print(told, file=sys.stderr, flush=True)
    return found


def _try_point(bench: Bench, act: Callable[[str], None], at: int, found: Found, cluster: Cluster | None) -> None:
    bench.begin("night")
    code = bench.child(lambda: _run(bench, act, at))
    if cluster:
        cluster.await_service()
    verdict = bench.judge("night")
    found.points += 1
    found.duplicates += verdict.duplicates
    found.lost += verdict.lost
    found.in_doubt += verdict.in_doubt
    found.codes[str(code)] = found.codes.get(str(code), 0) + 1
    if not verdict.is_clean:
        found.violations.append(f"point {at}: {verdict}")
    if code in {70, 71} or code < 0:
        found.violations.append(f"point {at}: ended with {code} instead of a coded error")


def main() -> int:
    """Read the command line, run, print; exit code 1 when anything is wrong."""
    parser = argparse.ArgumentParser(prog="python -m tests.fault.trouble", description=__doc__)
    parser.add_argument("--points", default="300", help="how many of a night's points, or: all")
    parser.add_argument("--trouble", choices=TROUBLES, action="append")
    parser.add_argument("--json", action="store_true")
    given = parser.parse_args()
    wrong = False
    for trouble in given.trouble or TROUBLES:
        started = time.monotonic()
        found = try_trouble(trouble, _WHOLE if given.points == "all" else int(given.points))
        told = {name: getattr(found, name) for name in Found.__slots__}
        told["seconds"] = round(time.monotonic() - started, 1)
        print(json.dumps(told) if given.json else "\n".join(f"{name}: {value}" for name, value in told.items()))
        wrong = wrong or bool(found.violations or found.duplicates or found.lost)
    return int(wrong)


if __name__ == "__main__":
    sys.exit(main())
