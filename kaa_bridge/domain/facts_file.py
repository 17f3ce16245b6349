"""Reads ``kaa-facts/1`` strictly (contracts.md section 2): an unknown key is an error that names the path."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any, ClassVar, Literal

from pydantic import ConfigDict, TypeAdapter, ValidationError

from kaa_bridge.domain.facts import EVENT_FIELDS, Event, Youth
from kaa_bridge.errors import InputRefused


@dataclass(frozen=True, slots=True, kw_only=True)
class FactsFile:
    """A facts file: its format mark and the youths in it, in file order."""

    __pydantic_config__: ClassVar[ConfigDict] = ConfigDict(extra="forbid", title="kaa-facts/1")
    format: Literal["kaa-facts/1"]
    youths: tuple[Youth, ...]


_ADAPTER: TypeAdapter[FactsFile] = TypeAdapter(FactsFile)
_ALIASES = {"start": "from", "end": "to", "agreed_for": "for"}
_EVENT_EXTRAS = tuple(name for name in Event.__struct_fields__ if name not in ("kind", "on"))


def read_facts(text: str | bytes) -> tuple[Youth, ...]:
    """Return the youths of a facts file.

    Raises:
        InputRefused: the text is not JSON, not ``kaa-facts/1``, or breaks its schema; the message names the path of
            the first problem and never quotes a value.
    """
    try:
        plain = text.decode("utf-8-sig") if isinstance(text, bytes) else text
        document = json.loads(plain, object_pairs_hook=_no_duplicate_keys)
        youths = _ADAPTER.validate_json(json.dumps(document), strict=True).youths
    except ValidationError as error:
        raise _refusal(error) from None
    except (ValueError, RecursionError):
        raise InputRefused(
            "facts_not_json",
            "The facts file is not readable as JSON (UTF-8, no repeated keys).",
            remedy="Check the file with a JSON tool; 'kaa-bridge schema facts' prints the format.",
        ) from None
    _refuse_twice(youths)
    for index, youth in enumerate(youths):
        for number, event in enumerate(youth.events):
            _check_event(event, f"/youths/{index}/events/{number}")
    return youths


def facts_schema() -> dict[str, Any]:
    """Return the JSON Schema of ``kaa-facts/1``."""
    return _ADAPTER.json_schema(by_alias=True)


def _no_duplicate_keys(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError
    return found


def _check_event(event: Event, path: str) -> None:
    required, optional = EVENT_FIELDS[event.kind]
    for name in _EVENT_EXTRAS:
        given = getattr(event, name) is not None
        if given and name not in required | optional:
            raise _at(f"{path}/{_ALIASES.get(name, name)}", f"An event of kind '{event.kind}' has no such field")
        if name in required and not given:
            raise _at(f"{path}/{_ALIASES.get(name, name)}", f"An event of kind '{event.kind}' needs this field")


def _refuse_twice(youths: tuple[Youth, ...]) -> None:
    seen: set[str] = set()
    for index, youth in enumerate(youths):
        if youth.ref in seen:
            raise _at(f"/youths/{index}/ref", "The ref stands on an earlier youth too")
        seen.add(youth.ref)


def _refusal(error: ValidationError) -> InputRefused:
    first = error.errors(include_input=False, include_context=False, include_url=False)[0]
    path = "/" + "/".join(str(part) for part in first["loc"])
    return _at(path, first["msg"])


def _at(path: str, problem: str) -> InputRefused:
    return InputRefused(
        "facts_invalid",
        f"The facts file is refused at {path}: {problem}.",
        remedy="Correct that place; 'kaa-bridge schema facts' prints the format.",
    )
