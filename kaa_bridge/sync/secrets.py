"""Keyed hashes of one municipality: pseudonyms, record keys and handles that nobody without the key can reverse."""

from __future__ import annotations

from hashlib import blake2b

_SIZE = 16
_LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"
_PAIRS = [one + other for one in _LETTERS for other in _LETTERS]


class Pseudonyms:
    """Makes the keyed hashes of one municipality from its 32-byte key."""

    def __init__(self, key: bytes) -> None:
        """Key the hashes once: each value then costs no key block."""
        self._number = blake2b(digest_size=_SIZE, key=key, person=b"kaa-number")
        self._record = blake2b(digest_size=_SIZE, key=key, person=b"kaa-record")
        self._handle = blake2b(digest_size=8, key=key, person=b"kaa-handle")

    def of_number(self, number: str) -> bytes:
        """Return the pseudonym of a canonical person number."""
        keyed = self._number.copy()
        keyed.update(number.encode())
        return keyed.digest()

    def of_key(self, source: str, key: str) -> bytes:
        """Return the keyed hash of a record's key at its source."""
        keyed = self._record.copy()
        keyed.update(f"{source}\x1f{key}".encode())
        return keyed.digest()

    def handle(self, pseudonym: bytes) -> str:
        """Return the opaque handle that people and logs see, such as ``U-7QK2M4XAB3CDE``: 64 bits in base 32."""
        keyed = self._handle.copy()
        keyed.update(pseudonym)
        bits = int.from_bytes(keyed.digest(), "big") << 1
        pairs = _PAIRS  # written out: a loop over six shifts costs more than the hash
        return (
            f"U-{pairs[bits >> 55 & 1023]}{pairs[bits >> 45 & 1023]}{pairs[bits >> 35 & 1023]}"
            f"{pairs[bits >> 25 & 1023]}{pairs[bits >> 15 & 1023]}{pairs[bits >> 5 & 1023]}{_LETTERS[bits & 31]}"
        )
