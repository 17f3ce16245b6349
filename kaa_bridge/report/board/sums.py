"""The sums that the cells of a report obey, and the cells that are sums or complements of others."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise

from kaa_bridge.report.board import work
from kaa_bridge.report.board.spans import Span
from kaa_bridge.report.suppress import Sum

NOW = ("handler", "mapped", "recent")
"""What is asked of every open case on the report's day; each has a complement, ``not_…``."""
RANK = {"start": 6, "end": 6, "ever": 5, "new": 4, "ended": 4, "at_reached": 3, "at_offered": 3, "running": 3}
"""How dear a cell is: the stock is hidden last."""


def half_sums(span: Span) -> Iterator[Sum]:
    """Yield the sums within a half-year."""

    def of(total: str, *parts: str) -> Sum:
        return Sum(f"{span.key}/{total}", tuple(f"{span.key}/{one}" for one in parts))

    yield of("ever", "start", "new")
    yield of("ever", "end", "ended")
    yield of("ever", *work.STEPS)
    yield of("at_reached", "measure", "offered", "reached")
    yield of("at_offered", "measure", "offered")
    yield of("ever", "at_reached", "not_reached")
    yield of("ever", "at_offered", "not_offered")
    yield of("ever", "contacted", "silent")
    yield of("end", "running", "not_running")
    yield of("new", *work.CAUSES)
    yield of("new", *work.DELAYS)
    yield of("ended", *work.GROUNDS)
    yield of("age", *work.AGE)
    yield of("left_school", "form", "no_form")
    yield of("measures_ended", "reason_told", "reason_untold")


def month_sums(span: Span) -> Iterator[Sum]:
    """Yield the sums within a month. How many came and left is not told by month: it would be small, and often."""

    def of(total: str, *parts: str) -> Sum:
        return Sum(f"{span.key}/{total}", tuple(f"{span.key}/{one}" for one in parts))

    yield of("end", *work.STEPS)
    yield of("at_reached", "measure", "offered", "reached")
    yield of("at_offered", "measure", "offered")
    yield of("end", "at_reached", "not_reached")
    yield of("end", "at_offered", "not_offered")
    yield of("end", "contacted", "silent")
    yield of("end", "running", "not_running")


def now_sums(last: Span, late: Sequence[str]) -> Iterator[Sum]:
    """Yield the sums of the report's day: open cases, whose stock is that of the last period, and notes.

    Args:
        last: the last half-year.
        late: names of the steps that are late somewhere.
    """
    end = f"{last.key}/end"
    for name in (*NOW, "late", *(f"late:{action}" for action in late)):
        yield Sum(end, (f"now/{name}", f"now/not_{name}"))
    yield Sum(f"{last.key}/running", ("now/planned", "now/not_planned"))
    yield Sum("notes/all", ("notes/confirmed", "notes/not_confirmed"))


def between_sums(halves: Sequence[Span], months: Sequence[Span]) -> Iterator[Sum]:
    """Yield the sums between periods: a stock is where the next half-year starts, and where its last month ends."""
    for before, after in pairwise(halves):
        yield Sum(f"{after.key}/start", (f"{before.key}/end",))
    for half in halves:
        for month in months:
            if month.last == half.last:
                yield from (Sum(f"{half.key}/{name}", (f"{month.key}/{name}",)) for name in ("end", "running"))


def completed(counted: Counter[str], sums: Sequence[Sum]) -> dict[str, int]:
    """Return every cell that a sum names, those that are sums or complements of others filled in.

    A total that was not counted is the sum of its parts; a part that was not counted (``not_…``, ``silent``) is what
    remains. Sums later in the list may rest on cells that earlier ones filled in.
    """
    cells = dict(counted)
    derived = {"ever", "at_reached", "at_offered", "age"}
    for one in sums:
        what = one.total.partition("/")[2]
        parts = [name for name in one.parts if _is_rest(name)]
        if what in derived and one.total not in cells:
            cells[one.total] = sum(cells.get(name, 0) for name in one.parts)
        elif parts:
            cells[parts[0]] = cells.get(one.total, 0) - sum(
                cells.get(name, 0) for name in one.parts if name != parts[0]
            )
    for one in sums:
        for name in (one.total, *one.parts, *one.less):
            cells.setdefault(name, 0)
    return cells


def _is_rest(name: str) -> bool:
    what = name.partition("/")[2]
    return what.startswith("not_") or what in ("silent", "no_form", "reason_untold")


def rank_of(names: Iterable[str]) -> dict[str, int]:
    """Return how dear each cell is; a half-year's cell is dearer than the same of a month."""
    return {name: 2 * RANK.get(name.partition("/")[2], 0) + ("H" in name.partition("/")[0]) for name in names}
