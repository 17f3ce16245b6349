"""Measures the figures of ``report board`` and ``report audit`` beside reading the same histories: CPU and memory.

    python -m benchmarks.board --sizes 40000,480000 --rounds 1

The state is that of ``benchmarks.reconcile``, with a history planted by SQL: one youth in ten came on the register some
day in the two years before 2109-10-01, and four in ten of those left again. Only youths with a history are looked at,
so cost goes with them; memory is flat when the peak grows by no more than the database's page cache.
"""

from __future__ import annotations

import argparse
import gc
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from statistics import median

from benchmarks.reconcile import prepare
from kaa_bridge.config import load_settings
from kaa_bridge.host import load_plugins
from kaa_bridge.report.board.published import publish
from kaa_bridge.store.connection import Connection
from kaa_bridge.store.engine import Store
from kaa_bridge.store.history import histories
from kaa_bridge.store.query import execute
from kaa_bridge.sync.bridge import make_bridge, store_settings
from kaa_bridge.testing.population.large import LARGE_AS_OF

GROWTH_MOST_MIB = 48.0
"""The most that the peak may grow from the smallest register to the largest: the page cache of the state."""
_PLANT = """
INSERT INTO decision (youth_id, run_id, as_of, outcome, criteria, covered_since, remarks)
SELECT id, 1, date('2107-10-02', '+' || (id * 37 % {days}) || ' days'), '{outcome}', '{criteria}',
       date('2107-10-02', '+' || (id * 37 % {days} - id % 40) || ' days'), ''
FROM youth WHERE id % 10 = 0 AND id % 100 < {below} ORDER BY id
"""


def plant(folder: Path) -> None:
    """Give one youth in ten a history: when it came, and for some when it left."""
    settings = load_settings(folder / "kaa-bridge.toml")
    with Store.open(store_settings(settings, "2303")) as store, store.write() as connection:
        night = "INSERT INTO run (id, kind, local_date, started_at) VALUES (1, 'night', ?, ?)"
        execute(connection, night, ("2107-10-01", "2107-10-01T01:00:00Z"))
        execute(connection, _PLANT.format(days=400, outcome="covered", criteria="mmmmmmm", below=100))
        execute(connection, _PLANT.format(days=730, outcome="not_covered", criteria="nmmmmmm", below=40))


def read(connection: Connection) -> int:
    """Read every history and its words, and do nothing with them."""
    return sum(1 for _ in histories(connection))


def measure_one(folder: Path, kind: str) -> None:
    """Print histories, CPU seconds and peak MiB of one way, in this process."""
    settings = load_settings(folder / "kaa-bridge.toml")
    bridge = make_bridge(settings, settings.municipality("2303"), load_plugins())
    with Store.open(store_settings(settings, "2303")) as store, store.read() as connection:
        gc.collect()
        began = time.process_time()
        if kind == "read":
            count = read(connection)
        else:
            count = publish(connection, bridge, LARGE_AS_OF, recent_days=180).cells["2109H2/end"]
        spent = time.process_time() - began
    bridge.close()
    print(count, spent, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024)


def asked(folder: Path, kind: str) -> tuple[int, float, float]:
    """Measure one way in a process of its own."""
    command = [sys.executable, "-m", "benchmarks.board", "--measure", kind, str(folder)]
    count, spent, peak = subprocess.run(command, check=True, capture_output=True, text=True).stdout.split()
    return int(count), float(spent), float(peak)


def main() -> int:
    """Measure, print and say whether the goals hold."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sizes", default="40000,160000")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--store", default="sqlcipher", choices=["sqlite", "sqlcipher"])
    parser.add_argument("--measure", nargs=2, metavar=("KIND", "FOLDER"))
    given = parser.parse_args()
    if given.measure:
        measure_one(Path(given.measure[1]), given.measure[0])
        return 0
    print(
        f"{'youths':>8}{'histories':>10}{'open':>8}{'read s':>8}{'count s':>9}{'ratio':>7}{'MiB':>6}{'us/history':>12}"
    )
    found: list[tuple[float, float]] = []
    for size in (int(size) for size in given.sizes.split(",")):
        with tempfile.TemporaryDirectory(prefix="kaa-board-") as scratch:
            folder = Path(scratch) / "state"
            prepare(folder, size, given.store)
            plant(folder)
            rounds = [(asked(folder, "read"), asked(folder, "figures")) for _ in range(given.rounds)]
        plain, made = (median(one[way][1] for one in rounds) for way in (0, 1))
        people, is_open = rounds[0][0][0], rounds[0][1][0]
        assert is_open, "a register without anybody measures nothing"
        peak, cost = max(one[1][2] for one in rounds), made / people * 1e6
        found.append((peak, cost))
        print(
            f"{size:>8}{people:>10}{is_open:>8}{plain:>8.2f}{made:>9.2f}{made / plain:>7.1f}{peak:>6.0f}{cost:>12.1f}"
        )
    growth = found[-1][0] - found[0][0]
    goals = [
        (f"the peak grows at most {GROWTH_MOST_MIB:g} MiB", growth <= GROWTH_MOST_MIB, f"{growth:.1f}"),
        (
            "linear: a history costs at most 1.25 x as much",
            found[-1][1] <= 1.25 * found[0][1],
            f"{found[-1][1]:.1f} us",
        ),
    ]
    for goal, holds, figure in goals:
        print(f"{'OK  ' if holds else 'FAIL'} {goal}: {figure}")
    return 0 if all(holds for _, holds, _ in goals) else 1


if __name__ == "__main__":
    sys.exit(main())
