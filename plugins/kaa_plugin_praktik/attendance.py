"""Attendance as it was handed in, by youth and month; what cannot be read is told by its row and never guessed."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from kaa_bridge.contract import HandedFile, HandedRow
from kaa_bridge.errors import InputRefused

DAY, HOURS, REVOKED = "Datum", "Timmar", "Återkallad"
"""Columns beside the handle: the day, attended hours that day, and *ja* where a person has revoked the allowance."""
_HOURS = re.compile(r"\d{1,2}([.,]\d{1,2})?")
_MOST = Decimal(24)


@dataclass(slots=True)
class Month:
    """One youth's month.

    Attributes:
        first: the month's first day; ``None`` for rows whose day cannot be read.
        hours: attended hours by day.
        doubts: what a person must look at first, in Swedish.
        against: columns whose *ja* means no allowance.
    """

    ref: str
    first: date | None
    hours: dict[date, Decimal] = field(default_factory=dict)
    doubts: list[str] = field(default_factory=list)
    against: set[str] = field(default_factory=set)

    @property
    def days(self) -> int:
        """How many days were attended."""
        return sum(hours > 0 for hours in self.hours.values())

    @property
    def total(self) -> Decimal:
        """Attended hours."""
        return sum(self.hours.values(), Decimal(0))


def read_attendance(handed: HandedFile, excludes: Sequence[str]) -> list[Month]:
    """Return the months by month and handle.

    Args:
        handed: the file.
        excludes: columns that must be there, with *ja* or *nej* in every row; anything else is unknown, never *nej*.

    Raises:
        InputRefused: a column is missing or unknown.
    """
    needed = (DAY, HOURS, *excludes)
    if wrong := [name for name in needed if name not in handed.columns]:
        raise _refused(f"it has no column {', '.join(wrong)}", needed)
    if wrong := [name for name in handed.columns[1:] if name not in {*needed, REVOKED, "Ungdom"}]:
        raise _refused("it has columns that the rule does not know", needed)
    months: dict[tuple[str, date | None], Month] = {}
    for row in handed.rows:
        day = _day(row.cells[DAY], handed.as_of)
        first = day.replace(day=1) if day else None
        month = months.setdefault((row.ref, first), Month(row.ref, first))
        if day is None:
            month.doubts.append(f"Rad {row.number}: dagen går inte att läsa eller har inte varit.")
        else:
            _take(month, row, day, excludes)
    return sorted(months.values(), key=lambda month: (month.first or date.min, month.ref))


def _take(month: Month, row: HandedRow, day: date, excludes: Sequence[str]) -> None:
    month.doubts.extend(f"Rad {row.number}: {why}" for why in _unread(month, row, day, excludes))
    text = row.cells[HOURS]
    if _HOURS.fullmatch(text):
        month.hours.setdefault(day, Decimal(text.replace(",", ".")))
    month.against |= {name for name in (*excludes, REVOKED) if row.cells.get(name, "").lower() == "ja"}


def _unread(month: Month, row: HandedRow, day: date, excludes: Sequence[str]) -> Iterator[str]:
    text = row.cells[HOURS]
    if not _HOURS.fullmatch(text) or Decimal(text.replace(",", ".")) > _MOST:
        yield "timmarna går inte att läsa."
    if day in month.hours:
        yield "dagen står redan."
    for name in excludes:
        if row.cells[name].lower() not in ("ja", "nej"):
            yield f"{name} är varken ja eller nej."
    if row.cells.get(REVOKED, "").lower() not in ("", "ja", "nej"):
        yield f"{REVOKED} är varken ja eller nej."


def _day(text: str, as_of: date) -> date | None:
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return None
    return day if day <= as_of else None


def _refused(why: str, needed: Sequence[str]) -> InputRefused:
    return InputRefused(
        "praktik_columns",
        f"The attendance file is refused: {why}. Nothing was computed.",
        remedy=f"Give it the columns Ungdom, {', '.join(needed)} and, if you like, {REVOKED}.",
        system="praktik",
    )
