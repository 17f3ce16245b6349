"""Counts: one youth after another, into named cells; memory holds the cells, never the youths.

A cell's name is ``PERIOD/what`` (``2026H1/new``) or ``now/what`` for how things stand on the report's day.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta

from kaa_bridge.domain.facts import Youth
from kaa_bridge.domain.values import EventKind, Occupation
from kaa_bridge.report.board import work
from kaa_bridge.report.board.spans import Span
from kaa_bridge.report.board.spells import Spell
from kaa_bridge.report.individual_plan import MeasureRecord, measure_records
from kaa_bridge.sync.decide import Decided


@dataclass(slots=True)
class Tally:
    """The cells of one municipality on one day.

    Attributes:
        began: the first night; who was on the register then counts as having been there before.
        recent_days: a contact within so many days before the report's day is a recent one.
        delays: for each half-year, how many cases were registered after how many days.
        late: names of the steps that are late somewhere.
    """

    municipality: str
    as_of: date
    began: date
    halves: Sequence[Span]
    months: Sequence[Span]
    recent_days: int
    cells: Counter[str] = field(default_factory=Counter)
    delays: dict[str, Counter[int]] = field(default_factory=dict)
    late: set[str] = field(default_factory=set)

    def take(self, youth: Youth, spells: Sequence[Spell]) -> None:
        """Count what an unprotected youth's times on the register add to every period."""
        for spell in spells:
            for span in self.months:
                if spell.on(span.last):
                    self.cells[f"{span.key}/end"] += 1
                    self._stands(youth, spell, span)
            for span in self.halves:
                if spell.opened <= span.last and (spell.closed or date.max) >= span.first:
                    self._half(youth, spell, span)

    def take_open(self, youth: Youth, spell: Spell, decided: Decided) -> None:
        """Count how an open case stands on the report's day."""
        cells = self.cells
        late = {action.action for action in decided.actions if action.overdue}
        self.late |= late
        cells["now/late"] += bool(late)
        for action in late:
            cells[f"now/late:{action}"] += 1
        cells["now/handler"] += bool(decided.merged.handler) or self._allocated(youth, spell)
        cells["now/mapped"] += self._mapped(youth, spell)
        cells["now/recent"] += work.contacted(
            youth, spell, self.as_of - timedelta(days=self.recent_days - 1), self.as_of
        )
        running = [one for one in self._measures(youth, spell, self.as_of) if one.running]
        cells["now/planned"] += bool(running) and not any(one.missing for one in running)

    def _stands(self, youth: Youth, spell: Spell, span: Span) -> None:
        """Count how far the work has come at the end of a period, and whether there was a contact in it."""
        cells, key = self.cells, span.key
        cells[f"{key}/{work.step_of(youth, spell, span.last)}"] += 1
        cells[f"{key}/contacted"] += work.contacted(youth, spell, span.first, span.last)
        if spell.on(span.last):
            cells[f"{key}/running"] += any(one.running for one in self._measures(youth, spell, span.last))

    def _half(self, youth: Youth, spell: Spell, span: Span) -> None:
        cells, key = self.cells, span.key
        was_there = spell.opened < span.first or spell.opened == self.began
        cells[f"{key}/start" if was_there else f"{key}/new"] += 1
        cells[f"{key}/end" if spell.on(span.last) else f"{key}/ended"] += 1
        self._stands(youth, spell, span)
        if not was_there:
            self._came(youth, spell, span)
        if not spell.on(span.last):
            cells[f"{key}/{work.ground_of(youth, spell)}"] += 1
        last = min(span.last, spell.closed or span.last)
        for event in work.between(youth, max(span.first, spell.began), last):
            if event.kind is EventKind.MEASURE_ENDED:
                cells[f"{key}/measures_ended"] += 1
                cells[f"{key}/reason_told"] += event.reason is not None

    def _came(self, youth: Youth, spell: Spell, span: Span) -> None:
        cells, key = self.cells, span.key
        days = work.delay_of(youth, spell, self.began)
        cells[f"{key}/{work.delay_class(days)}"] += 1
        if days is not None:
            self.delays.setdefault(key, Counter())[days] += 1
        cause = work.cause_of(youth, spell, self.municipality)
        cells[f"{key}/{cause}"] += 1
        if cause == "left_school":
            cells[f"{key}/form"] += work.has_form(youth, spell, span.last)

    def _measures(self, youth: Youth, spell: Spell, day: date) -> list[MeasureRecord]:
        return [one for one in measure_records(youth, day) if one.start >= spell.began]

    def _allocated(self, youth: Youth, spell: Spell) -> bool:
        return any(one.kind is EventKind.ALLOCATED for one in work.between(youth, spell.began, self.as_of))

    def _mapped(self, youth: Youth, spell: Spell) -> bool:
        return any(
            event.kind is EventKind.FIRST_MEETING
            or (event.kind is EventKind.OCCUPATION and event.what is not Occupation.UNKNOWN)
            for event in work.between(youth, spell.began, self.as_of)
        )
