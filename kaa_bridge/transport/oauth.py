"""OAuth 2.0 client credentials (RFC 6749 4.4): one token, fetched anew before it expires and once after a 401."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Mapping
from typing import Any, Literal
from urllib.parse import quote_plus, urlencode

from kaa_bridge.transport.http import BasicAuth, HttpClient, HttpResponse, expect_ok
from kaa_bridge.transport.problems import problem

_EARLY = 60.0
"""Seconds before its end at which a token is no longer used (at most half its life)."""
_DEFAULT_LIFE = 300.0
"""Seconds a token is used when the service does not say how long it lives."""
_FORM = "application/x-www-form-urlencoded"


class ClientCredentials:
    """Tokens for a client; give it to ``HttpClient(auth=…)`` of the service that takes them."""

    def __init__(
        self,
        http: HttpClient,
        token_url: str,
        *,
        client_id: str,
        client_secret: str,
        scope: str | None = None,
        style: Literal["basic", "body"] = "basic",
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """Remember how tokens are fetched; none is fetched yet.

        Args:
            http: client of the token service, without ``auth``; closed by whoever made it.
            token_url: the token endpoint, relative to that client's base address or absolute.
            scope: the scopes asked for, separated by spaces.
            style: whether id and secret go in an ``Authorization`` header or in the body.
        """
        self._http, self._url, self._clock = http, token_url, clock
        fields = {"grant_type": "client_credentials"}
        if scope:
            fields["scope"] = scope
        self._headers = {"Content-Type": _FORM, "Accept": "application/json"}
        if style == "basic":
            self._headers.update(BasicAuth(quote_plus(client_id), quote_plus(client_secret)).headers())
        else:
            fields.update({"client_id": client_id, "client_secret": client_secret})
        self._body = urlencode(fields).encode("ascii")
        self._token = ""
        self._until = 0.0
        self._lock = threading.Lock()

    def headers(self) -> Mapping[str, str]:
        """Return the ``Authorization`` field, with a token fetched anew when the old one is about to expire.

        Raises:
            ConfigurationInvalid: ``token_refused``.
            Unreachable: ``token_unusable``, or the token service did not answer.
        """
        with self._lock:
            if self._clock() >= self._until:
                self._fetch()
            return {"Authorization": f"Bearer {self._token}"}

    def refused(self) -> bool:
        """Drop the token after a 401; the next call fetches another, so trying once more may help."""
        with self._lock:
            self._token, self._until = "", 0.0
        return True

    def _fetch(self) -> None:
        answer = self._http.read_post(self._url, body=self._body, headers=self._headers)
        if answer.status in (400, 401, 403):
            raise problem("token_refused", self._http.system, host=answer.host, why=f"status {answer.status}")
        self._token, life = _token(expect_ok(answer, self._http.system))
        self._until = self._clock() + life - min(_EARLY, life / 2)


def _token(answer: HttpResponse) -> tuple[str, float]:
    """Return the token and its life in seconds."""
    value: Any = answer.json()
    if not isinstance(value, dict):
        raise problem("token_unusable", answer.system, host=answer.host, why="it is not an object")
    token, kind, life = value.get("access_token"), value.get("token_type", ""), value.get("expires_in", _DEFAULT_LIFE)
    if not isinstance(token, str) or not token.isascii() or not token.isprintable() or not token or " " in token:
        raise problem("token_unusable", answer.system, host=answer.host, why="there is no access_token")
    if not isinstance(kind, str) or kind.lower() != "bearer":
        raise problem("token_unusable", answer.system, host=answer.host, why="it is not a bearer token")
    if isinstance(life, bool) or not isinstance(life, (int, float)) or life <= 0:
        raise problem("token_unusable", answer.system, host=answer.host, why="expires_in")
    return token, float(life)
