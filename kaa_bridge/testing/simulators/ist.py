"""A simulated IST: SS 12000 2.0 or 2.1 over HTTP on loopback, exact where the standard is, in three dialects.

It renders a population (``kaa_bridge.testing.population``) and misbehaves as ``Fault`` and
``IstKnobs`` say. What it answers is
validated against the official documents in the tests.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Literal
from urllib.parse import urlsplit

from kaa_bridge.testing.population.model import Person, Population
from kaa_bridge.testing.simulators.base import Answer, SeenRequest, SourceSimulator
from kaa_bridge.testing.simulators.ist_answers import JSON, Answers, error, written
from kaa_bridge.testing.simulators.ist_bulk import BulkPages
from kaa_bridge.testing.simulators.ist_knobs import ErrorShape, IstKnobs
from kaa_bridge.testing.simulators.ist_register import IstRegister
from kaa_bridge.testing.simulators.ist_render import Object, Style, identifier
from kaa_bridge.testing.simulators.ist_tokens import TokenDesk

__all__ = ["ErrorShape", "Exchange", "IstKnobs", "IstSimulator", "person_id"]

Dialect = Literal["standard", "edlevo", "educloud"]
CUSTOMER = "SE00100"
"""Customer id in the base path of the EduCloud dialect."""
_BASE = {
    "standard": "/v2.0",
    "edlevo": "/WE.Education.IntegrationPortal.ExternalApi/api/v1",
    "educloud": f"/ss12000v2-api/source/{CUSTOMER}/v2.0",
}
_TOKEN = {"edlevo": "/WE.Education.IdentityServer.Web/connect/token"}


def person_id(person: Person) -> str:
    """Return the transfer id under which the register holds the person."""
    return identifier("person", person.ref)


@dataclass(frozen=True, slots=True)
class Exchange:
    """A request exactly as it came and what was answered; status 0 is a connection that was hung up."""

    request: SeenRequest
    answer: Answer

    @property
    def method(self) -> str:
        """The request's method."""
        return self.request.method

    @property
    def path(self) -> str:
        """The request's path and query."""
        return self.request.target

    @property
    def headers(self) -> Mapping[str, str]:
        """The request's header fields."""
        return self.request.headers

    @property
    def body(self) -> bytes:
        """The request's body."""
        return self.request.body


class IstSimulator(SourceSimulator):
    """The server; use it as a context manager. Faults of every source are added to ``faults``.

    Attributes:
        knobs: further ways to misbehave, see ``IstKnobs``.
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
        super().__init__()
        style = Style(version, dialect, new_codes)
        self.population, self.dialect, self.knobs = population, dialect, IstKnobs()
        self.client_id, self.client_secret = client_id, client_secret
        self.register = IstRegister(population, style)
        self.tokens = TokenDesk(client_id, client_secret, token_life)
        self._answers = Answers(self.register, self.knobs, self.fault, page_limit=page_limit)
        self._pages = BulkPages(bulk, style, population.as_of, page_size=page_limit) if bulk is not None else None
        if self._pages:
            self.register.add_places(self._pages.units.values(), population.as_of)
            self.register.add_places(self._pages.paths.values(), population.as_of)
        self._keep = bulk is None
        self._exchanges: list[Exchange] = []

    def close(self) -> None:
        """Stop to listen; a client that asks now finds nobody."""
        super().close()
        if self._pages:
            self._pages.close()

    @property
    def root(self) -> str:
        """``http://127.0.0.1:port``."""
        return super().url

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
        """Every request so far, oldest first, each with its answer; none are kept where pages are rendered before."""
        return tuple(self._exchanges)

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

    def respond(self, request: SeenRequest) -> Answer:
        """Answer a request and record both."""
        answer = super().respond(request)
        if self._keep:
            self._exchanges.append(Exchange(request, Answer(0) if answer.drop else answer))
        return answer

    def answer(self, request: SeenRequest) -> Answer:
        """Answer a request that no shared fault has struck."""
        if self.root + request.path == self.token_url and request.method == "POST":
            return self.tokens.issue(request.body, request.headers, refuse=self.knobs.wrong_secret)
        return self._disturbed() or self._admitted(request)

    def _disturbed(self) -> Answer | None:
        knobs = self.knobs
        if knobs.not_ss12000:
            return Answer(200, written({"organisations": [], "persons": []}), JSON)
        if knobs.too_many_requests:
            knobs.too_many_requests -= 1
            return error(knobs, 429, "too_many_requests", {"Retry-After": str(knobs.retry_after)})
        if knobs.too_large:
            return error(knobs, 413, "too_large")
        return error(knobs, 403, "forbidden") if knobs.forbidden else None

    def _admitted(self, request: SeenRequest) -> Answer:
        expire = self.knobs.expire_after
        if expire is not None and self._answers.person_pages >= expire:
            self.knobs.expire_after = None
            self.tokens.revoke_all()
        if not self.tokens.admits(request.headers):
            return error(self.knobs, 401, "invalid_token", {"WWW-Authenticate": "Bearer"})
        base = _BASE[self.dialect]
        if not request.path.startswith(base + "/"):
            return error(self.knobs, 404, "not_found")
        if self._pages and request.method == "GET" and request.path == f"{base}/persons":
            return self._bulk_page(request.query.get("pageToken"))
        query = urlsplit(request.target).query
        return self._answers.answer(request.method, request.path.removeprefix(base), query, request.body)

    def _bulk_page(self, token: str | None) -> Answer:
        assert self._pages
        body = self._pages.page(token)
        self._answers.person_pages += 1
        return error(self.knobs, 400, "unknown_token") if body is None else Answer(200, body, JSON)
