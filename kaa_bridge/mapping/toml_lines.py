"""Finds the line of a TOML path, for error messages; the standard reader does not tell."""

from __future__ import annotations

import re

_HEADER = r"\s*(\[\[?)\s*([^\]]+?)\s*\]\]?\s*(?:#.*)?$"
_KEY = r"""\s*((?:"[^"]*"|'[^']*'|[\w-]+)(?:\s*\.\s*(?:"[^"]*"|'[^']*'|[\w-]+))*)\s*=(.*)$"""
_PART = r"""\s*(?:"([^"]*)"|'([^']*)'|([\w-]+))\s*\.?"""


def line_of(text: str, path: tuple[str | int, ...]) -> int:
    """Return the line (from 1) of the deepest part of the path that has one of its own; 1 when none has."""
    lines = _positions(text)
    for length in range(len(path), 0, -1):
        if path[:length] in lines:
            return lines[path[:length]]
    return 1


def _positions(text: str) -> dict[tuple[str | int, ...], int]:
    found: dict[tuple[str | int, ...], int] = {}
    counts: dict[tuple[str | int, ...], int] = {}
    table: tuple[str | int, ...] = ()
    quote = ""
    for number, line in enumerate(text.splitlines(), 1):
        if quote:
            quote = "" if quote in line else quote
            continue
        if header := re.match(_HEADER, line):
            table = _resolved(_names(header[2]), counts, array=header[1] == "[[")
            for length in range(1, len(table) + 1):
                found.setdefault(table[:length], number)
        elif key := re.match(_KEY, line):
            names = table + _names(key[1])
            for length in range(len(table) + 1, len(names) + 1):
                found.setdefault(names[:length], number)
            for mark in ('"""', "'''"):
                if key[2].count(mark) == 1:
                    quote = mark
    return found


def _names(text: str) -> tuple[str | int, ...]:
    return tuple(a or b or c for a, b, c in re.findall(_PART, text))


def _resolved(
    names: tuple[str | int, ...], counts: dict[tuple[str | int, ...], int], *, array: bool
) -> tuple[str | int, ...]:
    """Insert the index after each array of tables that the names walk through."""
    path: tuple[str | int, ...] = ()
    for position, name in enumerate(names):
        path = (*path, name)
        if array and position == len(names) - 1:
            counts[path] = counts.get(path, -1) + 1
        if path in counts:
            path = (*path, counts[path])
    return path
