"""The merge misses nobody, counts nobody twice, and holds one item of each side."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kaa_bridge.errors import StateUnusable
from kaa_bridge.reconcile.merge import Along, pair

KEYS = st.sets(st.integers(0, 60))


@given(KEYS, KEYS)
def test_every_key_of_either_side_comes_once_in_order(left: set[int], right: set[int]) -> None:
    ours = [(key, f"l{key}") for key in sorted(left)]
    theirs = [(key, f"r{key}") for key in sorted(right)]
    met = list(pair(ours, theirs))
    assert [key for key, _, _ in met] == sorted(left | right)
    for key, one, other in met:
        assert one == (f"l{key}" if key in left else None)
        assert other == (f"r{key}" if key in right else None)


@given(KEYS, KEYS)
def test_a_third_stream_is_followed_along(asked: set[int], held: set[int]) -> None:
    along = Along((key, str(key)) for key in sorted(held))
    assert [along.at(key) for key in sorted(asked)] == [str(key) if key in held else None for key in sorted(asked)]


def test_no_side_is_read_ahead_of_the_other() -> None:
    read = {"left": 0, "right": 0}

    def stream(name: str, keys: range) -> Iterator[tuple[int, int]]:
        for key in keys:
            read[name] += 1
            yield key, key

    met = pair(stream("left", range(1000)), stream("right", range(0, 100_000, 100)))
    for key, _, _ in met:
        assert read["left"] <= min(key + 2, 1000)
        assert read["right"] <= key // 100 + 2


@pytest.mark.parametrize("keys", [[1, 3, 2], [1, 1]])
def test_a_stream_out_of_order_is_refused(keys: list[int]) -> None:
    with pytest.raises(StateUnusable):
        list(pair([(key, key) for key in keys], []))
    with pytest.raises(StateUnusable):
        list(pair([], [(key, key) for key in keys]))
