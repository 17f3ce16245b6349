"""Retries, redirects, headers, deadlines and the environment: what a read does and what it never does."""

from __future__ import annotations

import contextlib
import gzip
import json
import socket
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
import requests

from kaa_bridge.errors import ConfigurationInvalid, KaaError, Unreachable
from kaa_bridge.testing.fault_server import Answer, FaultServer, Seen
from kaa_bridge.transport.http import BasicAuth, HttpClient, HttpResponse, HttpSettings
from kaa_bridge.transport.response import Headers
from kaa_bridge.transport.retry import retry_after


@pytest.fixture
def server() -> Iterator[FaultServer]:
    with FaultServer() as running:
        yield running


def _client(server: FaultServer, waits: list[float] | None = None, **more: float) -> HttpClient:
    settings = HttpSettings.model_validate({"url": server.url, "total_seconds": 2.0, "idle_seconds": 0.3, **more})
    sleep = time.sleep if waits is None else waits.append
    return HttpClient(settings, system="ist", sleep=sleep)


@pytest.mark.parametrize(
    "fault", ["reset_at_accept", "reset_after_body", "truncated_length", "truncated_chunked", "silence", "status_503"]
)
def test_a_read_is_tried_again_after_a_passing_fault(server: FaultServer, fault: str) -> None:
    server.plan(fault, fault)
    waits: list[float] = []
    with _client(server, waits) as client:
        assert client.get("x").json() == {"ok": True}
    assert waits == [0.2, 0.4]


@pytest.mark.parametrize("fault", ["reset_after_body", "status_502", "status_504", "status_429"])
def test_attempts_are_counted(server: FaultServer, fault: str) -> None:
    server.always(fault)
    with _client(server, [], attempts=4) as client, contextlib.suppress(Unreachable):
        assert client.read_post("x", body=b"q").status in (429, 502, 504)
    assert len(server.seen) == 4


@pytest.mark.parametrize(
    "fault", ["no_http", "html_login", "status_500", "status_404", "status_401", "gzip_bomb", "too_large", "unframed"]
)
def test_what_will_not_pass_is_not_tried_again(server: FaultServer, fault: str) -> None:
    server.always("announced_too_large" if fault == "too_large" else fault)
    with _client(server, [], max_bytes=1024) as client, contextlib.suppress(Unreachable):
        assert client.get("x").status in (200, 401, 404, 500)
    assert len(server.seen) == 1


def test_retry_after_is_honoured(server: FaultServer) -> None:
    server.plan("retry_after_second_503", "retry_after_second_429")
    waits: list[float] = []
    with _client(server, waits) as client:
        assert client.get("x").status == 200
    assert waits == [1.0, 1.0]


def test_retry_after_beyond_the_deadline_ends_at_once(server: FaultServer) -> None:
    server.always("retry_after_huge_503")
    waits: list[float] = []
    with _client(server, waits) as client:
        assert client.get("x").status == 503
    assert waits == []
    assert len(server.seen) == 1


@pytest.mark.parametrize(
    ("fields", "seconds"),
    [
        ({"retry-after": "3"}, 3.0),
        ({"retry-after": "0"}, 0.0),
        ({}, None),
        ({"retry-after": "-5"}, None),
        ({"retry-after": "1.5"}, None),
        ({"retry-after": "later"}, None),
        ({"retry-after": "9" * 5000}, None),
        ({"retry-after": "Sun, 22 Nov 2026 06:00:30 GMT", "date": "Sun, 22 Nov 2026 06:00:00 GMT"}, 30.0),
        ({"retry-after": "Sun, 22 Nov 2026 05:00:00 GMT", "date": "Sun, 22 Nov 2026 06:00:00 GMT"}, 0.0),
        ({"retry-after": "Sun, 22 Nov 2026 06:00:30", "date": "Sun, 22 Nov 2026 06:00:00 GMT"}, None),
    ],
)
def test_retry_after_forms(fields: dict[str, str], seconds: float | None) -> None:
    assert retry_after(HttpResponse(503, Headers(fields), b"")) == seconds


def test_the_total_deadline_covers_attempts_and_waits(server: FaultServer) -> None:
    server.always("silence")
    with _client(server, total_seconds=0.8, idle_seconds=0.3, attempts=10) as client:
        begun = time.monotonic()
        with pytest.raises(Unreachable):
            client.get("x")
    assert time.monotonic() - begun < 1.3


def test_a_redirect_is_not_followed_and_carries_nothing_away(server: FaultServer) -> None:
    with FaultServer() as thief:
        server.elsewhere = thief.url
        for status in (301, 302, 303, 307, 308):
            server.plan(f"redirect_{status}")
            with _client(server) as client, pytest.raises(ConfigurationInvalid, match="redirected"):
                client.read_post("x", body=b"secret", headers={"X-Api-Key": "k"})
        server.plan("redirect_307")
        with _client(server) as client:
            answer = client.send_once("POST", "x", body=b"note", deadline=time.monotonic() + 5)
        assert answer.status == 307
    assert thief.seen == []
    assert thief.connections == 0


def test_environment_proxies_netrc_and_bundles_change_nothing(
    server: FaultServer, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    netrc = tmp_path / "netrc"
    netrc.write_text("machine 127.0.0.1 login someone password something\n")
    with FaultServer() as proxy:
        for name in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "http_proxy", "https_proxy", "all_proxy"):
            monkeypatch.setenv(name, proxy.url)
        monkeypatch.setenv("NETRC", str(netrc))
        monkeypatch.delenv("NO_PROXY", raising=False)
        monkeypatch.delenv("no_proxy", raising=False)
        for name in ("REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE", "SSL_CERT_FILE"):
            monkeypatch.setenv(name, str(tmp_path / "nowhere.pem"))
        with _client(server) as client:
            assert client.get("x").status == 200
            client.send_once("POST", "x", body=b"n", deadline=time.monotonic() + 5)
    assert proxy.connections == 0
    assert [seen.header("authorization") for seen in server.seen] == [None, None]


def test_only_the_standard_headers_are_sent(server: FaultServer) -> None:
    with _client(server) as client:
        client.get("x")
        client.read_post("x", body=b"q", headers={"Content-Type": "text/xml", "accept": "text/xml"})
    first, second = ({key.lower() for key, _ in seen.headers} for seen in server.seen)
    assert first == {"host", "user-agent", "accept", "accept-encoding"}
    assert second == first | {"content-type", "content-length"}
    assert server.seen[1].header("accept") == "text/xml"
    assert server.seen[0].header("user-agent") == "kaa-bridge"


def test_cookies_are_not_kept(server: FaultServer) -> None:
    server.handler = lambda _seen: Answer(headers=(("Set-Cookie", "session=1; Path=/"),))
    with _client(server) as client:
        client.get("x")
        client.get("x")
    assert server.seen[1].header("cookie") is None


def test_reads_keep_the_connection_and_sends_never_share_one(server: FaultServer) -> None:
    with _client(server) as client:
        for _ in range(3):
            client.get("x")
        assert server.connections == 1
        for _ in range(2):
            client.send_once("POST", "x", body=b"n", deadline=time.monotonic() + 5)
        assert server.connections == 3


def test_parameters_and_paths(server: FaultServer) -> None:
    settings = HttpSettings(url=server.url + "/api/v2")
    with HttpClient(settings) as client:
        client.get("persons", params={"limit": "10", "name": "å&b", "expand": ["a", "b"]})
        client.get("/persons?after=1")
        client.get(f"{server.url}/other")
    targets = [seen.target for seen in server.seen]
    assert targets == [
        "/api/v2/persons?limit=10&name=%C3%A5%26b&expand=a&expand=b",
        "/api/v2/persons?after=1",
        "/other",
    ]


@pytest.mark.parametrize("path", ["persons", "persons?a=1", "å%20ö/%41%2f~;x", "a?"])
@pytest.mark.parametrize("params", [None, {}, {"a": "å &=+%2f~*/?#", "é": ["1", ""]}, {"none": []}])
def test_an_address_is_written_as_requests_writes_it(
    server: FaultServer, path: str, params: dict[str, str | list[str]] | None
) -> None:
    with HttpClient(HttpSettings(url=server.url)) as client:
        client.get(path, params=params)
    url = requests.Request("GET", f"{server.url}/{path}", params=params).prepare().path_url
    assert [seen.target for seen in server.seen] == [url]


@pytest.mark.parametrize(
    "headers",
    [
        {"X": "a\r\nY: b"},
        {"X\r\nY": "a"},
        {"Host": "other"},
        {"Content-Length": "3"},
        {"Transfer-Encoding": "chunked"},
        {"Cookie": "a"},
        {"X": "\u2028"},
        {"Accept-Encoding": "br"},
        {"X": " padded"},
    ],
)
def test_odd_headers_are_refused_before_anything_is_sent(server: FaultServer, headers: dict[str, str]) -> None:
    with _client(server) as client, pytest.raises(ConfigurationInvalid, match="header_invalid"):
        client.get("x", headers=headers)
    assert server.connections == 0


def test_basic_credentials_go_to_the_own_origin_only(server: FaultServer) -> None:
    with FaultServer() as other:
        settings = HttpSettings(url=server.url, allowed_hosts=("127.0.0.1",))
        with HttpClient(settings, auth=BasicAuth("användare", "lösen:ord")) as client:
            client.get("x")
            client.get(other.url + "/x")
        assert other.seen[0].header("authorization") is None
    assert server.seen[0].header("authorization") == "Basic YW52w6RuZGFyZTpsw7ZzZW46b3Jk"


def test_repeated_headers_are_joined_and_names_have_no_case(server: FaultServer) -> None:
    server.handler = lambda _seen: Answer(headers=(("X-A", "1"), ("x-a", "2")))
    with _client(server) as client:
        headers = client.get("x").headers
    assert headers["X-a"] == "1, 2"
    assert "X-A" in headers
    assert headers.get("missing") is None


def test_threads_share_a_client(server: FaultServer) -> None:
    def echo(seen: Seen) -> Answer:
        return Answer(body=json.dumps({"target": seen.target}).encode())

    server.handler = echo
    wrong: list[object] = []

    def read(client: HttpClient, number: int) -> None:
        for turn in range(20):
            if client.get(f"t{number}-{turn}").json() != {"target": f"/t{number}-{turn}"}:
                wrong.append(number)

    with _client(server, total_seconds=20.0, idle_seconds=10.0) as client:
        threads = [threading.Thread(target=read, args=(client, number)) for number in range(6)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert wrong == []
    assert len(server.seen) == 120


@pytest.mark.parametrize("packed", [False, True])
def test_the_cap_is_on_the_unpacked_size(server: FaultServer, packed: bool) -> None:
    body = b'"' + b"a" * 5000 + b'"'
    fields = (("Content-Encoding", "gzip"),) if packed else ()
    server.handler = lambda _seen: Answer(body=gzip.compress(body) if packed else body, headers=fields)
    with _client(server, max_bytes=len(body)) as client:
        assert client.get("x").body == body
    with _client(server, max_bytes=len(body) - 1) as client, pytest.raises(Unreachable, match="too_large"):
        client.get("x")


def test_refused_and_unresolvable() -> None:
    with FaultServer() as gone:
        url = gone.url
    settings = HttpSettings(url=url, attempts=2, total_seconds=2)
    with HttpClient(settings) as client, pytest.raises(Unreachable, match="refused"):
        client.get("x")
    unknown = HttpSettings(url="https://no-such-host.invalid", attempts=1, total_seconds=20)
    with HttpClient(unknown) as client, pytest.raises(KaaError, match=r"^dns"):
        client.get("x")


def test_a_resolver_that_hangs_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    def hang(*_args: object, **_kwargs: object) -> list[object]:
        time.sleep(1.5)
        return []

    monkeypatch.setattr(socket, "getaddrinfo", hang)
    begun = time.monotonic()
    settings = HttpSettings(url="https://api.example.se", connect_seconds=0.2, attempts=1)
    with HttpClient(settings) as client, pytest.raises(Unreachable, match="dns"):
        client.get("x")
    assert time.monotonic() - begun < 1


def test_a_name_that_resolves_elsewhere_is_not_loopback(monkeypatch: pytest.MonkeyPatch) -> None:
    """``localhost`` may be called without TLS only where it leads to this machine."""
    elsewhere = [(socket.AF_INET, socket.SOCK_STREAM, 6, "", ("192.0.2.1", 80))]
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_args, **_kwargs: elsewhere)
    with HttpClient(HttpSettings(url="http://localhost")) as client, pytest.raises(KaaError, match="plain_http"):
        client.get("x")


def test_conditional_reads_may_answer_304(server: FaultServer) -> None:
    server.handler = lambda _seen: Answer(status=304, body=b"")
    with _client(server) as client:
        assert client.get("x", headers={"If-None-Match": '"1"'}).status == 304
