"""Reads the answers of a journal by the profile's paths; nothing of an answer's text ever stands in an error."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from lxml import etree

from kaa_bridge.contract import Receipt
from kaa_bridge.errors import KaaError, Unreachable
from kaa_bridge.mapping.paths import compile_path, parse_path, scalar
from kaa_bridge.mapping.problems import Refused
from kaa_bridge.transport.xml import XmlValue, element_to_mapping, local_name
from kaa_plugin_treserva.profile import Create, NoteRows, Operation

_LONGEST_ID = 100


def checked(answer: etree._Element, operation: Operation, system: str) -> etree._Element:
    """Return the answer's element when it is the one that the profile names.

    Raises:
        Unreachable: it is another.
    """
    if local_name(answer.tag) != operation.answer:
        raise strange(system, f"it is not {operation.answer}")
    return answer


def rows_of(answer: etree._Element, each: str) -> list[etree._Element]:
    """Return the row elements at a place of local names, in document order."""
    found = [answer]
    for name in each.split("/"):
        found = [child for parent in found for child in parent if local_name(child.tag) == name]
    return found


def text_at(mapping: XmlValue, path: str | None) -> str | None:
    """Return the text at a path, stripped; ``None`` where there is none, it is empty, or there are several."""
    found = mark_at(mapping, path) if path is not None else None
    return found.strip() or None if found is not None else None


def mark_at(mapping: XmlValue, path: str) -> str | None:
    """Return the text at a path, ``""`` for an empty one, ``None`` when nothing stands there."""
    if not isinstance(mapping, Mapping):
        return None
    try:
        place: Any = compile_path(parse_path(path))(mapping)
        found = scalar(place)
    except Refused:
        return None
    return found if isinstance(found, str) else None


def receipt_of(row: etree._Element, rules: Create | NoteRows, system: str) -> Receipt:
    """Return the receipt that a row or a create answer holds.

    Raises:
        Unreachable: id or reference is missing, or the id is no id.
    """
    mapping = element_to_mapping(row)
    journal_id, reference = text_at(mapping, rules.journal_id), text_at(mapping, rules.reference)
    if journal_id is None or len(journal_id) > _LONGEST_ID or not journal_id.isprintable():
        raise strange(system, "the note's id is missing")
    if reference is None:
        raise strange(system, "the note's reference is missing")
    return Receipt(journal_id, reference, _time(text_at(mapping, rules.stored_at)))


def _time(text: str | None) -> datetime | None:
    """Read a time that is told for information only; one without offset is not guessed at."""
    try:
        found = datetime.fromisoformat(text) if text else None
    except ValueError:
        return None
    return found.astimezone(UTC) if found is not None and found.tzinfo is not None else None


def strange(system: str, why: str) -> KaaError:
    """Return the error for an answer that is not what the profile says."""
    return Unreachable(
        "answer_unexpected",
        f"The answer of the journal '{system}' was not used: {why}.",
        remedy="Compare [profile] of the mapping with the installation: docs/reference/journals/treserva.md.",
        system=system,
    )
