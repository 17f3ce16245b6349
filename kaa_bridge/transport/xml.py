"""The one way XML is read: no DOCTYPE, no entities, no network, no recovery, bounded depth; and one positional walk.

Comments and processing instructions are dropped while parsing, since a comment inside an element would otherwise cut
its text (reliability: lxml).
"""

from __future__ import annotations

import re
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Any, cast

from lxml import etree

from kaa_bridge.errors import KaaError
from kaa_bridge.transport.opening import open_regular
from kaa_bridge.transport.problems import problem

MAX_DEPTH = 64
"""Deepest nesting accepted, the root counted as 1."""
MAX_ATTRIBUTES = 256
"""Most attributes of one element."""
_TOO_DEEP = etree.XPath("boolean(/" + "/".join("*" * (MAX_DEPTH + 1)) + ")")
_ENCODINGS = frozenset({"utf-8", "us-ascii", "ascii", "iso-8859-1", "iso-8859-15", "windows-1252"})
_DECLARATION = re.compile(rb"^(?:\xef\xbb\xbf)?<\?xml[^>]*?\sencoding\s*=\s*[\"']([A-Za-z0-9._-]{1,40})[\"']")
_PROLOG = re.compile(rb"(?:\s+|<\?.*?\?>|<!--.*?-->)*", re.DOTALL)
_NIL = "{http://www.w3.org/2001/XMLSchema-instance}nil"
_HEAD = 64 * 1024
_PIECE = 256 * 1024
_NO_RECORD = 64 * 1024 * 1024
_OPTIONS: dict[str, Any] = {
    "resolve_entities": False,
    "no_network": True,
    "load_dtd": False,
    "dtd_validation": False,
    "attribute_defaults": False,
    "huge_tree": False,
    "recover": False,
    "remove_comments": True,
    "remove_pis": True,
}
_LOCAL = threading.local()
_NAMES: dict[str, str] = {}
_MOST_NAMES = 10_000

XmlValue = dict[str, Any] | str | None
"""What ``element_to_mapping`` gives: a mapping, a leaf's text, or ``None`` for ``xsi:nil``."""


def make_parser() -> etree.XMLParser:
    """Return a parser with everything dangerous off; the only place where one is made."""
    return etree.XMLParser(**_OPTIONS)


def _parser() -> etree.XMLParser:
    """Return this thread's parser: lxml locks a parser while it works."""
    parser: etree.XMLParser | None = getattr(_LOCAL, "parser", None)
    if parser is None:
        parser = _LOCAL.parser = make_parser()
    return parser


def check_head(head: bytes, system: str | None = None) -> None:
    """Refuse, before any parsing, an encoding outside the closed list or a DOCTYPE.

    Raises:
        Unreachable: ``encoding_wrong``, ``doctype`` or ``not_xml``.
    """
    if head[:2] in (b"\xff\xfe", b"\xfe\xff") or b"\x00" in head[:256]:
        raise problem("encoding_wrong", system, why="UTF-16 or UTF-32")
    declared = _DECLARATION.match(head)
    if declared and declared.group(1).decode("ascii").lower() not in _ENCODINGS:
        raise problem("encoding_wrong", system, why="an encoding outside the closed list is declared")
    body = head.removeprefix(b"\xef\xbb\xbf")
    prolog = _PROLOG.match(body)
    start = prolog.end() if prolog else 0
    if body[start : start + 9].lower() == b"<!doctype":
        page = body[start + 9 : start + 32].strip().lower().startswith(b"html")
        raise problem("not_xml", system, why="it is a web page") if page else problem("doctype", system)
    if body[start : start + 1] not in (b"<", b""):
        raise problem("not_xml", system, why="it does not begin with an element")


def parse_xml(data: bytes, system: str | None = None) -> etree._Element:
    """Return the root element of a whole document.

    Raises:
        Unreachable: ``not_xml``, ``doctype``, ``too_deep``, ``encoding_wrong``.
    """
    check_head(data, system)
    try:
        root = etree.fromstring(data, _parser())
    except (etree.XMLSyntaxError, ValueError) as error:
        raise _syntax(error, data, system) from None
    _check_doctype(root, system)
    if data.count(b"<") > MAX_DEPTH and _TOO_DEEP(root):
        raise problem("too_deep", system, limit=MAX_DEPTH)
    return root


def _check_doctype(element: etree._Element, system: str | None = None) -> None:
    if element.getroottree().docinfo.internalDTD is not None:
        raise problem("doctype", system)


def _syntax(error: Exception, data: bytes, system: str | None = None) -> KaaError:
    """Name what is wrong in closed words: libxml2's own text may quote the document."""
    if not data.strip():
        return problem("not_xml", system, why="it is empty")
    if "depth" in str(error).lower():
        return problem("too_deep", system, limit=MAX_DEPTH)
    line = getattr(error, "lineno", None)
    return problem("not_xml", system, why=f"line {line}" if line else "from its beginning")


def local_name(tag: str) -> str:
    """Return the name without its namespace."""
    name = _NAMES.get(tag)
    if name is None:
        if len(_NAMES) >= _MOST_NAMES:
            _NAMES.clear()
        name = _NAMES[tag] = tag.rpartition("}")[2]
    return name


def element_to_mapping(element: etree._Element) -> XmlValue:
    """Return an element as nested mappings by local names, in one walk.

    A leaf without attributes is its text (an empty one is ``""``); ``xsi:nil`` is ``None``; attributes are ``@name``;
    text beside attributes or children is ``#text``; a child that repeats is a list. Namespaces are not told apart:
    where two differ only by namespace they come as one list. The document must come from ``parse_xml`` or
    ``iterate_records``, which bound its depth.
    """
    if not len(element):
        return _leaf(element)
    made: dict[str, Any] = {}
    for key, text in _attributes(element):
        made["@" + local_name(key)] = text
    mixed = element.text
    repeated: set[str] | None = None
    for child in element:
        tag = child.tag
        name = _NAMES.get(tag) or local_name(tag)
        value = element_to_mapping(child) if len(child) else _leaf(child) if child.keys() else child.text or ""
        if name not in made:
            made[name] = value
        elif repeated is not None and name in repeated:
            made[name].append(value)
        else:
            repeated = {name, *(repeated or ())}
            made[name] = [made[name], value]
        tail = child.tail
        if tail is not None:
            mixed = (mixed or "") + tail
    if mixed and not mixed.isspace():
        made["#text"] = mixed
    return made


def _attributes(element: etree._Element) -> list[tuple[str, str]]:
    """Return names and values; lxml's time for them grows with their square, so that many are refused."""
    if len(element.keys()) > MAX_ATTRIBUTES:
        raise problem("too_many_attributes", limit=MAX_ATTRIBUTES)
    return cast("list[tuple[str, str]]", element.items())


def _leaf(element: etree._Element) -> XmlValue:
    attributes = _attributes(element)
    if not attributes:
        return element.text or ""
    if element.get(_NIL) in ("true", "1"):
        return None
    made: dict[str, Any] = {"@" + local_name(name): value for name, value in attributes if name != _NIL}
    text = element.text or ""
    if not made:
        return text
    if text:
        made["#text"] = text
    return made


def record_bytes(element: etree._Element) -> bytes:
    """Return one record as a document of its own: the same bytes for the same record of the same sender.

    Made for digests and for reading again with ``parse_xml``; UTF-8, namespaces in scope included, no declaration.
    """
    return etree.tostring(element, encoding="utf-8", with_tail=False, xml_declaration=False)


def iterate_records(path: Path, name: str, *, max_bytes: int = 1 << 31) -> Iterator[etree._Element]:
    """Yield every element with this local name, outermost only, in memory that does not grow with the file.

    Depth is bounded by libxml2 at 256 levels, not at ``MAX_DEPTH``: to look at each record would cost as much as to
    read it, and ``parse_xml`` looks when a record is read again.

    The element is emptied when the next one is asked for. A file that ends too early raises at its end: what was
    yielded before must then not be taken for the whole.

    Raises:
        Unreachable: as ``parse_xml``; ``file_incomplete`` when the file ends early; ``not_xml`` also when no record
            comes in 64 MiB.
        InputRefused: ``file_not_regular``, ``file_too_large``.
    """
    with open_regular(path, max_bytes=max_bytes) as stream:
        check_head(stream.read(_HEAD))
        stream.seek(0)
        parser = etree.XMLPullParser(("end",), tag="{*}" + name, base_url=None, **_OPTIONS)
        try:
            yield from _records(stream, parser, "{*}" + name)
        except etree.XMLSyntaxError as error:
            raise _syntax(error, b"<") from None
        try:
            root = parser.close()
        except etree.XMLSyntaxError:
            raise problem("file_incomplete", name=path.name, why="the XML does not end") from None
        _check_doctype(root)


def _records(stream: IO[bytes], parser: etree.XMLPullParser, tag: str) -> Iterator[etree._Element]:
    waited = 0
    checked = False
    while piece := stream.read(_PIECE):
        parser.feed(piece)
        waited += len(piece)
        for _event, element in cast("Iterator[tuple[str, etree._Element]]", parser.read_events()):
            waited = 0
            if not checked:
                _check_doctype(element)
                checked = True
            if next(element.iterancestors(tag), None) is not None:
                continue
            yield element
            _drop(element)
        if waited > _NO_RECORD:
            raise problem("not_xml", why="no such record in a long stretch")


def _drop(element: etree._Element) -> None:
    """Free the element and what stands before it."""
    element.clear()
    parent = element.getparent()
    if parent is not None:
        while element.getprevious() is not None:
            del parent[0]


def is_cut(data: bytes) -> bool:
    """Tell whether a document that cannot be parsed is well-formed so far and only lacks its end."""
    parser = make_parser()
    try:
        parser.feed(data)
    except etree.XMLSyntaxError:
        return False
    try:
        parser.close()
    except etree.XMLSyntaxError:
        return bool(data.strip())
    return False
