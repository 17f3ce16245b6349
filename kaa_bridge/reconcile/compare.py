"""The comparison: two sorted streams of the state, merged, each youth judged by the law of the day and sorted."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date
from typing import NamedTuple

from sqlalchemy import Connection

from kaa_bridge.domain.facts import Youth
from kaa_bridge.domain.values import Protection
from kaa_bridge.errors import InputRefused
from kaa_bridge.law import Outcome, RuleSet, ruleset
from kaa_bridge.reconcile.classify import Case, sort_case
from kaa_bridge.reconcile.lost import lost_since
from kaa_bridge.reconcile.merge import Along, pair
from kaa_bridge.reconcile.model import Category, Counts, Evidence, Freeze, Head, Kind, Lost, Row, Standing, Step
from kaa_bridge.reconcile.sides import Question, make_head
from kaa_bridge.reconcile.standing import standing_of
from kaa_bridge.reconcile.stream import YouthMark, words_of, youth_marks
from kaa_bridge.store import runs
from kaa_bridge.store.youths import Word
from kaa_bridge.sync.bridge import Bridge
from kaa_bridge.sync.completeness import Completeness
from kaa_bridge.sync.decide import Rules, words_said
from kaa_bridge.sync.merge import Merged, Said, merge
from kaa_bridge.sync.view import rules_on

_WHOLE = Completeness(placements=True, qualifications=True, frozen=False)


class Met(NamedTuple):
    """One youth of either side as the streams give it."""

    youth_id: int
    mark: YouthMark
    left: list[Word] | None
    right: list[Word] | None
    others: list[Word]


@dataclass(frozen=True, slots=True)
class Found:
    """What was found, before it is sealed: rows with a proposed step in the order of the report."""

    head: Head
    counts: Counts
    rows: tuple[Row, ...]
    protected: tuple[str, ...]


def compare(connection: Connection, bridge: Bridge, question: Question) -> Found:
    """Compare two sources, youth by youth. Memory holds the rows with a proposed step, never a register.

    Raises:
        InputRefused, ConfigurationInvalid: see ``make_head``; the day lies before the freeze.
    """
    head = make_head(connection, bridge, question)
    if head.as_of < head.freeze.first:
        raise InputRefused(
            "reconcile_too_early",
            f"The freeze of {head.year} begins {head.freeze.first}, after the day asked about; nothing was compared.",
            remedy=f"Add --as-of {head.freeze.over_on} or a later day, or name another year with --freeze.",
        )
    sorter = Sorter(head, rules_on(connection, bridge, head.as_of), bridge)
    for met in meetings(connection, head):
        sorter.take(met)
    return sorter.found()


def meetings(connection: Connection, head: Head) -> Iterator[Met]:
    """Yield every youth that either side knows, in order of id, from sorted streams of the state."""
    ids = {name: source_id for source_id, name in runs.source_names(connection).items()}
    left, right = ids[head.left.name], ids[head.right.name]
    marks = Along(youth_marks(connection))
    others = Along(words_of(connection, [left, right], others=True))
    for youth_id, ours, theirs in pair(words_of(connection, [left]), words_of(connection, [right])):
        mark = marks.at(youth_id)
        assert mark is not None
        yield Met(youth_id, mark, ours, theirs, others.at(youth_id) or [])


class Sorter:
    """Takes one youth after another and keeps counts, handles of the protected, and rows with a proposed step."""

    def __init__(self, head: Head, rules: Rules, bridge: Bridge) -> None:
        """Prepare for the head's day."""
        self._head = head
        self._rules = rules
        self._whole: RuleSet = ruleset(bridge.code, head.as_of, bridge.law)
        self._routine = bridge.routine
        self._labels = {one.name: one.label or one.name for one in bridge.table.source}
        self._counts = Counts()
        self._rows: list[Row] = []
        self._protected: list[str] = []

    def take(self, met: Met) -> None:
        """Sort one youth."""
        counts = self._counts
        counts.left += met.left is not None
        counts.right += met.right is not None
        counts.both += met.left is not None and met.right is not None
        if met.mark.protection != Protection.NONE.value:
            self._protected.append(met.mark.handle)
            counts.categories[Category.PROTECTED] += 1
            return
        seen = self._seen(met)
        if seen.left is not None and seen.left.is_open:
            counts.open_left += 1
            counts.no_occupation += not seen.left.occupation
        category, step = sort_case(self._case(met, seen), self._head.freeze)
        counts.categories[category] += 1
        if step is not Step.NONE:
            row = self._row(met, seen, category, step)
            counts.found_early += row.found_on is not None
            self._rows.append(row)

    def found(self) -> Found:
        """Return what was found, sorted by category and handle."""
        order = list(Category)
        rows = sorted(self._rows, key=lambda row: (order.index(row.category), row.handle))
        return Found(self._head, self._counts, tuple(rows), tuple(sorted(self._protected)))

    def _seen(self, met: Met) -> Seen:
        handle = met.mark.handle
        said_left = words_said(met.left or (), self._rules)
        said_rest = words_said([*(met.right or ()), *met.others], self._rules)
        left = self._standing(merge(handle, said_left, known=_WHOLE)) if met.left is not None else None
        if not said_rest:
            return Seen(said_left, said_rest, left, None, None)
        filled = [*said_rest, *map(_without_places, said_left)]
        rest = merge(handle, filled, known=_WHOLE)
        return Seen(said_left, said_rest, left, self._standing(rest), rest)

    def _standing(self, merged: Merged) -> Standing:
        return standing_of(merged.youth, self._whole, self._head.as_of)

    def _case(self, met: Met, seen: Seen) -> Case:
        open_rest = seen.rest is not None and seen.rest.is_open
        return Case(
            left=seen.left,
            in_right=met.right is not None,
            rest=seen.rest,
            outcome=self._outcome(seen) if open_rest else Outcome.NOT_COVERED,
            numbers_differ=self._numbers_differ(met, seen),
        )

    def _outcome(self, seen: Seen) -> Outcome:
        return self._rules.law.judge(self._as_proven(seen)).outcome

    def _as_proven(self, seen: Seen) -> Youth:
        """Return the merged youth with what the sources together have really proven."""
        assert seen.merged is not None
        known = self._rules.known
        return replace(
            seen.merged.youth, placements_complete=known.placements, qualifications_complete=known.qualifications
        )

    def _numbers_differ(self, met: Met, seen: Seen) -> bool:
        if met.left is None or met.right is None:
            return False
        right = self._head.right.name
        left_numbers = {number for one in seen.said_left if (number := one.facts.number)}
        right_numbers = {number for one in seen.said_rest if one.source == right and (number := one.facts.number)}
        return bool(left_numbers and right_numbers) and left_numbers.isdisjoint(right_numbers)

    def _row(self, met: Met, seen: Seen, category: Category, step: Step) -> Row:
        covered_since = None
        outcome = Outcome.NOT_COVERED
        if seen.merged is not None:
            verdict = self._rules.law.judge(self._as_proven(seen))
            outcome, covered_since = verdict.outcome, verdict.covered_since
        opens = step is Step.OPEN or category is Category.ENDED_IN_FREEZE
        first_day = covered_since or (seen.rest.free_since if seen.rest else None)
        found_on = _in_freeze(met.mark.registered_on, self._head.freeze) if opens else None
        right = self._evidence(met.mark.handle, [s for s in seen.said_rest if s.source == self._head.right.name])
        return Row(
            handle=met.mark.handle,
            category=category,
            step=step,
            left=self._evidence(met.mark.handle, seen.said_left),
            right=right,
            others=self._others(met, seen, right),
            outcome=outcome.value,
            lost=self._lost(seen, first_day) if opens and first_day else None,
            found_on=found_on,
            remarks=tuple(self._remarks(met, seen, category, step, found_on)),
        )

    def _lost(self, seen: Seen, first_day: date) -> Lost:
        assert seen.merged is not None
        return lost_since(seen.merged.youth, first_day, self._routine, self._head.as_of)

    def _evidence(self, handle: str, said: list[Said]) -> Evidence | None:
        if not said:
            return None
        standing = self._standing(merge(handle, said, known=_WHOLE))
        days = [one.seen_on for one in said if one.seen_on is not None]
        return Evidence(self._labels.get(said[0].source, said[0].source), standing, max(days, default=None))

    def _others(self, met: Met, seen: Seen, right: Evidence | None) -> tuple[Evidence, ...]:
        """Return what decided, where another source than the right one told it."""
        if seen.rest is None or seen.rest.kind is Kind.NOTHING or (right and right.standing.kind is seen.rest.kind):
            return ()
        told = []
        for name in dict.fromkeys(one.source for one in seen.said_rest if one.source != self._head.right.name):
            evidence = self._evidence(met.mark.handle, [one for one in seen.said_rest if one.source == name])
            if evidence and evidence.standing.kind is seen.rest.kind:
                told.append(evidence)
        return tuple(told)

    def _remarks(self, met: Met, seen: Seen, category: Category, step: Step, found_on: date | None) -> Iterable[str]:
        if category is not Category.NUMBER_CHANGED and self._numbers_differ(met, seen):
            yield "number_differs"
        if category is Category.STILL_IN_SCHOOL and seen.rest and seen.rest.kind is Kind.COMPULSORY:
            yield "law_silent"
        if category is Category.ENDED_IN_FREEZE and step is Step.INVESTIGATE:
            yield "not_proven"
        if category is Category.ENDED_IN_FREEZE:
            yield "found_early" if found_on else "missed"
        if seen.merged is not None and seen.merged.conflicts:
            yield "sources_differ"


class Seen(NamedTuple):
    """What the sources of one youth say, as facts and as standings; ``merged`` is all but the left one's places."""

    said_left: list[Said]
    said_rest: list[Said]
    left: Standing | None
    rest: Standing | None
    merged: Merged | None


def _without_places(said: Said) -> Said:
    """Leave out what a source that was not updated says of school; the rest fills what other sources leave out."""
    return Said(said.source, said.seen_on, replace(said.facts, placements=None))


def _in_freeze(registered_on: str | None, freeze: Freeze) -> date | None:
    day = date.fromisoformat(registered_on) if registered_on else None
    return day if day is not None and freeze.first <= day <= freeze.last else None
