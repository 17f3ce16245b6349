"""The HTTP client of every adapter and journal: bounded, verified, without redirects, proxies, cookies or netrc.

Reads go through requests on our own connections and are retried by an explicit list; a send happens once.
"""

from __future__ import annotations

import re
import ssl
import time
from collections.abc import Callable, Mapping, Sequence
from functools import cached_property, lru_cache
from http.client import HTTPException
from pathlib import Path
from types import TracebackType
from typing import Any, Self
from urllib.parse import urlencode

import requests
import urllib3
from pydantic import ValidationError
from urllib3.exceptions import HTTPError

from kaa_bridge.errors import KaaError, Unreachable
from kaa_bridge.transport.address import AddressBook, Origin
from kaa_bridge.transport.auth import Auth, BasicAuth
from kaa_bridge.transport.body import read_body
from kaa_bridge.transport.budget import CURRENT, Budget
from kaa_bridge.transport.pool import Adapter
from kaa_bridge.transport.problems import in_doubt, not_sent, problem
from kaa_bridge.transport.response import REDIRECTS, Headers, HttpResponse, expect_ok
from kaa_bridge.transport.retry import read_with_retries
from kaa_bridge.transport.settings import ClientCertificate, HttpSettings
from kaa_bridge.transport.tls import make_context
from kaa_bridge.transport.wire import Connection, failure

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
_VALUE = re.compile(r"[\x21-\x7e\xa0-\xff]([\x20-\x7e\xa0-\xff\t]*[\x21-\x7e\xa0-\xff])?")
_OWN = frozenset(
    {
        "accept-encoding",
        "connection",
        "content-length",
        "cookie",
        "expect",
        "host",
        "te",
        "transfer-encoding",
        "upgrade",
    }
)
Params = Mapping[str, str | Sequence[str]]
"""Query parameters; a sequence repeats the name."""


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
            auth: credentials for the base address's own origin.
            sleep: how to wait between attempts of a read.

        Raises:
            ConfigurationInvalid: ``address_invalid``, ``plain_http``, ``settings_invalid``, ``tls_files``.
        """
        self.settings = settings or _settings(fields, system)
        self.system = system
        self.auth = auth
        self._sleep = sleep
        self._book = AddressBook(self.settings, system)
        self._base_dir = Path(base_dir)
        if self._book.home.scheme == "https" or self.settings.ca_bundle or self.settings.client_certificate:
            _ = self._context  # what is wrong with it is said now, not at the first call
        self._adapter = Adapter(self._connection, self._book)
        packing = "gzip" if self.settings.accept_gzip else "identity"
        self._standard = {"User-Agent": "kaa-bridge", "Accept": "*/*", "Accept-Encoding": packing}

    def absolute(self, url: str) -> str:
        """Return the absolute address that a call to ``url`` goes to; ``ConfigurationInvalid`` when not allowed."""
        return self._book.resolve(url)[0]

    def get(self, url: str, *, headers: Mapping[str, str] | None = None, params: Params | None = None) -> HttpResponse:
        """Read; retried by list, ``Retry-After`` honoured within ``total_seconds``.

        Args:
            url: absolute at an allowed host, or below the base address; never with a person in it.
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
        budget = self._budget(time.monotonic() + self.settings.total_seconds)

        def attempt() -> HttpResponse:
            """Make one attempt; the end of an idle connection does not count as one."""
            request = self._prepared(method, absolute, self._fields(headers, origin), params, body)
            budget.fresh = False
            try:
                return self._exchange(request, origin, budget)
            except Unreachable as error:
                if error.code != "reset" or budget.fresh:
                    raise
            self._adapter.close()
            return self._exchange(request, origin, budget)

        def read() -> HttpResponse:
            return read_with_retries(attempt, self.settings.attempts, budget.deadline, self._sleep)

        answer = read()
        if answer.status == 401 and self._refused(origin):
            answer = read()
        return answer

    def _prepared(
        self, method: str, url: str, fields: Mapping[str, str], params: Params | None, body: bytes | None
    ) -> requests.PreparedRequest:
        """Return the request with what ours have; no cookies, hooks or user of an address."""
        request = requests.PreparedRequest()
        try:
            request.prepare_method(method)
            request.url = _with_query(_quoted(url), params)
            request.prepare_headers(fields)
            request.prepare_body(body, None)
        except (requests.RequestException, ValueError):
            raise problem("header_invalid", self.system, why="the request cannot be made") from None
        return request

    def _exchange(self, request: requests.PreparedRequest, origin: Origin, budget: Budget) -> HttpResponse:
        token = CURRENT.set(budget)
        try:
            with self._adapter.send(request, stream=True, timeout=budget.total, proxies={}) as response:
                if response.status_code in REDIRECTS:
                    raise problem("redirected", self.system, host=str(origin), status=response.status_code)
                return self._whole(response.raw, origin)
        except (requests.RequestException, HTTPError, HTTPException, OSError) as error:
            raise failure(error, origin, self.system) from None
        finally:
            CURRENT.reset(token)

    def _whole(self, raw: urllib3.BaseHTTPResponse, origin: Origin) -> HttpResponse:
        settings = self.settings
        body = read_body(raw, origin, settings.max_bytes, unframed=settings.accept_unframed, system=self.system)
        raw.release_conn()
        headers = Headers({name: raw.headers[name] for name in raw.headers})
        return HttpResponse(raw.status, headers, body, str(origin), self.system)

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
        sending = _Sending(self.system, deadline)
        until = time.monotonic() + self.settings.total_seconds
        token = CURRENT.set(self._budget(min(until, deadline)))
        try:
            absolute, origin = self._book.resolve(url)
            sending.host = str(origin)
            sending.check_time()
            fields = {**self._fields(headers, origin), "Connection": "close"}
            target = self._prepared(method, absolute, fields, None, None).path_url
            sending.connection = self._connection(origin)
            sending.connection.connect()
            CURRENT.set(self._budget(until))
            sending.connection.request_once(method, target, body, fields, begin_by=deadline)
            answer = self._whole(sending.connection.getresponse(), origin)
        except KaaError as error:
            raise sending.verdict(error) from None
        except (HTTPError, HTTPException, OSError) as error:
            raise sending.verdict(failure(error, origin, self.system)) from None
        except Exception:
            raise sending.verdict(problem("send_interrupted", self.system, host=sending.host)) from None
        finally:
            CURRENT.reset(token)
            sending.close()
        if answer.status == 401:
            self._refused(origin)
        return answer

    def _budget(self, deadline: float) -> Budget:
        settings = self.settings
        return Budget(
            deadline, settings.total_seconds, settings.connect_seconds, settings.idle_seconds, settings.max_bytes
        )

    def _refused(self, origin: Origin) -> bool:
        return self.auth is not None and origin == self._book.home and self.auth.refused()

    def _fields(self, headers: Mapping[str, str] | None, origin: Origin) -> dict[str, str]:
        """Return the header fields of a call: the standard ones, credentials, and the caller's own."""
        fields = dict(self._standard)
        if self.auth is not None and origin == self._book.home:
            fields.update(self.auth.headers())
        given = {name.lower() for name in headers or {}}
        fields = {name: value for name, value in fields.items() if name.lower() not in given}
        for name, value in (headers or {}).items():
            if not _TOKEN.fullmatch(name) or name.lower() in _OWN or not _VALUE.fullmatch(value):
                raise problem("header_invalid", self.system, why="a header")
            fields[name] = value
        return fields

    @cached_property
    def _context(self) -> ssl.SSLContext:
        """The client's TLS context; a client of plain loopback never reads the machine's authorities."""
        return make_context(self.settings, self._base_dir, self.system)

    def _connection(self, origin: Origin) -> Connection:
        context = self._context if origin.scheme == "https" else None
        return Connection(origin, context, self.system)

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


class _Sending:
    """Whether a send has begun, and so what a failure means."""

    def __init__(self, system: str | None, deadline: float) -> None:
        self.system, self.deadline = system, deadline
        self.host = "the journal"
        self.connection: Connection | None = None

    def check_time(self) -> None:
        """Raise when the first byte may no longer be written."""
        if time.monotonic() >= self.deadline:
            raise problem("deadline_passed", self.system, host=self.host)

    def verdict(self, cause: KaaError) -> KaaError:
        """Return what the cause means for the note."""
        begun = self.connection is not None and self.connection.has_begun
        return in_doubt(cause) if begun else not_sent(cause)

    def close(self) -> None:
        """Close the connection, if there is one."""
        if self.connection is not None:
            self.connection.abandon()


@lru_cache(maxsize=64)
def _quoted(url: str) -> str:
    """Return an address as requests writes it; each page of a list asks for the same one."""
    request = requests.PreparedRequest()
    request.prepare_url(url, None)
    return request.url or url


def _with_query(url: str, params: Params | None) -> str:
    query = urlencode(params, doseq=True) if params else ""
    return f"{url}{'&' if '?' in url else '?'}{query}" if query else url


def _wrong(setting: str, kind: str) -> str:
    return f"there is no setting {setting}" if kind == "extra_forbidden" else f"{setting} has no usable value"


def _settings(fields: dict[str, Any], system: str | None) -> HttpSettings:
    try:
        return HttpSettings.model_validate(fields)
    except ValidationError as error:
        found = error.errors(include_input=False, include_context=False, include_url=False)
        where = "; ".join(sorted({_wrong(".".join(str(part) for part in one["loc"]), one["type"]) for one in found}))
        raise problem("settings_invalid", system, where=where) from None
