"""ISO 8601 durations in years, months, weeks and days, added as lag (1930:173) 1 § counts."""

from __future__ import annotations

import re
from datetime import date, timedelta
from functools import lru_cache
from typing import Annotated, NamedTuple

from pydantic import Field

from kaa_bridge.domain.dates import add_months

_W = "[0-9]{1,4}W([0-9]{1,5}D)?|[0-9]{1,5}D"
_M = f"[0-9]{{1,4}}M({_W})?|{_W}"
PERIOD = f"P([0-9]{{1,3}}Y({_M})?|{_M})"
PATTERN = f"^-?{PERIOD}$"
"""A duration as a routine file writes it: ``P1W``, ``P3M``, ``P1Y6M``, ``P0D``, ``-P3M`` (before the clock)."""
DurationText = Annotated[str, Field(pattern=PATTERN)]
_PARTS = re.compile(r"(-?)P(?:(\d+)Y)?(?:(\d+)M)?(?:(\d+)W)?(?:(\d+)D)?", re.ASCII)


class Duration(NamedTuple):
    """Calendar months and days, both negative when the duration reaches back."""

    months: int
    days: int

    def after(self, start: date) -> date:
        """Return ``start`` plus the duration; beyond the calendar (year 1 or 9999) its first or last day.

        >>> parse_duration("P1M").after(date(2026, 1, 31))
        datetime.date(2026, 2, 28)
        """
        try:
            return add_months(start, self.months) + timedelta(days=self.days)
        except (OverflowError, ValueError):
            return date.max if self.months + self.days > 0 else date.min


@lru_cache(maxsize=256)
def parse_duration(text: str) -> Duration:
    """Read a duration that matches ``PATTERN``; anything else is a ``ValueError``."""
    match = _PARTS.fullmatch(text)
    if match is None or text.endswith("P"):
        raise ValueError("not an ISO 8601 duration")
    sign = -1 if match[1] else 1
    years, months, weeks, days = (int(part or 0) for part in match.groups()[1:])
    return Duration(sign * (12 * years + months), sign * (7 * weeks + days))
