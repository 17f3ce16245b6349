"""Seals: a keyed digest of a report's head and of each row, so that a file that comes back is known again."""

from __future__ import annotations

import hashlib
import hmac
from base64 import b32encode
from collections.abc import Sequence


def seal(key: bytes, *parts: str) -> str:
    """Return a keyed digest of texts as 16 letters and digits; every part counts with its length."""
    message = b"".join(len(part.encode()).to_bytes(4, "big") + part.encode() for part in parts)
    return b32encode(hmac.digest(key, message, hashlib.sha256)[:10]).decode("ascii")


def reference(key: bytes, head: Sequence[str]) -> str:
    """Return the report's own reference, ``JMF-`` and 16 letters and digits."""
    return "JMF-" + seal(key, "reconcile", *head)


class ContentSeal:
    """The seal of many codes together, whatever their order: a file from which a row was taken away has another.

    A multiset hash by addition (Clarke and others, ASIACRYPT 2003): the sum of the codes' keyed digests, and how many
    there are. So neither side holds all codes, and a file may be sorted.
    """

    def __init__(self, key: bytes, name: str) -> None:
        """Begin without codes, for the report of that reference."""
        self._key = key
        self._name = name
        self._sum = 0
        self._count = 0

    def add(self, code: str) -> None:
        """Count a code in."""
        message = f"content {self._name} {code}".encode()
        self._sum += int.from_bytes(hmac.digest(self._key, message, hashlib.sha256))
        self._count += 1

    def value(self) -> str:
        """Return the seal of what was counted in so far."""
        return seal(self._key, "content", self._name, str(self._count), f"{self._sum % 2**256:x}")
