"""Trials of the kill harness: a store, a scenario, the points to try; each ends with the verifier's verdict."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict, dataclass
from random import Random

from tests.fault.bench import KILLED, Bench
from tests.fault.controls import CONTROLS
from tests.fault.points import Points
from tests.fault.verify import Verdict

CONTROL = "control"
_TRIES = 10


@dataclass(frozen=True, slots=True)
class Task:
    """A part of the work: of one store and scenario, every ``step``-th chosen point from ``first``.

    Attributes:
        samples: how many points are chosen over all parts.
        pairs: kill again in the recovery, at a point by chance.
        done: points that an earlier run has tried.
    """

    store: str
    scenario: str
    samples: int = 0
    first: int = 0
    step: int = 1
    pairs: bool = False
    done: frozenset[int] = frozenset()


@dataclass(frozen=True, slots=True)
class Trial:
    """What one trial showed.

    Attributes:
        point: its number; 0 for a control.
        of: how many points the undisturbed scenario has.
        name: where the process was killed; empty when the work ended before the point, which then counts for nothing.
        wrong: what does not hold, in words; empty when nothing is wrong.
        caught: of a control, whether the verifier saw the mistake.
    """

    store: str
    scenario: str
    point: int
    of: int
    name: str
    duplicates: int = 0
    lost: int = 0
    in_doubt: int = 0
    wrong: str = ""
    caught: bool = False

    def as_dict(self) -> dict[str, object]:
        """Return it as a line of the log."""
        return asdict(self)


def chosen(total: int, sample: int) -> list[int]:
    """Return the numbers of the points to try: all, or ``sample`` of them spread over the whole run."""
    if sample < 1:
        return []
    if sample >= total:
        return list(range(1, total + 1))
    return sorted({1 + round(number * (total - 1) / max(1, sample - 1)) for number in range(sample)})


def do_task(bench: Bench, task: Task) -> Iterator[Trial]:
    """Do one part of the work."""
    if task.scenario == CONTROL:
        yield from try_controls(bench)
        return
    total = bench.count_points(task.scenario)
    again = _count_recovery(bench, task.scenario, total // 2) if task.pairs else 0
    for at in chosen(total, task.samples)[task.first :: task.step]:
        if at not in task.done:
            yield _try_point(bench, task.scenario, at, total, again)


def _count_recovery(bench: Bench, scenario: str, at: int) -> int:
    bench.begin(scenario)
    bench.child(lambda: bench.run(scenario, Points(at)))
    points = Points()
    bench.child(lambda: bench.recover(scenario, points))
    return points.count


def _try_point(bench: Bench, scenario: str, at: int, of: int, again: int) -> Trial:
    points, ended = _kill(bench, scenario, at)
    name = points.reached
    if again:
        second = Points(Random(at).randint(1, again))
        bench.child(lambda: bench.recover(scenario, second))
        name += f" and {second.reached or 'not again'}"
    verdict = bench.judge(scenario, later=at % 2 == 0)
    if points.reached and ended != KILLED:
        verdict.other.append(f"ended with {ended} instead of being killed")
    return Trial(
        bench.kind.value,
        scenario,
        at,
        of,
        name,
        verdict.duplicates,
        verdict.lost,
        verdict.in_doubt,
        _wrong(verdict),
    )


def _kill(bench: Bench, scenario: str, at: int) -> tuple[Points, int]:
    """Kill at a point. Parallel sends make the number of points vary by a few: near the end, the last one is taken."""
    for _ in range(_TRIES):
        bench.begin(scenario)
        points = Points(at)
        ended = bench.child(lambda points=points: bench.run(scenario, points))  # type: ignore[misc]
        if points.reached:
            break
        at = points.count
    return points, ended


def try_controls(bench: Bench) -> Iterator[Trial]:
    """See that each known mistake is caught, and that the same fault without it leaves nothing wrong."""
    for control in CONTROLS:
        without = control.trial(bench, mistaken=False)
        mistaken = control.trial(bench, mistaken=True)
        caught = bool(mistaken.duplicates or mistaken.lost)
        wrong = f"wrong without the mistake: {_wrong(without)}" if not without.is_clean else ""
        yield Trial(bench.kind.value, CONTROL, 0, 0, control.name, wrong=wrong, caught=caught)


def _wrong(verdict: Verdict) -> str:
    if verdict.is_clean:
        return ""
    return "; ".join([f"{verdict.duplicates} double, {verdict.lost} lost", *verdict.other])
