"""Checks of the source conformance: no person in errors, addresses and header fields; plain values."""

from __future__ import annotations

import traceback
from collections.abc import Iterable, Mapping
from typing import Any

from kaa_bridge.errors import KaaError
from kaa_bridge.testing.simulators.base import SeenRequest


def assert_clean(error: KaaError, canaries: frozenset[str]) -> None:
    """Fail when an error holds a person anywhere, its context and traceback included, or says not what to do."""
    shown = "\n".join([*traceback.format_exception(error), error.message, error.remedy, repr(error), error.code])
    assert not any(text in shown for text in canaries), "an error holds a person"
    assert error.__cause__ is None, "an error carries its cause over the boundary"
    assert error.message
    assert error.remedy


def assert_no_canary_outside_bodies(requests: Iterable[SeenRequest], canaries: frozenset[str]) -> None:
    """Fail when a request line or header field that the system has seen holds a person."""
    for request in requests:
        assert not any(text in request.outside_body for text in canaries), "a request holds a person outside its body"


def assert_plain(value: Any) -> None:
    """Fail when a parsed record holds more than mappings with text keys, lists, text, numbers, truth values, null."""
    if isinstance(value, Mapping):
        assert all(isinstance(key, str) for key in value)
        for item in value.values():
            assert_plain(item)
    elif isinstance(value, list):
        for item in value:
            assert_plain(item)
    else:
        assert value is None or isinstance(value, (str, int, float, bool)), f"{type(value).__name__} is no plain value"
