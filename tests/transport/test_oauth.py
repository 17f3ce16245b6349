"""Client credentials: one token, renewed before its end and once after a 401 in the middle of paging."""

from __future__ import annotations

import json
from collections.abc import Iterator
from urllib.parse import parse_qs

import pytest

from kaa_bridge.errors import ConfigurationInvalid, KaaError, Unreachable
from kaa_bridge.testing.fault_server import Answer, FaultServer, Seen
from kaa_bridge.transport.http import HttpClient, HttpSettings, expect_ok
from kaa_bridge.transport.oauth import ClientCredentials


class TokenService:
    def __init__(self) -> None:
        self.given = 0
        self.valid = ""
        self.answer: dict[str, object] | None = None

    def __call__(self, seen: Seen) -> Answer:
        if seen.target.startswith("/token"):
            self.given += 1
            self.valid = f"t{self.given}"
            made = {"access_token": self.valid, "token_type": "Bearer", "expires_in": 600}
            return Answer(body=json.dumps(self.answer if self.answer is not None else made).encode())
        if seen.header("authorization") != f"Bearer {self.valid}":
            return Answer(status=401, body=b"")
        return Answer()


@pytest.fixture
def service() -> TokenService:
    return TokenService()


@pytest.fixture
def server(service: TokenService) -> Iterator[FaultServer]:
    with FaultServer(service) as running:
        yield running


@pytest.fixture
def http(server: FaultServer) -> Iterator[HttpClient]:
    with HttpClient(
        HttpSettings(url=server.url, attempts=1, total_seconds=3, idle_seconds=0.3), system="ist"
    ) as client:
        yield client


def _auth(http: HttpClient, now: list[float], style: str = "basic") -> ClientCredentials:
    return ClientCredentials(
        http,
        "token",
        client_id="kåa",
        client_secret="h:e m+lig",
        scope="a b",
        style="body" if style == "body" else "basic",
        clock=lambda: now[0],
    )


def test_one_token_serves_many_calls_and_is_renewed_before_its_end(
    server: FaultServer, service: TokenService, http: HttpClient
) -> None:
    now = [0.0]
    with HttpClient(HttpSettings(url=server.url), auth=_auth(http, now)) as client:
        for _ in range(3):
            expect_ok(client.get("page"))
        assert service.given == 1
        now[0] = 539
        expect_ok(client.get("page"))
        assert service.given == 1
        now[0] = 541
        expect_ok(client.get("page"))
        assert service.given == 2


def test_a_token_withdrawn_while_paging_is_fetched_anew_once(
    server: FaultServer, service: TokenService, http: HttpClient
) -> None:
    with HttpClient(HttpSettings(url=server.url), auth=_auth(http, [0.0])) as client:
        expect_ok(client.get("page"))
        service.valid = "another"
        expect_ok(client.get("page"))
        assert service.given == 2
        server.always("status_401")
        server.plan("status_401", "ok", "status_401")
        with pytest.raises(ConfigurationInvalid, match="credentials_refused"):
            expect_ok(client.get("page"))
    assert service.given == 3


@pytest.mark.parametrize("style", ["basic", "body"])
def test_credentials_go_as_the_service_wants_them(server: FaultServer, http: HttpClient, style: str) -> None:
    _auth(http, [0.0], style).headers()
    (seen,) = server.seen
    form = parse_qs(seen.body.decode())
    assert form["grant_type"] == ["client_credentials"]
    assert form["scope"] == ["a b"]
    assert "?" not in seen.target
    if style == "body":
        assert form["client_secret"] == ["h:e m+lig"]
        assert seen.header("authorization") is None
    else:
        assert set(form) == {"grant_type", "scope"}
        assert (seen.header("authorization") or "").startswith("Basic ")


@pytest.mark.parametrize("status", [400, 401, 403])
def test_a_refused_client(server: FaultServer, http: HttpClient, status: int) -> None:
    server.always(f"status_{status}")
    with pytest.raises(ConfigurationInvalid, match="token_refused"):
        _auth(http, [0.0]).headers()


@pytest.mark.parametrize("fault", ["html_login", "status_503", "silence", "truncated_length", "redirect_302"])
def test_a_token_service_that_fails(server: FaultServer, http: HttpClient, fault: str) -> None:
    server.always(fault)
    with pytest.raises(KaaError) as caught:
        _auth(http, [0.0]).headers()
    assert caught.value.code in ("not_json", "busy", "silent", "truncated", "redirected")


@pytest.mark.parametrize(
    "answer",
    [
        {},
        {"access_token": "", "token_type": "Bearer"},
        {"access_token": "a\r\nX: y", "token_type": "Bearer"},
        {"access_token": 5, "token_type": "Bearer"},
        {"access_token": "a", "token_type": "mac"},
        {"access_token": "a"},
        {"access_token": "a", "token_type": "Bearer", "expires_in": "600"},
        {"access_token": "a", "token_type": "Bearer", "expires_in": -1},
        {"access_token": "a", "token_type": "Bearer", "expires_in": True},
    ],
)
def test_an_unusable_token_is_named_and_not_shown(
    service: TokenService, http: HttpClient, answer: dict[str, object]
) -> None:
    service.answer = answer
    with pytest.raises(Unreachable, match="token_unusable"):
        _auth(http, [0.0]).headers()


def test_a_short_life_is_used_to_its_half(service: TokenService, http: HttpClient) -> None:
    service.answer = {"access_token": "a", "token_type": "bearer", "expires_in": 20}
    now = [0.0]
    auth = _auth(http, now)
    auth.headers()
    now[0] = 9.0
    auth.headers()
    assert service.given == 1
    now[0] = 11.0
    auth.headers()
    assert service.given == 2
