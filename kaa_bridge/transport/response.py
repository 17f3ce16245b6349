"""An answer that was read to its end, and what its status means for the caller."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from kaa_bridge.contract.value import Value
from kaa_bridge.transport.problems import problem
from kaa_bridge.transport.strict_json import decode_json

REDIRECTS = frozenset({300, 301, 302, 303, 305, 307, 308})
"""Never followed; 304 answers a conditional read and is not among them."""


class Headers(Mapping[str, str]):
    """Header fields by name, case-insensitive; a repeated field's values are joined with ``, ``."""

    __slots__ = ("_items",)

    def __init__(self, items: Mapping[str, str]) -> None:
        """Keep the fields under lower-case names."""
        self._items = {name.lower(): value for name, value in items.items()}

    def __getitem__(self, name: str) -> str:
        """Return the field's value; ``KeyError`` when it is not there."""
        return self._items[name.lower()]

    def __iter__(self) -> Iterator[str]:
        """Yield the lower-case names."""
        return iter(self._items)

    def __len__(self) -> int:
        """Return the number of fields."""
        return len(self._items)

    def __repr__(self) -> str:
        """Show the names only."""
        return f"<Headers {', '.join(self._items)}>"


@dataclass(frozen=True, slots=True, repr=False, eq=False)
class HttpResponse(Value):
    """A whole answer: its end was proved and its body unpacked.

    Attributes:
        host: host and port that answered; safe in an error.
    """

    status: int
    headers: Headers
    body: bytes
    host: str = ""
    system: str | None = field(default=None)

    def json(self) -> Any:
        """Return the body as strict JSON; see ``strict_json.decode_json`` for what is refused."""
        return decode_json(self.body, self.host, self.system)

    def __repr__(self) -> str:
        """Show status and size only."""
        return f"<HttpResponse {self.status}, {len(self.body)} bytes>"


def expect_ok(response: HttpResponse, system: str | None = None) -> HttpResponse:
    """Return the answer when its status is 200-299.

    Raises:
        ConfigurationInvalid: ``credentials_refused`` (401), ``access_refused`` (403), ``redirected`` (3xx).
        Unreachable: ``busy`` (429, 503), ``not_found`` (404), ``server_error`` (5xx), ``request_refused`` (other 4xx),
            ``broken`` (anything else). Never a body, query or header value in the text.
    """
    status = response.status
    if 200 <= status <= 299:
        return response
    raise problem(_code(status), system or response.system, host=response.host, status=status)


_CODES = {401: "credentials_refused", 403: "access_refused", 404: "not_found", 429: "busy", 503: "busy"}


def _code(status: int) -> str:
    by_class = {3: "redirected", 4: "request_refused", 5: "server_error"}
    return _CODES.get(status) or by_class.get(status // 100, "broken")
