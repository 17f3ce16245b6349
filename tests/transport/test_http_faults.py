"""Every way the fault server speaks wrongly, met by a read and by a send (reliability F4, findings 5 and 6)."""

from __future__ import annotations

import time
from collections.abc import Iterator

import pytest

from kaa_bridge.errors import ConfigurationInvalid, KaaError, NoteInDoubt, NoteNotSent, Unreachable
from kaa_bridge.testing.fault_server import FaultServer
from kaa_bridge.testing.faults import FAULTS
from kaa_bridge.transport.http import HttpClient, HttpSettings, expect_ok

TOTAL = 1.0
IDLE = 0.3
LIMIT = 1024 * 1024

WIRE: dict[str, str] = {
    "close_at_accept": "reset",
    "greeting_at_accept": "broken",
    "reset_before_body": "reset",
    "reset_during_body": "reset",
    "reset_after_body": "reset",
    "reset_after_commit": "reset",
    "close_after_commit": "reset",
    "silence": "silent",
    "silence_after_commit": "silent",
    "never_reads_body": "silent",
    "slow_head": "slow",
    "slow_body": "slow",
    "slow_chunks": "slow",
    "slow_headers": "slow",
    "truncated_length": "truncated",
    "truncated_chunked": "truncated",
    "truncated_in_chunk": "truncated",
    "truncated_http10": "unframed",
    "unframed": "unframed",
    "gzip_truncated": "truncated",
    "gzip_unframed_truncated": "truncated",
    "gzip_garbage": "encoding_refused",
    "gzip_trailing": "encoding_refused",
    "gzip_wrong_sum": "encoding_refused",
    "gzip_bomb": "too_large",
    "gzip_members": "too_large",
    "unasked_packing": "encoding_refused",
    "endless_body": "too_large",
    "endless_chunks": "too_large",
    "endless_headers": "broken",
    "endless_header_line": "broken",
    "endless_continue": "too_large",
    "endless_trailer": "too_large",
    "negative_chunk": "too_large",
    "announced_too_large": "too_large",
    "bad_status_line": "broken",
    "no_http": "broken",
    "switching_protocols": "broken",
    "early_hints": "broken",
    "bad_length": "broken",
    "negative_length": "broken",
    "two_lengths": "broken",
    "length_and_chunked": "broken",
    "odd_coding": "broken",
    "bad_chunk_size": "truncated",
    "bad_header": "unframed",
}
"""Faults below the status line: code of ``Unreachable`` for a read, of ``NoteInDoubt`` for a send."""

BODY: dict[str, str] = {
    "failure_after_commit": "server_error",
    "html_login": "not_json",
    "wrong_charset": "encoding_wrong",
    "duplicate_keys": "not_json",
    "not_a_number": "not_json",
    "deep_json": "too_deep",
    "empty": "not_json",
    "no_content": "not_json",
    "multipart": "not_json",
    "soap_fault_200": "not_json",
    "soap_fault_500": "server_error",
    "status_201": "not_json",
    "status_202": "not_json",
    "status_400": "request_refused",
    "status_401": "credentials_refused",
    "status_403": "access_refused",
    "status_404": "not_found",
    "status_405": "request_refused",
    "status_409": "request_refused",
    "status_413": "request_refused",
    "status_422": "request_refused",
    "status_429": "busy",
    "status_500": "server_error",
    "status_502": "server_error",
    "status_503": "busy",
    "status_504": "server_error",
}
"""Whole answers: what ``expect_ok`` and ``json`` make of them; a send returns them."""

CONFIGURATION = {"credentials_refused", "access_refused", "redirected"}
RIGHT = {"ok", "gzip_right", "byte_order_mark", "error_body", "duplicate_response", "stale_keep_alive"}


def _class_of(name: str) -> str:
    if name.startswith("redirect_"):
        return "redirected"
    if name.startswith("retry_after_"):
        return "busy"
    return BODY[name]


@pytest.fixture
def server() -> Iterator[FaultServer]:
    with FaultServer() as running:
        yield running


def _client(server: FaultServer, *, attempts: int = 1, accept_unframed: bool = False) -> HttpClient:
    settings = HttpSettings(
        url=server.url,
        total_seconds=TOTAL,
        idle_seconds=IDLE,
        max_bytes=LIMIT,
        attempts=attempts,
        accept_unframed=accept_unframed,
    )
    return HttpClient(settings, system="qore")


def _no_person(error: KaaError) -> None:
    shown = f"{error} {error!r} {error.message} {error.remedy} {error.args}"
    for canary in ("Anna", "Andersson", "20080101", "1234", "canary", "Location", "127.0.0.1:9/"):
        assert canary not in shown
    assert error.__cause__ is None
    assert error.__suppress_context__ or error.__context__ is None


def test_every_fault_has_an_expectation() -> None:
    prefixed = {name for name in FAULTS if name.startswith(("redirect_", "retry_after_"))}
    assert set(FAULTS) == set(WIRE) | set(BODY) | RIGHT | prefixed | {"reset_at_accept"}


@pytest.mark.parametrize("name", sorted(WIRE))
def test_a_read_is_refused_in_time_with_a_code(server: FaultServer, name: str) -> None:
    server.always(name)
    with _client(server) as client:
        begun = time.monotonic()
        with pytest.raises(Unreachable) as caught:
            client.get("canary", params={"canary": "canary"})
    assert caught.value.code == WIRE[name]
    assert time.monotonic() - begun < TOTAL + 1
    _no_person(caught.value)


def test_a_reset_right_after_connecting_is_not_sent_or_in_doubt(server: FaultServer) -> None:
    """Where the system tells the reset before the first byte was written, the note is provably not sent."""
    server.always("reset_at_accept")
    with _client(server) as client:
        with pytest.raises(Unreachable) as read:
            client.get("x")
        assert read.value.code in ("refused", "reset")
        with pytest.raises((NoteNotSent, NoteInDoubt)) as sent:
            client.send_once("POST", "notes", body=b"x", headers={}, deadline=time.monotonic() + 5)
    assert (sent.value.code == "refused") == isinstance(sent.value, NoteNotSent)


@pytest.mark.parametrize("name", sorted(set(FAULTS) - set(WIRE) - RIGHT - {"reset_at_accept"}))
def test_a_whole_wrong_answer_is_refused_with_a_code(server: FaultServer, name: str) -> None:
    server.always(name)
    with _client(server) as client, pytest.raises(KaaError) as caught:
        expect_ok(client.get("canary")).json()
    code = _class_of(name)
    assert caught.value.code == code
    assert isinstance(caught.value, ConfigurationInvalid if code in CONFIGURATION else Unreachable)
    _no_person(caught.value)


@pytest.mark.parametrize("name", sorted(RIGHT))
def test_a_right_answer_is_read(server: FaultServer, name: str) -> None:
    server.always(name)
    with _client(server) as client:
        for _ in range(3):
            assert isinstance(expect_ok(client.get("x")).json(), dict)


@pytest.mark.parametrize("name", sorted(WIRE))
def test_a_send_without_whole_answer_is_in_doubt(server: FaultServer, name: str) -> None:
    server.always(name)
    with _client(server) as client:
        begun = time.monotonic()
        with pytest.raises(NoteInDoubt) as caught:
            client.send_once("POST", "notes", body=b"x" * 200_000, headers={}, deadline=time.monotonic() + 5)
    assert caught.value.code == WIRE[name]
    assert time.monotonic() - begun < TOTAL + 1
    assert server.connections == 1
    _no_person(caught.value)


@pytest.mark.parametrize("name", sorted(set(FAULTS) - set(WIRE) - {"reset_at_accept"}))
def test_a_send_returns_a_whole_answer_whatever_it_says(server: FaultServer, name: str) -> None:
    server.always(name)
    with _client(server, attempts=5) as client:
        answer = client.send_once("POST", "notes", body=b"<note/>", headers={}, deadline=time.monotonic() + 5)
    assert answer.status in range(200, 600)
    assert server.connections == 1
    assert [seen.body for seen in server.seen] == [b"<note/>"]


def test_an_unframed_answer_is_read_when_that_is_accepted(server: FaultServer) -> None:
    server.always("unframed")
    with _client(server, accept_unframed=True) as client:
        assert client.get("x").json() == {"ok": True}


def test_a_cut_unframed_answer_is_seen_by_the_format(server: FaultServer) -> None:
    server.always("truncated_http10")
    with _client(server, accept_unframed=True) as client, pytest.raises(Unreachable, match="not_json"):
        client.get("x").json()
