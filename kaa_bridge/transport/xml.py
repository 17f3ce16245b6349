"""The one way XML is read: no DOCTYPE, no entities, no network, no recovery, bounded depth; and one positional walk.

Comments and processing instructions are dropped while parsing, since a comment inside an element would otherwise cut
its text (reliability: lxml).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Any

from lxml import etree

from kaa_bridge.errors import KaaError
from kaa_bridge.transport.opening import open_regular
from kaa_bridge.transport.problems import problem

MAX_DEPTH = 64
"""Deepest nesting accepted, the root counted as 1."""
_TOO_DEEP = etree.XPath("boolean(/" + "/".join("*" * (MAX_DEPTH + 1)) + ")")
_ENCODINGS = frozenset({"utf-8", "us-ascii", "ascii", "iso-8859-1", "iso-8859-15", "windows-1252"})
_DECLARATION = re.compile(rb"^(?:\xef\xbb\xbf)?<\?xml[^>]*?\sencoding\s*=\s*[\"']([A-Za-z0-9._-]{1,40})[\"']")
_PROLOG = re.compile(rb"(?:\s+|<\?.*?\?>|<!--.*?-->)*", re.DOTALL)
_NIL = "{http://www.w3.org/2001/XMLSchema-instance}nil"
_HEAD = 64 * 1024

XmlValue = dict[str, Any] | str | None
"""What ``element_to_mapping`` gives: a mapping, a leaf's text, or ``None`` for ``xsi:nil``."""


def make_parser() -> etree.XMLParser:
    """Return a parser with everything dangerous off; the only place where one is made."""
    return etree.XMLParser(
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        dtd_validation=False,
        attribute_defaults=False,
        huge_tree=False,
        recover=False,
        remove_comments=True,
        remove_pis=True,
    )


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
    rest = body[prolog.end() if prolog else 0 :]
    if rest[:9].lower() == b"<!doctype":
        page = rest[9:32].strip().lower().startswith(b"html")
        raise problem("not_xml", system, why="it is a web page") if page else problem("doctype", system)


def parse_xml(data: bytes, system: str | None = None) -> etree._Element:
    """Return the root element of a whole document.

    Raises:
        Unreachable: ``not_xml``, ``doctype``, ``too_deep``, ``encoding_wrong``.
    """
    check_head(data, system)
    try:
        root = etree.fromstring(data, make_parser())
    except (etree.XMLSyntaxError, ValueError) as error:
        raise _syntax(error, data, system) from None
    _check_tree(root, system)
    return root


def _syntax(error: Exception, data: bytes, system: str | None) -> KaaError:
    """Name what is wrong in closed words: libxml2's own text may quote the document."""
    if not data.strip():
        return problem("not_xml", system, why="it is empty")
    if "depth" in str(error).lower():
        return problem("too_deep", system, limit=MAX_DEPTH)
    line = getattr(error, "lineno", None)
    return problem("not_xml", system, why=f"line {line}" if line else "from its beginning")


def _check_tree(root: etree._Element, system: str | None) -> None:
    docinfo = root.getroottree().docinfo
    if docinfo.internalDTD is not None:
        raise problem("doctype", system)
    if _TOO_DEEP(root):
        raise problem("too_deep", system, limit=MAX_DEPTH)


def local_name(tag: str) -> str:
    """Return the name without its namespace."""
    return tag.rpartition("}")[2]


def element_to_mapping(element: etree._Element) -> XmlValue:
    """Return an element as nested mappings by local names, in one walk.

    A leaf without attributes is its text (an empty one is ``""``); ``xsi:nil`` is ``None``; attributes are ``@name``;
    text beside attributes or children is ``#text``; a child that repeats is a list. Namespaces are not told apart:
    where two differ only by namespace they come as one list. The document must come from ``parse_xml`` or
    ``iterate_records``, which bound its depth.
    """
    attributes = element.attrib
    if not len(element):
        text = element.text or ""
        if not attributes:
            return text
        return _leaf(attributes, text)
    made: dict[str, Any] = {"@" + local_name(str(name)): value for name, value in attributes.items()}
    pieces = element.text or ""
    repeated: set[str] = set()
    for child in element:
        name = local_name(child.tag)
        value = element_to_mapping(child)
        if name not in made:
            made[name] = value
        elif name in repeated:
            made[name].append(value)
        else:
            repeated.add(name)
            made[name] = [made[name], value]
        if child.tail:
            pieces += child.tail
    if pieces and not pieces.isspace():
        made["#text"] = pieces
    return made


def _leaf(attributes: etree._Attrib, text: str) -> XmlValue:
    if attributes.get(_NIL) in ("true", "1"):
        return None
    made: dict[str, Any] = {"@" + local_name(str(name)): value for name, value in attributes.items() if name != _NIL}
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
    """Yield every element with this local name, outermost first met, in memory that does not grow with the file.

    The element is emptied when the next one is asked for. A file that ends too early raises at its end: what was
    yielded before must then not be taken for the whole.

    Raises:
        Unreachable: as ``parse_xml``, and ``file_incomplete`` when the file ends early.
        InputRefused: ``file_not_regular``, ``file_too_large``.
    """
    with open_regular(path, max_bytes=max_bytes) as stream:
        check_head(stream.read(_HEAD))
        stream.seek(0)
        try:
            yield from _records(stream, name)
        except etree.XMLSyntaxError as error:
            raise _cut_or_wrong(error, stream, path) from None


def _records(stream: IO[bytes], name: str) -> Iterator[etree._Element]:
    depth = 0
    inside = 0
    events = etree.iterparse(
        stream,
        events=("start", "end"),
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        huge_tree=False,
        recover=False,
        remove_comments=True,
        remove_pis=True,
    )
    for event, element in events:
        if event == "start":
            depth += 1
            if depth == 1:
                _check_tree(element, None)
            if depth > MAX_DEPTH:
                raise problem("too_deep", limit=MAX_DEPTH)
            inside += local_name(element.tag) == name
            continue
        depth -= 1
        if local_name(element.tag) == name:
            inside -= 1
            if not inside:
                yield element
        if not inside:
            _drop(element)


def _drop(element: etree._Element) -> None:
    """Free the element and what stands before it."""
    element.clear()
    parent = element.getparent()
    if parent is not None:
        while element.getprevious() is not None:
            del parent[0]


def _cut_or_wrong(error: etree.XMLSyntaxError, stream: IO[bytes], path: Path) -> KaaError:
    if "depth" in str(error).lower():
        return problem("too_deep", limit=MAX_DEPTH)
    if not stream.read(1):
        return problem("file_incomplete", name=path.name, why="the XML does not end")
    return problem("not_xml", why=f"line {error.lineno}" if error.lineno else "from its beginning")
