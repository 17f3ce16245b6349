"""A web server on loopback that speaks wrongly on purpose, one raw socket a connection, and records what it was sent.

``FAULTS`` in ``kaa_bridge.testing.faults`` lists the ways by name. A server answers the queued faults one by one, then
its standing one (``ok`` at first). Faults that answer rightly in between call the handler, so that a simulated system
can have stored a note before the answer is lost.
"""

from __future__ import annotations

import contextlib
import socket
import ssl
import struct
import threading
from collections import deque
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from types import TracebackType
from typing import Self

_HEAD = 1024 * 1024
_PATIENCE = 30.0


@dataclass(frozen=True, slots=True)
class Seen:
    """One request as it came in; ``whole`` is false when the server broke off before its end."""

    method: str
    target: str
    headers: tuple[tuple[str, str], ...]
    body: bytes
    whole: bool = True

    def header(self, name: str) -> str | None:
        """Return a header's value, or ``None``."""
        return next((value for key, value in self.headers if key.lower() == name.lower()), None)

    def __repr__(self) -> str:
        """Hide target, headers and body."""
        return f"<Seen {self.method}, {len(self.body)} bytes>"


@dataclass(frozen=True, slots=True)
class Answer:
    """A right answer."""

    status: int = 200
    body: bytes = b'{"ok": true}'
    content_type: str = "application/json"
    headers: tuple[tuple[str, str], ...] = ()


Handler = Callable[[Seen], Answer]


@dataclass(slots=True)
class Exchange:
    """One request and what is done with it; made anew for each request of a connection.

    Attributes:
        keep: whether the connection lives on after this exchange.
    """

    server: FaultServer
    sock: socket.socket
    seen: Seen = field(default=Seen("", "", (), b"", whole=False))
    keep: bool = False
    _rest: bytes = b""
    _place: int = -1

    def _note(self, seen: Seen) -> None:
        """Record the request as far as it was read, before anything is answered."""
        self.seen = seen
        with self.server.lock:
            if self._place < 0:
                self._place = len(self.server.seen)
                self.server.seen.append(seen)
            self.server.seen[self._place] = seen

    def read_head(self) -> bool:
        """Read the request line and headers; false when the client has closed."""
        data = b""
        while b"\r\n\r\n" not in data:
            piece = self.sock.recv(65536)
            if not piece or len(data) > _HEAD:
                return False
            data += piece
        head, _, self._rest = data.partition(b"\r\n\r\n")
        first, *lines = head.decode("latin-1").split("\r\n")
        method, target, _version = first.split(" ", 2)
        pairs = (line.partition(":") for line in lines)
        fields = tuple((key, value.strip()) for key, _, value in pairs)
        self._note(Seen(method, target, fields, b"", whole=False))
        return True

    def read_body(self, share: float = 1.0) -> None:
        """Read the body, or the first part of it."""
        length = int(self.seen.header("content-length") or 0)
        wanted = int(length * share)
        body = self._rest
        while len(body) < wanted:
            piece = self.sock.recv(65536)
            if not piece:
                break
            body += piece
        self._note(Seen(self.seen.method, self.seen.target, self.seen.headers, body, whole=len(body) >= length))

    def answer(self) -> Answer:
        """Ask the handler for the right answer; whatever it stores is stored from now on."""
        return self.server.handler(self.seen)

    def send(self, data: bytes) -> None:
        """Write bytes."""
        self.sock.sendall(data)

    def drip(self, data: bytes, pause: float) -> None:
        """Write byte by byte."""
        for number in range(len(data)):
            if self.server.stopped.wait(pause):
                return
            self.send(data[number : number + 1])

    def endless(self, piece: bytes) -> None:
        """Write the same again and again until the client has had enough."""
        while not self.server.stopped.is_set():
            self.send(piece)

    def hold(self) -> None:
        """Say nothing until the client gives up or the server stops."""
        self.sock.settimeout(0.05)
        while not self.server.stopped.is_set():
            with contextlib.suppress(TimeoutError):
                if not self.sock.recv(65536):
                    return

    def reset(self) -> None:
        """Close with a TCP reset."""
        self.sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.sock.close()


Fault = Callable[[Exchange], None]


class FaultServer:
    """Serves on 127.0.0.1 from ``with`` to its end.

    Attributes:
        seen: every request, in order of arrival, also those broken off after their head.
        connections: how many connections were accepted.
        elsewhere: where redirects lead.
    """

    def __init__(
        self,
        handler: Handler | None = None,
        *,
        faults: dict[str, Fault] | None = None,
        tls: ssl.SSLContext | None = None,
        elsewhere: str = "http://127.0.0.1:9/elsewhere",
    ) -> None:
        """Open the port; nothing is answered before ``with``."""
        from kaa_bridge.testing.faults import FAULTS

        self.handler: Handler = handler or (lambda _seen: Answer())
        self.elsewhere = elsewhere
        self.faults = faults or FAULTS
        self.seen: list[Seen] = []
        self.connections = 0
        self.stopped = threading.Event()
        self.lock = threading.Lock()
        self._tls = tls
        self._queue: deque[str] = deque()
        self._standing = "ok"
        self._threads: list[threading.Thread] = []
        self._socket = socket.create_server(("127.0.0.1", 0), backlog=64)
        self.port: int = self._socket.getsockname()[1]

    @property
    def url(self) -> str:
        """The base address."""
        return f"{'https' if self._tls else 'http'}://127.0.0.1:{self.port}"

    def plan(self, *names: str) -> None:
        """Queue faults for the next requests."""
        self._check(names)
        self._queue.extend(names)

    def always(self, name: str) -> None:
        """Answer so when the queue is empty."""
        self._check([name])
        self._standing = name

    def _check(self, names: Iterable[str]) -> None:
        unknown = [name for name in names if name not in self.faults]
        if unknown:
            raise KeyError(f"no such fault: {', '.join(unknown)}")

    def _accept(self) -> None:
        while not self.stopped.is_set():
            try:
                sock, _address = self._socket.accept()
            except OSError:
                return
            self.connections += 1
            thread = threading.Thread(target=self._serve, args=(sock,), daemon=True)
            self._threads.append(thread)
            thread.start()

    def _serve(self, raw: socket.socket) -> None:
        sock = raw
        try:
            raw.settimeout(_PATIENCE)
            if self._tls is not None:
                sock = self._tls.wrap_socket(raw, server_side=True)
            while self._exchange(sock):
                pass
        except (OSError, ValueError):
            return
        finally:
            sock.close()
            raw.close()

    def _exchange(self, sock: socket.socket) -> bool:
        exchange = Exchange(self, sock)
        name = self._queue[0] if self._queue else self._standing
        if not name.endswith("_at_accept") and not exchange.read_head():
            return False
        with contextlib.suppress(IndexError):
            name = self._queue.popleft()
        self.faults[name](exchange)
        return exchange.keep

    def __enter__(self) -> Self:
        """Start serving."""
        self._threads.append(threading.Thread(target=self._accept, daemon=True))
        self._threads[0].start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Stop, and wait for every connection to end."""
        self.stopped.set()
        with contextlib.suppress(OSError):
            self._socket.shutdown(socket.SHUT_RDWR)
        self._socket.close()
        for thread in self._threads:
            thread.join(timeout=5)
