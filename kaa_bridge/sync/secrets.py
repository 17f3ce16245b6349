"""Keyed hashes of one municipality: pseudonyms, record keys and handles that nobody without the key can reverse."""

from __future__ import annotations

from base64 import b32encode
from dataclasses import dataclass, field
from hashlib import blake2b

_SIZE = 16


@dataclass(frozen=True, slots=True)
class Pseudonyms:
    """Makes the keyed hashes of one municipality from its 32-byte key."""

    key: bytes = field(repr=False)

    def of_number(self, number: str) -> bytes:
        """Return the pseudonym of a canonical person number."""
        return blake2b(number.encode(), digest_size=_SIZE, key=self.key, person=b"kaa-number").digest()

    def of_key(self, source: str, key: str) -> bytes:
        """Return the keyed hash of a record's key at its source."""
        return blake2b(f"{source}\x1f{key}".encode(), digest_size=_SIZE, key=self.key, person=b"kaa-record").digest()

    def handle(self, pseudonym: bytes) -> str:
        """Return the opaque handle that people and logs see, such as ``U-7QK2M4XAB3CDE``."""
        digest = blake2b(pseudonym, digest_size=8, key=self.key, person=b"kaa-handle").digest()
        return f"U-{b32encode(digest).decode().rstrip('=')}"
