"""Code tables: a source's code to our word. Bundled tables follow a named official source."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import Any

from msgspec import Struct, convert

from kaa_bridge.mapping.converters import Kind
from kaa_bridge.mapping.fields import FIELDS, UNKNOWN_FORM, FactField

NOTHING = ""
"""In a code table: the code says nothing about the fact, and that is no finding."""


class _Head(Struct, forbid_unknown_fields=True):
    fact: str
    source: str
    note: str = ""


class _TableFile(Struct, forbid_unknown_fields=True):
    table: _Head
    codes: dict[str, str]


class CodeTable(Struct, frozen=True):
    """A bundled table: which fact it is for, where it comes from, and its codes."""

    name: str
    fact: str
    source: str
    note: str
    codes: Mapping[str, str]
    raw: bytes


def bundled_names() -> tuple[str, ...]:
    """Return the names of the bundled code tables, sorted."""
    folder = files("kaa_mappings") / "codes"
    return tuple(sorted(entry.name[:-5] for entry in folder.iterdir() if entry.name.endswith(".toml")))


@cache
def bundled_table(name: str) -> CodeTable | None:
    """Return a bundled code table, or ``None`` when there is none of that name."""
    if name not in bundled_names():
        return None
    raw = (files("kaa_mappings") / "codes" / f"{name}.toml").read_bytes()
    file = convert(tomllib.loads(raw.decode()), _TableFile)
    return CodeTable(name, file.table.fact, file.table.source, file.table.note, file.codes, raw)


@cache
def school_forms() -> frozenset[str]:
    """Return the school forms that a placement may have: the codes of SS 12000, old and new."""
    table = bundled_table("ss12000_school_types")
    return frozenset(table.codes.values()) if table else frozenset()


def words_of(fact: str) -> frozenset[str] | None:
    """Return the closed vocabulary of a fact; ``None`` where any text will do."""
    field: FactField = FIELDS[fact]
    if field.words is not None:
        return frozenset(word.value for word in field.words)
    if fact == "placements.school_form":
        return school_forms() | {UNKNOWN_FORM}
    if field.kind is Kind.BOOLEAN:
        return frozenset({"true", "false"})
    return None


def typed_word(fact: str, word: str) -> Any:
    """Return our word as the fact holds it: an enumeration member, a truth value, text; ``NOTHING`` gives ``None``."""
    if word == NOTHING:
        return None
    field = FIELDS[fact]
    if field.words is not None:
        return field.words(word)
    if field.kind is Kind.BOOLEAN:
        return word == "true"
    return word
