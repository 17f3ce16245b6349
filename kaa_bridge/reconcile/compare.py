"""The comparison: two sorted streams of the state, merged, each youth judged by the law of the day and sorted."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date

from kaa_bridge.domain.values import Protection
from kaa_bridge.errors import InputRefused
from kaa_bridge.law import Outcome
from kaa_bridge.reconcile.classify import Case, sort_case
from kaa_bridge.reconcile.kept import KeptBeside, KeptHandles, KeptRows
from kaa_bridge.reconcile.lost import lost_since
from kaa_bridge.reconcile.merge import Along, pair
from kaa_bridge.reconcile.model import Beside, Category, Counts, Freeze, Head, Kind, Lost, Row, Step
from kaa_bridge.reconcile.seen import Met, Reader, Seen
from kaa_bridge.reconcile.sides import Question, make_head
from kaa_bridge.reconcile.stream import found_beside, unheard_sources, words_of, youth_marks
from kaa_bridge.store import runs
from kaa_bridge.store.connection import Connection
from kaa_bridge.store.spool import Spool
from kaa_bridge.store.youths import read_youths
from kaa_bridge.sync.bridge import Bridge
from kaa_bridge.sync.decide import Rules
from kaa_bridge.sync.view import rules_on


@dataclass(frozen=True, slots=True)
class Found:
    """What was found, before it is sealed: rows with a proposed step in the order of the report."""

    head: Head
    counts: Counts
    rows: Iterable[Row]
    protected: Iterable[str]
    beside: Iterable[Beside] = ()


def compare(connection: Connection, bridge: Bridge, question: Question, spool: Spool) -> Found:
    """Compare two sources, youth by youth. Memory holds neither the registers nor the rows: those lie in the spool.

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
    sorter = Sorter(head, rules_on(connection, bridge, head.as_of), bridge, spool)
    for met in meetings(connection, head):
        sorter.take(met)
    for met in _beside(connection, head):
        sorter.take_beside(met)
    return sorter.found()


def meetings(connection: Connection, head: Head) -> Iterator[Met]:
    """Yield every youth that either side knows, in order of id, from sorted streams of the state."""
    ids = {name: source_id for source_id, name in runs.source_names(connection).items()}
    left, right = ids[head.left.name], ids[head.right.name]
    marks = Along(youth_marks(connection))
    others = Along(words_of(connection, [left, right], others=True))
    unheard = Along(unheard_sources(connection))
    for youth_id, ours, theirs in pair(words_of(connection, [left]), words_of(connection, [right])):
        mark = marks.at(youth_id)
        assert mark is not None
        yield Met(youth_id, mark, ours, theirs, others.at(youth_id) or [], unheard.at(youth_id) or ())


def _beside(connection: Connection, head: Head) -> Iterator[Met]:
    """Yield those whom the nights of the freeze found without either of the two sources."""
    ids = {name: source_id for source_id, name in runs.source_names(connection).items()}
    days = head.freeze.first.isoformat(), head.freeze.last.isoformat()
    for youth_id, mark in found_beside(connection, [ids[head.left.name], ids[head.right.name]], *days):
        for _, words in read_youths(connection, [youth_id]):
            unheard = [word.source_id for word in words if word.unheard]
            yield Met(youth_id, mark, None, None, [word for word in words if not word.unheard], unheard)


class Sorter:
    """Takes one youth after another and keeps counts, handles of the protected, and rows with a proposed step."""

    def __init__(self, head: Head, rules: Rules, bridge: Bridge, spool: Spool) -> None:
        """Prepare for the head's day."""
        self._head = head
        self._reader = Reader(head, rules, bridge)
        self._routine = bridge.routine
        self._counts = Counts()
        self._rows = KeptRows(spool)
        self._protected = KeptHandles(spool)
        self._beside = KeptBeside(spool)

    def take(self, met: Met) -> None:
        """Sort one youth."""
        counts = self._counts
        counts.left += met.left is not None
        counts.right += met.right is not None
        counts.both += met.left is not None and met.right is not None
        if met.mark.protection != Protection.NONE.value:
            self._protected.add(met.mark.handle)
            counts.categories[Category.PROTECTED] += 1
            return
        seen = self._reader.read(met)
        if seen.left is not None and seen.left.is_open:
            counts.open_left += 1
            counts.no_occupation += not seen.left.occupation
        category, step = sort_case(self._case(met, seen), self._head.freeze)
        counts.categories[category] += 1
        if step is not Step.NONE:
            row = self._row(met, seen, category, step)
            counts.found_early += row.found_on is not None
            counts.listed[category] += 1
            self._rows.add(row)

    def take_beside(self, met: Met) -> None:
        """Keep one whom a night of the freeze found and neither source knows."""
        found_on = _in_freeze(met.mark.registered_on, self._head.freeze)
        seen = self._reader.read(met)
        if found_on is None or (seen.merged and seen.merged.youth.protection.is_protected):
            return
        verdict = self._reader.verdict(seen)
        since = verdict.covered_since if verdict else None
        self._beside.add(Beside(met.mark.handle, found_on, since, self._reader.told(seen)))
        self._counts.beside += 1

    def found(self) -> Found:
        """Return what was found."""
        return Found(self._head, self._counts, self._rows, self._protected, self._beside)

    def _case(self, met: Met, seen: Seen) -> Case:
        verdict = self._reader.verdict(seen) if seen.rest is not None and seen.rest.is_open else None
        return Case(
            left=seen.left,
            in_right=met.right is not None,
            rest=seen.rest,
            outcome=verdict.outcome if verdict else Outcome.NOT_COVERED,
            right_differs=self._reader.right_differs(seen),
            numbers_differ=self._reader.numbers_differ(seen),
        )

    def _row(self, met: Met, seen: Seen, category: Category, step: Step) -> Row:
        reader = self._reader
        verdict = reader.verdict(seen)
        opens = step is Step.OPEN or category is Category.ENDED_IN_FREEZE
        found_on = _in_freeze(met.mark.registered_on, self._head.freeze) if opens else None
        covered_since = verdict.covered_since if verdict else None
        return Row(
            handle=met.mark.handle,
            category=category,
            step=step,
            left=reader.left(seen),
            right=reader.right(seen),
            others=reader.others(seen),
            outcome=verdict.outcome.value if verdict else "",
            lost=self._lost(seen, covered_since) if opens else None,
            found_on=found_on,
            remarks=tuple(self._remarks(seen, category, step, found_on)),
        )

    def _lost(self, seen: Seen, covered_since: date | None) -> Lost | None:
        first_day = covered_since or (seen.rest.free_since if seen.rest else None)
        if seen.merged is None or first_day is None:
            return None
        return lost_since(seen.merged.youth, first_day, self._routine, self._head.as_of)

    def _remarks(self, seen: Seen, category: Category, step: Step, found_on: date | None) -> Iterator[str]:
        if category is not Category.NUMBER_CHANGED and self._reader.numbers_differ(seen):
            yield "number_differs"
        if category is Category.STILL_IN_SCHOOL and seen.rest and seen.rest.kind is Kind.COMPULSORY:
            yield "law_silent"
        if category is Category.ENDED_IN_FREEZE and step is Step.INVESTIGATE:
            yield "not_proven"
        if found_on:
            yield "found_early"
        elif category is Category.ENDED_IN_FREEZE:
            yield "missed"
        if self._reader.conflicts(seen):
            yield "sources_differ"


def _in_freeze(registered_on: str | None, freeze: Freeze) -> date | None:
    day = date.fromisoformat(registered_on) if registered_on else None
    return day if day is not None and freeze.first <= day <= freeze.last else None
