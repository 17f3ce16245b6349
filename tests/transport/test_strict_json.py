"""JSON that would be read in two ways is read in none."""

from __future__ import annotations

import gzip
import json
import math
import zlib
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kaa_bridge.errors import Unreachable
from kaa_bridge.transport.body import gunzip
from kaa_bridge.transport.strict_json import MAX_DEPTH, decode_json

REFUSED = {
    "empty": (b"", "not_json"),
    "spaces": (b" \n", "not_json"),
    "html": (b"<!DOCTYPE html><html>", "not_json"),
    "xml": (b"<a/>", "not_json"),
    "duplicate": (b'{"a":1,"a":1}', "not_json"),
    "duplicate_deep": (b'[{"x":{"a":1,"b":2,"a":3}}]', "not_json"),
    "duplicate_escaped": (b'{"a":1,"\\u0061":2}', "not_json"),
    "nan": (b"NaN", "not_json"),
    "infinity": (b"[-Infinity]", "not_json"),
    "overflow": (b"1e999", "not_json"),
    "trailing": (b"{} {}", "not_json"),
    "trailing_comma": (b"[1,]", "not_json"),
    "single_quotes": (b"{'a':1}", "not_json"),
    "comment": (b"/* x */ 1", "not_json"),
    "leading_zero": (b"[007]", "not_json"),
    "bare_plus": (b"[+1]", "not_json"),
    "control": (b'"a\nb"', "not_json"),
    "cut": (b'{"a":', "not_json"),
    "lone_surrogate": (b'"\\ud800"', "not_json"),
    "bad_escape": (b'"\\x41"', "not_json"),
    "latin1": ('"Å"'.encode("iso-8859-1"), "encoding_wrong"),
    "utf16": ('"Å"'.encode("utf-16"), "encoding_wrong"),
    "overlong": (b'"\xc0\xaf"', "encoding_wrong"),
    "deep_list": (b"[" * 200 + b"]" * 200, "too_deep"),
    "deep_object": (b'{"a":' * 200 + b"1" + b"}" * 200, "too_deep"),
    "very_deep": (b"[" * 1_000_000 + b"]" * 1_000_000, "too_deep"),
    "unclosed_deep": (b"[" * 1_000_000, "too_deep"),
    "huge_number": (b"1" * 100_000, "not_json"),
}


@pytest.mark.parametrize(("data", "code"), REFUSED.values(), ids=REFUSED)
def test_what_is_refused(data: bytes, code: str) -> None:
    with pytest.raises(Unreachable) as caught:
        decode_json(data, "a:1", "ist")
    assert caught.value.code == code
    assert caught.value.__suppress_context__ or caught.value.__context__ is None


def test_the_depth_that_is_allowed() -> None:
    assert decode_json(b"[" * MAX_DEPTH + b"]" * MAX_DEPTH, "a:1")
    assert decode_json(b'\xef\xbb\xbf{"a": "\\u00e5"}', "a:1") == {"a": "å"}


_TEXT = st.text(st.characters(codec="utf-8", exclude_categories=["Cs"]), max_size=6)
_FLOAT = st.floats(allow_nan=False, allow_infinity=False)
_JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53), 2**53) | _FLOAT | _TEXT,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(_TEXT, inner),
    max_leaves=10,
)


@given(_JSON)
def test_any_value_comes_back(value: Any) -> None:
    found = decode_json(json.dumps(value).encode(), "a:1")
    assert found == value
    assert not (isinstance(found, float) and math.isnan(found))


@given(st.binary(max_size=100))
def test_any_bytes_are_read_or_refused(data: bytes) -> None:
    try:
        decode_json(data, "a:1")
    except Unreachable as error:
        assert error.code in ("not_json", "encoding_wrong", "too_deep")  # noqa: PT017 - either outcome is right


@given(st.binary(max_size=2000), st.integers(1, 5))
def test_packed_bodies_come_back_whole_or_not_at_all(data: bytes, members: int) -> None:
    step = len(data) // members + 1
    packed = b"".join(gzip.compress(data[start : start + step]) for start in range(0, max(len(data), 1), step))
    assert gunzip(packed, "a:1", len(data), None) == data
    for cut in range(1, min(len(packed), 12)):
        with pytest.raises(Unreachable):
            gunzip(packed[:-cut], "a:1", len(data) + 10, None)
    if data:
        with pytest.raises(Unreachable, match="too_large"):
            gunzip(packed, "a:1", len(data) - 1, None)


def test_a_bare_deflate_stream_is_not_gzip() -> None:
    with pytest.raises(Unreachable, match="encoding_refused"):
        gunzip(zlib.compress(b"x"), "a:1", 100, None)
