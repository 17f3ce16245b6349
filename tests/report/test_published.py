"""Whatever the town is like: the cells obey their sums, and no small one can be read out of what is published."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from kaa_bridge.domain.facts import Event, Youth
from kaa_bridge.domain.values import ContactChannel, ContactOutcome, EventKind, Protection
from kaa_bridge.report.board.published import per_cent, sums_of
from kaa_bridge.report.board.spans import half_years, months
from kaa_bridge.report.board.spells import Spell
from kaa_bridge.report.board.sums import completed, rank_of
from kaa_bridge.report.board.tally import Tally
from kaa_bridge.report.suppress import Sum, hidden_cells, is_small

BEGAN, AS_OF = date(2025, 2, 3), date(2026, 2, 1)
DAYS = st.integers(0, (AS_OF - BEGAN).days).map(lambda days: BEGAN + timedelta(days=days))
_PRIME = 2**61 - 1
GROUND = st.sampled_from(["under_20", "not_in_gymnasial", "home_municipality", "no_gymnasieexamen"])


def rank(rows: Sequence[Mapping[str, int]]) -> int:
    """Return the rank of a matrix, over the numbers modulo a large prime."""
    left, found = [dict(row) for row in rows], 0
    while left:
        row = left.pop()
        pivot = next((name for name, factor in row.items() if factor % _PRIME), None)
        if pivot is None:
            continue
        found += 1
        inverse = pow(row[pivot], -1, _PRIME)
        for other in left:
            if factor := other.get(pivot, 0) * inverse % _PRIME:
                for name, value in row.items():
                    other[name] = (other.get(name, 0) - factor * value) % _PRIME
    return found


def is_told(sums: Sequence[Sum], hidden: frozenset[str], name: str) -> bool:
    """Tell whether a hidden cell follows from the shown ones: then nothing that the others do can make up for it."""
    rows = [{cell: factor for cell, factor in one.terms().items() if cell in hidden} for one in sums]
    without = [{cell: factor for cell, factor in row.items() if cell != name} for row in rows]
    return rank(rows) > rank(without)


@st.composite
def towns(draw: st.DrawFn) -> list[tuple[int, Youth, Spell]]:
    """Draw groups of youths that are alike; a group is small or not."""
    groups = []
    for index in range(draw(st.integers(1, 7))):
        opened, other = sorted((draw(DAYS), draw(DAYS)))
        leaves = draw(st.booleans()) and other > opened
        since = opened - timedelta(days=draw(st.sampled_from([1, 10, 50, 200])))
        spell = Spell(opened, other if leaves else None, since, frozenset({draw(GROUND)}) if leaves else frozenset())
        kind = draw(st.sampled_from([None, EventKind.DECLINED, EventKind.MEASURE_STARTED, EventKind.CONTACT]))
        events: tuple[Event, ...] = ()
        if kind is EventKind.CONTACT:
            channel, outcome = ContactChannel.PHONE, draw(st.sampled_from(ContactOutcome))
            events = (Event(kind=kind, on=opened, channel=channel, outcome=outcome),)
        elif kind is not None:
            events = (Event(kind=kind, on=opened, measure="praktik" if kind is EventKind.MEASURE_STARTED else None),)
        youth = Youth(ref=f"u-{index}", protection=Protection.NONE, events=events)
        groups.append((draw(st.one_of(st.integers(1, 6), st.integers(5, 40))), youth, spell))
    return groups


@given(towns(), st.integers(0, 3))
@settings(max_examples=25, deadline=None)
def test_no_small_cell_can_be_read_out(town: list[tuple[int, Youth, Spell]], late: int) -> None:
    halves = half_years(BEGAN, AS_OF)
    tally = Tally("1488", AS_OF, BEGAN, halves, months(BEGAN, AS_OF), 180)
    for count, youth, spell in town:
        for _ in range(count):
            tally.take(youth, [spell])
    stock = tally.cells[f"{halves[-1].key}/end"]
    tally.cells["now/late"] = tally.cells["now/late:brev"] = min(late, stock)
    tally.cells["now/handler"] = max(stock - late, 0)
    sums = sums_of(tally.halves, tally.months, ["brev"])
    cells = completed(tally.cells, sums)
    for one in sums:
        assert cells[one.total] == sum(cells[name] for name in one.parts) - sum(cells[name] for name in one.less), one
    hidden = hidden_cells(cells, sums, rank_of(cells))
    small = {name for name, count in cells.items() if is_small(count)}
    assert small <= hidden
    assert not [name for name in sorted(small) if is_told(sums, hidden, name)]


def test_the_check_itself_finds_what_is_told() -> None:
    sums = [Sum("all", ("a", "b")), Sum("all", ("c", "d"))]
    assert is_told(sums, frozenset({"a"}), "a")
    assert not is_told(sums, frozenset({"a", "b"}), "a")
    assert is_told(sums, frozenset({"a", "all"}), "a"), "c and d tell the whole"


@given(st.integers(0, 400), st.integers(1, 400))
def test_a_share_is_whole_only_when_everything_is_in_it(part: int, rest: int) -> None:
    share = per_cent(part, part + rest)
    assert abs(share - 100 * part / (part + rest)) <= 1
    assert (share == 0) == (part == 0)
    assert share < 100
    assert per_cent(part + 1, part + 1) == 100
