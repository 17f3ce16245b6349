"""Youth ids in a byte each: the same answers as a set, in order."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from kaa_bridge.sync.marks import Marks

IDS = st.lists(st.integers(min_value=1, max_value=20_000))


@given(IDS, IDS)
def test_marks_are_a_sorted_set(first: list[int], second: list[int]) -> None:
    marks = Marks(first)
    marks.update(second)
    expected = {*first, *second}
    assert list(marks) == sorted(expected)
    assert len(marks) == len(expected)
    assert all(one in marks for one in expected)
    assert 20_001 not in marks
    assert 999_999 not in marks
    assert bool(marks) == bool(expected)


@given(IDS, IDS, st.integers(1, 9000), st.integers(0, 9000))
def test_marks_and_ranges_are_joined_and_taken_away_whole(
    first: list[int], second: list[int], start: int, count: int
) -> None:
    marks, expected, run = Marks(first), set(first), range(start, start + count)
    marks.update(run)
    assert set(marks) == expected | set(run)
    marks.difference_update(Marks(run))
    assert set(marks) == expected - set(run)
    marks.update(Marks(second))
    marks.difference_update(Marks(first))
    assert set(marks) == (expected - set(run) | set(second)) - set(first)
