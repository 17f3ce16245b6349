"""Small numbers: which cells of a report are left out, so that no count from one to four is shown or can be derived.

A cell from one to four is hidden. Then, as long as a hidden cell could be told from what is shown, another is hidden
with it: by the sums that the report's cells obey, solved together, and by the fact that no count is below nothing. All
hidden cells look the same, so a reader cannot tell which of them are small.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from math import isfinite, isnan

LEAST = 5
"""The smallest count that is shown, zero apart."""
SHOWN_AS = ".."
"""What stands for a hidden cell."""
Row = dict[str, int]
_PRIME = 2**61 - 1
_ROUNDS = 20
"""Narrowing is given up after so many rounds; a bound that still moves then is far from being told."""


@dataclass(frozen=True, slots=True)
class Sum:
    """A total and its parts; a part that is taken away stands among ``less``."""

    total: str
    parts: tuple[str, ...]
    less: tuple[str, ...] = ()

    def terms(self) -> dict[str, int]:
        """Return the coefficients of ``parts - less - total = 0``."""
        found: dict[str, int] = {}
        for sign, names in ((1, self.parts), (-1, (*self.less, self.total))):
            for name in names:
                found[name] = found.get(name, 0) + sign
        return {name: factor for name, factor in found.items() if factor}


def is_small(count: int) -> bool:
    """Tell whether a count may not be shown."""
    return 0 < count < LEAST


def hidden_cells(cells: Mapping[str, int], sums: Sequence[Sum], rank: Mapping[str, int]) -> frozenset[str]:
    """Return the cells that are not shown.

    Args:
        cells: every cell of the report and its count.
        sums: every sum that the cells obey; each must hold.
        rank: how dear a cell is to the reader (higher is hidden later); 0 where none is given.
    """
    table = _Table(cells, sums)
    small = frozenset(name for name, count in cells.items() if is_small(count))

    def dear(name: str) -> tuple[int, bool, int, str]:
        return rank.get(name, 0), cells[name] == 0, cells[name], name

    hidden = small
    while exposed := table.told(hidden):
        target = min(exposed)
        beside = sorted(table.beside(target, hidden), key=dear)
        if not beside:
            break
        enough = (name for name in beside if target not in table.told(hidden | {name}))
        hidden |= {next(enough, beside[0])}
    for name in sorted(hidden - small, key=dear, reverse=True):
        if table.told(hidden - {name}) <= table.told(hidden):
            hidden -= {name}
    return hidden


class _Table:
    """The cells and sums of a report, asked again and again with other cells hidden."""

    def __init__(self, cells: Mapping[str, int], sums: Sequence[Sum]) -> None:
        self._cells = cells
        self._rows = [one.terms() for one in sums]
        self._known: dict[frozenset[str], frozenset[str]] = {}

    def told(self, hidden: frozenset[str]) -> frozenset[str]:
        """Return the hidden cells whose value follows from the shown ones."""
        found: frozenset[str] = frozenset()
        for group in self._groups(hidden):
            if group not in self._known:
                self._known[group] = frozenset(self._told(group))
            found |= self._known[group]
        return found

    def beside(self, target: str, hidden: frozenset[str]) -> set[str]:
        """Return the shown cells in the sums that have a say in a hidden cell."""
        group = next(group for group in self._groups(hidden) if target in group)
        return {name for row in self._rows if row.keys() & group for name in row if name not in hidden}

    def _groups(self, hidden: frozenset[str]) -> list[frozenset[str]]:
        """Return the hidden cells in groups that no sum connects."""
        groups: list[frozenset[str]] = []
        for row in self._rows:
            if part := hidden.intersection(row):
                touching = [group for group in groups if group & part]
                groups = [group for group in groups if not group & part]
                groups.append(part.union(*touching))
        return groups

    def _told(self, hidden: frozenset[str]) -> set[str]:
        rows = [{name: row[name] for name in row if name in hidden} for row in self._rows if row.keys() & hidden]
        alone = {name for row in _solved(rows) if len(row) == 1 for name in row}
        return alone or self._pinched(hidden)

    def _pinched(self, hidden: frozenset[str]) -> set[str]:
        """Return the cells that can have one value only because no count is below nothing."""
        low = dict.fromkeys(hidden, 0)
        high = dict.fromkeys(hidden, float("inf"))
        rows = [(row, self._rest(row, hidden)) for row in self._rows if row.keys() & hidden]
        for _ in range(_ROUNDS):
            before = dict(low), dict(high)
            for row, rest in rows:
                _narrow({name: row[name] for name in row if name in hidden}, rest, low, high)
            if before == (low, high):
                break
        return {name for name in hidden if low[name] == high[name]}

    def _rest(self, row: Row, hidden: frozenset[str]) -> int:
        """Return what the hidden cells of a row must come to."""
        return -sum(factor * self._cells[name] for name, factor in row.items() if name not in hidden)


def _narrow(row: Row, rest: int, low: dict[str, int], high: dict[str, float]) -> None:
    """Narrow the bounds of the cells of one row: what the others can come to leaves the rest for each."""
    least = sum(factor * (low[name] if factor > 0 else high[name]) for name, factor in row.items())
    most = sum(factor * (high[name] if factor > 0 else low[name]) for name, factor in row.items())
    if isnan(least) or isnan(most):
        return
    for name, factor in row.items():
        down, up = (low[name], high[name]) if factor > 0 else (-high[name], -low[name])
        under, over = rest - (most - up), rest - (least - down)
        bounds = (under, over) if factor > 0 else (-over, -under)
        if isfinite(bounds[0]):
            low[name] = max(low[name], int(bounds[0]))
        if isfinite(bounds[1]):
            high[name] = min(high[name], int(bounds[1]))


def _solved(rows: Iterable[Row]) -> list[Row]:
    """Return rows in reduced echelon form, modulo a large prime: a cell that stands alone in its row is told."""
    pivots: dict[str, Row] = {}
    for one in rows:
        row = dict(one)
        for name in sorted(row):
            if name in row and name in pivots:
                row = _minus(row, pivots[name], row[name])
        if not row:
            continue
        pivot = min(row)
        inverse = pow(row[pivot], -1, _PRIME)
        row = {name: factor * inverse % _PRIME for name, factor in row.items()}
        for name, other in pivots.items():
            if factor := other.get(pivot):
                pivots[name] = _minus(other, row, factor)
        pivots[pivot] = row
    return list(pivots.values())


def _minus(row: Row, other: Row, factor: int) -> Row:
    left = dict(row)
    for name, value in other.items():
        left[name] = (left.get(name, 0) - factor * value) % _PRIME
    return {name: value for name, value in left.items() if value}
