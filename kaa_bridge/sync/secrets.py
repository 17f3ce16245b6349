"""Keyed hashes of one municipality: pseudonyms and record keys that nobody without the key can reverse."""

from __future__ import annotations

from collections.abc import Callable
from hashlib import blake2b

_SIZE = 16


class Pseudonyms:
    """Makes the keyed hashes of one municipality from its 32-byte key."""

    def __init__(self, key: bytes) -> None:
        """Key the hashes once: each value then costs no key block."""
        self._number = blake2b(digest_size=_SIZE, key=key, person=b"kaa-number")
        self._record = blake2b(digest_size=_SIZE, key=key, person=b"kaa-record")

    def of_number(self, number: str) -> bytes:
        """Return the pseudonym of a canonical person number."""
        keyed = self._number.copy()
        keyed.update(number.encode())
        return keyed.digest()

    def keys_of(self, source: str) -> Callable[[str], bytes]:
        """Return what makes the keyed hash of a record's key at this source."""
        begun = self._record.copy()
        begun.update(f"{source}\x1f".encode())
        begin = begun.copy

        def of_key(key: str) -> bytes:
            keyed = begin()
            keyed.update(key.encode())
            return keyed.digest()

        return of_key
