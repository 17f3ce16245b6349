"""Handles: what people and logs see of a youth, such as ``U-7QK2M4XAB3CDE``, and the way back to the youth.

A handle is the first 64 bits of the pseudonym that the youth had when it was made, in base 32. So the index of
pseudonyms finds it, and no index of its own has to be filled in random order on a first night. A youth keeps its handle
when its number changes and that is known to be the same person's; the earlier pseudonym is then an alias. Where it only
seems so, the handle changes with the number. A handle that was a youth's before leads to it, until another has it.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

from kaa_bridge.store.connection import Connection
from kaa_bridge.store.query import rows

_LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"
_VALUES = {letter: value for value, letter in enumerate(_LETTERS)}
_WRITTEN = f"{_LETTERS}U-".encode().ljust(256)
_LANE = 16
_BEGIN = bytes([0, len(_LETTERS), len(_LETTERS) + 1]).ljust(_LANE, b"\0")
_WIDENED = ((40, 64), (20, 32), (10, 16), (5, 8))
"""Bits of two neighbours that lie together, and how far apart they are put: eight letters, four, two, one."""
_SIZE, _BYTES, _REST = 13, 8, 8
_PRESENT = "SELECT id FROM youth WHERE pseudonym BETWEEN ? AND ? AND handle = ?"
_EARLIER = "SELECT youth_id FROM alias WHERE pseudonym BETWEEN ? AND ?"
_JOINED = "SELECT id FROM youth WHERE pseudonym BETWEEN ? AND ?"
"""The number of the handle is that of a youth with another handle: the one who had it was joined to this youth."""


def handle_of(pseudonym: bytes) -> str:
    """Return the handle of a youth who is made with a pseudonym."""
    return handles_of([pseudonym])[0]


def handles_of(pseudonyms: Sequence[bytes]) -> list[str]:
    """Return the handles of youths who are made with these pseudonyms.

    All are written at once: each pseudonym is a lane of one long number, and what is done to the number is done to
    every lane. One by one and letter by letter, five hundred cost four times as much.
    """
    count = len(pseudonyms)
    firsts, begin, steps = _lanes(count)
    bits = (int.from_bytes(b"".join(pseudonyms), "big") & firsts) >> (8 * _REST - 1)
    for high, low, shift in steps:
        bits = (bits & high) << shift | bits & low
    written = (bits | begin).to_bytes(_LANE * count, "big").translate(_WRITTEN).decode("ascii")
    return [written[start : start + _SIZE + 2] for start in range(1, _LANE * count, _LANE)]


@lru_cache(maxsize=4)
def _lanes(count: int) -> tuple[int, int, list[tuple[int, int, int]]]:
    """Return for so many lanes: the bits that a handle tells, its first two letters, and how letters are put apart.

    Sixteen groups of five bits, of which the first three are empty, become sixteen bytes by halves.
    """

    def in_each(lane: int) -> int:
        return int.from_bytes(lane.to_bytes(_LANE, "big") * count, "big")

    firsts = in_each(((1 << 8 * _BYTES) - 1) << 8 * _REST)
    begin = in_each(int.from_bytes(_BEGIN, "big"))
    steps = []
    for near, apart in _WIDENED:
        low = sum(((1 << near) - 1) << start for start in range(0, 8 * _LANE, 2 * apart))
        steps.append((in_each(low << near), in_each(low), apart - near))
    return firsts, begin, steps


def find_youth(connection: Connection, handle: str) -> int | None:
    """Return the id of the youth with a handle, ``None`` when there is none."""
    first = _first_bytes(handle)
    found: Sequence[tuple[int]] = ()
    if first is not None:
        within = (first + bytes(_REST), first + b"\xff" * _REST)
        found = rows(connection, _PRESENT, (*within, handle))
        found = found or rows(connection, _EARLIER, within) or rows(connection, _JOINED, within)
    found = found or rows(connection, "SELECT id FROM youth WHERE handle = ?", (handle,))
    return found[0][0] if found else None


def _first_bytes(handle: str) -> bytes | None:
    """Return the bytes that a handle writes; ``None`` for what no pseudonym gives."""
    values = [_VALUES.get(letter, -1) for letter in handle[2:]]
    if not handle.startswith("U-") or len(values) != _SIZE or min(values) < 0 or values[-1] & 1:
        return None
    bits = 0
    for value in values:
        bits = bits << 5 | value
    return (bits >> 1).to_bytes(_BYTES, "big")
