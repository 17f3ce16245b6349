"""The path language: where in a record a value stands.

``a/b/c`` walks named values, ``a[type=X]/b`` keeps the list entries whose ``type`` is ``X``, ``a[0]`` takes one entry,
``@name`` is an attribute and ``#text`` the text of an XML element, ``#1`` a table column by position, ``.`` the value
itself. A name that holds ``/``, ``[`` or ``]`` is written between single quotes. Nothing else: a path cannot compute.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any

from msgspec import Struct

from kaa_bridge.mapping.problems import Refused

Getter = Callable[[Any], Any]
"""Takes a record (or an entry of it) and returns what stands at the path; ``None`` when nothing does."""

_STEP = re.compile(r"(?:'([^']+)'|([^/\[\]']+))((?:\[[^\[\]]+\])*)")
_PLAIN = (int, bool)
_POSITION = re.compile(r"^#(\d+)$", re.ASCII)
"""A column by position: the file reader names it by its number alone."""
_FILTER = re.compile(r"\[([^\[\]]+)\]")


class Filter(Struct, frozen=True):
    """``[name=value]`` (``name`` set) or ``[index]``."""

    name: str | None
    value: str
    index: int = 0


FIRST = Filter(None, "", 0)


class Step(Struct, frozen=True):
    """One name of a path with its filters."""

    name: str
    filters: tuple[Filter, ...] = ()


def parse_path(text: str) -> tuple[Step, ...]:
    """Return the steps of a path; the path ``.`` has none.

    Raises:
        ValueError: the text is not in the path language; the message says what is wrong.
    """
    if text == ".":
        return ()
    steps = []
    position = 0
    while True:
        match = _STEP.match(text, position)
        if match is None:
            raise ValueError(f"a name is expected at character {position + 1} of the path '{text}'")
        name = match[1] or _POSITION.sub(r"\1", match[2])
        if name != name.strip():
            raise ValueError(f"the name '{name}' in the path '{text}' begins or ends with a blank")
        steps.append(Step(name, tuple(_parse_filter(part, text) for part in _FILTER.findall(match[3]))))
        position = match.end()
        if position == len(text):
            return tuple(steps)
        if text[position] != "/":
            raise ValueError(f"'/' is expected at character {position + 1} of the path '{text}'")
        position += 1


def _parse_filter(part: str, text: str) -> Filter:
    name, equals, value = part.partition("=")
    if equals and name and value:
        return Filter(name, value)
    if not equals and part.isascii() and part.isdigit():
        return Filter(None, "", int(part))
    raise ValueError(f"the filter '[{part}]' in the path '{text}' is neither [name=value] nor [index]")


def compile_path(steps: tuple[Step, ...]) -> Getter:
    """Return a getter; it raises ``Refused`` where the record has another shape than the path."""
    if len(steps) == 1 and not steps[0].filters:
        return _one(steps[0].name)
    if len(steps) == 2 and not steps[0].filters and not steps[1].filters:
        return _two(steps)
    if len(steps) == 2 and not steps[1].filters and steps[0].filters[-1] == FIRST and len(steps[0].filters) <= 2:
        return _first_entry(steps)
    if len(steps) == 1 and steps[0].filters[-1] == FIRST and len(steps[0].filters) <= 2:
        return _first_entry(steps)
    if len(steps) == 1 and len(steps[0].filters) == 1 and steps[0].filters[0].name is not None:
        return _kept(steps)
    return lambda node: _walk(node, steps)


def _one(name: str) -> Getter:
    def get(node: Any) -> Any:
        return node.get(name)

    return get


def _two(steps: tuple[Step, ...]) -> Getter:
    first, second = steps[0].name, steps[1].name

    def get(node: Any) -> Any:
        child = node.get(first)
        if child is None:
            return None
        if child.__class__ is dict:
            return child.get(second)
        return _walk(node, steps)

    return get


def _first_entry(steps: tuple[Step, ...]) -> Getter:
    """``list[0]/name`` and ``list[name=value][0]/name``, or the entry itself, without building a list."""
    entries_name, leaf = steps[0].name, steps[1].name if len(steps) > 1 else None
    filters = steps[0].filters[:-1]
    by, wanted = (filters[0].name, _comparable(filters[0].value)) if filters else (None, "")

    def get(node: Any) -> Any:
        entries = node.get(entries_name)
        if entries is None:
            return None
        if entries.__class__ is list:
            for entry in entries:
                if entry.__class__ is not dict:
                    break
                if by is None or ((found := entry.get(by)) == wanted and found.__class__ is wanted.__class__):
                    return entry if leaf is None else entry.get(leaf)
        return _walk(node, steps)

    return get


def _comparable(text: str) -> Any:
    """Return what a filter value compares equal to most often: truth values are no text in JSON."""
    return {"true": True, "false": False}.get(text, text)


def _kept(steps: tuple[Step, ...]) -> Getter:
    """``list[name=value]`` where entries that fit plainly exist."""
    entries_name, by, wanted = steps[0].name, steps[0].filters[0].name, steps[0].filters[0].value

    def get(node: Any) -> Any:
        entries = node.get(entries_name)
        if entries.__class__ is list and len(entries) == 1:
            only = entries[0]
            if only.__class__ is dict and only.get(by) == wanted:
                return entries
        return _walk(node, steps)

    return get


def _walk(node: Any, steps: tuple[Step, ...]) -> Any:
    current = node
    for step in steps:
        if current.__class__ is not dict:
            current = _as_mapping(current)
            if current is None:
                return None
        current = current.get(step.name)
        for part in step.filters:
            current = _filtered(current, part)
        if current is None:
            return None
    return current


def _as_mapping(value: Any) -> Any:
    """Accept a mapping, a list with one mapping, or an empty element; refuse the rest."""
    if isinstance(value, list):
        if not value:
            return None
        if len(value) > 1:
            raise Refused("several_values")
        value = value[0]
    if isinstance(value, Mapping):
        return value
    if value is None or (isinstance(value, str) and not value.strip()):
        return None
    raise Refused("wrong_type")


def _filtered(value: Any, part: Filter) -> Any:
    if value is None:
        return None
    entries = as_list(value)
    if part.name is None:
        return entries[part.index] if part.index < len(entries) else None
    kept, keyless = [], False
    for entry in entries:
        if not isinstance(entry, Mapping):
            raise Refused("wrong_type")
        found = entry.get(part.name)
        if found is None:
            keyless = True
        elif found == part.value or (found.__class__ in _PLAIN and str(found).lower() == part.value):
            kept.append(entry)
    if not kept and keyless:
        raise Refused("filter_key_missing")
    return kept


def as_list(value: Any) -> list[Any]:
    """Return a list as it is, nothing for an empty element, and a single value as a list of one."""
    if value.__class__ is list:
        return value
    if isinstance(value, (list, tuple)):
        return list(value)
    if isinstance(value, str) and not value.strip():
        return []
    return [value]


def scalar(value: Any) -> Any:
    """Return the single value in a list of one, or the text of an XML element that has attributes; refuse the rest."""
    if isinstance(value, list):
        if len(value) > 1:
            raise Refused("several_values")
        return scalar(value[0]) if value else None
    if isinstance(value, Mapping):
        if all(name == "#text" or name.startswith("@") for name in value):
            return value.get("#text")
        raise Refused("wrong_type")
    return value
