"""Ends of school terms, as the routine gives them: they stand in no statute, the huvudman decides them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date

from msgspec import Struct

from kaa_bridge.contract.predicates import Situation
from kaa_bridge.routine.clocks import STUDIES, Find, latest_occupation
from kaa_bridge.routine.model import Terms

_JULY = 7


class TermEnds(Struct, frozen=True):
    """Usual last days of the terms, and the exact ones where they are decided."""

    spring: tuple[int, int]
    autumn: tuple[int, int]
    exact: Mapping[tuple[int, bool], date]

    def end(self, year: int, *, autumn: bool) -> date:
        """Return the last day of a term."""
        return self.exact.get((year, autumn)) or date(year, *(self.autumn if autumn else self.spring))

    def end_after(self, day: date) -> date:
        """Return the end of the term that goes on, or comes next, on the day (an end on that very day counts)."""
        for year in (day.year, min(day.year + 1, date.max.year)):
            for autumn in (False, True):
                end = self.end(year, autumn=autumn)
                if end >= day:
                    return end
        return date.max


def term_ends(terms: Terms) -> TermEnds:
    """Return the term ends of a routine file."""
    return TermEnds(
        month_day(terms.spring_ends),
        month_day(terms.autumn_ends),
        {(day.year, day.month > _JULY): day for day in terms.exact},
    )


def month_day(text: str) -> tuple[int, int]:
    """Read ``MM-DD``."""
    return int(text[:2]), int(text[3:])


def end_of_studies(terms: TermEnds) -> Find:
    """Return the clock ``end_of_studies``: ``until`` of the studies, else the end of the term they were told in.

    Several studies told on the same day: the earliest end.
    """

    def find(situation: Situation) -> date | None:
        ends = [
            event.until or terms.end_after(event.on) for event in latest_occupation(situation) if event.what in STUDIES
        ]
        return min(ends, default=None)

    return find


def term_end(terms: TermEnds) -> Find:
    """Return the clock ``term_end``: the end of the term that goes on, or comes next, on the day of registration."""

    def find(situation: Situation) -> date | None:
        return None if situation.reg is None else terms.end_after(situation.reg)

    return find


BY_TERMS: Mapping[str, Callable[[TermEnds], Find]] = {"end_of_studies": end_of_studies, "term_end": term_end}
"""The clocks that need the routine's term ends; they are bound when the routine is compiled."""
