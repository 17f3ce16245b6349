"""One connection: opened, written and read under a budget of time and bytes that no slow or endless peer can stretch.

Reads go through requests and urllib3 on this connection class, a send uses it directly. Every time-out is counted with
the monotonic clock; the socket's own time-out is set anew before each system call to what is left of the budget.
"""

from __future__ import annotations

import contextlib
import http.client
import io
import ipaddress
import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterator
from contextvars import ContextVar
from typing import TYPE_CHECKING, Any

import urllib3.connection
import urllib3.exceptions
import urllib3.response
from msgspec import Struct

from kaa_bridge.errors import KaaError
from kaa_bridge.transport.address import Origin
from kaa_bridge.transport.problems import problem
from kaa_bridge.transport.tls import explain

if TYPE_CHECKING:
    from _typeshed import WriteableBuffer

_BUFFER = 64 * 1024
_PIECE = 64 * 1024
_HEAD = 1024 * 1024


class Budget(Struct):
    """What one call may still use.

    Attributes:
        deadline: ``time.monotonic()`` value after which nothing is waited for.
        connect: longest time to connect, seconds.
        idle: longest silence, seconds.
        limit: most bytes of body; the head may add a megabyte.
        fresh: a connection was opened for the request at hand, so that a reset cannot be an idle one's end.
    """

    deadline: float
    total: float
    connect: float
    idle: float
    limit: int
    received: int = 0
    fresh: bool = False

    def begin_answer(self) -> None:
        """Start counting the bytes of a new answer."""
        self.received = 0


CURRENT: ContextVar[Budget] = ContextVar("kaa_bridge_transport_budget")
"""The budget of the call that this thread is making."""


def _patience(budget: Budget, origin: Origin, system: str | None) -> float:
    """Return how long the next system call may take; raise when the time is over."""
    left = budget.deadline - time.monotonic()
    if left <= 0:
        raise problem("slow", system, host=str(origin), seconds=_seconds(budget.total))
    return min(left, budget.idle)


def _late(budget: Budget, origin: Origin, system: str | None) -> KaaError:
    """Return why waiting ended: the whole time is over, or only the longest silence."""
    if time.monotonic() >= budget.deadline:
        return problem("slow", system, host=str(origin), seconds=_seconds(budget.total))
    return problem("silent", system, host=str(origin), seconds=_seconds(budget.idle))


def _seconds(value: float) -> str:
    return f"{value:g}"


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
        wait = _patience(budget, self._origin, self._system)
        self._sock.settimeout(wait)
        try:
            count: int = self._sock.recv_into(buffer)
        except TimeoutError:
            raise _late(budget, self._origin, self._system) from None
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
    """A connection to one origin, plain (loopback only) or TLS; neither proxies nor automatic reconnects.

    Attributes:
        before_first_byte: called once, right before the first byte of the next request is written.
    """

    def __init__(self, origin: Origin, context: ssl.SSLContext, system: str | None, **_ignored: Any) -> None:
        """Remember where to connect; the socket is opened by ``connect``."""
        super().__init__(origin.host, origin.port)
        self.origin, self._context, self._system = origin, context, system
        self.default_port = 443 if origin.scheme == "https" else 80  # type: ignore[misc]
        self.before_first_byte: Callable[[], None] | None = None
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
        sock.settimeout(max(until - time.monotonic(), 0.001))
        try:
            return self._context.wrap_socket(sock, server_hostname=self.origin.host)
        except TimeoutError:
            raise problem("connect_timeout", self._system, host=host) from None
        except ssl.SSLError as error:
            raise explain(error, host, self._system) from None
        except OSError:
            raise problem("tls_failed", self._system, host=host) from None

    def send(self, data: Any) -> None:
        """Write in pieces, each under the budget."""
        if self.sock is None:
            self.connect()
        if self.before_first_byte is not None:
            check, self.before_first_byte = self.before_first_byte, None
            check()
        budget = CURRENT.get()
        view = memoryview(data)
        for start in range(0, len(view), _PIECE):
            self.sock.settimeout(_patience(budget, self.origin, self._system))
            try:
                self.sock.sendall(view[start : start + _PIECE])
            except TimeoutError:
                raise _late(budget, self.origin, self._system) from None
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
