"""Swedish days: which one a moment falls on, and calendar arithmetic as in lag (1930:173) 1 §.

Weeks, months and years end on the day of the same name or number.
"""

from __future__ import annotations

from calendar import monthrange
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

DAY = timedelta(days=1)
SWEDEN = ZoneInfo("Europe/Stockholm")


def swedish_date(moment: datetime) -> date:
    """Return the local date in Sweden of a moment, given with its zone."""
    return moment.astimezone(SWEDEN).date()


def add_months(start: date, months: int) -> date:
    """Return ``start`` plus calendar months (negative to go back).

    Where the month lacks the day number, its last day is taken (lag 1930:173 1 §).

    >>> add_months(date(2026, 1, 31), 1)
    datetime.date(2026, 2, 28)
    >>> add_months(date(2025, 11, 30), 3)
    datetime.date(2026, 2, 28)
    """
    year, month = divmod(start.year * 12 + start.month - 1 + months, 12)
    return date(year, month + 1, min(start.day, monthrange(year, month + 1)[1]))


def add_years(start: date, years: int) -> date:
    """Return ``start`` plus calendar years; 29 February becomes 28 February in a common year."""
    return add_months(start, 12 * years)


def birthday(birth_date: date, age: int) -> date:
    """Return the day on which the age is reached (har fyllt).

    Born on 29 February: 28 February in a common year, by analogy with lag (1930:173) 1 §; the statutes name no rule and
    it matters for 18 only (16 and 20 fall in leap years until 2100).
    """
    return add_years(birth_date, age)
