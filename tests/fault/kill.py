"""Kills the bridge at every point and proves that each note is still written exactly once.

``python -m tests.fault.kill [--points N|all] [--store sqlcipher|sqlite|postgresql] [--scenario night|resync|recovery]
[--jobs N] [--json]``

A *point* is the moment before or after one SQL statement, commit, file rename or network step. For each, a process does
the scenario's work and kills itself there with SIGKILL; then nights run until nothing waits, and the verifier compares
the journal's own file and the export of the outbox with what an undisturbed run delivers.
"""

from __future__ import annotations

import argparse
import json
import multiprocessing
import os
import shutil
import sys
import tempfile
import time
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from kaa_bridge.store.engine import StoreKind
from tests.fault.bench import SCENARIOS, STORES, Bench
from tests.fault.controls import CONTROLS
from tests.fault.points import Points
from tests.fault.world_process import WorldProcess

_WHOLE = 10**9


@dataclass(slots=True)
class Share:
    """What one process does: of each store and scenario, every ``step``-th point from ``first``; perhaps the controls.

    Attributes:
        samples: how many points of each store and scenario are tried over all shares.
    """

    stores: tuple[str, ...]
    scenarios: tuple[str, ...]
    samples: dict[tuple[str, str], int]
    first: int
    step: int
    controls: bool


@dataclass(slots=True)
class Outcome:
    """Sums over trials; ``violations`` names each trial that went wrong."""

    points: int = 0
    duplicates: int = 0
    lost: int = 0
    in_doubt: int = 0
    there: Counter[str] = field(default_factory=Counter)
    violations: list[str] = field(default_factory=list)
    controls: int = 0
    controls_caught: int = 0

    def add(self, other: Outcome) -> None:
        """Add another's sums."""
        for name in ("points", "duplicates", "lost", "in_doubt", "controls", "controls_caught"):
            setattr(self, name, getattr(self, name) + getattr(other, name))
        self.there.update(other.there)
        self.violations += other.violations

    def as_dict(self, seconds: float) -> dict[str, Any]:
        """Return it as the harness prints it."""
        return {
            "points": self.points,
            "duplicates": self.duplicates,
            "lost": self.lost,
            "in_doubt": self.in_doubt,
            "violations": self.violations,
            "controls": self.controls,
            "controls_caught": self.controls_caught,
            "tried": dict(sorted(self.there.items())),
            "seconds": round(seconds, 1),
        }


def chosen(total: int, sample: int) -> list[int]:
    """Return the numbers of the points to try: all, or ``sample`` of them spread over the whole run."""
    if sample < 1:
        return []
    if sample >= total:
        return list(range(1, total + 1))
    return sorted({1 + round(number * (total - 1) / max(1, sample - 1)) for number in range(sample)})


def try_points(bench: Bench, scenario: str, share: Share) -> Outcome:
    """Kill at this share's points of one scenario."""
    outcome = Outcome()
    bench.template(scenario)
    for at in chosen(count_points(bench, scenario), share.samples[bench.kind.value, scenario])[
        share.first :: share.step
    ]:
        bench.begin(scenario)
        points = Points(at)
        bench.child(lambda points=points: bench.run(scenario, points))  # type: ignore[misc]
        verdict = bench.judge(scenario)
        outcome.points += 1
        outcome.duplicates += verdict.duplicates
        outcome.lost += verdict.lost
        outcome.in_doubt += verdict.in_doubt
        outcome.there[f"{bench.kind.value} {scenario}"] += 1
        if not verdict.is_clean:
            wrong = "; ".join(verdict.other) or f"{verdict.duplicates} double, {verdict.lost} lost"
            outcome.violations.append(f"{bench.kind.value} {scenario} point {at}: {wrong}")
    return outcome


def count_points(bench: Bench, scenario: str) -> int:
    """Run the scenario undisturbed and count its points."""
    bench.begin(scenario)
    reader, writer = os.pipe()

    def work() -> int:
        points = Points()
        bench.run(scenario, points)
        os.write(writer, str(points.count).encode())
        return 0

    bench.child(work)
    os.close(writer)
    with os.fdopen(reader) as answer:
        return int(answer.read())


def try_controls(bench: Bench) -> Outcome:
    """See that each known mistake is caught, and that the same fault without it leaves nothing wrong."""
    outcome = Outcome()
    for control in CONTROLS:
        outcome.controls += 1
        without = control.trial(bench, mistaken=False)
        mistaken = control.trial(bench, mistaken=True)
        if not without.is_clean:
            outcome.violations.append(f"control {control.name}: wrong without the mistake: {without}")
        outcome.controls_caught += bool(mistaken.duplicates or mistaken.lost)
    return outcome


def do_share(share: Share, folder: Path) -> Outcome:
    """Do one share in this process."""
    outcome = Outcome()
    folder.mkdir()
    with WorldProcess(folder / "world") as world:
        for number, name in enumerate(share.stores):
            (folder / name).mkdir()
            bench = Bench(folder / name, StoreKind(name), world)
            try:
                if share.controls and number == 0:
                    outcome.add(try_controls(bench))
                for scenario in share.scenarios:
                    outcome.add(try_points(bench, scenario, share))
            finally:
                bench.close()
    return outcome


def _in_process(share: Share, folder: Path, pipe: Any) -> None:
    try:
        pipe.send(do_share(share, folder))
    except BaseException as error:
        pipe.send(f"{type(error).__name__}: {error}")
        raise


def harness(stores: tuple[str, ...], scenarios: tuple[str, ...], points: int, jobs: int) -> dict[str, Any]:
    """Run the harness in ``jobs`` processes and return what it prints."""
    started = time.monotonic()
    each, more = divmod(points, len(stores) * len(scenarios))
    units = [(store, scenario) for store in stores for scenario in scenarios]
    samples = {unit: each + (number < more) for number, unit in enumerate(units)}
    base = "/dev/shm" if os.path.isdir("/dev/shm") else None
    folder = Path(tempfile.mkdtemp(prefix="kaa-fault-", dir=base))
    running = []
    try:
        for number, share in enumerate(_shares(stores, scenarios, samples, jobs)):
            ours, theirs = multiprocessing.Pipe()
            context = multiprocessing.get_context("fork")
            process = context.Process(target=_in_process, args=(share, folder / f"job-{number}", theirs))
            process.start()
            theirs.close()
            running.append((process, ours))
        total = Outcome()
        for process, ours in running:
            answer = ours.recv()
            ours.close()
            process.join()
            if isinstance(answer, str):
                total.violations.append(f"the harness itself failed: {answer}")
            else:
                total.add(answer)
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    return total.as_dict(time.monotonic() - started)


def _shares(
    stores: tuple[str, ...], scenarios: tuple[str, ...], samples: dict[tuple[str, str], int], jobs: int
) -> list[Share]:
    """Few points: each job has scenarios of its own, since each costs a template. Many: each has a part of all."""
    if max(samples.values()) <= 60 and jobs == 2 and len(scenarios) == 3:
        split = (("night",), ("resync", "recovery"))
        return [Share(stores, part, samples, 0, 1, number == 1) for number, part in enumerate(split)]
    return [Share(stores, scenarios, samples, number, jobs, number == 0) for number in range(jobs)]


def main() -> int:
    """Read the command line, run, print; exit code 1 when anything is wrong."""
    parser = argparse.ArgumentParser(prog="python -m tests.fault.kill", description=__doc__)
    parser.add_argument("--points", default="120", help="how many points in all, or: all")
    parser.add_argument("--store", choices=STORES, action="append", help="default: all three")
    parser.add_argument("--scenario", choices=SCENARIOS, action="append", help="default: all three")
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--json", action="store_true")
    given = parser.parse_args()
    points = _WHOLE if given.points == "all" else int(given.points)
    found = harness(tuple(given.store or STORES), tuple(given.scenario or SCENARIOS), points, given.jobs)
    if given.json:
        print(json.dumps(found))
    else:
        for name, value in found.items():
            print(f"{name}: {value}")
    wrong = found["duplicates"] or found["lost"] or found["violations"]
    return int(bool(wrong) or found["controls_caught"] < found["controls"])


if __name__ == "__main__":
    sys.exit(main())
