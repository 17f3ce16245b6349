"""What sources disagree on: kept beside the merged youth, shown by ``explain``, and no value in it."""

from __future__ import annotations

from msgspec import Struct

APART = "placements_apart"
"""Two sources tell a placement each for the same time that may be one or two: both count."""
STRONGEST = "protection"
"""The only fact of which not the most trusted word counts, but the most protective one."""


class Conflict(Struct, frozen=True):
    """Sources that disagree: the fact, and who says what differs; the one whose word counts stands first.

    Of ``APART`` both count. No value stands here, so it may be shown wherever the youth's handle may.
    """

    fact: str
    sources: tuple[str, ...]


def note(conflicts: list[Conflict], fact: str, *sources: str) -> None:
    """Keep a conflict; the same sources at odds over the same fact stand there once."""
    conflict = Conflict(fact, sources)
    if conflict not in conflicts:
        conflicts.append(conflict)
