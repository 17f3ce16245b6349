"""The facts file, from its JSON Schema; what a field means stands in ``facts_meanings``."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from kaa_bridge.domain import values
from kaa_bridge.domain.facts import EVENT_FIELDS
from kaa_bridge.domain.facts_file import facts_schema
from tests.docs.facts_meanings import MEANINGS, WORDS
from tests.docs.markdown import doc, table

_ALIASES = {"agreed_for": "for"}
PARTS = (
    "Residence", "CompulsorySchooling", "Placement", "Qualification", "ContactDetails", "Event", "Absence",
)  # fmt: skip
VOCABULARIES = (
    values.Protection, values.LifeStatus, values.ResidenceBasis, values.SchoolingStatus, values.PlacementEnd,
    values.QualificationKind, values.AbsenceReason, values.ContactChannel, values.ContactOutcome, values.Occupation,
)  # fmt: skip


def definitions() -> dict[str, Any]:
    """Return the definitions of the schema: name to object or vocabulary."""
    found: dict[str, Any] = facts_schema()["$defs"]
    return found


def youth() -> str:
    """Return the fields of one youth."""
    return _object("Youth")


def parts() -> str:
    """Return the fields of everything that a youth holds."""
    return "\n\n".join(f"### {name}\n\n{_object(name)}" for name in PARTS)


def events() -> str:
    """Return which further fields each kind of event carries."""
    rows = [
        (f"`{kind.value}`", WORDS["EventKind"][kind.value], _names(needed), _names(optional))
        for kind, (needed, optional) in EVENT_FIELDS.items()
    ]
    return table(("kind", "meaning", "must carry", "may carry"), rows)


def words() -> str:
    """Return the closed vocabularies."""
    blocks = []
    for kind in VOCABULARIES:
        rows = [(f"`{word.value}`", WORDS[kind.__name__][word.value]) for word in kind]
        blocks.append(f"### {kind.__name__}\n\n{doc(kind)}\n\n" + table(("word", "meaning"), rows))
    return "\n\n".join(blocks)


def _object(name: str) -> str:
    definition = definitions()[name]
    needed = set(definition.get("required", ()))
    rows = [
        (f"`{key}`", "yes" if key in needed else "", " or ".join(dict.fromkeys(_words(part))), MEANINGS[name][key])
        for key, part in definition["properties"].items()
    ]
    return table(("field", "needed", "value", "meaning"), rows)


def _words(part: dict[str, Any]) -> Iterator[str]:
    for option in part.get("anyOf", ()):
        if option.get("type") != "null":
            yield from _words(option)
    if "$ref" in part:
        name = part["$ref"].rpartition("/")[2]
        yield f"[{name}](#{name.lower()})" if name != "EventKind" else "[a kind](#events)"
    elif part.get("type") == "array":
        yield "list of " + " or ".join(_words(part["items"]))
    elif part.get("format") == "date":
        yield "date"
    elif "type" in part:
        yield {"string": "text", "boolean": "true/false", "integer": "whole number"}[part["type"]]


def _names(names: frozenset[str]) -> str:
    return ", ".join(f"`{_ALIASES.get(name, name)}`" for name in sorted(names))
