"""The HTTP client of every adapter and journal: bounded, verified, without redirects, proxies, cookies or netrc.

Reads go through requests on our own connections and are retried by an explicit list; a send happens once.
"""

from __future__ import annotations

import base64
import re
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import Any, Protocol, Self

import requests
import urllib3
from pydantic import ValidationError
from requests.adapters import HTTPAdapter
from urllib3.exceptions import HTTPError

from kaa_bridge.errors import KaaError, NoteNotSent
from kaa_bridge.transport.address import AddressBook, Origin
from kaa_bridge.transport.body import read_body
from kaa_bridge.transport.problems import in_doubt, not_sent, problem
from kaa_bridge.transport.response import Headers, HttpResponse, expect_ok
from kaa_bridge.transport.retry import read_with_retries
from kaa_bridge.transport.settings import ClientCertificate, HttpSettings
from kaa_bridge.transport.tls import make_context
from kaa_bridge.transport.wire import CURRENT, Budget, Connection

__all__ = [
    "Auth",
    "BasicAuth",
    "ClientCertificate",
    "Headers",
    "HttpClient",
    "HttpResponse",
    "HttpSettings",
    "expect_ok",
]

_TOKEN = re.compile(r"[A-Za-z0-9!#$%&'*+.^_`|~-]+")
_VALUE = re.compile(r"[\x20-\x7e\xa0-\xff\t]*")
_OWN = frozenset({"host", "content-length", "transfer-encoding", "connection", "cookie", "expect", "upgrade"})
Params = Mapping[str, str | Sequence[str]]


class Auth(Protocol):
    """What adds credentials to a call to the base address's own host, and to no other."""

    def headers(self) -> Mapping[str, str]:
        """Return the header fields to add."""
        ...

    def refused(self) -> bool:
        """Take note of a 401; return true when new credentials may help, so that the read is tried once more."""
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


class _Pool(urllib3.HTTPConnectionPool):
    """Keeps connections of one origin alive between reads."""

    def __init__(self, origin: Origin, make: Callable[..., Connection]) -> None:
        super().__init__(origin.host, origin.port, maxsize=4)
        self.ConnectionCls = make  # type: ignore[assignment]


class _Adapter(HTTPAdapter):
    """Lets requests use our connections, whatever it thinks of certificates and proxies."""

    def __init__(self, make: Callable[[Origin], _Pool], book: AddressBook) -> None:
        super().__init__(max_retries=0)
        self._make, self._book = make, book
        self._pools: dict[Origin, _Pool] = {}

    def get_connection_with_tls_context(self, request: Any, *_args: Any, **_kwargs: Any) -> Any:
        """Return the pool of the request's origin; the address is checked here once more."""
        _url, origin = self._book.resolve(request.url)
        if origin not in self._pools:
            self._pools[origin] = self._make(origin)
        return self._pools[origin]

    def cert_verify(self, *_args: Any, **_kwargs: Any) -> None:
        """Leave verification to the connection's own context."""

    def close(self) -> None:
        """Close every connection."""
        super().close()
        for pool in self._pools.values():
            pool.close()


class HttpClient:
    """Calls one system. Safe to use from several threads; close it, or use it in a ``with`` block."""

    def __init__(
        self,
        settings: HttpSettings | None = None,
        *,
        system: str | None = None,
        base_dir: str | Path = ".",
        auth: Auth | None = None,
        sleep: Callable[[float], None] = time.sleep,
        **fields: Any,
    ) -> None:
        """Take settings, or the same as keywords.

        Args:
            system: the system's configured name, for errors.
            base_dir: folder that relative certificate files start from.
            auth: credentials for the base address's own host.
            sleep: how to wait between attempts.

        Raises:
            ConfigurationInvalid: ``address_invalid``, ``plain_http``, ``tls_files``.
        """
        self.settings = settings or _settings(fields, system)
        self.system = system
        self.auth = auth
        self._sleep = sleep
        self._book = AddressBook(self.settings, system)
        self._context = make_context(self.settings, Path(base_dir), system)
        self._adapter = _Adapter(self._pool, self._book)
        self._standard = {
            "User-Agent": "kaa-bridge",
            "Accept": "*/*",
            "Accept-Encoding": "gzip" if self.settings.accept_gzip else "identity",
        }

    def absolute(self, url: str) -> str:
        """Return the absolute address that a call to ``url`` goes to; ``ConfigurationInvalid`` when not allowed."""
        return self._book.resolve(url)[0]

    def get(self, url: str, *, headers: Mapping[str, str] | None = None, params: Params | None = None) -> HttpResponse:
        """Read; retried by list, ``Retry-After`` honoured within ``total_seconds``.

        Args:
            url: relative to the base address, or absolute at an allowed host; never with a person in it.
            params: query parameters; never a person.

        Returns:
            The last whole answer, whatever its status except a redirect; pass it to ``expect_ok``.

        Raises:
            Unreachable: no whole answer came.
            ConfigurationInvalid: address, certificate or redirect.
        """
        return self._read("GET", url, None, headers, params)

    def read_post(
        self, url: str, *, body: bytes, headers: Mapping[str, str] | None = None, params: Params | None = None
    ) -> HttpResponse:
        """Make a POST that only reads (a query, a look-up, a token); as ``get``. Never for anything that writes."""
        return self._read("POST", url, body, headers, params)

    def _read(
        self, method: str, url: str, body: bytes | None, headers: Mapping[str, str] | None, params: Params | None
    ) -> HttpResponse:
        absolute, origin = self._book.resolve(url)
        budget = self._budget()
        answer = self._attempts(method, absolute, origin, body, headers, params, budget)
        if answer.status == 401 and self._credentialled(origin) and self.auth is not None and self.auth.refused():
            answer = self._attempts(method, absolute, origin, body, headers, params, budget)
        if 300 <= answer.status <= 399:
            expect_ok(answer, self.system)
        return answer

    def _attempts(
        self,
        method: str,
        url: str,
        origin: Origin,
        body: bytes | None,
        headers: Mapping[str, str] | None,
        params: Params | None,
        budget: Budget,
    ) -> HttpResponse:
        fields = self._fields(headers, origin)
        request = requests.Request(method, url, headers=fields, params=params, data=body).prepare()
        return read_with_retries(
            lambda: self._once(request, origin, budget), self.settings.attempts, budget, self._sleep
        )

    def _once(self, request: requests.PreparedRequest, origin: Origin, budget: Budget) -> HttpResponse:
        token = CURRENT.set(budget)
        try:
            with self._adapter.send(request, stream=True, timeout=budget.total, proxies={}) as response:
                return self._whole(response.raw, origin)
        except (requests.RequestException, HTTPError, OSError):
            raise problem("reset", self.system, host=str(origin)) from None
        finally:
            CURRENT.reset(token)

    def _whole(self, raw: urllib3.BaseHTTPResponse, origin: Origin) -> HttpResponse:
        settings = self.settings
        host, limit = str(origin), settings.max_bytes
        body = read_body(raw, host, limit, unframed=settings.accept_unframed, system=self.system)
        raw.release_conn()
        return HttpResponse(raw.status, Headers(raw.headers), body, host, self.system)

    def send_once(
        self,
        method: str,
        url: str,
        *,
        body: bytes,
        headers: Mapping[str, str] | None = None,
        deadline: float,
    ) -> HttpResponse:
        """Write: one fresh connection, one request, no retry, no redirect.

        Args:
            deadline: ``time.monotonic()`` value after which the first byte may no longer be written.

        Returns:
            The whole answer, whatever its status.

        Raises:
            NoteNotSent: no byte of the request was written.
            NoteInDoubt: a byte was written and no whole answer came.
        """
        begun = False

        def begin() -> None:
            nonlocal begun
            if time.monotonic() >= deadline:
                raise problem("deadline_passed", self.system, host=host)
            begun = True

        host = "the journal"
        token = CURRENT.set(self._budget(deadline))
        connection: Connection | None = None
        try:
            absolute, origin = self._book.resolve(url)
            host = str(origin)
            fields = {**self._fields(headers, origin), "Connection": "close"}
            target = requests.Request(method, absolute, headers=fields).prepare().path_url
            connection = self._connection(origin)
            connection.connect()
            CURRENT.set(self._budget())
            connection.before_first_byte = begin
            connection.request(method, target, body, fields, preload_content=False)
            return self._whole(connection.getresponse(), origin)
        except KaaError as error:
            raise (in_doubt(error) if begun else _not_sent(error)) from None
        except Exception:
            cause = problem("send_interrupted", self.system, host=host)
            raise (in_doubt(cause) if begun else _not_sent(cause)) from None
        finally:
            CURRENT.reset(token)
            if connection is not None:
                connection.close()

    def _budget(self, deadline: float | None = None) -> Budget:
        settings = self.settings
        until = time.monotonic() + settings.total_seconds
        return Budget(
            min(until, deadline) if deadline is not None else until,
            settings.total_seconds,
            settings.connect_seconds,
            settings.idle_seconds,
            settings.max_bytes,
        )

    def _credentialled(self, origin: Origin) -> bool:
        return origin == self._book.home

    def _fields(self, headers: Mapping[str, str] | None, origin: Origin) -> dict[str, str]:
        fields = dict(self._standard)
        if self.auth is not None and self._credentialled(origin):
            fields.update(self.auth.headers())
        for name, value in (headers or {}).items():
            if not _TOKEN.fullmatch(name) or name.lower() in _OWN or not _VALUE.fullmatch(value):
                raise problem("header_invalid", self.system, why="a header")
            fields[name] = value
        return fields

    def _connection(self, origin: Origin) -> Connection:
        connection = Connection(origin, self._context, self.system)
        connection.auto_open = 0
        return connection

    def _pool(self, origin: Origin) -> _Pool:
        return _Pool(origin, lambda **_kwargs: Connection(origin, self._context, self.system))

    def close(self) -> None:
        """Close every connection."""
        self._adapter.close()

    def __enter__(self) -> Self:
        """Return the client."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Close the client."""
        self.close()


def _not_sent(error: KaaError) -> NoteNotSent:
    return not_sent(error)


def _settings(fields: dict[str, Any], system: str | None) -> HttpSettings:
    try:
        return HttpSettings.model_validate(fields)
    except ValidationError as error:
        where = ", ".join(sorted({".".join(str(part) for part in item["loc"]) for item in error.errors()}))
        raise problem("address_invalid", system, why=f"settings: {where}") from None
