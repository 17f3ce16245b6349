"""Recurring tasks of the organisation: they stand under the work list, with no youth in them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import date, timedelta
from typing import NamedTuple

from kaa_bridge.domain.dates import DAY, add_months
from kaa_bridge.routine.model import CalendarEntry
from kaa_bridge.routine.terms import TermEnds, month_day

_MONTHS = {"month": 1, "half_year": 6, "term": 6, "year": 12}
_YEARS_AHEAD = 2


class CalendarTask(NamedTuple):
    """A task of the organisation in the period that goes on, or else in the next one.

    Attributes:
        task: identifier in the routine.
        not_before: first day of the period.
        due: last day (inclusive); ``None`` where the routine gives no end.
        times: how many times in the period.
        responsible: ``case_officer``, ``coordinator`` or ``manager``.
        text: plain Swedish.
        rule: where the routine says so.
    """

    task: str
    not_before: date
    due: date | None
    times: int
    responsible: str
    text: str
    rule: str


def occurrence(entry: CalendarEntry, *, as_of: date, terms: TermEnds | None) -> CalendarTask:
    """Return the task as it stands on the day."""
    first, last = next(span for span in _periods(entry, as_of, terms) if span[1] is None or span[1] >= as_of)
    return CalendarTask(entry.task, first, last, entry.times, entry.responsible, entry.text, entry.rule)


def _periods(entry: CalendarEntry, as_of: date, terms: TermEnds | None) -> Iterator[tuple[date, date | None]]:
    if entry.every in ("week", "two_weeks"):
        yield _weeks(as_of, entry.anchor)
    elif entry.every is not None:
        yield _months(as_of, _MONTHS[entry.every])
    elif entry.months:
        yield from _chosen_months(as_of, sorted(set(entry.months)))
    elif entry.from_day is not None:
        yield date(as_of.year, *month_day(entry.from_day)), None
    elif terms is not None and entry.term_end is not None:
        yield from _after_term(as_of, lambda year: terms.end(year, autumn=entry.term_end == "autumn"))


def _weeks(as_of: date, anchor: date | None) -> tuple[date, date]:
    monday = as_of - timedelta(days=as_of.weekday())
    if anchor is None:
        return monday, monday + timedelta(days=6)
    first = anchor - timedelta(days=anchor.weekday())
    start = monday - timedelta(days=(monday - first).days % 14)
    return start, start + timedelta(days=13)


def _months(as_of: date, length: int) -> tuple[date, date]:
    first = date(as_of.year, (as_of.month - 1) // length * length + 1, 1)
    return first, _last_day(first, length)


def _last_day(first: date, length: int) -> date:
    return add_months(first, length) - DAY


def _chosen_months(as_of: date, months: Sequence[int]) -> Iterator[tuple[date, date]]:
    for year in range(as_of.year, as_of.year + _YEARS_AHEAD):
        for month in months:
            first = date(year, month, 1)
            yield first, _last_day(first, 1)


def _after_term(as_of: date, end: Callable[[int], date]) -> Iterator[tuple[date, date]]:
    """Yield the month after each term end: the work follows the end and is done before the next term."""
    for year in range(as_of.year - 1, as_of.year + _YEARS_AHEAD):
        yield end(year), add_months(end(year), 1)
