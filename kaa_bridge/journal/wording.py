"""A municipality's own wordings of notes: added by plugins, named in the configuration, tried before a night."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any

from kaa_bridge.contract.journal import NoteKind
from kaa_bridge.errors import ConfigurationInvalid
from kaa_bridge.journal.compose import render
from kaa_bridge.journal.vocabulary import Phrase

_WORD, _DAY = Phrase("ord"), date(2026, 1, 19)
_REFERENCE = "KAA-AAAAAAAAAAAAAAAAAAAAAAAAAA"
_FACTS: dict[NoteKind, dict[str, Any]] = {
    NoteKind.REGISTERED: {
        "sources": _WORD, "covered_since": _DAY, "criteria": [_WORD], "remarks": [_WORD], "next_review": _DAY,
    },
    NoteKind.ENDED: {"sources": _WORD, "ended_on": _DAY, "reasons": [_WORD]},
    NoteKind.ACTION_DUE: {
        "step": _WORD, "not_before": _DAY, "due": _DAY, "overdue": True, "responsible": _WORD, "recipient": _WORD,
    },
    NoteKind.CORRECTION: {
        "corrected_reference": _WORD, "corrected_note": _WORD, "corrected_on": _DAY, "cause": _WORD, "outcome": _WORD,
        "unbroken_since": _DAY,
    },
}  # fmt: skip
"""What a template of each kind may print, beside ``as_of``; as ``compose.py`` gives it."""
_MAY_LACK = frozenset({"covered_since", "next_review", "ended_on", "due", "recipient", "outcome", "unbroken_since"})


def wordings(chosen: Mapping[NoteKind, str], added: Mapping[str, str]) -> dict[NoteKind, str]:
    """Return the wording of each kind of note that has one of its own.

    Args:
        chosen: kind of note to name, from the configuration.
        added: name to jinja2 text, from the loaded plugins.

    Raises:
        ConfigurationInvalid: no loaded plugin adds the name, or the text cannot be a note of that kind.
    """
    found = {}
    for kind, name in chosen.items():
        if name not in added:
            known = ", ".join(sorted(added)) or "none"
            raise ConfigurationInvalid(
                "note_template_unknown",
                f"No loaded plugin has a note template '{name}' (known: {known}).",
                remedy="Correct it under note_templates of the municipality; 'kaa-bridge plugins list' shows them.",
                system=name,
            )
        _try(kind, name, added[name])
        found[kind] = added[name]
    return found


def _try(kind: NoteKind, name: str, text: str) -> None:
    for facts in _samples(kind):
        try:
            render(kind, _REFERENCE, text, as_of=_DAY, **facts)
        except Exception as error:  # whatever a plugin's text does; which of its faults is for its author
            raise ConfigurationInvalid(
                "note_template_wrong",
                f"The note template '{name}' cannot be a note of the kind '{kind.value}' ({type(error).__name__}): it "
                "may print dates and the closed vocabulary of that kind only, some of which may be lacking.",
                remedy="Take it out of note_templates, and tell the plugin's author.",
                system=name,
            ) from None


def _samples(kind: NoteKind) -> Iterator[dict[str, Any]]:
    """Yield the facts of a note with everything there, and with everything lacking that may lack."""
    full = _FACTS[kind]
    yield full
    yield {name: _least(name, value) for name, value in full.items()}


def _least(name: str, value: Any) -> Any:
    if isinstance(value, list):
        return []
    return None if name in _MAY_LACK else value
