"""Small numbers: which cells of a report are left out, so that no count from one to four is shown or can be derived.

A cell from one to four is hidden. Then, as long as a hidden cell could be told from what is shown, another is hidden
with it: by the sums that the report's cells obey, solved together, and by the fact that no count is below nothing. All
hidden cells look the same, so a reader cannot tell which of them are small.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

LEAST = 5
"""The smallest count that is shown, zero apart."""
SHOWN_AS = ".."
"""What stands for a hidden cell."""
Row = dict[str, Fraction]
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
    hidden = {name for name, count in cells.items() if is_small(count)}
    rows = [one.terms() for one in sums]
    known: dict[frozenset[str], frozenset[str]] = {}
    while True:
        exposed = told(cells, rows, hidden, known)
        beside = {name for row in rows if exposed & row.keys() for name in row if name not in hidden}
        if not beside:
            return frozenset(hidden)
        hidden.add(min(beside, key=lambda name: (rank.get(name, 0), cells[name] == 0, cells[name], name)))


def told(
    cells: Mapping[str, int],
    rows: Sequence[Mapping[str, int]],
    hidden: set[str],
    known: dict[frozenset[str], frozenset[str]],
) -> set[str]:
    """Return the hidden cells whose value follows from the shown ones.

    Args:
        known: answers for groups of hidden cells that were asked about before; new ones are added.
    """
    found: set[str] = set()
    for group in _groups(row.keys() & hidden for row in rows):
        if group not in known:
            known[group] = frozenset(_told(cells, [row for row in rows if row.keys() & group], group))
        found |= known[group]
    return found


def _groups(parts: Iterable[set[str]]) -> Iterable[frozenset[str]]:
    """Return the hidden cells in groups that no sum connects."""
    groups: list[set[str]] = []
    for part in parts:
        if part:
            touching = [group for group in groups if group & part]
            groups = [group for group in groups if not group & part]
            groups.append(part.union(*touching))
    return map(frozenset, groups)


def _told(cells: Mapping[str, int], rows: Sequence[Mapping[str, int]], hidden: frozenset[str]) -> set[str]:
    open_rows = []
    for row in rows:
        left = {name: Fraction(factor) for name, factor in row.items() if name in hidden}
        shown = sum(factor * cells[name] for name, factor in row.items() if name not in hidden)
        open_rows.append((left, Fraction(-shown)))
    solved = _solved(open_rows)
    return {name for left, _ in solved if len(left) == 1 for name in left} | _pinched(open_rows, solved)


def _solved(rows: Iterable[tuple[Row, Fraction]]) -> list[tuple[Row, Fraction]]:
    """Return the rows in reduced echelon form: a cell that stands alone in its row is told."""
    pivots: dict[str, tuple[Row, Fraction]] = {}
    for left, right in rows:
        row, value = _reduced(dict(left), right, pivots)
        if not row:
            continue
        pivot = min(row)
        scale = row[pivot]
        row = {name: factor / scale for name, factor in row.items()}
        value /= scale
        for name, (other, other_value) in list(pivots.items()):
            if factor := other.get(pivot):
                pivots[name] = _minus(other, other_value, row, value, factor)
        pivots[pivot] = (row, value)
    return list(pivots.values())


def _reduced(row: Row, value: Fraction, pivots: Mapping[str, tuple[Row, Fraction]]) -> tuple[Row, Fraction]:
    for name in sorted(row):
        if name in row and name in pivots:
            row, value = _minus(row, value, *pivots[name], row[name])
    return row, value


def _minus(row: Row, value: Fraction, other: Row, other_value: Fraction, factor: Fraction) -> tuple[Row, Fraction]:
    left = {name: row.get(name, Fraction(0)) - factor * other.get(name, Fraction(0)) for name in row | other}
    return {name: one for name, one in left.items() if one}, value - factor * other_value


def _pinched(*groups: Iterable[tuple[Row, Fraction]]) -> set[str]:
    """Return the cells that can have one value only because no count is below nothing."""
    rows = [row for group in groups for row in group]
    low: dict[str, Fraction] = {name: Fraction(0) for left, _ in rows for name in left}
    high: dict[str, Fraction | None] = dict.fromkeys(low)
    changed = True
    rounds = 0
    while changed and rounds < _ROUNDS:
        changed, rounds = False, rounds + 1
        for left, value in rows:
            for name, factor in left.items():
                changed |= _narrow(name, factor, left, value, low, high)
    return {name for name in low if high[name] == low[name]}


def _narrow(
    name: str, factor: Fraction, left: Row, value: Fraction, low: dict[str, Fraction], high: dict[str, Fraction | None]
) -> bool:
    """Narrow a cell's bounds by one row; tell whether they changed."""
    least: Fraction | None = Fraction(0)
    most: Fraction | None = Fraction(0)
    for other, one in left.items():
        if other == name:
            continue
        small, big = (low[other], high[other]) if one > 0 else (high[other], low[other])
        least = None if least is None or small is None else least + one * small
        most = None if most is None or big is None else most + one * big
    ends = [None if end is None else (value - end) / factor for end in (most, least)]
    down, up = ends if factor > 0 else ends[::-1]
    changed = False
    if down is not None and down > low[name]:
        low[name], changed = down, True
    top = high[name]
    if up is not None and (top is None or up < top):
        high[name], changed = up, True
    return changed
