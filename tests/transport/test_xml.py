"""The XML parser against a hostile corpus, and the walk that turns elements into mappings."""

from __future__ import annotations

import resource
import time
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from kaa_bridge.errors import KaaError, Unreachable
from kaa_bridge.transport.xml import (
    MAX_DEPTH,
    element_to_mapping,
    iterate_records,
    parse_xml,
    record_bytes,
)
from tests.transport.guarded import touched
from tests.transport.hostile_xml import bearable, refused

CODES = {"not_xml", "doctype", "too_deep", "encoding_wrong", "file_incomplete", "too_many_attributes"}
REFUSED = refused()
BEARABLE = bearable()
IN_FILES = [(name, data) for name, data in REFUSED if name not in ("depth_65", "depth_255")]
"""Depth is bounded at 64 inside a record; outside records libxml2's own bound of 256 holds."""


def test_the_corpus_is_large_enough() -> None:
    assert len(REFUSED) + len(BEARABLE) >= 60
    assert len({name for name, _ in REFUSED}) == len(REFUSED)


@pytest.mark.parametrize("data", [data for _, data in REFUSED], ids=[name for name, _ in REFUSED])
def test_hostile_xml_is_refused_with_a_code(data: bytes) -> None:
    begun = time.process_time()
    with touched() as seen, pytest.raises(Unreachable) as caught:
        parse_xml(data)
    assert caught.value.code in CODES
    assert time.process_time() - begun < 2
    assert seen == []


@pytest.mark.parametrize("data", [data for _, data in IN_FILES], ids=[name for name, _ in IN_FILES])
def test_hostile_files_are_refused_with_a_code(data: bytes, tmp_path: Path) -> None:
    path = tmp_path / "in.xml"
    path.write_bytes(data)
    begun = time.process_time()
    with touched() as seen, pytest.raises(KaaError) as caught:
        for _ in iterate_records(path, "record"):
            pass
    assert caught.value.code in CODES
    assert time.process_time() - begun < 2
    assert {what for _, what in seen} <= {str(path)}


@pytest.mark.parametrize("data", [data for _, data in BEARABLE], ids=[name for name, _ in BEARABLE])
def test_odd_xml_is_read_or_refused_within_bounds(data: bytes) -> None:
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    begun = time.process_time()
    with touched() as seen:
        try:
            element_to_mapping(parse_xml(data))
        except Unreachable as error:
            assert error.code in CODES  # noqa: PT017 - either outcome is right
    assert time.process_time() - begun < 2
    assert seen == []
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 256 * 1024


def test_errors_do_not_quote_the_document() -> None:
    with pytest.raises(Unreachable) as caught:
        parse_xml(b"<elev><personnummer>200801011234</Andersson></elev>")
    shown = repr(caught.value) + caught.value.remedy
    assert "Andersson" not in shown
    assert "2008" not in shown
    assert caught.value.__suppress_context__


def test_a_comment_or_instruction_inside_does_not_cut_the_text() -> None:
    root = parse_xml(b"<a><pnr>20080101<!-- x -->1234</pnr><b>x<?y z?>y</b></a>")
    assert element_to_mapping(root) == {"pnr": "200801011234", "b": "xy"}


def test_depth_counts_from_the_root() -> None:
    assert parse_xml(b"<a>" * MAX_DEPTH + b"</a>" * MAX_DEPTH).tag == "a"


@pytest.mark.parametrize(
    ("encoding", "text"), [("utf-8", "Åsa"), ("iso-8859-1", "Åsa"), ("windows-1252", "Å€"), ("ISO-8859-15", "Å€")]
)
def test_declared_encodings_are_honoured(encoding: str, text: str) -> None:
    data = f'<?xml version="1.0" encoding="{encoding}"?><a>{text}</a>'.encode(encoding)
    assert parse_xml(data).text == text


NIL = 'xmlns:i="http://www.w3.org/2001/XMLSchema-instance"'


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("<a/>", ""),
        ("<a></a>", ""),
        ("<a> x </a>", " x "),
        ("<a><b/></a>", {"b": ""}),
        ("<a><b>1</b><c>2</c></a>", {"b": "1", "c": "2"}),
        ("<a><b>1</b><c/><b>2</b><b>3</b></a>", {"b": ["1", "2", "3"], "c": ""}),
        ('<a x="1"/>', {"@x": "1"}),
        ('<a x="1">t</a>', {"@x": "1", "#text": "t"}),
        ('<a><b x="1">t</b></a>', {"b": {"@x": "1", "#text": "t"}}),
        ("<a>before<b>1</b>after</a>", {"b": "1", "#text": "beforeafter"}),
        ("<a>\n  <b>1</b>\n</a>", {"b": "1"}),
        (f'<a {NIL} i:nil="true"/>', None),
        (f'<a {NIL} i:nil="1"/>', None),
        (f'<a {NIL} i:nil="false">x</a>', "x"),
        (f'<a {NIL}><b i:nil="true"/><b>1</b></a>', {"b": [None, "1"]}),
        (f'<a {NIL}><b i:nil="true" why="x"/></a>', {"b": None}),
        ('<a xmlns="u" xmlns:y="v"><b>1</b><y:b>2</y:b></a>', {"b": ["1", "2"]}),
        ("<a><b><c>1</c></b><b><c>2</c></b></a>", {"b": [{"c": "1"}, {"c": "2"}]}),
        ("<a><![CDATA[<x>&]]></a>", "<x>&"),
        ("<a><b><c/><c/></b></a>", {"b": {"c": ["", ""]}}),
    ],
)
def test_elements_as_mappings(text: str, value: Any) -> None:
    assert element_to_mapping(parse_xml(text.encode())) == value


def test_a_record_is_a_document_of_its_own_with_the_same_value() -> None:
    page = b'<s:E xmlns:s="urn:s"><l xmlns="urn:q"><r k="1"><n>\xc3\x85</n></r>\n<r><n>2</n></r></l></s:E>'
    first, second = parse_xml(page)[0]
    data = record_bytes(first)
    assert data == record_bytes(parse_xml(page)[0][0])
    assert data != record_bytes(second)
    assert not data.endswith(b"\n")
    assert element_to_mapping(parse_xml(data)) == element_to_mapping(first)


_NAME = st.sampled_from(["a", "b", "c"])
_TEXT = st.text(
    st.characters(codec="utf-8", exclude_categories=["Cc", "Cs"], exclude_characters="\ufffe\uffff"), max_size=5
)
_TREE = st.recursive(_TEXT, lambda inner: st.lists(st.tuples(_NAME, inner), min_size=1, max_size=4), max_leaves=12)


def _build(parent: etree._Element, tree: Any) -> None:
    if isinstance(tree, str):
        parent.text = tree
        return
    for name, inner in tree:
        _build(etree.SubElement(parent, name), inner)


def _expected(tree: Any) -> Any:
    if isinstance(tree, str):
        return tree
    made: dict[str, Any] = {}
    for name in dict.fromkeys(name for name, _ in tree):
        values = [_expected(inner) for key, inner in tree if key == name]
        made[name] = values[0] if len(values) == 1 else values
    return made


@given(_TREE)
def test_any_tree_of_elements_is_walked_right(tree: Any) -> None:
    root = etree.Element("root")
    _build(root, tree)
    assert element_to_mapping(parse_xml(etree.tostring(root, encoding="utf-8"))) == _expected(tree)


@given(st.binary(max_size=200))
def test_any_bytes_are_parsed_or_refused_with_a_code(data: bytes) -> None:
    for candidate in (data, b"<a>" + data + b"</a>", b"<" + data):
        try:
            element_to_mapping(parse_xml(candidate))
        except Unreachable as error:
            assert error.code in CODES  # noqa: PT017 - either outcome is right


def _file(tmp_path: Path, text: str) -> Path:
    path = tmp_path / "in.xml"
    path.write_text(text, encoding="utf-8")
    return path


def _values(path: Path, name: str = "r") -> list[Any]:
    return [element_to_mapping(element) for element in iterate_records(path, name)]


def test_records_of_a_file(tmp_path: Path) -> None:
    text = '<l xmlns="u"><head><r2/></head><r><n>1</n></r>x<other/><r><n>2</n></r></l>'
    assert _values(_file(tmp_path, text)) == [{"n": "1"}, {"n": "2"}]


def test_only_the_outermost_of_nested_records_counts(tmp_path: Path) -> None:
    text = "<l><r><n>1</n><sub><r><n>2</n></r></sub></r><r/></l>"
    assert _values(_file(tmp_path, text)) == [{"n": "1", "sub": {"r": {"n": "2"}}}, ""]


def test_a_cut_file_raises_after_its_records(tmp_path: Path) -> None:
    records = iterate_records(_file(tmp_path, "<l><r/><r/>"), "r")
    assert len([next(records), next(records)]) == 2
    with pytest.raises(Unreachable, match="file_incomplete"):
        next(records)


def test_a_broken_file_is_not_called_incomplete(tmp_path: Path) -> None:
    with pytest.raises(Unreachable, match="not_xml"):
        _values(_file(tmp_path, "<l><r></x></l>"))


def test_memory_stays_flat(tmp_path: Path) -> None:
    path = tmp_path / "large.xml"
    with path.open("w") as stream:
        stream.write("<l>")
        for number in range(60_000):
            stream.write(f"<skip><a>{number}</a></skip><r><n>{number}</n><m>{'x' * 100}</m></r>")
        stream.write("</l>")
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    assert sum(1 for _ in iterate_records(path, "r")) == 60_000
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 24 * 1024
