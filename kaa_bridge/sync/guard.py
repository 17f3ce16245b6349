"""Guards against mass change: pure comparisons of what a night saw with what the configuration allows.

Defaults after the practice of directory synchronisers (accidental-deletion thresholds); every limit is a setting, and
every hold is released by a named person with a reason.
"""

from __future__ import annotations

from collections.abc import Sequence
from statistics import median

from msgspec import Struct

from kaa_bridge.config import GuardTable
from kaa_bridge.mapping import CountAssertions

SOURCE_KINDS = frozenset({"leavers", "too_few", "too_many", "share_of_yesterday", "quarantine"})
"""Holds that leave one source out of the night."""
SENDING_KINDS = SOURCE_KINDS | {"notes", "notes_per_youth"}
"""Holds during which nothing is sent for the municipality."""


class Breach(Struct, frozen=True):
    """A limit that a night exceeds: the subject is a source's name or a handle, never a person."""

    kind: str
    subject: str
    observed: int
    allowed: int


class PullCounts(Struct, frozen=True):
    """What the guards look at after a pull."""

    source: str
    read: int
    known_before: int
    gone: int
    quarantined: int
    whole: bool


def source_breaches(counts: PullCounts, guard: GuardTable, assertions: CountAssertions | None) -> list[Breach]:
    """Return the limits that one pull exceeds.

    An unproven pull is never judged by how little it held: nobody leaves because of it anyway.
    """
    breaches = []
    leavers = max(guard.leavers_count, int(guard.leavers_share * counts.known_before))
    if counts.gone > leavers:
        breaches.append(Breach("leavers", counts.source, counts.gone, leavers))
    spoilt = max(guard.quarantine_count, int(guard.quarantine_share * counts.read))
    if counts.quarantined > spoilt:
        breaches.append(Breach("quarantine", counts.source, counts.quarantined, spoilt))
    if counts.whole and assertions is not None:
        breaches += _count_breaches(counts, assertions)
    return breaches


def note_breaches(planned: int, most_for_one: int, history: Sequence[int], guard: GuardTable) -> list[Breach]:
    """Return the limits that the planned notes exceed.

    Args:
        planned: notes planned tonight.
        most_for_one: the most of them for one youth.
        history: notes planned on each of the last good nights (at most seven are looked at).
        guard: the municipality's limits.
    """
    breaches = []
    usual = median(history[-7:]) if history else 0
    allowed = max(guard.notes_count, int(guard.notes_factor * usual))
    if planned > allowed:
        breaches.append(Breach("notes", "journal", planned, allowed))
    if most_for_one > guard.notes_per_youth:
        breaches.append(Breach("notes_per_youth", "journal", most_for_one, guard.notes_per_youth))
    return breaches


def _count_breaches(counts: PullCounts, assertions: CountAssertions) -> list[Breach]:
    breaches = []
    if assertions.min is not None and counts.read < assertions.min:
        breaches.append(Breach("too_few", counts.source, counts.read, assertions.min))
    if assertions.max is not None and counts.read > assertions.max:
        breaches.append(Breach("too_many", counts.source, counts.read, assertions.max))
    if assertions.share_of_yesterday is not None and counts.known_before:
        least = int(assertions.share_of_yesterday * counts.known_before)
        if counts.read < least:
            breaches.append(Breach("share_of_yesterday", counts.source, counts.read, least))
    return breaches
