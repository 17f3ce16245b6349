"""The threaded HTTP server under the simulated IST: real sockets on loopback, keep-alive, recorded exchanges."""

from __future__ import annotations

import socket
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Lock, Thread
from typing import Any
from urllib.parse import urlsplit

from kaa_bridge.testing.simulators.ist_answers import Answer


@dataclass(frozen=True, slots=True)
class Exchange:
    """A request exactly as it came and what was answered; ``path`` includes the query."""

    method: str
    path: str
    headers: Mapping[str, str]
    body: bytes
    answer: Answer = field(default_factory=Answer)

    @property
    def outside_body(self) -> str:
        """Request line and headers: what proxies and access logs see."""
        return "\n".join([f"{self.method} {self.path}", *(f"{name}: {text}" for name, text in self.headers.items())])


Responder = Callable[[Exchange], Answer | None]
"""Answers a request; ``None`` hangs up without a byte."""


class LoopbackServer:
    """Listens on ``127.0.0.1`` and a free port from ``start`` to ``close``."""

    def __init__(self, respond: Responder, *, keep_answers: bool = True) -> None:
        """Prepare; ``keep_answers`` off keeps requests only, for large populations."""
        self._respond = respond
        self._keep_answers = keep_answers
        self._exchanges: list[Exchange] = []
        self._lock = Lock()
        self._server = _Server(("127.0.0.1", 0), self)
        self._thread = Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)

    def start(self) -> None:
        """Answer in a background thread."""
        self._thread.start()

    def close(self) -> None:
        """Stop to listen and hang up on everybody."""
        if self._thread.is_alive():
            self._server.shutdown()
            self._thread.join()
        self._server.server_close()
        self._server.hang_up()

    @property
    def port(self) -> int:
        """The port it listens on."""
        return int(self._server.server_address[1])

    @property
    def exchanges(self) -> tuple[Exchange, ...]:
        """Every request so far, oldest first, each with its answer."""
        with self._lock:
            return tuple(self._exchanges)

    def exchange(self, request: Exchange) -> Answer | None:
        """Answer a request and record both."""
        answer = self._respond(request)
        kept = answer if answer is not None and self._keep_answers else Answer(status=answer.status if answer else 0)
        done = Exchange(request.method, request.path, request.headers, request.body, kept)
        with self._lock:
            self._exchanges.append(done)
        return answer


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False

    def __init__(self, address: tuple[str, int], owner: LoopbackServer) -> None:
        self.owner = owner
        self.connections: set[socket.socket] = set()
        super().__init__(address, _Handler)

    def process_request(self, request: Any, client_address: Any) -> None:
        self.connections.add(request)
        super().process_request(request, client_address)

    def shutdown_request(self, request: Any) -> None:
        self.connections.discard(request)
        super().shutdown_request(request)

    def hang_up(self) -> None:
        for connection in list(self.connections):
            with suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)

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

    def _serve(self, body: bytes) -> None:
        answer = self.server.owner.exchange(Exchange(self.command, self.path, dict(self.headers), body))
        if answer is None:
            self.close_connection = True
            return
        self.send_response(answer.status)
        self.send_header("Content-Type", answer.content_type)
        self.send_header("Content-Length", str(len(answer.body)))
        for name, text in answer.headers.items():
            self.send_header(name, text)
        if answer.cut:
            self.close_connection = True
            self.send_header("Connection", "close")
        self.end_headers()
        self.wfile.write(answer.body[: len(answer.body) // 2] if answer.cut else answer.body)

    def log_message(self, *_: object) -> None:
        """Log nothing: a request holds a person."""


def path_and_query(exchange: Exchange) -> tuple[str, str]:
    """Split the request target."""
    parts = urlsplit(exchange.path)
    return parts.path, parts.query
