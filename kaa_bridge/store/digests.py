"""The digests of what each record said last night: what a pull compares before it reads a record.

They lie packed, those of 512 record ids in a row: a night reads all of them, and writes those that changed.
"""

from __future__ import annotations

import re
import sys
from array import array
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence

from kaa_bridge.store.connection import Connection
from kaa_bridge.store.query import parts
from kaa_bridge.store.sql import run_many

DIGEST_SIZE = 16
"""Bytes of a record's digest."""
UNREAD = bytes(DIGEST_SIZE)
"""The digest of no record: whatever comes next is read anew."""
NEIGHBOURS = 8
"""So many records after a changed one are looked at: one of them stands in last night's place, unless the register came
in another order."""
_ABSENT = b"\xff" * DIGEST_SIZE
"""Stands for a record that is not present, or another source's."""
_BLOCK = 512
_UNMARKED = re.compile(rb"\0")


class KnownDigests:
    """The digests of a source's present records, in order of id: 20 bytes a record, whatever the register's size.

    A register is read in the order of the night before, so each digest is first looked for where it is expected; only
    one that is not there (moved or new) costs a search. What is kept tonight is written at the end, and compared with
    tomorrow.
    """

    __slots__ = ("_at", "_connection", "_digests", "_ids", "_places", "_sorted", "_source_id", "_tonight")

    def __init__(self, connection: Connection, source_id: int) -> None:
        """Read the digests of one source."""
        self._connection, self._source_id = connection, source_id
        self._digests = bytearray()
        self._ids = array("I")
        self._at = 0
        self._sorted = array("Q")
        self._places = array("I")
        self._tonight: dict[int, bytearray] = {}
        statement = "SELECT block, digests FROM digests WHERE source_id = ? ORDER BY block"
        for part in parts(connection, statement, (source_id,)):
            for block, digests in part:
                self._take(block * _BLOCK, bytes(digests))

    def _take(self, first: int, digests: bytes) -> None:
        if _ABSENT not in digests:
            self._digests += digests
            self._ids.extend(range(first, first + len(digests) // DIGEST_SIZE))
            return
        for record_id, at in enumerate(range(0, len(digests), DIGEST_SIZE), first):
            if (digest := digests[at : at + DIGEST_SIZE]) != _ABSENT:
                self._digests += digest
                self._ids.append(record_id)

    def __len__(self) -> int:
        """Return how many records are known."""
        return len(self._ids)

    @property
    def ids(self) -> Sequence[int]:
        """The ids of the records that were present last night, in order."""
        return self._ids

    def expected(self, digests: bytes, start: int = 0) -> Sequence[int]:
        """Return the ids of the records that come next, as far as theirs are the joined digests from that place on."""
        at = self._at
        most = min(len(digests) // DIGEST_SIZE - start, len(self._ids) - at)
        count = self._alike(at, digests, start, max(most, 0))
        self._at += count
        return self._ids[at : at + count]

    def find(self, digest: bytes, following: Sequence[bytes] | None = None) -> int:
        """Return the id of the record with the digest, 0 when there is none.

        With the digests that are ``following`` it (fewer than ``NEIGHBOURS`` at the end of a page), a record of whose
        neighbours one stands in its place, or that has too few of them, is taken for changed without a search, which
        sorts them all; by its key the caller sees whether it only moved.
        """
        if not self._ids:
            return 0
        at = self._at
        if self._digest(at) != digest:
            at = -1 if following is not None and self._stand(at + 1, following) else self._search(digest)
            if at < 0:
                self._at += 1
                return 0
        self._at = at + 1
        return self._ids[at]

    def unseen(self, seen: bytearray) -> list[int]:
        """Return the ids of known records that ``seen`` (one byte for each id) does not mark, in order."""
        if not self._ids:
            return []
        first, beyond = self._ids[0], self._ids[-1] + 1
        unmarked = (found.start() for found in _UNMARKED.finditer(seen.ljust(beyond, b"\0"), first, beyond))
        return [record_id for record_id in unmarked if self._place(record_id) >= 0]

    def of(self, record_id: int) -> bytes:
        """Return the digest of a record, as it was kept tonight or last night; empty when it is not present."""
        block = self._tonight.get(record_id // _BLOCK)
        if block is not None:
            digest = bytes(block[_slots(record_id)])
            return b"" if digest == _ABSENT else digest
        place = self._place(record_id)
        return b"" if place < 0 else bytes(self._digest(place))

    def is_changed(self, record_id: int) -> bool:
        """Tell whether another digest is kept of a record tonight than last night."""
        block, place = self._tonight.get(record_id // _BLOCK), self._place(record_id)
        return block is not None and place >= 0 and block[_slots(record_id)] != self._digest(place)

    def keep(self, first: int, digests: Sequence[bytes]) -> None:
        """Keep the digests of records with ids that follow each other, from the first one on."""
        rest = b"".join(digests)
        while rest:
            room = _BLOCK - first % _BLOCK
            here, rest = rest[: room * DIGEST_SIZE], rest[room * DIGEST_SIZE :]
            self._block(first // _BLOCK)[_slots(first, len(here) // DIGEST_SIZE)] = here
            first += room

    def forget(self, record_ids: Iterable[int]) -> None:
        """Keep nothing of records that have gone."""
        for record_id in record_ids:
            self._block(record_id // _BLOCK)[_slots(record_id)] = _ABSENT

    def write(self) -> None:
        """Write what was kept and forgotten tonight."""
        statement = (
            "INSERT INTO digests (source_id, block, digests) VALUES (?, ?, ?) "
            "ON CONFLICT (source_id, block) DO UPDATE SET digests = excluded.digests"
        )
        blocks = sorted(self._tonight.items())
        run_many(self._connection, statement, [(self._source_id, block, held) for block, held in blocks])

    def _block(self, block: int) -> bytearray:
        """Return the digests of a block as they will be written."""
        held = self._tonight.get(block)
        if held is None:
            held = self._tonight[block] = bytearray(_ABSENT * _BLOCK)
            first, beyond = (bisect_left(self._ids, edge * _BLOCK) for edge in (block, block + 1))
            for start, end in self._runs(first, beyond):
                held[_slots(self._ids[start], end - start)] = self._digests[start * DIGEST_SIZE : end * DIGEST_SIZE]
        return held

    def _alike(self, at: int, digests: bytes, start: int, most: int) -> int:
        """Return how many digests from a place on are those from ``start`` on: all, or halved down to the odd one."""

        def are_alike(first: int, beyond: int) -> bool:
            part = digests[(start + first) * DIGEST_SIZE : (start + beyond) * DIGEST_SIZE]
            return self._digests.startswith(part, (at + first) * DIGEST_SIZE)

        if are_alike(0, most):
            return most
        alike, odd = 0, most
        while odd - alike > 1:
            middle = (alike + odd) // 2
            alike, odd = (middle, odd) if are_alike(alike, middle) else (alike, middle)
        return alike

    def _stand(self, at: int, following: Sequence[bytes]) -> bool:
        few = len(following) < NEIGHBOURS
        return few or any(one == self._digest(place) for place, one in enumerate(following, at))

    def _runs(self, first: int, beyond: int) -> Iterator[tuple[int, int]]:
        """Yield the places from the first one to before the other, cut where the ids do not follow each other."""
        if first < beyond and self._ids[beyond - 1] - self._ids[first] == beyond - 1 - first:
            yield first, beyond  # as a rule; a copy of the whole costs what a few single ones do
        else:
            yield from ((place, place + 1) for place in range(first, beyond))

    def _search(self, digest: bytes) -> int:
        """Return where the digest stands, -1 when nowhere. What is needed for it is made when it is first needed."""
        if not self._sorted:
            self._sorted = array("Q", sorted(self._halves()))
        wanted = int.from_bytes(digest[:8], sys.byteorder)
        for index in range(bisect_left(self._sorted, wanted), len(self._sorted)):
            if self._sorted[index] != wanted:
                break
            if not self._places:
                self._places = array("I", sorted(range(len(self._ids)), key=self._halves().__getitem__))
            place = self._places[index]
            if self._digest(place) == digest:
                return place
        return -1

    def _place(self, record_id: int) -> int:
        """Return where last night's digest of a record stands, -1 when it was not present."""
        place = bisect_left(self._ids, record_id)
        return place if place < len(self._ids) and self._ids[place] == record_id else -1

    def _digest(self, place: int) -> bytearray:
        return self._digests[place * DIGEST_SIZE : (place + 1) * DIGEST_SIZE]

    def _halves(self) -> array[int]:
        """Return the first half of each digest as a number, in order of id."""
        return array("Q", bytes(self._digests))[::2]


def _slots(record_id: int, count: int = 1) -> slice:
    """Return where in its block the digests of so many records lie, from this one on."""
    at = record_id % _BLOCK
    return slice(at * DIGEST_SIZE, (at + count) * DIGEST_SIZE)
