"""The OAuth2 token endpoint of the simulated IST: client credentials in, short-lived bearer tokens out."""

from __future__ import annotations

import secrets
from base64 import b64decode
from collections.abc import Mapping
from threading import Lock
from time import monotonic
from urllib.parse import parse_qs, unquote_plus

from kaa_bridge.testing.simulators.base import Answer
from kaa_bridge.testing.simulators.ist_answers import JSON, written


class TokenDesk:
    """Hands out tokens and tells whether one still counts."""

    def __init__(self, client_id: str, client_secret: str, life_seconds: float) -> None:
        """Know one client; a token counts for ``life_seconds``."""
        self._client = (client_id, client_secret)
        self._life = life_seconds
        self._until: dict[str, float] = {}
        self._lock = Lock()
        self.issued = 0

    def issue(self, body: bytes, headers: Mapping[str, str], *, refuse: bool) -> Answer:
        """Answer a request for a token (RFC 6749 section 4.4), credentials in the body or in a basic header."""
        asked = {name: values[0] for name, values in parse_qs(body.decode("ascii", "replace")).items()}
        if asked.get("grant_type") != "client_credentials":
            return Answer(400, written({"error": "unsupported_grant_type"}), JSON)
        client = _basic(headers.get("Authorization", "")) or (asked.get("client_id"), asked.get("client_secret"))
        if refuse or client != self._client:
            return Answer(401, written({"error": "invalid_client"}), JSON)
        token = secrets.token_urlsafe(24)
        with self._lock:
            self._until[token] = monotonic() + self._life
            self.issued += 1
        answer = {"access_token": token, "token_type": "Bearer", "expires_in": int(self._life)}
        return Answer(200, written(answer), JSON, {"Cache-Control": "no-store"})

    def admits(self, headers: Mapping[str, str]) -> bool:
        """Tell whether the request carries a token that still counts."""
        kind, _, token = headers.get("Authorization", "").partition(" ")
        with self._lock:
            return kind == "Bearer" and self._until.get(token, 0.0) > monotonic()

    def revoke_all(self) -> None:
        """Let no token that has been handed out count any longer."""
        with self._lock:
            self._until.clear()


def _basic(header: str) -> tuple[str, str] | None:
    kind, _, told = header.partition(" ")
    if kind != "Basic":
        return None
    name, _, secret = b64decode(told).decode().partition(":")
    return unquote_plus(name), unquote_plus(secret)
