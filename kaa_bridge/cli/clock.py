"""The one place where the clock is read: today's date in Sweden, at the edge."""

from __future__ import annotations

from contextlib import suppress
from datetime import date, datetime
from zoneinfo import ZoneInfo

import click

_SWEDEN = ZoneInfo("Europe/Stockholm")


def iso_date(text: str) -> date:
    """Read a date written ``YYYY-MM-DD``; any other writing is a ``ValueError``, which click shows as wrong usage."""
    with suppress(ValueError):  # its own text quotes what was written, which may be a person number
        if (day := date.fromisoformat(text)).isoformat() == text:
            return day
    raise ValueError("a day of the calendar is written YYYY-MM-DD, such as 2026-02-01.")


iso_date.__name__ = "date"
as_of_option = click.option(
    "--as-of", type=iso_date, metavar="DATE", help="The day asked about, YYYY-MM-DD (default: today in Sweden)."
)


def today() -> date:
    """Return today's date in Europe/Stockholm."""
    return datetime.now(_SWEDEN).date()
