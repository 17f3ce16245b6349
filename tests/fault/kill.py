"""Kills the bridge at every point and proves that each note is still written exactly once.

``python -m tests.fault.kill [--points N|all] [--store sqlcipher|sqlite|postgresql] [--scenario night|resync|recovery]
[--pairs] [--jobs N] [--own-server] [--log FILE] [--json]``

A *point* is the moment before or after one SQL statement, commit, file rename or network step. For each, a process does
the scenario's work and kills itself there with SIGKILL; then nights run until nothing waits (of the same day after odd
points, of the next after even ones), and the verifier compares the journal's own file and the export of the outbox with
what an undisturbed run delivers. With ``--pairs`` the night that recovers is killed too, at a point by chance.

Progress goes to standard error. ``--log`` keeps each trial as a line of JSON at once; a run with the same log leaves
out what it already holds and counts it. A run that is stopped (Ctrl-C, SIGTERM) prints what it found until then.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import signal
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterable, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TextIO

from tests.fault.bench import POSTGRESQL, SCENARIOS, STORES
from tests.fault.cluster import Cluster
from tests.fault.crew import Crew
from tests.fault.trials import CONTROL, Task, Trial

_WHOLE = 10**9
_PART = 60
_PARTS_OF_ALL = 8
_SAY_EVERY = 5.0


@dataclass(slots=True)
class Outcome:
    """Sums over trials; ``violations`` names each trial that went wrong."""

    points: int = 0
    not_reached: int = 0
    duplicates: int = 0
    lost: int = 0
    in_doubt: int = 0
    tried: Counter[str] = field(default_factory=Counter)
    violations: list[str] = field(default_factory=list)
    controls: int = 0
    controls_caught: int = 0

    def add(self, trial: Trial) -> None:
        """Count one trial."""
        if trial.wrong:
            self.violations.append(f"{trial.store} {trial.scenario} point {trial.point}, {trial.name}: {trial.wrong}")
        if trial.scenario == CONTROL:
            self.controls += 1
            self.controls_caught += trial.caught
            return
        reached = bool(trial.name)
        self.points += reached
        self.not_reached += not reached
        self.tried[f"{trial.store} {trial.scenario}"] += reached
        for name in ("duplicates", "lost", "in_doubt"):
            setattr(self, name, getattr(self, name) + getattr(trial, name))

    @property
    def is_well(self) -> bool:
        """Whether nothing was wrong and every known mistake was seen."""
        wrong = self.duplicates or self.lost or self.violations
        return not wrong and self.controls_caught == self.controls

    def as_dict(self) -> dict[str, Any]:
        """Return it as the harness prints it."""
        return {**{name: getattr(self, name) for name in self.__slots__}, "tried": dict(sorted(self.tried.items()))}


@dataclass(frozen=True, slots=True)
class Wanted:
    """What the command line asks for; ``points`` is split evenly over stores and scenarios."""

    points: int
    stores: Sequence[str] = STORES
    scenarios: Sequence[str] = SCENARIOS
    pairs: bool = False
    jobs: int = 2
    own_server: bool = False

    def tasks(self, before: Iterable[Trial]) -> list[Task]:
        """Return the work in parts, without what was done before.

        PostgreSQL comes first since it takes longest; of many parts, a first one of each store and scenario, so that a
        run that is stopped has tried some of everything.
        """
        done: dict[tuple[str, str], set[int]] = {}
        for trial in before:
            done.setdefault((trial.store, trial.scenario), set()).add(trial.point)
        units = [(store, scenario) for store in reversed(self.stores) for scenario in self.scenarios]
        each, more = divmod(self.points, len(units))
        found = []
        if not any(scenario == CONTROL for _, scenario in done):
            found.append(Task(self.stores[0], CONTROL))
        for number, unit in enumerate(units):
            sample = each + (number < more)
            step = min(_PARTS_OF_ALL, 1 + sample // _PART)
            had = frozenset(done.get(unit, ()))
            found += [Task(*unit, sample, first, step, self.pairs, had) for first in range(step)]
        return sorted(found, key=lambda task: task.first)


class Progress:
    """Says now and then how far the harness has come."""

    def __init__(self, stream: TextIO) -> None:
        """Begin to count the time."""
        self.started = self._said = time.monotonic()
        self._stream = stream

    def say(self, outcome: Outcome, trial: Trial) -> None:
        """Say it, unless that was done a moment ago."""
        if time.monotonic() - self._said < _SAY_EVERY:
            return
        self._said = time.monotonic()
        print(
            f"kill: {outcome.points} points, {outcome.duplicates} double, {outcome.lost} lost, "
            f"{len(outcome.violations)} violations, {outcome.controls_caught} of {outcome.controls} controls caught, "
            f"{self.seconds:.0f} s; at {trial.store} {trial.scenario} {trial.point} of {trial.of}",
            file=self._stream,
            flush=True,
        )

    @property
    def seconds(self) -> float:
        """Seconds since the beginning."""
        return round(time.monotonic() - self.started, 1)


def read_log(path: Path | None) -> list[Trial]:
    """Return the trials of an earlier run; a last line that was cut off is left out."""
    if path is None or not path.exists():
        return []
    whole = path.read_text(encoding="utf-8").split("\n")[:-1]
    return [Trial(**json.loads(line)) for line in whole]


def harness(wanted: Wanted, log: Path | None = None) -> dict[str, Any]:
    """Run the harness and return what it prints."""
    progress, total, complete = Progress(sys.stderr), Outcome(), False
    before = read_log(log)
    for trial in before:
        total.add(trial)
    base = "/dev/shm" if os.path.isdir("/dev/shm") else None
    folder = Path(tempfile.mkdtemp(prefix="kaa-fault-", dir=base))
    try:
        with ExitStack() as stack:
            server = stack.enter_context(Cluster()).url if wanted.own_server else POSTGRESQL
            crew = stack.enter_context(Crew(folder, wanted.jobs, server))
            lines = stack.enter_context((log or Path(os.devnull)).open("a", encoding="utf-8"))
            for said in crew.do(wanted.tasks(before)):
                if isinstance(said, str):
                    total.violations.append(f"the harness itself failed: {said}")
                    continue
                total.add(said)
                print(json.dumps(said.as_dict()), file=lines, flush=True)
                progress.say(total, said)
            complete = True
    except KeyboardInterrupt:
        print("kill: stopped; what follows is what was found until then", file=sys.stderr)
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    return {**total.as_dict(), "complete": complete, "well": total.is_well and complete, "seconds": progress.seconds}


def _interrupt(*_: object) -> None:
    raise KeyboardInterrupt


def main() -> int:
    """Read the command line, run, print; exit code 1 when anything is wrong or was left undone."""
    parser = argparse.ArgumentParser(
        prog="python -m tests.fault.kill", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--points", default="120", help="how many points in all, or: all")
    parser.add_argument("--store", choices=STORES, action="append", help="default: all three")
    parser.add_argument("--scenario", choices=SCENARIOS, action="append", help="default: all three")
    parser.add_argument("--pairs", action="store_true", help="kill the night that recovers, too")
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--own-server", action="store_true", help="start a PostgreSQL server in memory for the run")
    parser.add_argument("--log", type=Path, help="keep each trial here, and go on from what it holds")
    parser.add_argument("--json", action="store_true")
    given = parser.parse_args()
    points = _WHOLE if given.points == "all" else int(given.points)
    signal.signal(signal.SIGTERM, _interrupt)
    wanted = Wanted(
        points, given.store or STORES, given.scenario or SCENARIOS, given.pairs, given.jobs, given.own_server
    )
    found = harness(wanted, given.log)
    if given.json:
        print(json.dumps(found))
    else:
        for name, value in found.items():
            print(f"{name}: {value}")
    return int(not found["well"])


if __name__ == "__main__":
    sys.exit(main())
