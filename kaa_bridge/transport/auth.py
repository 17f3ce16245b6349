"""Credentials that go with a call; ``oauth`` has the other kind."""

from __future__ import annotations

import base64
from collections.abc import Mapping
from typing import Protocol


class Auth(Protocol):
    """What adds credentials to a call to the base address's own origin, and to no other."""

    def headers(self) -> Mapping[str, str]:
        """Return the header fields to add."""
        ...

    def refused(self) -> bool:
        """Take note of a 401; return true when new credentials may help, so that a read is tried once more."""
        ...


class BasicAuth:
    """HTTP basic authentication (RFC 7617), UTF-8."""

    def __init__(self, username: str, password: str) -> None:
        """Make the header once; neither part is kept."""
        token = base64.b64encode(f"{username}:{password}".encode()).decode("ascii")
        self._headers = {"Authorization": f"Basic {token}"}

    def headers(self) -> Mapping[str, str]:
        """Return the ``Authorization`` field."""
        return self._headers

    def refused(self) -> bool:
        """Return false: the same credentials would be refused again."""
        return False
