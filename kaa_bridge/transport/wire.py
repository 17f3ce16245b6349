"""One connection: opened, written and read under a budget of time and bytes that no slow or endless peer can stretch.

Reads go through requests and urllib3 on this connection class, a send uses it directly. Every time-out is counted with
the monotonic clock; before each system call it is looked at anew what is left of the budget.
"""

from __future__ import annotations

import contextlib
import http.client
import io
import ipaddress
import math
import socket
import ssl
import threading
import time
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

import urllib3.connection
import urllib3.exceptions
import urllib3.response

from kaa_bridge.errors import KaaError
from kaa_bridge.transport.address import Origin
from kaa_bridge.transport.budget import CURRENT, late, patience
from kaa_bridge.transport.problems import problem
from kaa_bridge.transport.tls import explain
from kaa_bridge.transport.writing import Writing

if TYPE_CHECKING:
    from _typeshed import WriteableBuffer

_BUFFER = 64 * 1024
_HEAD = 1024 * 1024


def failure(error: BaseException, origin: Origin, system: str | None) -> KaaError:
    """Return the coded error for what http.client, urllib3 or requests raised while a request was made or read."""
    host = str(origin)
    for cause in _causes(error, 8):
        if isinstance(cause, http.client.IncompleteRead | urllib3.exceptions.IncompleteRead):
            return problem("truncated", system, host=host)
        if isinstance(cause, ssl.SSLError) and not isinstance(cause, ssl.SSLEOFError):
            return explain(cause, host, system)
        if isinstance(cause, ssl.SSLEOFError | ConnectionError | urllib3.exceptions.ClosedPoolError):
            return problem("reset", system, host=host)
    return problem("broken", system, host=host)


def _causes(error: BaseException, depth: int) -> Iterator[BaseException]:
    yield error
    for inner in (*error.args, getattr(error, "reason", None)):
        if isinstance(inner, BaseException) and depth:
            yield from _causes(inner, depth - 1)


class BoundedReader(io.RawIOBase):
    """Reads a socket; raises coded errors when the budget of time or bytes is used up."""

    def __init__(self, raw: io.RawIOBase, sock: socket.socket, origin: Origin, system: str | None) -> None:
        """Wrap the raw stream of the socket."""
        self._raw, self._sock, self._origin, self._system = raw, sock, origin, system
        self._budget = CURRENT.get()
        self._budget.begin_answer()

    def readable(self) -> bool:
        """Say yes."""
        return True

    def readinto(self, buffer: WriteableBuffer) -> int:
        """Read what has come, at most to the end of the budget."""
        budget, host = self._budget, str(self._origin)
        wait = patience(budget, self._origin, self._system)
        self._sock.settimeout(wait)
        try:
            count: int = self._sock.recv_into(buffer)
        except TimeoutError:
            raise late(budget, self._origin, self._system) from None
        except OSError as error:
            cause = failure(error, self._origin, self._system)
            raise cause if cause.code != "broken" else problem("reset", self._system, host=host) from None
        budget.received += count
        if budget.received > budget.limit + _HEAD:
            raise problem("too_large", self._system, host=host, limit=budget.limit)
        return count

    def close(self) -> None:
        """Close the socket's stream."""
        self._raw.close()
        super().close()


class Connection(urllib3.connection.HTTPConnection):
    """A connection to one origin, plain (loopback only) or TLS; neither proxies nor automatic reconnects."""

    def __init__(self, origin: Origin, context: ssl.SSLContext | None, system: str | None, **_ignored: Any) -> None:
        """Remember where to connect; the socket is opened by ``connect``. A plain connection has no context."""
        super().__init__(origin.host, origin.port)
        self.origin, self._context, self._system = origin, context, system
        self.default_port = 443 if origin.scheme == "https" else 80  # type: ignore[misc]
        self._gathered: bytearray | None = None
        self._writing: Writing | None = None
        self._last: http.client.HTTPResponse | None = None
        self.response_class = self._answer  # type: ignore[assignment]

    def _answer(self, sock: socket.socket, *args: Any, **kwargs: Any) -> http.client.HTTPResponse:
        response = http.client.HTTPResponse(sock, *args, **kwargs)
        raw = response.fp.detach()
        reader = BoundedReader(raw, sock, self.origin, self._system)
        response.fp = io.BufferedReader(reader, _BUFFER)
        self._last = response
        return response

    def getresponse(self) -> urllib3.response.HTTPResponse:  # type: ignore[override]
        """Read the head of the answer; when that fails, let go of the socket altogether."""
        try:
            return super().getresponse()
        except BaseException:
            self.abandon()
            raise

    def abandon(self) -> None:
        """Close the socket and the stream of an answer that may have been left in the middle."""
        last, self._last = self._last, None
        if last is not None:
            last.close()
        self.close()

    @property
    def has_begun(self) -> bool:
        """Whether a byte of a request may have left."""
        return self._writing is not None and self._writing.has_begun

    def connect(self) -> None:
        """Open the socket and finish the TLS handshake.

        Raises:
            Unreachable: ``dns``, ``refused``, ``connect_timeout``, ``tls_failed`` …
            ConfigurationInvalid: the ``tls_…`` codes and ``plain_http``.
        """
        budget = CURRENT.get()
        budget.fresh = True
        until = min(budget.deadline, time.monotonic() + budget.connect)
        sock = _open(self.origin, until, self._system)
        try:
            self.sock = self._secure(sock, until) if self.origin.scheme == "https" else sock
        except BaseException:
            sock.close()
            raise
        self.is_verified = True

    def _secure(self, sock: socket.socket, until: float) -> ssl.SSLSocket:
        host = str(self.origin)
        assert self._context is not None
        sock.settimeout(max(until - time.monotonic(), 0.001))
        try:
            return self._context.wrap_socket(sock, server_hostname=self.origin.host)
        except TimeoutError:
            raise problem("connect_timeout", self._system, host=host) from None
        except ssl.SSLError as error:
            raise explain(error, host, self._system) from None
        except OSError:
            raise problem("tls_failed", self._system, host=host) from None

    def request_once(
        self, method: str, target: str, body: bytes, fields: Mapping[str, str], *, begin_by: float
    ) -> None:
        """Write a request whose first byte leaves before a monotonic time, or not at all.

        Head and body are written together: a process that is stopped between the two would bring the body late.
        """
        gathered = self._gathered = bytearray()
        self.request(method, target, body, fields, preload_content=False)
        self._gathered = None
        self._write(gathered, begin_by)

    def send(self, data: Any) -> None:
        """Take a part of a request from ``request``: write it, or keep it for ``request_once``."""
        if self._gathered is None:
            self._write(data, math.inf)
        else:
            self._gathered += data

    def _write(self, data: Any, begin_by: float) -> None:
        if self.sock is None:
            self.connect()
        self._writing = Writing(self.sock, self.origin, self._system, begin_by)
        try:
            self._writing.write(data)
        except (ConnectionError, ssl.SSLEOFError):
            self._raise_alert()
            raise

    def _raise_alert(self) -> None:
        """Raise what a TLS peer said before it broke off, such as that our certificate is not wanted."""
        if isinstance(self.sock, ssl.SSLSocket):
            with contextlib.suppress(TimeoutError, ConnectionError, ssl.SSLEOFError):
                try:
                    self.sock.settimeout(0.2)
                    self.sock.recv(1)
                except ssl.SSLError as error:
                    raise explain(error, str(self.origin), self._system) from None


def _open(origin: Origin, until: float, system: str | None) -> socket.socket:
    """Try the addresses of the origin in turn until one connects or the time is over."""
    host = str(origin)
    found = _resolve(origin, until, system)
    code = "refused"
    for family, kind, protocol, _name, address in found:
        if origin.scheme == "http" and not ipaddress.ip_address(str(address[0])).is_loopback:
            raise problem("plain_http", system, host=host)
        left = until - time.monotonic()
        if left <= 0:
            raise problem("connect_timeout", system, host=host)
        sock = socket.socket(family, kind, protocol)
        try:
            sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            sock.settimeout(left)
            sock.connect(address)
        except TimeoutError:
            sock.close()
            code = "connect_timeout"
        except OSError:
            sock.close()
        else:
            return sock
    raise problem(code, system, host=host)


_Addresses = list[tuple[socket.AddressFamily, socket.SocketKind, int, str, tuple[Any, ...]]]


def _resolve(origin: Origin, until: float, system: str | None) -> _Addresses:
    """Return the addresses of the origin; a name that no resolver answers for is given up in time.

    The system's resolver knows no time limit, so that names are looked up on a thread of their own.
    """
    found: _Addresses = []

    def look_up() -> None:
        with contextlib.suppress(OSError, UnicodeError):
            found.extend(socket.getaddrinfo(origin.host, origin.port, type=socket.SOCK_STREAM))

    if _is_literal(origin.host):
        look_up()
    else:
        thread = threading.Thread(target=look_up, name="kaa-bridge-resolver", daemon=True)
        thread.start()
        thread.join(max(until - time.monotonic(), 0))
    if not found:
        raise problem("dns", system, host=str(origin))
    return list(found)


def _is_literal(host: str) -> bool:
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True
