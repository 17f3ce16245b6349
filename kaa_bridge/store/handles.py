"""Handles: what people and logs see of a youth, such as ``U-7QK2M4XAB3CDE``, and the way back to the youth.

A handle is the first 64 bits of the pseudonym that the youth had when it was made, in base 32. So the index of
pseudonyms finds it, and no index of its own has to be filled in random order on a first night. A youth keeps its handle
when its number changes; the earlier pseudonym is then an alias.
"""

from __future__ import annotations

from collections.abc import Sequence

from kaa_bridge.store.connection import Connection
from kaa_bridge.store.query import rows

_LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"
_PAIRS = [one + other for one in _LETTERS for other in _LETTERS]
_VALUES = {letter: value for value, letter in enumerate(_LETTERS)}
_SIZE, _BYTES, _REST = 13, 8, 8
_PRESENT = "SELECT id FROM youth WHERE pseudonym BETWEEN ? AND ? AND handle = ?"
_EARLIER = (
    "SELECT youth.id FROM alias JOIN youth ON youth.id = alias.youth_id "
    "WHERE alias.pseudonym BETWEEN ? AND ? AND youth.handle = ?"
)


def handle_of(pseudonym: bytes) -> str:
    """Return the handle of a youth who is made with a pseudonym."""
    bits = int.from_bytes(pseudonym[:_BYTES], "big") << 1
    pairs = _PAIRS  # written out: a loop over six shifts costs as much as a hash
    return (
        f"U-{pairs[bits >> 55]}{pairs[bits >> 45 & 1023]}{pairs[bits >> 35 & 1023]}"
        f"{pairs[bits >> 25 & 1023]}{pairs[bits >> 15 & 1023]}{pairs[bits >> 5 & 1023]}{_LETTERS[bits & 31]}"
    )


def find_youth(connection: Connection, handle: str) -> int | None:
    """Return the id of the youth with a handle, ``None`` when there is none."""
    first = _first_bytes(handle)
    found: Sequence[tuple[int]] = ()
    if first is not None:
        within = (first + bytes(_REST), first + b"\xff" * _REST, handle)
        found = rows(connection, _PRESENT, within) or rows(connection, _EARLIER, within)
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
