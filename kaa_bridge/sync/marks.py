"""A set of youth ids in a byte each: ids are small and dense, and a set of a whole register would cost fifty bytes."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import compress, count

_ROOM = 4096


class Marks:
    """Ids that something concerns; iterates in order of id, and the order of adding means nothing."""

    __slots__ = ("_marks",)

    def __init__(self, ids: Iterable[int] = ()) -> None:
        """Mark the ids."""
        self._marks = bytearray()
        self.update(ids)

    def add(self, youth_id: int) -> None:
        """Mark one id."""
        self.update((youth_id,))

    def update(self, ids: Iterable[int]) -> None:
        """Mark every id."""
        marks = self._marks
        if isinstance(ids, Marks):
            self._marks = _joined(max(len(marks), len(ids._marks)), _bits(marks) | _bits(ids._marks))
            return
        if isinstance(ids, range) and ids.step == 1:
            marks.extend(bytes(max(ids.stop - len(marks), 0)))
            marks[ids.start : ids.stop] = b"\1" * len(ids)
            return
        for youth_id in ids:
            try:
                marks[youth_id] = 1
            except IndexError:
                marks.extend(bytes(youth_id + _ROOM - len(marks)))
                marks[youth_id] = 1

    def difference_update(self, ids: Iterable[int]) -> None:
        """Take the marks of the ids away."""
        if isinstance(ids, Marks):
            self._marks = _joined(len(self._marks), _bits(self._marks) & ~_bits(ids._marks))
            return
        known = len(self._marks)
        for youth_id in ids:
            if youth_id < known:
                self._marks[youth_id] = 0

    def __iter__(self) -> Iterator[int]:
        """Yield the marked ids, the lowest first."""
        return compress(count(), self._marks)

    def __len__(self) -> int:
        """Return how many ids are marked."""
        return self._marks.count(1)

    def __contains__(self, youth_id: object) -> bool:
        """Tell whether an id is marked."""
        return isinstance(youth_id, int) and 0 <= youth_id < len(self._marks) and bool(self._marks[youth_id])


def _bits(marks: bytearray) -> int:
    """Return the marks as one number: a whole register is then joined in one step of the processor's own arithmetic."""
    return int.from_bytes(marks, "little")


def _joined(size: int, bits: int) -> bytearray:
    return bytearray(bits.to_bytes(size, "little"))
