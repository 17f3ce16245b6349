"""Measures SCB's file beside reading the same youths and their facts: CPU and memory, each in a process of its own.

    python -m benchmarks.scb --sizes 10000,40000 --rounds 3

The state is that of ``benchmarks.reconcile``: births 2090-2093, two sources that know everybody, no night behind it.
The file is 2109H1, asked about as of 2109-10-01. Cost is linear when the last column stays the same; memory is flat
when the peak grows by no more than the database's page cache.
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
from kaa_bridge.report.period import Period
from kaa_bridge.report.scb.deliver import make_file
from kaa_bridge.report.scb.load import layout_for
from kaa_bridge.report.scb.make import Question
from kaa_bridge.store.engine import Store
from kaa_bridge.store.history import youth_windows
from kaa_bridge.store.youths import read_youths
from kaa_bridge.sync.bridge import make_bridge, store_settings
from kaa_bridge.testing.population.large import LARGE_AS_OF

GROWTH_MOST_MIB = 48.0
"""The most that the peak may grow from the smallest register to the largest: the page cache of the state."""
PERIOD = Period(2109, 1)


def measure_one(folder: Path, kind: str) -> None:
    """Print youths, CPU seconds and peak MiB of one way, in this process."""
    settings = load_settings(folder / "kaa-bridge.toml")
    bridge = make_bridge(settings, settings.municipality("2303"), load_plugins())
    with Store.open(store_settings(settings, "2303")) as store:
        question = Question(PERIOD, LARGE_AS_OF, layout_for(PERIOD, (), folder), key=store.keys.pseudonym)
        gc.collect()
        began = time.process_time()
        if kind == "file":
            count = make_file(store, bridge, question, folder / "scb.csv").people
        else:
            with store.read() as connection:
                count = sum(1 for ids in youth_windows(connection) for _ in read_youths(connection, ids))
        spent = time.process_time() - began
    bridge.close()
    print(count, spent, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024)


def asked(folder: Path, kind: str) -> tuple[int, float, float]:
    """Measure one way in a process of its own."""
    command = [sys.executable, "-m", "benchmarks.scb", "--measure", kind, str(folder)]
    count, spent, peak = subprocess.run(command, check=True, capture_output=True, text=True).stdout.split()
    return int(count), float(spent), float(peak)


def main() -> int:
    """Measure, print and say whether the goals hold."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sizes", default="10000,40000")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--store", default="sqlcipher", choices=["sqlite", "sqlcipher"])
    parser.add_argument("--measure", nargs=2, metavar=("KIND", "FOLDER"))
    given = parser.parse_args()
    if given.measure:
        measure_one(Path(given.measure[1]), given.measure[0])
        return 0
    print(f"{'youths':>8}{'in file':>9}{'read s':>9}{'file s':>9}{'ratio':>7}{'MiB':>6}{'us/youth':>10}")
    found: list[tuple[float, float]] = []
    for size in (int(size) for size in given.sizes.split(",")):
        with tempfile.TemporaryDirectory(prefix="kaa-scb-") as scratch:
            folder = Path(scratch) / "state"
            prepare(folder, size, given.store)
            rounds = [(asked(folder, "read"), asked(folder, "file")) for _ in range(given.rounds)]
        read, made = (median(one[way][1] for one in rounds) for way in (0, 1))
        people, peak = rounds[0][1][0], max(one[1][2] for one in rounds)
        assert people, "a half-year without anybody measures nothing"
        found.append((peak, made / size * 1e6))
        print(f"{size:>8}{people:>9}{read:>9.2f}{made:>9.2f}{made / read:>7.1f}{peak:>6.0f}{found[-1][1]:>10.1f}")
    growth = found[-1][0] - found[0][0]
    goals = [
        (f"the peak grows at most {GROWTH_MOST_MIB:g} MiB", growth <= GROWTH_MOST_MIB, f"{growth:.1f}"),
        ("linear: a youth costs at most 1.25 x as much", found[-1][1] <= 1.25 * found[0][1], f"{found[-1][1]:.1f} us"),
    ]
    for goal, holds, figure in goals:
        print(f"{'OK  ' if holds else 'FAIL'} {goal}: {figure}")
    return 0 if all(holds for _, holds, _ in goals) else 1


if __name__ == "__main__":
    sys.exit(main())
