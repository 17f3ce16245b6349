"""No count from one to four is shown, and none follows from what is: tried against every table that could be meant."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from hypothesis import given, settings
from hypothesis import strategies as st

from kaa_bridge.report.suppress import LEAST, Sum, _Table, hidden_cells, is_small

COUNT = st.one_of(st.integers(0, 6), st.integers(0, 14))


def possible(cells: Mapping[str, int], sums: Sequence[Sum], hidden: frozenset[str]) -> Iterator[dict[str, int]]:
    """Yield every table of counts that agrees with what is shown: what a reader with patience can find.

    Written without a look at the code under test: a cell after the other is tried, and what then follows from a sum
    with one open cell is filled in. Counts above the sum of all need not be tried.
    """
    most = sum(cells.values()) + 1

    def filled(table: dict[str, int]) -> dict[str, int] | None:
        moved = True
        while moved:
            moved = False
            for one in sums:
                signs = [(one.total, -1), *((name, 1) for name in one.parts), *((name, -1) for name in one.less)]
                unset = [(name, sign) for name, sign in signs if name not in table]
                rest = sum(sign * table[name] for name, sign in signs if name in table)
                if not unset and rest:
                    return None
                if len(unset) == 1:
                    (name, sign), moved = unset[0], True
                    table[name] = -rest * sign
                    if table[name] < 0:
                        return None
        return table

    def extend(table: dict[str, int]) -> Iterator[dict[str, int]]:
        known = filled(dict(table))
        if known is None:
            return
        left = sorted(hidden - known.keys())
        if not left:
            yield known
            return
        for count in range(most + 1):
            yield from extend({**known, left[0]: count})

    yield from extend({name: count for name, count in cells.items() if name not in hidden})


def told_apart(cells: Mapping[str, int], sums: Sequence[Sum], hidden: frozenset[str]) -> set[str]:
    """Return the small cells that have one possible value only."""
    open_cells = {name for name in hidden if is_small(cells[name])}
    seen: dict[str, set[int]] = {name: set() for name in open_cells}
    for table in possible(cells, sums, hidden):
        for name in list(open_cells):
            seen[name].add(table[name])
            if len(seen[name]) > 1:
                open_cells.discard(name)
        if not open_cells:
            break
    return open_cells


@given(st.lists(COUNT, min_size=2, max_size=4))
@settings(max_examples=300, deadline=None)
def test_parts_of_a_total(parts: list[int]) -> None:
    cells = {f"p{index}": count for index, count in enumerate(parts)} | {"total": sum(parts)}
    sums = [Sum("total", tuple(f"p{index}" for index in range(len(parts))))]
    hidden = hidden_cells(cells, sums, {"total": 1})
    assert {name for name, count in cells.items() if is_small(count)} <= hidden
    assert not told_apart(cells, sums, hidden)


@given(COUNT, COUNT, COUNT, COUNT, COUNT)
@settings(max_examples=30, deadline=None)
def test_a_stock_and_its_flow_over_two_periods(start: int, new: int, gone: int, new2: int, gone2: int) -> None:
    gone = min(gone, start + new)
    middle = start + new - gone
    gone2 = min(gone2, middle + new2)
    cells = {
        "start": start, "new": new, "gone": gone, "middle": middle,
        "new2": new2, "gone2": gone2, "end": middle + new2 - gone2,
    }  # fmt: skip
    sums = [Sum("middle", ("start", "new"), ("gone",)), Sum("end", ("middle", "new2"), ("gone2",))]
    hidden = hidden_cells(cells, sums, {"start": 2, "middle": 2, "end": 2})
    assert not told_apart(cells, sums, hidden)


@given(st.tuples(COUNT, COUNT), st.tuples(COUNT, COUNT))
@settings(max_examples=200, deadline=None)
def test_a_table_with_sums_both_ways(first: tuple[int, int], second: tuple[int, int]) -> None:
    (a, b), (c, d) = first, second
    cells = {"a": a, "b": b, "c": c, "d": d, "ab": a + b, "cd": c + d, "ac": a + c, "bd": b + d, "all": a + b + c + d}
    sums = [
        Sum("ab", ("a", "b")), Sum("cd", ("c", "d")), Sum("ac", ("a", "c")),
        Sum("bd", ("b", "d")), Sum("all", ("ab", "cd")), Sum("all", ("ac", "bd")),
    ]  # fmt: skip
    hidden = hidden_cells(cells, sums, {"ab": 1, "cd": 1, "ac": 1, "bd": 1, "all": 2})
    assert not told_apart(cells, sums, hidden)


def test_the_check_itself_finds_what_is_told() -> None:
    cells = {"small": 3, "big": 40, "total": 43}
    assert told_apart(cells, [Sum("total", ("small", "big"))], frozenset({"small"})) == {"small"}


def test_the_dear_cells_stay_as_long_as_others_do() -> None:
    cells = {"a": 3, "b": 40, "c": 60, "total": 103}
    assert hidden_cells(cells, [Sum("total", ("a", "b", "c"))], {"total": 1}) == {"a", "b"}
    assert hidden_cells({"a": 0, "b": LEAST, "total": LEAST}, [Sum("total", ("a", "b"))], {}) == frozenset()


def test_nothing_hides_nothing() -> None:
    """Two hidden cells that must come to nothing are both nothing, whatever was to be hidden behind them."""
    cells = {"a": 3, "s": 6, "x": 0, "t": 9, "b": 3, "u": 6, "y": 0, "v": 9, "none": 0}
    sums = [Sum("t", ("a", "s", "x")), Sum("v", ("b", "u", "y")), Sum("none", ("x", "y"))]
    hidden = frozenset({"a", "b", "x", "y"})
    assert told_apart(cells, sums, hidden) == {"a", "b"}
    assert _Table(cells, sums).told(hidden) == hidden
    assert not told_apart(cells, sums, hidden_cells(cells, sums, {}))
