"""A send happens once: what is provably not sent, what is in doubt, and that nothing is ever tried again."""

from __future__ import annotations

import socket
import time
from collections.abc import Iterator

import pytest

from kaa_bridge.errors import NoteInDoubt, NoteNotSent
from kaa_bridge.testing.fault_server import Answer, FaultServer, Seen
from kaa_bridge.transport import wire
from kaa_bridge.transport.http import BasicAuth, HttpClient, HttpSettings
from kaa_bridge.transport.oauth import ClientCredentials


@pytest.fixture
def server() -> Iterator[FaultServer]:
    with FaultServer() as running:
        yield running


def _soon() -> float:
    return time.monotonic() + 5


def _client(url: str, **more: float) -> HttpClient:
    return HttpClient(HttpSettings.model_validate({"url": url, "total_seconds": 2.0, **more}), system="treserva")


def test_a_passed_deadline_means_not_sent(server: FaultServer) -> None:
    with _client(server.url) as client, pytest.raises(NoteNotSent, match="deadline_passed"):
        client.send_once("POST", "n", body=b"n", deadline=time.monotonic())
    assert server.connections == 0


def test_the_deadline_is_checked_right_before_the_first_byte(
    server: FaultServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A process that is stopped after connecting and wakes too late sends nothing (finding 4)."""
    real = wire.Connection.connect

    def sleepy(connection: wire.Connection) -> None:
        real(connection)
        time.sleep(0.3)

    monkeypatch.setattr(wire.Connection, "connect", sleepy)
    with _client(server.url) as client, pytest.raises(NoteNotSent, match="deadline_passed"):
        client.send_once("POST", "n", body=b"n", deadline=time.monotonic() + 0.2)
    assert server.connections == 1
    assert server.seen == []


def test_refused_connection_means_not_sent() -> None:
    with FaultServer() as gone:
        url = gone.url
    with _client(url) as client, pytest.raises(NoteNotSent, match="refused"):
        client.send_once("POST", "n", body=b"n", deadline=_soon())


def test_unresolvable_name_means_not_sent() -> None:
    settings = HttpSettings(url="https://no-such-host.invalid")
    with HttpClient(settings) as client, pytest.raises(NoteNotSent, match="dns"):
        client.send_once("POST", "n", body=b"n", deadline=time.monotonic() + 60)


def test_connect_timeout_means_not_sent() -> None:
    """A listener whose backlog is full does not answer further connection attempts."""
    with socket.create_server(("127.0.0.1", 0), backlog=0) as full:
        port = full.getsockname()[1]
        waiting = [socket.socket() for _ in range(4)]
        for sock in waiting:
            sock.setblocking(False)
            sock.connect_ex(("127.0.0.1", port))
        time.sleep(0.05)
        client = _client(f"http://127.0.0.1:{port}", connect_seconds=0.3)
        with client, pytest.raises(NoteNotSent, match="connect_timeout"):
            client.send_once("POST", "n", body=b"n", deadline=_soon())
        for sock in waiting:
            sock.close()


@pytest.mark.parametrize("url", ["https://other.example/n", "http://other.example/n", "ftp://127.0.0.1/n", "/n\n"])
def test_a_wrong_address_means_not_sent(server: FaultServer, url: str) -> None:
    with _client(server.url) as client, pytest.raises(NoteNotSent):
        client.send_once("POST", url, body=b"n", deadline=_soon())
    assert server.connections == 0


def test_a_wrong_header_means_not_sent(server: FaultServer) -> None:
    with _client(server.url) as client, pytest.raises(NoteNotSent, match="header_invalid"):
        client.send_once("POST", "n", body=b"n", headers={"X": "a\nb"}, deadline=_soon())
    assert server.connections == 0


def test_an_unforeseen_error_after_the_first_byte_is_doubt(
    server: FaultServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_args: object, **_kwargs: object) -> None:
        raise RuntimeError("unforeseen")

    monkeypatch.setattr(wire.Connection, "getresponse", broken)
    with _client(server.url) as client, pytest.raises(NoteInDoubt, match="send_interrupted"):
        client.send_once("POST", "n", body=b"n", deadline=_soon())


def test_an_unforeseen_error_before_the_first_byte_is_not_sent(
    server: FaultServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_args: object, **_kwargs: object) -> None:
        raise RuntimeError("unforeseen")

    monkeypatch.setattr(wire.Connection, "connect", broken)
    with _client(server.url) as client, pytest.raises(NoteNotSent, match="send_interrupted"):
        client.send_once("POST", "n", body=b"n", deadline=_soon())


def test_the_whole_request_arrives_as_given(server: FaultServer) -> None:
    body = bytes(range(256)) * 4000
    with _client(server.url + "/api") as client:
        headers = {"Content-Type": "application/octet-stream", "Idempotency-Key": "KAA-1"}
        client.send_once("PUT", "notes/1", body=body, headers=headers, deadline=_soon())
    (seen,) = server.seen
    assert (seen.method, seen.target, seen.body) == ("PUT", "/api/notes/1", body)
    assert seen.header("idempotency-key") == "KAA-1"
    assert seen.header("connection") == "close"
    assert seen.header("content-length") == str(len(body))


def test_a_send_after_reads_does_not_reuse_a_stale_connection(server: FaultServer) -> None:
    server.plan("stale_keep_alive")
    with _client(server.url) as client:
        client.get("x")
        time.sleep(0.05)
        assert client.send_once("POST", "n", body=b"n", deadline=_soon()).status == 200
    assert server.connections == 2


def test_refused_credentials_are_returned_and_not_tried_again(server: FaultServer) -> None:
    server.always("status_401")
    with HttpClient(HttpSettings(url=server.url), auth=BasicAuth("a", "b")) as client:
        assert client.send_once("POST", "n", body=b"n", deadline=_soon()).status == 401
    assert len(server.seen) == 1


def test_a_token_service_that_is_down_means_not_sent(server: FaultServer) -> None:
    def token(_seen: Seen) -> Answer:
        return Answer(body=b'{"access_token": "abc", "token_type": "Bearer", "expires_in": 60}')

    with FaultServer(token) as tokens:
        tokens.plan("status_503")
        with _client(tokens.url, attempts=1) as token_http:
            auth = ClientCredentials(token_http, "token", client_id="c", client_secret="s")
            with HttpClient(HttpSettings(url=server.url), auth=auth) as client:
                with pytest.raises(NoteNotSent, match="busy"):
                    client.send_once("POST", "n", body=b"n", deadline=_soon())
                assert server.connections == 0
                assert client.send_once("POST", "n", body=b"n", deadline=_soon()).status == 200
    assert server.seen[0].header("authorization") == "Bearer abc"
