"""Which addresses are accepted: https or loopback, listed hosts, nothing odd (reliability S10)."""

from __future__ import annotations

from typing import Any

import pytest
from pydantic import ValidationError

from kaa_bridge.errors import ConfigurationInvalid
from kaa_bridge.transport.address import AddressBook
from kaa_bridge.transport.http import HttpClient, HttpSettings


def _book(url: str = "https://api.example.se/v2", *hosts: str) -> AddressBook:
    return AddressBook(HttpSettings(url=url, allowed_hosts=hosts), "ist")


@pytest.mark.parametrize(
    ("url", "code"),
    [
        ("http://api.example.se", "plain_http"),
        ("http://10.0.0.1", "plain_http"),
        ("http://127.0.0.1.example.se", "plain_http"),
        ("http://localhost.example.se", "plain_http"),
        ("http://2130706433", "plain_http"),
        ("ftp://api.example.se", "address_invalid"),
        ("file:///etc/passwd", "address_invalid"),
        ("api.example.se", "address_invalid"),
        ("https://", "address_invalid"),
        ("https://user:word@api.example.se", "address_invalid"),
        ("https://user@api.example.se", "address_invalid"),
        ("https://api.example.se/#x", "address_invalid"),
        ("https://api.example.se:99999", "address_invalid"),
        ("https://api.example.se:0", "address_invalid"),
        ("https://api.example.se:x", "address_invalid"),
        ("https://api example.se", "address_invalid"),
        ("https://api.example.se\\@evil.example", "address_invalid"),
        ("https://api.example.se/\r\nX: y", "address_invalid"),
        ("https://api.exämple.se", "address_invalid"),
        ("https://[::1", "address_invalid"),
        ("", "address_invalid"),
    ],
)
def test_base_addresses_that_are_refused(url: str, code: str) -> None:
    with pytest.raises(ConfigurationInvalid, match=code):
        HttpClient(url=url)


@pytest.mark.parametrize(
    "url",
    ["https://api.example.se", "http://127.0.0.1:8080", "http://localhost:1", "http://[::1]:80/x", "https://10.0.0.1"],
)
def test_base_addresses_that_are_accepted(url: str) -> None:
    HttpClient(url=url).close()


@pytest.mark.parametrize(
    "url",
    [
        "https://evil.example/v2",
        "https://api.example.se.evil.example/",
        "https://api.example.se:8443/v2",
        "https://api.example.se@evil.example/",
        "https://evil.example\\api.example.se/",
        "//evil.example/x",
        "\thttps://evil.example",
        "http://127.0.0.1/",
        "http://api.example.se/",
    ],
)
def test_calls_elsewhere_are_refused(url: str) -> None:
    try:
        absolute, origin = _book().resolve(url)
    except ConfigurationInvalid as error:
        assert error.code in ("host_not_allowed", "address_invalid", "plain_http")  # noqa: PT017 - either is right
    else:
        assert origin.host == "api.example.se"
        assert absolute.startswith("https://api.example.se/v2/")


def test_relative_paths_stay_below_the_base() -> None:
    book = _book()
    assert book.resolve("persons?x=1")[0] == "https://api.example.se/v2/persons?x=1"
    assert book.resolve("/persons")[0] == "https://api.example.se/v2/persons"
    assert book.resolve("")[0] == "https://api.example.se/v2/"
    assert book.resolve("https://API.example.se:443/other")[0] == "https://API.example.se:443/other"


def test_listed_hosts_replace_the_default_and_ports_count() -> None:
    book = _book("https://api.example.se/v2", "token.example.se", "files.example.se:8443")
    book.resolve("https://token.example.se/t")
    book.resolve("https://token.example.se:9000/t")
    book.resolve("https://files.example.se:8443/f")
    book.resolve("https://api.example.se/v2/x")
    with pytest.raises(ConfigurationInvalid, match="host_not_allowed"):
        book.resolve("https://files.example.se/f")


@pytest.mark.parametrize(
    "fields",
    [
        {"url": 5},
        {"url": "https://a.example", "connect_seconds": 0},
        {"url": "https://a.example", "total_seconds": "60"},
        {"url": "https://a.example", "max_bytes": 1.5},
        {"url": "https://a.example", "attempts": 100},
        {"url": "https://a.example", "attempts": True},
        {"url": "https://a.example", "unknown": 1},
        {"url": "https://a.example", "client_certificate": {"cert": "a", "verify": False}},
        {"url": "https://a.example", "allowed_hosts": "a.example"},
    ],
)
def test_settings_are_strict(fields: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        HttpSettings.model_validate(fields)
    with pytest.raises(ConfigurationInvalid, match="settings_invalid"):
        HttpClient(**fields)


def test_a_setting_that_is_not_there_is_told_from_one_of_a_wrong_value() -> None:
    with pytest.raises(ConfigurationInvalid) as refused:
        HttpClient(url="https://a.example", read_seconds=3, idle_seconds="long")
    assert "idle_seconds has no usable value; there is no setting read_seconds" in refused.value.message


def test_settings_as_a_toml_file_gives_them() -> None:
    made = HttpSettings.model_validate(
        {
            "url": "https://a.example",
            "allowed_hosts": ["a.example"],
            "ca_bundle": "ca.pem",
            "client_certificate": {"cert": "c.pem", "key": "k.pem", "password": "x"},
            "total_seconds": 30,
        }
    )
    assert made.allowed_hosts == ("a.example",)
    assert made.total_seconds == 30.0
    assert "password" not in repr(made)
