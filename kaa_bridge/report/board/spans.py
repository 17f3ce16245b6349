"""The periods of a report: half-years or months, the last one up to the report's day, none before the bridge began."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

from kaa_bridge.domain.dates import DAY
from kaa_bridge.report.period import Period

MONTHS = (
    "januari", "februari", "mars", "april", "maj", "juni",
    "juli", "augusti", "september", "oktober", "november", "december",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Span:
    """A period as the report counts it, both days inclusive.

    Attributes:
        key: ``2026H1`` or ``2026-02``.
        name: as running text writes it.
        short: as a table's header writes it.
        whole: whether nothing of the calendar period is left out at either end.
    """

    key: str
    name: str
    short: str
    first: date
    last: date
    whole: bool = True


def last_whole(spans: Sequence[Span]) -> Span:
    """Return the last whole period, the last one when none is whole."""
    return next((span for span in reversed(spans) if span.whole), spans[-1])


def half_years(began: date, as_of: date) -> tuple[Span, ...]:
    """Return every half-year from the one in which the bridge began to the report's day, the oldest first."""
    return tuple(_clipped(_halves(began, as_of), began, as_of))


def months(began: date, as_of: date) -> tuple[Span, ...]:
    """Return every month from the one in which the bridge began to the report's day, the oldest first."""
    return tuple(_clipped(_months(began, as_of), began, as_of))


def _halves(began: date, as_of: date) -> Iterator[Span]:
    period = Period.around(began)
    while period.first <= as_of:
        yield Span(str(period), period.in_words, _short(period), period.first, period.last)
        period = Period.around(period.last + DAY)


def _short(period: Period) -> str:
    return f"{'jan–jun' if period.half == 1 else 'jul–dec'} {period.year}"


def _months(began: date, as_of: date) -> Iterator[Span]:
    first = began.replace(day=1)
    while first <= as_of:
        after = (first + timedelta(days=32)).replace(day=1)
        month = MONTHS[first.month - 1]
        yield Span(f"{first:%Y-%m}", f"{month} {first.year}", f"{month[:3]} {first.year}", first, after - DAY)
        first = after


def _clipped(spans: Iterator[Span], began: date, as_of: date) -> Iterator[Span]:
    for span in spans:
        first, last = max(span.first, began), min(span.last, as_of)
        whole = (first, last) == (span.first, span.last)
        yield replace(span, first=first, last=last, whole=whole)
