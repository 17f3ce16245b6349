"""A simulated IST: SS 12000 2.0 or 2.1 over HTTP on loopback, exact where the standard is, in three dialects.

It renders a population (``kaa_bridge.testing.population``) and misbehaves as ``IstFaults`` says. What it answers is
validated against the official documents in the tests.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, date, datetime
from threading import Event
from typing import Literal, Self
from urllib.parse import parse_qs

from kaa_bridge.testing.population.model import Person, Population
from kaa_bridge.testing.simulators.ist_answers import Answer, Answers, error, written
from kaa_bridge.testing.simulators.ist_bulk import BulkPages
from kaa_bridge.testing.simulators.ist_faults import ErrorShape, IstFaults
from kaa_bridge.testing.simulators.ist_register import IstRegister
from kaa_bridge.testing.simulators.ist_render import Object, Style, identifier
from kaa_bridge.testing.simulators.ist_server import Exchange, LoopbackServer, path_and_query
from kaa_bridge.testing.simulators.ist_tokens import TokenDesk

__all__ = ["ErrorShape", "Exchange", "IstFaults", "IstSimulator", "person_id"]

Dialect = Literal["standard", "edlevo", "educloud"]
CUSTOMER = "SE00100"
"""Customer id in the base path of the EduCloud dialect."""
_BASE = {
    "standard": "/v2.0",
    "edlevo": "/WE.Education.IntegrationPortal.ExternalApi/api/v1",
    "educloud": f"/ss12000v2-api/source/{CUSTOMER}/v2.0",
}
_TOKEN = {"edlevo": "/WE.Education.IdentityServer.Web/connect/token"}
LOGIN_PAGE = b"<!DOCTYPE html><html><head><title>Logga in</title></head><body><form>...</form></body></html>"


def person_id(person: Person) -> str:
    """Return the transfer id under which the register holds the person."""
    return identifier("person", person.ref)


class IstSimulator:
    """The server; use it as a context manager.

    Attributes:
        faults: knobs, see ``IstFaults``.
        register: what it holds.
    """

    def __init__(
        self,
        population: Population,
        *,
        version: Literal["2.0", "2.1"] = "2.1",
        dialect: Dialect = "standard",
        page_limit: int = 1000,
        token_life: float = 3600.0,
        client_id: str = "kaa-bridge",
        client_secret: str = "hemligt",  # noqa: S107 - a simulated one
        new_codes: bool = False,
        bulk: Iterable[Person] | None = None,
    ) -> None:
        """Prepare; nothing listens before the ``with`` block.

        Args:
            population: whom the register holds.
            version: the published version it follows.
            dialect: whose deviations it shows.
            page_limit: at most so many items a page, whatever ``limit`` asks for.
            token_life: seconds for which a bearer token counts.
            client_id: the only client that is let in; ``client_secret`` its secret.
            new_codes: write school type codes that are newer than both versions (``GYAN``) as they are.
            bulk: persons to render beforehand and serve fast instead of those of the population, without filters.
        """
        style = Style(version, dialect, new_codes)
        self.population, self.dialect, self.faults = population, dialect, IstFaults()
        self.client_id, self.client_secret = client_id, client_secret
        self.register = IstRegister(population, style)
        self.tokens = TokenDesk(client_id, client_secret, token_life)
        self._answers = Answers(self.register, self.faults, page_limit=page_limit)
        self._pages = BulkPages(bulk, style, population.as_of, page_size=page_limit) if bulk is not None else None
        if self._pages:
            self.register.add_places(self._pages.units.values(), population.as_of)
            self.register.add_places(self._pages.paths.values(), population.as_of)
        self._closing = Event()
        self._server = LoopbackServer(self._respond, keep_answers=bulk is None)

    def __enter__(self) -> Self:
        """Start to answer."""
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        """Stop."""
        self.close()

    def start(self) -> None:
        """Answer in a background thread."""
        self._server.start()

    def close(self) -> None:
        """Stop to listen; a client that asks now finds nobody."""
        self._closing.set()
        self._server.close()
        if self._pages:
            self._pages.close()

    @property
    def root(self) -> str:
        """``http://127.0.0.1:port``."""
        return f"http://127.0.0.1:{self._server.port}"

    @property
    def url(self) -> str:
        """The base address that a supplier would state."""
        return self.root + _BASE[self.dialect]

    @property
    def token_url(self) -> str:
        """Where tokens are handed out."""
        return self.root + _TOKEN.get(self.dialect, "/connect/token")

    @property
    def exchanges(self) -> tuple[Exchange, ...]:
        """Every request so far, oldest first, each with its answer."""
        return self._server.exchanges

    @property
    def requests(self) -> tuple[Exchange, ...]:
        """The same as ``exchanges``, under the name that the other simulators use."""
        return self.exchanges

    def connection(self) -> dict[str, object]:
        """Return the ``connection`` table that lets the ``ist`` adapter in."""
        return {
            "url": self.url,
            "dialect": self.dialect,
            "token_url": self.token_url,
            "client_id": self.client_id,
            "client_secret": self.client_secret,
        }

    def update(self, population: Population, *, now: datetime | None = None) -> None:
        """Show a later population: what differs has been modified now, what is gone deleted now."""
        self.population = population
        self.register.replace(population, now or datetime.now(UTC))

    def update_bulk(self, people: Iterable[Person], as_of: date, *, page_size: int = 1000) -> None:
        """Serve other persons from now on, rendered beforehand."""
        old, style = self._pages, self.register.style
        self._pages = BulkPages(people, style, as_of, page_size=page_size)
        if old:
            old.close()

    def forget_pages(self) -> None:
        """Let no page token that has been given out count any longer."""
        self._answers.forget()

    def persons(self) -> list[Object]:
        """Return everybody in the register as it would be shown."""
        return list(self.register.collections["persons"])

    def _respond(self, request: Exchange) -> Answer | None:
        path, query = path_and_query(request)
        if self.faults.slow_seconds:
            self._closing.wait(self.faults.slow_seconds)
        if self.faults.down or self._closing.is_set():
            return None
        if self.root + path == self.token_url and request.method == "POST":
            return self.tokens.issue(request.body, request.headers, refuse=self.faults.wrong_secret)
        return self._disturbed(request) or self._admitted(request, path, query)

    def _disturbed(self, request: Exchange) -> Answer | None:
        faults = self.faults
        if faults.html:
            return Answer(body=LOGIN_PAGE, content_type="text/html; charset=utf-8")
        if faults.redirect is not None:
            return Answer(status=302, headers={"Location": faults.redirect + request.path})
        if faults.not_ss12000:
            return Answer(body=written({"organisations": [], "persons": []}))
        if faults.too_many_requests:
            faults.too_many_requests -= 1
            return error(faults, 429, "too_many_requests", {"Retry-After": str(faults.retry_after)})
        if faults.unavailable:
            faults.unavailable -= 1
            return error(faults, 503, "unavailable")
        if faults.too_large:
            return error(faults, 413, "too_large")
        return error(faults, 403, "forbidden") if faults.forbidden else None

    def _admitted(self, request: Exchange, path: str, query: str) -> Answer:
        expire = self.faults.expire_after
        if expire is not None and self._answers.person_pages >= expire:
            self.faults.expire_after = None
            self.tokens.revoke_all()
        if not self.tokens.admits(request.headers):
            return error(self.faults, 401, "invalid_token", {"WWW-Authenticate": "Bearer"})
        base = _BASE[self.dialect]
        if not path.startswith(base + "/"):
            return error(self.faults, 404, "not_found")
        if self._pages and request.method == "GET" and path == f"{base}/persons":
            return self._bulk_page(query)
        return self._answers.answer(request.method, path.removeprefix(base), query, request.body)

    def _bulk_page(self, query: str) -> Answer:
        assert self._pages
        body = self._pages.page(parse_qs(query).get("pageToken", [None])[0])
        self._answers.person_pages += 1
        return error(self.faults, 400, "unknown_token") if body is None else Answer(body=body)
