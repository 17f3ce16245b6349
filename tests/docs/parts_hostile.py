"""The ways of the hostile plugins, from their docstrings."""

from __future__ import annotations

from collections.abc import Mapping

from kaa_bridge.testing.hostile import Way
from kaa_bridge.testing.hostile.in_process import PROCESS_WAYS
from kaa_bridge.testing.hostile.journal_ways import JOURNAL_ONLY
from kaa_bridge.testing.hostile.raising import RAISING
from kaa_bridge.testing.hostile.source_ways import SOURCE_ONLY

_HEADS: tuple[tuple[str, Mapping[str, Way]], ...] = (
    ("What both raise", RAISING),
    ("What both do to their process", PROCESS_WAYS),
    ("What only the source does", SOURCE_ONLY),
    ("What only the journal does", JOURNAL_ONLY),
)


def ways() -> str:
    """Return a table for each kind."""
    parts = []
    for head, found in _HEADS:
        lines = [f"| `{name}` | {(way.__doc__ or '').splitlines()[0]} |" for name, way in found.items()]
        parts.append("\n".join([f"### {head} ({len(found)})", "", "| way | what it does |", "| --- | --- |", *lines]))
    return "\n\n".join(parts)
