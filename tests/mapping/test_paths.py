"""The path language: what it reads, and what it refuses."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kaa_bridge.mapping.paths import compile_path, parse_path, scalar
from kaa_bridge.mapping.problems import Refused

RECORD: dict[str, Any] = {
    "a": {"b": {"c": "deep"}, "@attr": "x", "#text": "t"},
    "single": [{"b": "one"}],
    "addresses": [
        {"type": "Postadress", "code": "1", "mobile": False, "n": 7},
        {"type": "Folkbokföring", "code": "2", "mobile": True, "n": 8},
        {"type": "Folkbokföring", "code": "3", "mobile": True, "n": 9},
    ],
    "Län/kommun": "0114",
    "1": "first column",
    "empty": "",
    "none": None,
}


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("a/b/c", "deep"),
        ("a/@attr", "x"),
        ("a/#text", "t"),
        ("single/b", "one"),
        ("single[0]/b", "one"),
        ("single[1]/b", None),
        ("addresses[0]/code", "1"),
        ("addresses[2]/code", "3"),
        ("addresses[type=Folkbokföring][0]/code", "2"),
        ("addresses[type=Folkbokföring][1]/code", "3"),
        ("addresses[type=Tillfällig adress][0]/code", None),
        ("addresses[mobile=true][0]/code", "2"),
        ("addresses[n=9]/code", "3"),
        ("addresses[type=Folkbokföring][n=9]/code", "3"),
        ("'Län/kommun'", "0114"),
        ("#1", "first column"),
        ("missing/b/c", None),
        ("empty/b", None),
        ("none/b", None),
        ("addresses[type=Postadress]/code", "1"),
    ],
)
def test_a_path_reads_what_stands_there(path: str, value: Any) -> None:
    assert compile_path(parse_path(path))(RECORD) == value


@pytest.mark.parametrize(
    ("path", "code"),
    [
        ("addresses/code", "several_values"),
        ("addresses[type=Folkbokföring]/code", "several_values"),
        ("a/b/c/d", "wrong_type"),
        ("addresses[kind=x][0]/code", "filter_key_missing"),
        ("addresses[kind=x]", "filter_key_missing"),
    ],
)
def test_a_record_of_another_shape_is_refused(path: str, code: str) -> None:
    with pytest.raises(Refused) as refused:
        compile_path(parse_path(path))(RECORD)
    assert refused.value.code == code


def test_a_filter_that_keeps_nothing_gives_an_empty_list() -> None:
    assert compile_path(parse_path("addresses[type=X]"))(RECORD) == []


def test_the_dot_is_the_value_itself() -> None:
    assert compile_path(parse_path("."))("text") == "text"


@pytest.mark.parametrize("path", ["", "/a", "a//b", "a/", "a[", "a[]", "a[x=]", "a[-1]", "a]b", "a [0]", "a[0]b", " a"])
def test_what_is_no_path_is_refused(path: str) -> None:
    with pytest.raises(ValueError, match=r"path"):
        parse_path(path)


@pytest.mark.parametrize(
    ("value", "result"),
    [("x", "x"), (["x"], "x"), ([], None), ({"#text": "x", "@a": "1"}, "x"), ({"@a": "1"}, None), (None, None)],
)
def test_a_scalar_is_taken_out_of_its_wrapping(value: Any, result: Any) -> None:
    assert scalar(value) == result


# Lists hold entries of one kind: the quick forms stop at the first that fits, and do not look at what stands after it.
json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: (
        st.lists(st.dictionaries(st.sampled_from("abc"), inner), max_size=3)
        | st.dictionaries(st.sampled_from("abc"), inner, max_size=3)
    ),
    max_leaves=12,
)


@given(
    st.dictionaries(st.sampled_from("abc"), json_values),
    st.sampled_from(
        ["a", "a[0]", "a[b=x][0]", "a/b", "a/b/c", "a[0]/b", "a[b=x][0]/c", "a[b=x]", "a[b=true][0]/c", "a[1]/b/c"]
    ),
)
def test_the_quick_forms_read_as_the_general_walk(record: dict[str, Any], path: str) -> None:
    from kaa_bridge.mapping.paths import _walk

    steps = parse_path(path)

    def outcome(read: Any) -> Any:
        try:
            return read(record)
        except Refused as refused:
            return refused.code

    assert outcome(compile_path(steps)) == outcome(lambda node: _walk(node, steps))
