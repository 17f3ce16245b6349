"""The configuration file, from its model: a key's meaning is what the docstring of its table says."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from pydantic import BaseModel
from pydantic.fields import FieldInfo
from pydantic_core import PydanticUndefined

from kaa_bridge.config import model
from tests.docs.markdown import doc, opening, section, table

TABLES: tuple[tuple[str, type[BaseModel]], ...] = (
    ("(top of the file)", model.Configuration),
    ("[store]", model.StoreTable),
    ("[plugins]", model.PluginsTable),
    ("[daemon]", model.DaemonTable),
    ("[limits]", model.LimitsTable),
    ("[[municipality]]", model.MunicipalityTable),
    ("[municipality.law]", model.LawTable),
    ("[municipality.scb]", model.ScbTable),
    ("[municipality.goal]", model.GoalTable),
    ("[municipality.guard]", model.GuardTable),
    ("[[municipality.source]]", model.SourceTable),
    ("[municipality.journal]", model.JournalTable),
    ("[municipality.journal.send]", model.SendTable),
    ("[municipality.updates]", model.UpdatesTable),
)
_WORDS = {
    "state_dir": "folder",
    "url": "text",
    "allow": "list of names",
    "precedence": "list of names",
    "key": "secret's reference",
    "connection": "table, read by the adapter",
    "municipality": "one table or more",
    "source": "one table or more",
    "layouts": "list of files",
    "blackout": 'list of texts like `"06-01/08-31"`',
    "at": 'text like `"03:30"`',
    "code": "text of four digits",
    "name": "name",
    "adapter": "name",
    "plugin": "name",
}


def tables() -> str:
    """Return one section for each table of the file."""
    return "\n\n".join(_section(name, kind) for name, kind in TABLES)


def meanings(kind: type[BaseModel]) -> dict[str, str]:
    """Return what the docstring of a table says of each key."""
    return section(doc(kind), "Attributes")


def _section(name: str, kind: type[BaseModel]) -> str:
    told = meanings(kind)
    rows = [
        (f"`{key}`", _type(key, kind), _default(field), told.get(key, "")) for key, field in kind.model_fields.items()
    ]
    about = opening(doc(kind)).removeprefix(f"`{name}`: ")
    return f"## `{name}`\n\n{about[0].upper()}{about[1:]}\n\n" + table(("key", "type", "default", "meaning"), rows)


def _default(field: FieldInfo) -> str:
    if field.is_required():
        return "required"
    value = field.get_default(call_default_factory=True)
    if value is PydanticUndefined or value is None or value == () or value == {} or isinstance(value, BaseModel):
        return ""
    return f"`{_toml(value)}`"


def _toml(value: Any) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, dict):
        return "{ " + ", ".join(f"{key} = {_toml(inner)}" for key, inner in value.items()) + " }"
    if isinstance(value, tuple):
        return "[" + ", ".join(_toml(inner) for inner in value) + "]"
    return f'"{value}"' if isinstance(value, str) else str(value) if isinstance(value, int) else f"{value:g}"


def _type(key: str, kind: type[BaseModel]) -> str:
    if kind is model.UpdatesTable and key == "source":
        return "name"
    if key in _WORDS:
        return _WORDS[key]
    schema = kind.model_json_schema()
    return " or ".join(dict.fromkeys(_words(schema["properties"][key], schema))) or "table"


def _words(part: dict[str, Any], schema: dict[str, Any]) -> Iterator[str]:
    if "$ref" in part:
        part = schema["$defs"][part["$ref"].rpartition("/")[2]]
        if part.get("type") == "object":
            yield "table"
            return
    for option in part.get("anyOf", ()):
        if option.get("type") != "null":
            yield from _words(option, schema)
    if "enum" in part:
        yield from (f"`{value}`" for value in part["enum"])
    elif part.get("type") == "array":
        yield "list of " + " or ".join(_words(part["items"], schema))
    elif "type" in part:
        yield _plain(part)


def _plain(part: dict[str, Any]) -> str:
    if part.get("format") == "date":
        return "date"
    if part["type"] == "string":
        return f"text like `{part['pattern']}`" if "pattern" in part else "text"
    word = {"integer": "whole number", "number": "number", "boolean": "true/false", "object": "table"}[part["type"]]
    low = part.get("minimum", part.get("exclusiveMinimum"))
    high = part.get("maximum", part.get("exclusiveMaximum"))
    above = "above " if "exclusiveMinimum" in part else ""
    if low is None:
        return word
    return f"{word}, {above}{low:g}" + (f" to {high:g}" if high is not None else " or more" if not above else "")
