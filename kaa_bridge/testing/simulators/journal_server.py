"""The threaded HTTP server under the simulated journals: real sockets on loopback, recorded requests, faults."""

from __future__ import annotations

import socket
import struct
from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Event, Lock, Thread, Timer
from typing import Any, Self

from kaa_bridge.testing.simulators.journal_faults import Fault, FaultKind, FaultQueue
from kaa_bridge.testing.simulators.journal_notes import NoteBook, SimulatedNote

LOGIN_PAGE = b"<!DOCTYPE html><html><head><title>Logga in</title></head><body><form>...</form></body></html>"


@dataclass(frozen=True, slots=True)
class RecordedRequest:
    """A request exactly as it came, for canary scans; ``path`` includes the query."""

    method: str
    path: str
    headers: Mapping[str, str]
    body: bytes

    @property
    def target(self) -> str:
        """Path and query, under the name that the simulated sources use."""
        return self.path

    @property
    def outside_body(self) -> str:
        """Request line and headers: what proxies and access logs see."""
        return "\n".join([f"{self.method} {self.path}", *(f"{name}: {text}" for name, text in self.headers.items())])


@dataclass(frozen=True, slots=True)
class Answer:
    """What goes back: ``drop`` hangs up without a byte, ``reset`` resets, ``cut`` sends half under the full length."""

    status: int = 200
    content_type: str = "text/plain; charset=utf-8"
    body: bytes = b""
    headers: Mapping[str, str] = field(default_factory=dict)
    drop: bool = False
    reset: bool = False
    cut: bool = False


class JournalServer(ABC):
    """A journal on ``127.0.0.1`` and a free port; use it as a context manager.

    Attributes:
        faults: plan misbehaviour with ``fault`` or here.
        book: the notes it holds.
        delay_seconds: how long every answer takes, for benchmarks and races.
    """

    def __init__(self, *, notes_file: Path | None = None) -> None:
        """Prepare; nothing listens before the ``with`` block or ``start``."""
        self.faults = FaultQueue()
        self.book = NoteBook(notes_file)
        self.delay_seconds = 0.0
        self._requests: list[RecordedRequest] = []
        self._lock = Lock()
        self._closing = Event()
        self._timers: list[Timer] = []
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
        """Stop to listen, let go of silent requests and of notes that have not landed yet."""
        self._closing.set()
        for timer in self._timers:
            timer.cancel()
        if self._thread.is_alive():
            self._server.shutdown()
        self._server.server_close()

    @property
    def port(self) -> int:
        """The port it listens on."""
        return int(self._server.server_address[1])

    @property
    def base_url(self) -> str:
        """``http://127.0.0.1:port``, without a path."""
        return f"http://127.0.0.1:{self.port}"

    @property
    def requests(self) -> tuple[RecordedRequest, ...]:
        """Every request so far, oldest first."""
        with self._lock:
            return tuple(self._requests)

    def notes(self) -> tuple[SimulatedNote, ...]:
        """Every note it holds, oldest first."""
        return self.book.all()

    def fault(
        self, kind: FaultKind, *, operation: str = "create", times: int = 1, code: str = "", seconds: float = 30.0
    ) -> None:
        """Plan a misbehaviour for the next requests of an operation."""
        self.faults.plan(Fault(kind=kind, operation=operation, times=times, code=code, seconds=seconds))

    @property
    @abstractmethod
    def url(self) -> str:
        """The address to configure."""

    @abstractmethod
    def operation_of(self, request: RecordedRequest) -> str:
        """Return the operation that is asked for; an unknown one has a name of its own that no fault strikes."""

    @abstractmethod
    def perform(self, operation: str, request: RecordedRequest) -> Answer:
        """Do what is asked for and answer."""

    @abstractmethod
    def disturb(self, fault: Fault, operation: str, request: RecordedRequest) -> Answer:
        """Carry out a fault whose answer depends on the protocol."""

    def respond(self, request: RecordedRequest) -> Answer:
        """Record the request and answer it, with the next planned fault if there is one."""
        with self._lock:
            self._requests.append(request)
        if self.delay_seconds:
            self._closing.wait(self.delay_seconds)
        operation = self.operation_of(request)
        fault = self.faults.take(operation)
        if fault is None:
            return self.perform(operation, request)
        return self._struck(fault, operation, request)

    def _struck(self, fault: Fault, operation: str, request: RecordedRequest) -> Answer:
        match fault.kind:
            case FaultKind.SILENCE:
                return self._silent(fault.seconds)
            case FaultKind.TIMEOUT_AFTER_STORE:
                self.perform(operation, request)
                return self._silent(fault.seconds)
            case FaultKind.LATE_LANDING:
                timer = Timer(fault.seconds, self.perform, (operation, request))
                timer.daemon = True
                self._timers.append(timer)
                timer.start()
                return Answer(drop=True)
            case FaultKind.DOUBLE:
                self.perform(operation, request)
                return self.perform(operation, request)
            case FaultKind.RESET:
                return replace(self.perform(operation, request), reset=True)
            case FaultKind.TRUNCATED:
                return replace(self.perform(operation, request), cut=True)
            case FaultKind.HTML:
                return Answer(content_type="text/html; charset=utf-8", body=LOGIN_PAGE)
            case FaultKind.REDIRECT:
                return Answer(status=307, headers={"Location": f"{self.base_url}{request.path}"})
            case FaultKind.STATUS:
                return Answer(status=int(fault.code))
        return self.disturb(fault, operation, request)

    def _silent(self, seconds: float) -> Answer:
        self._closing.wait(seconds)
        return Answer(drop=True)


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False
    request_queue_size = 128

    def __init__(self, address: tuple[str, int], journal: JournalServer) -> None:
        self.journal = journal
        super().__init__(address, _Handler)

    def shutdown_request(self, request: Any) -> None:
        """Close without a farewell, so that a lingering time of zero becomes a reset."""
        self.close_request(request)

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Say nothing when a client hangs up: that is what fault tests do."""


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    server: _Server

    def do_GET(self) -> None:
        self._serve(b"")

    def do_POST(self) -> None:
        self._serve(self.rfile.read(int(self.headers.get("Content-Length") or 0)))

    def do_PATCH(self) -> None:
        self.do_POST()

    def _serve(self, body: bytes) -> None:
        answer = self.server.journal.respond(RecordedRequest(self.command, self.path, dict(self.headers), body))
        if answer.drop or answer.reset:
            self.close_connection = True
            if answer.reset:
                self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            return
        self.send_response(answer.status)
        self.send_header("Content-Type", answer.content_type)
        self.send_header("Content-Length", str(len(answer.body)))
        for name, text in answer.headers.items():
            self.send_header(name, text)
        if answer.cut:
            self.close_connection = True
        self.end_headers()
        self.wfile.write(answer.body[: len(answer.body) // 2] if answer.cut else answer.body)

    def log_message(self, *_: object) -> None:
        """Log nothing: a request holds a person."""
