"""Nothing leaves late: the wait comes first, then the look at the clock, then a write that does not wait."""

from __future__ import annotations

import os
import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest
import trustme
from urllib3.util import wait_for_write

from kaa_bridge.errors import KaaError, NoteNotSent
from kaa_bridge.testing.fault_server import Answer, FaultServer, Seen
from kaa_bridge.transport import writing
from kaa_bridge.transport.address import Origin
from kaa_bridge.transport.budget import CURRENT, Budget
from kaa_bridge.transport.http import HttpClient
from kaa_bridge.transport.writing import Writing
from tests.transport.certificates import server_context

Pair = tuple[socket.socket, socket.socket]


@pytest.fixture
def pair() -> Iterator[Pair]:
    ours, theirs = socket.socketpair()
    with ours, theirs:
        yield ours, theirs


@pytest.fixture
def tls_pair(pair: Pair) -> Iterator[Pair]:
    """Two ends of a TLS connection whose buffers hold little."""
    authority = trustme.CA()
    ours, theirs = pair
    for one in pair:
        one.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 4096)
        one.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    trusting = ssl.create_default_context()
    authority.configure_trust(trusting)
    served: list[ssl.SSLSocket] = []
    context = server_context(authority.issue_cert("127.0.0.1"))
    thread = threading.Thread(target=lambda: served.append(context.wrap_socket(theirs, server_side=True)))
    thread.start()
    secured = trusting.wrap_socket(ours, server_hostname="127.0.0.1")
    thread.join(5)
    with secured, served[0]:
        yield secured, served[0]


def _writing(sock: socket.socket, *, begin_in: float = 5.0, total: float = 5.0) -> Writing:
    token = CURRENT.set(Budget(time.monotonic() + total, total, connect=5.0, idle=5.0, limit=0))
    try:
        return Writing(sock, Origin("http", "127.0.0.1", 80), None, time.monotonic() + begin_in)
    finally:
        CURRENT.reset(token)


def _fill(sock: socket.socket) -> int:
    """Fill the system's buffer, so that not one byte more is taken."""
    sock.setblocking(False)
    count = 0
    try:
        while True:
            count += sock.send(b"-" * 4096)
    except BlockingIOError:
        return count


def _in_time() -> Callable[..., bool]:
    """Make a wait that says at once that the socket is ready, whether it is or not."""
    calls = iter(range(100))

    def wait(_sock: socket.socket, timeout: float) -> bool:
        assert next(calls, None) is not None, "it is tried again and again"
        time.sleep(min(timeout, 0.02))
        return True

    return wait


def _late(_sock: socket.socket, timeout: float) -> bool:
    """Say so when the time is over, as a wait does whose process is stopped afterwards."""
    time.sleep(timeout + 0.05)
    return True


def test_head_and_body_leave_in_one_write(monkeypatch: pytest.MonkeyPatch) -> None:
    """A process that is stopped after its first write has nothing more to bring when it wakes up."""
    arrived: list[float] = []

    def answer(seen: Seen) -> Answer:
        arrived.append(time.monotonic())
        return Answer()

    def stopped_afterwards(sock: socket.socket, data: Any) -> int:
        count = write(sock, data)
        time.sleep(1.0)
        return count

    write: Callable[..., int] = socket.socket.send
    monkeypatch.setattr(socket.socket, "send", stopped_afterwards)
    monkeypatch.setattr(socket.socket, "sendall", stopped_afterwards)
    with FaultServer(answer) as server, HttpClient(url=server.url) as client:
        begun = time.monotonic()
        assert client.send_once("POST", "n", body=b"n" * 4000, deadline=begun + 0.9).status == 200
    assert [seen.body for seen in server.seen] == [b"n" * 4000]
    assert arrived[0] - begun < 0.9


def test_a_process_that_was_stopped_after_the_wait_sends_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(writing, "wait_for_write", _late)
    with (
        FaultServer() as server,
        HttpClient(url=server.url) as client,
        pytest.raises(NoteNotSent, match="deadline_passed"),
    ):
        client.send_once("POST", "n", body=b"n", deadline=time.monotonic() + 0.3)
    assert server.connections == 1
    assert server.seen == []


def test_a_socket_that_takes_nothing_until_the_deadline_has_let_nothing_leave(pair: Pair) -> None:
    _write_in_vain(pair)


def test_a_write_that_would_block_is_tried_again_only_within_the_deadline(
    pair: Pair, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(writing, "wait_for_write", _in_time())
    _write_in_vain(pair)


def _write_in_vain(pair: Pair) -> None:
    """Write to a full socket: refused at the deadline, and nothing of the note has left."""
    ours, theirs = pair
    filled = _fill(ours)
    one = _writing(ours, begin_in=0.1)
    with pytest.raises(KaaError, match="deadline_passed"):
        one.write(b"note")
    assert not one.has_begun
    ours.close()
    assert _read(theirs) == b"-" * filled


def test_a_write_that_would_block_at_first_is_made_when_there_is_room(pair: Pair) -> None:
    ours, theirs = pair
    filled = _fill(ours)
    one, read = _writing(ours), _reading(theirs, after=0.1)
    one.write(b"note")
    assert one.has_begun
    ours.close()
    assert read() == b"-" * filled + b"note"


def test_the_rest_leaves_within_the_budget_or_not_at_all(pair: Pair) -> None:
    ours, theirs = pair
    one = _writing(ours, begin_in=0.1, total=0.3)
    with pytest.raises(KaaError, match="slow"):
        one.write(b"n" * 10_000_000)
    assert one.has_begun
    ours.close()
    assert 0 < len(_read(theirs)) < 10_000_000


def test_the_rest_is_not_held_to_the_first_bytes_deadline(pair: Pair) -> None:
    ours, theirs = pair
    one, read = _writing(ours, begin_in=0.1), _reading(theirs, after=0.3)
    one.write(b"n" * 1_000_000)
    ours.close()
    assert len(read()) == 1_000_000


def test_tls_writes_all_of_it_however_often_it_would_block(tls_pair: Pair, monkeypatch: pytest.MonkeyPatch) -> None:
    ours, theirs = tls_pair
    waits: list[float] = []

    def counted(sock: socket.socket, timeout: float) -> bool:
        waits.append(timeout)
        return wait_for_write(sock, timeout)

    monkeypatch.setattr(writing, "wait_for_write", counted)
    sent = os.urandom(400_000)
    one, read = _writing(ours), _reading(theirs, after=0.1)
    one.write(sent)
    ours.shutdown(socket.SHUT_WR)
    assert read() == sent
    assert len(waits) > len(sent) // writing._PIECE + 1, "it never had to be tried again"


def test_a_tls_write_that_would_block_may_have_left(tls_pair: Pair) -> None:
    ours, _theirs = tls_pair
    one = _writing(ours, begin_in=0.1, total=0.3)
    with pytest.raises(KaaError, match="slow"):
        one.write(b"n" * 400_000)
    assert one.has_begun


@pytest.mark.parametrize(
    ("said", "begun"), [(BlockingIOError, False), (ssl.SSLWantWriteError, True), (ssl.SSLWantReadError, True)]
)
def test_what_a_write_that_would_block_means(
    said: type[OSError], begun: bool, pair: Pair, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Plain, nothing has left; with TLS a part of a record may have."""

    class Blocked(socket.socket):
        def send(self, *_: object) -> int:
            raise said

    for name in ("wait_for_write", "wait_for_read"):
        monkeypatch.setattr(writing, name, _in_time())
    with Blocked(fileno=os.dup(pair[0].fileno())) as sock:
        one = _writing(sock, begin_in=0.1, total=0.2)
        with pytest.raises(KaaError, match="slow" if begun else "deadline_passed"):
            one.write(b"note")
    assert one.has_begun is begun


def test_tls_that_wants_to_read_first_is_waited_for_so(pair: Pair, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []

    class Renegotiating(socket.socket):
        def send(self, *_: object) -> int:
            if "read" in asked:
                return 4
            raise ssl.SSLWantReadError

    def waiting(what: str) -> Callable[..., bool]:
        def wait(*_: object, **__: object) -> bool:
            asked.append(what)
            return True

        return wait

    monkeypatch.setattr(writing, "wait_for_write", waiting("write"))
    monkeypatch.setattr(writing, "wait_for_read", waiting("read"))
    with Renegotiating(fileno=os.dup(pair[0].fileno())) as sock:
        _writing(sock).write(b"note")
    assert asked == ["write", "read"]


def _read(sock: socket.socket) -> bytes:
    """Read to the end."""
    sock.settimeout(5)
    found = bytearray()
    while piece := sock.recv(65536):
        found += piece
    return bytes(found)


def _reading(sock: socket.socket, *, after: float) -> Callable[[], bytes]:
    """Begin to read some time later; return how to wait for what was read."""
    found: list[bytes] = []

    def read() -> None:
        time.sleep(after)
        found.append(_read(sock))

    thread = threading.Thread(target=read)
    thread.start()

    def wait() -> bytes:
        thread.join(5)
        return found[0]

    return wait
