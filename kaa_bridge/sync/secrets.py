"""Keyed hashes of one municipality: pseudonyms and record keys that nobody without the key can reverse."""

from __future__ import annotations

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

    def of_key(self, source: str, key: str) -> bytes:
        """Return the keyed hash of a record's key at its source."""
        keyed = self._record.copy()
        keyed.update(f"{source}\x1f{key}".encode())
        return keyed.digest()
