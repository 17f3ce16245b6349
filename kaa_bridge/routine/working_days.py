"""Moves a due date off weekends, holidays and a municipality's pauses; only where its routine says so.

Lag (1930:173) 2 § covers statutory time; for the steps of a handlingsplan the same rule is a choice.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date
from functools import lru_cache

from kaa_bridge.domain.dates import DAY

SATURDAY = 5
Adjust = Callable[[date], date]
MonthDay = tuple[int, int]
"""Month and day of any year."""


@lru_cache(maxsize=256)
def _free_days(year: int) -> frozenset[date]:
    # Imported here: the library takes a tenth of a second to load and most municipalities do not roll.
    from holidays.countries.sweden import SE

    return frozenset(SE(years=year, categories=("public", "de_facto")))


def is_working_day(day: date) -> bool:
    """Tell whether neither Saturday, Sunday, public holiday, midsommarafton, julafton nor nyårsafton falls on the day.

    Public holidays by lag (1989:253); the rest by lag (1930:173) 2 §.
    """
    return day.weekday() < SATURDAY and day not in _free_days(day.year)


def next_working_day(day: date) -> date:
    """Return the day itself when it is a working day, else the first one after it.

    >>> next_working_day(date(2026, 4, 3))
    datetime.date(2026, 4, 7)
    """
    while day < date.max and not is_working_day(day):
        day += DAY
    return day


def after_pause(day: date, first: MonthDay, last: MonthDay) -> date:
    """Return the day after a yearly pause when ``day`` lies in it, else the day itself.

    Both ends are inclusive; a pause may cross the turn of the year.
    """
    here = (day.month, day.day)
    inside = first <= here <= last if first <= last else here >= first or here <= last
    if not inside:
        return day
    year = day.year + (first > last and here >= first)
    try:
        return date(year, *last) + DAY
    except (ValueError, OverflowError):
        return date(year, 3, 1) if last == (2, 29) and year <= date.max.year else date.max


def adjuster(*, roll: bool, pauses: Sequence[tuple[MonthDay, MonthDay]]) -> Adjust | None:
    """Return the function that moves a due date, or ``None`` when the routine moves none."""
    if not roll and not pauses:
        return None

    def adjust(day: date) -> date:
        for first, last in pauses:
            day = after_pause(day, first, last)
        return next_working_day(day) if roll else day

    return adjust
