"""Guards against mass change: pure comparisons of what a night saw with what the configuration allows.

Defaults after the practice of directory synchronisers (accidental-deletion thresholds); every limit is a setting, and
every hold is released by a named person with a reason.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from statistics import median

from msgspec import Struct

from kaa_bridge.config import GuardTable
from kaa_bridge.journal.outbox import Waiting
from kaa_bridge.mapping import CountAssertions

SOURCE_KINDS = frozenset({"leavers", "too_few", "too_many", "share_of_yesterday", "quarantine"})
"""Holds that leave one source out of the night."""
NOTE_KINDS = frozenset({"notes", "notes_per_youth"})
"""Holds of what waits in the outbox; their subject is ``NOTES_SUBJECT``."""
NOTES_SUBJECT = "journal"
CLOCK = "clock"
"""The hold of the whole municipality while the clock lies behind its last run; the subject is that run's date."""
SENDING_KINDS = SOURCE_KINDS | NOTE_KINDS | {CLOCK}
"""Holds during which nothing is sent for the municipality."""
_LOWER_IS_WORSE = frozenset({"too_few", "share_of_yesterday"})
Key = tuple[str, str]
"""A hold's kind and subject."""


class Breach(Struct, frozen=True):
    """A limit that a night exceeds: the subject is a source's name, a handle or a date, never a person."""

    kind: str
    subject: str
    observed: int
    allowed: int

    @property
    def key(self) -> Key:
        """Kind and subject."""
        return self.kind, self.subject

    def is_within(self, seen: int) -> bool:
        """Tell whether this goes no further than what was seen before."""
        return self.observed >= seen if self.kind in _LOWER_IS_WORSE else self.observed <= seen


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


def note_breaches(
    waiting: Waiting, history: Sequence[int], guard: GuardTable, open_kinds: Collection[str] = ()
) -> list[Breach]:
    """Return the limits that the notes exceed, each with all that a release would let leave.

    Every night answers for what it plans. While a hold is open no night has been let through since, so what waits is
    judged as a whole; once it is released, what it showed may leave and tonight's notes answer for themselves.

    Args:
        waiting: the notes that may leave, and those of them that tonight planned.
        history: notes planned on each of the last good nights (at most seven are looked at).
        guard: the municipality's limits.
        open_kinds: the kinds of which a hold is open.
    """
    usual = median(history[-7:]) if history else 0
    allowed = max(guard.notes_count, int(guard.notes_factor * usual))
    limits = (
        ("notes", waiting.of_run, waiting.total, allowed),
        ("notes_per_youth", waiting.of_run_for_one, waiting.for_one, guard.notes_per_youth),
    )
    return [
        Breach(kind, NOTES_SUBJECT, everything, most)
        for kind, tonight, everything, most in limits
        if (everything if kind in open_kinds else tonight) > most
    ]


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
