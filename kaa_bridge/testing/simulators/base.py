"""The threaded HTTP server under the simulated sources: real loopback sockets, recorded requests, faults as knobs."""

from __future__ import annotations

import socket
from abc import ABC, abstractmethod
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from enum import StrEnum
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Event, Lock, Thread
from typing import Any, Self
from urllib.parse import parse_qsl, urlsplit

LOGIN_PAGE = b"<!DOCTYPE html><html><head><title>Logga in</title></head><body>Logga in med BankID</body></html>"


class Fault(StrEnum):
    """What a simulated source can do wrong. The first ones hold for every protocol, the rest concern the data."""

    DOWN = "down"
    """Hang up without a byte."""
    UNAVAILABLE = "unavailable"
    """Answer 503."""
    WRONG_PASSWORD = "wrong_password"  # noqa: S105 - the name of a fault
    """Answer 401 whatever the credentials are."""
    HANG = "hang"
    """Take the request and never answer."""
    SLOW = "slow"
    """Wait ``slow_seconds`` before the answer."""
    HALF_ANSWER = "half_answer"
    """Announce the whole answer, send half, hang up."""
    REDIRECT = "redirect"
    """Answer 302 to another address."""
    LOGIN_PAGE = "login_page"
    """Answer 200 with an HTML page."""
    RENAMED_FIELD = "renamed_field"
    """A field of every record has another name."""
    NEW_CODE = "new_code"
    """One record has a code that nobody has agreed on."""
    EMPTIED = "emptied"
    """The register is empty, and says so."""
    PAGE_LOOP = "page_loop"
    """Every page is the first one."""
    COUNT_MISMATCH = "count_mismatch"
    """The register says that it holds one record more than it gives."""
    TRUNCATED = "truncated"
    """Pages after the first are empty."""
    REPEATED_RECORD = "repeated_record"
    """The last record of a page comes again on the next."""
    MISSING_LIST = "missing_list"
    """The list of records has another name."""


PROTOCOL_FAULTS = frozenset(
    {
        *(Fault.DOWN, Fault.UNAVAILABLE, Fault.WRONG_PASSWORD, Fault.HANG, Fault.SLOW, Fault.HALF_ANSWER),
        *(Fault.REDIRECT, Fault.LOGIN_PAGE),
    }
)


@dataclass(frozen=True, slots=True)
class SeenRequest:
    """A request exactly as it came, for canary scans; ``target`` is path and query."""

    method: str
    target: str
    headers: Mapping[str, str]
    body: bytes

    @property
    def path(self) -> str:
        """The path without the query."""
        return urlsplit(self.target).path

    @property
    def query(self) -> dict[str, str]:
        """The query's parameters; a repeated one keeps its last value."""
        return dict(parse_qsl(urlsplit(self.target).query, keep_blank_values=True))

    @property
    def outside_body(self) -> str:
        """Request line and headers: what proxies and access logs see."""
        return "\n".join([f"{self.method} {self.target}", *(f"{name}: {text}" for name, text in self.headers.items())])


@dataclass(frozen=True, slots=True)
class Answer:
    """What goes back."""

    status: int = 200
    body: bytes = b""
    content_type: str = "text/plain; charset=utf-8"
    headers: Mapping[str, str] = field(default_factory=dict)


class SourceSimulator(ABC):
    """A source on ``127.0.0.1`` and a free port; use it as a context manager.

    Attributes:
        faults: what it does wrong just now; add to it and take away from it at any time.
        fault_from: the faults hold from this request on (1 is the first): 2 lets a pull's first page through.
        slow_seconds: how long ``Fault.SLOW`` waits.
    """

    def __init__(self) -> None:
        """Prepare; nothing listens before the ``with`` block or ``start``."""
        self.faults: set[Fault] = set()
        self.fault_from = 1
        self.slow_seconds = 1.0
        self._requests: list[SeenRequest] = []
        self._lock = Lock()
        self._closing = Event()
        self._server = _Server(("127.0.0.1", 0), self)
        self._thread = Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)

    def __enter__(self) -> Self:
        """Start to listen."""
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        """Stop."""
        self.close()

    def start(self) -> None:
        """Start to answer in a background thread."""
        self._thread.start()

    def close(self) -> None:
        """Stop to listen and let go of every connection; a later connection is refused. Harmless when repeated."""
        self._closing.set()
        if self._thread.is_alive():
            self._server.shutdown()
            self._thread.join(5)
        self._server.server_close()
        self._server.hang_up()

    @property
    def port(self) -> int:
        """The port it listens on."""
        return int(self._server.server_address[1])

    @property
    def url(self) -> str:
        """``http://127.0.0.1:port``, without a path."""
        return f"http://127.0.0.1:{self.port}"

    @property
    def requests(self) -> tuple[SeenRequest, ...]:
        """Every request so far, oldest first."""
        with self._lock:
            return tuple(self._requests)

    @abstractmethod
    def answer(self, request: SeenRequest) -> Answer:
        """Answer one request; the faults that concern the data are the subclass's to carry out."""

    def fault(self, kind: Fault) -> bool:
        """Tell whether the fault holds for the request that is being answered."""
        return kind in self.faults and len(self._requests) >= self.fault_from

    def respond(self, request: SeenRequest) -> Answer | None:
        """Record the request and answer it; ``None`` hangs up."""
        with self._lock:
            self._requests.append(request)
        if self.fault(Fault.HANG):
            self._closing.wait(60)
            return None
        if self.fault(Fault.SLOW):
            self._closing.wait(self.slow_seconds)
        if self.fault(Fault.DOWN):
            return None
        if self.fault(Fault.UNAVAILABLE):
            return Answer(503, b"tillf\xc3\xa4lligt stopp")
        if self.fault(Fault.WRONG_PASSWORD):
            return Answer(401, headers={"WWW-Authenticate": 'Basic realm="test"'})
        if self.fault(Fault.REDIRECT):
            return Answer(302, headers={"Location": f"{self.url}/annanstans"})
        if self.fault(Fault.LOGIN_PAGE):
            return Answer(200, LOGIN_PAGE, "text/html; charset=utf-8")
        return self.answer(request)


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 64

    def __init__(self, address: tuple[str, int], simulator: SourceSimulator) -> None:
        super().__init__(address, _Handler)
        self.simulator = simulator
        self.connections: set[socket.socket] = set()

    def process_request(self, request: Any, client_address: Any) -> None:
        self.connections.add(request)
        super().process_request(request, client_address)

    def shutdown_request(self, request: Any) -> None:
        self.connections.discard(request)
        super().shutdown_request(request)

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Say nothing: a client that hangs up is part of the tests."""

    def hang_up(self) -> None:
        for connection in list(self.connections):
            with suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    server: _Server

    def do_GET(self) -> None:
        self._serve()

    def do_POST(self) -> None:
        self._serve()

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the name that http.server gives it
        """Say nothing: request lines do not belong in test output."""

    def _serve(self) -> None:
        length = int(self.headers.get("Content-Length") or 0)
        body = self.rfile.read(length) if length else b""
        simulator = self.server.simulator
        answer = simulator.respond(SeenRequest(self.command, self.path, dict(self.headers.items()), body))
        if answer is None:
            self.close_connection = True
            return
        cut = simulator.fault(Fault.HALF_ANSWER)
        self.send_response(answer.status)
        self.send_header("Content-Type", answer.content_type)
        self.send_header("Content-Length", str(len(answer.body)))
        for name, text in answer.headers.items():
            self.send_header(name, text)
        self.end_headers()
        self.wfile.write(answer.body[: len(answer.body) // 2] if cut else answer.body)
        if cut:
            self.close_connection = True
