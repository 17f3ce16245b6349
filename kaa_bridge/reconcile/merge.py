"""A merge over sorted streams: one item of each in memory at a time, whatever the registers' size."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Generic, TypeVar

from kaa_bridge.errors import StateUnusable

L = TypeVar("L")
R = TypeVar("R")


def rising(stream: Iterable[tuple[int, L]]) -> Iterator[tuple[int, L]]:
    """Pass a stream on and make sure that its keys rise, each once.

    Raises:
        StateUnusable: they do not; a merge over such a stream would miss youths.
    """
    last: int | None = None
    for key, item in stream:
        if last is not None and key <= last:
            raise StateUnusable(
                "stream_not_sorted",
                "The state gave youths out of order; nothing was compared.",
                remedy="kaa-bridge state verify",
            )
        last = key
        yield key, item


def pair(left: Iterable[tuple[int, L]], right: Iterable[tuple[int, R]]) -> Iterator[tuple[int, L | None, R | None]]:
    """Yield each key of either stream once, in order, with what each side has under it (``None`` where it has not).

    Both streams rise strictly by key; items are never ``None``.
    """
    lefts, rights = rising(left), rising(right)
    one, other = next(lefts, None), next(rights, None)
    while one is not None or other is not None:
        if other is None or (one is not None and one[0] < other[0]):
            assert one is not None
            yield one[0], one[1], None
            one = next(lefts, None)
        elif one is None or other[0] < one[0]:
            yield other[0], None, other[1]
            other = next(rights, None)
        else:
            yield one[0], one[1], other[1]
            one, other = next(lefts, None), next(rights, None)


class Along(Generic[L]):
    """A rising stream that is asked for rising keys: what lies between two questions is passed over."""

    def __init__(self, stream: Iterable[tuple[int, L]]) -> None:
        """Start before the first item."""
        self._stream = rising(stream)
        self._at = next(self._stream, None)

    def at(self, key: int) -> L | None:
        """Return the item with the key, ``None`` when the stream has none; keys must rise from call to call."""
        while self._at is not None and self._at[0] < key:
            self._at = next(self._stream, None)
        if self._at is None or self._at[0] != key:
            return None
        return self._at[1]
