"""The one place where the clock is read: today's date in Sweden, at the edge."""

from __future__ import annotations

import sys
from contextlib import suppress
from datetime import UTC, date, datetime

import click

from kaa_bridge.domain.dates import swedish_date
from kaa_bridge.errors import InputRefused


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


def confirm_ahead(as_of: date | None) -> None:
    """Ask a person at a terminal before a run is stored under a day that has not come; without one it is only logged.

    Raises:
        InputRefused: the answer is no.
    """
    if as_of is None or as_of <= today() or not sys.stdin.isatty():
        return
    question = f"{as_of} has not come yet. What is decided for it is looked at again on that day. Go on?"
    if not click.confirm(question, err=True):
        raise InputRefused(
            "date_ahead",
            f"The run was not dated {as_of}. Nothing was pulled, stored or sent.",
            remedy="Leave --as-of out; or look at the plan only (run --dry-run, resync without --apply).",
        )


def today() -> date:
    """Return today's date in Europe/Stockholm."""
    return swedish_date(datetime.now(UTC))
