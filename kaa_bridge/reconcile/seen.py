"""What the sources of one youth say: their words merged as a night merges them, and read as standings."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from msgspec import structs

from kaa_bridge.domain.facts import Youth
from kaa_bridge.law import Verdict, ruleset
from kaa_bridge.reconcile.model import Evidence, Head, Kind, Standing
from kaa_bridge.reconcile.standing import standing_of
from kaa_bridge.reconcile.stream import YouthMark
from kaa_bridge.store.youths import Word
from kaa_bridge.sync.bridge import Bridge
from kaa_bridge.sync.completeness import Completeness
from kaa_bridge.sync.conflict import APART
from kaa_bridge.sync.decide import Rules, miss, words_said
from kaa_bridge.sync.merge import Merged, Said, merge

_WHOLE = Completeness(placements=True, qualifications=True, frozen=False)
_TOLD_IN_PARTS = frozenset({"residence", "placement_start", "first_term_start"})
"""Facts that sources tell in unlike detail (with and without history): a difference means nothing by itself."""
_NO_PRECEDENCE = _TOLD_IN_PARTS | {APART}
"""Conflicts in which no source's word hides another's."""


class Met(NamedTuple):
    """One youth of either side as the streams give it.

    ``unheard`` are the ids of sources that told something of the youth that cannot be read.
    """

    youth_id: int
    mark: YouthMark
    left: list[Word] | None
    right: list[Word] | None
    others: list[Word]
    unheard: Sequence[int] = ()


class Seen(NamedTuple):
    """What is said of one youth, as facts and as standings.

    ``merged`` is everything but the places of the left source, and of a frozen one that is heard beside the two;
    ``missing`` are the words of all but the left source where one of them may be of a source that was removed;
    ``known`` is what is proven of the youth.
    """

    handle: str
    said_left: list[Said]
    said_rest: list[Said]
    left: Standing | None
    rest: Standing | None
    merged: Merged | None
    missing: list[Word]
    known: Completeness


class Reader:
    """Reads youths for one report's day."""

    def __init__(self, head: Head, rules: Rules, bridge: Bridge) -> None:
        """Prepare; ``rules`` are the night's, with what the sources have really proven."""
        self._head = head
        self._rules = rules
        self._law = ruleset(bridge.code, head.as_of, bridge.law)
        frozen = head.frozen.name
        self._stale = frozen if frozen != head.right.name else ""
        self._labels = {one.name: one.label or one.name for one in bridge.table.source}

    def read(self, met: Met) -> Seen:
        """Return what is said of a youth."""
        handle = met.mark.handle
        said_left = words_said(met.left or (), self._rules)
        may_miss = self._rules.missed and met.mark.registered_on is None
        words = [*(met.right or ()), *met.others]
        said_rest = words_said(words, self._rules)
        left = self._standing(merge(handle, said_left, known=_WHOLE)) if met.left is not None else None
        known = self._rules.known
        for source_id in met.unheard:
            known = known.without(self._rules.names[source_id])
        if not said_rest:
            return Seen(handle, said_left, said_rest, left, None, None, [], known)
        fresh = [one for one in said_rest if one.source != self._stale]
        stale = [one for one in said_rest if one.source == self._stale]
        merged = merge(handle, [*fresh, *map(_without_places, (*stale, *said_left))], known=_WHOLE)
        standing = self._standing(merged)
        return Seen(handle, said_left, said_rest, left, standing, merged, words if may_miss else [], known)

    def verdict(self, seen: Seen) -> Verdict | None:
        """Return the law's word on all but the left source's places, with what has really been proven."""
        if seen.merged is None:
            return None
        merged = structs.replace(seen.merged, youth=_as_proven(seen.merged.youth, seen.known))
        verdict = self._rules.law.judge(merged.youth)
        return miss(merged, verdict, seen.missing, self._rules)[0] if seen.missing else verdict

    def left(self, seen: Seen) -> Evidence | None:
        """Return the left source's word."""
        return self._evidence(seen.handle, seen.said_left)

    def right(self, seen: Seen) -> Evidence | None:
        """Return the right source's own word."""
        return self._evidence(seen.handle, self._said_right(seen))

    def others(self, seen: Seen) -> tuple[Evidence, ...]:
        """Return what decided, where another source than the right one told it."""
        right = self.right(seen)
        if seen.rest is None or seen.rest.kind is Kind.NOTHING or (right and right.standing.kind is seen.rest.kind):
            return ()
        names = dict.fromkeys(one.source for one in seen.said_rest if one.source != self._head.right.name)
        told = (self._evidence(seen.handle, [one for one in seen.said_rest if one.source == name]) for name in names)
        return tuple(one for one in told if one is not None and one.standing.kind is seen.rest.kind)

    def told(self, seen: Seen) -> tuple[Evidence, ...]:
        """Return the word of every source that knows the youth."""
        names = dict.fromkeys(one.source for one in seen.said_rest)
        words = (self._evidence(seen.handle, [one for one in seen.said_rest if one.source == name]) for name in names)
        return tuple(one for one in words if one is not None)

    def right_differs(self, seen: Seen) -> bool:
        """Tell whether precedence hides that the right source says otherwise about a place."""
        if seen.rest is None or "placements" not in self.conflicts(seen):
            return False
        right = self.right(seen)
        return right is not None and right.standing.is_open != seen.rest.is_open

    def conflicts(self, seen: Seen) -> set[str]:
        """Return the facts on which sources differ among each other, the left one apart."""
        left, found = self._head.left.name, seen.merged.conflicts if seen.merged else ()
        return {one.fact for one in found if len(set(one.sources) - {left}) > 1} - _NO_PRECEDENCE

    def numbers_differ(self, seen: Seen) -> bool:
        """Tell whether the two sources know the youth by different numbers."""
        left = {number for one in seen.said_left if (number := one.facts.number)}
        right = {number for one in self._said_right(seen) if (number := one.facts.number)}
        return bool(left and right) and left.isdisjoint(right)

    def _said_right(self, seen: Seen) -> list[Said]:
        return [one for one in seen.said_rest if one.source == self._head.right.name]

    def _standing(self, merged: Merged) -> Standing:
        return standing_of(merged.youth, self._law, self._head.as_of)

    def _evidence(self, handle: str, said: list[Said]) -> Evidence | None:
        if not said:
            return None
        standing = self._standing(merge(handle, said, known=_WHOLE))
        days = [one.seen_on for one in said if one.seen_on is not None]
        return Evidence(self._labels.get(said[0].source, said[0].source), standing, max(days, default=None))


def _as_proven(youth: Youth, known: Completeness) -> Youth:
    return structs.replace(youth, placements_complete=known.placements, qualifications_complete=known.qualifications)


def _without_places(said: Said) -> Said:
    """Leave out what a source that was not updated says of school; the rest fills what others leave out."""
    return Said(said.source, said.seen_on, structs.replace(said.facts, placements=None))
