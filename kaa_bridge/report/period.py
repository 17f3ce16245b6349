"""A half-year, as SCB's survey and the nämnd count: January to June, and July to December."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date

from kaa_bridge.errors import InputRefused

_WRITTEN = re.compile(r"(2[01][0-9]{2})H([12])", re.ASCII)


@dataclass(frozen=True, slots=True, order=True)
class Period:
    """A half-year: ``half`` 1 is 1 January to 30 June, 2 is 1 July to 31 December, both days inclusive."""

    year: int
    half: int

    @classmethod
    def parse(cls, text: str) -> Period:
        """Read a half-year written ``2026H1``.

        Raises:
            InputRefused: written in any other way.
        """
        match = _WRITTEN.fullmatch(text)
        if match is None:
            raise InputRefused(
                "period_unreadable",
                "The period is a year and a half of it; nothing was made.",
                remedy="Write it so: --period 2026H1 (January to June) or --period 2026H2 (July to December).",
            )
        return cls(int(match[1]), int(match[2]))

    @classmethod
    def around(cls, day: date) -> Period:
        """Return the half-year that the day lies in."""
        return cls(day.year, 1 if day.month <= 6 else 2)

    @property
    def first(self) -> date:
        """The first day."""
        return date(self.year, 1, 1) if self.half == 1 else date(self.year, 7, 1)

    @property
    def last(self) -> date:
        """The last day, inclusive."""
        return date(self.year, 6, 30) if self.half == 1 else date(self.year, 12, 31)

    @property
    def previous(self) -> Period:
        """The half-year before."""
        return Period(self.year, 1) if self.half == 2 else Period(self.year - 1, 2)

    @property
    def in_words(self) -> str:
        """The half-year as a Swedish report writes it."""
        return f"{'januari–juni' if self.half == 1 else 'juli–december'} {self.year}"

    def holds(self, day: date | None) -> bool:
        """Tell whether a known day lies in the half-year."""
        return day is not None and self.first <= day <= self.last

    def __str__(self) -> str:
        """Return the half-year as it is written on the command line: ``2026H1``."""
        return f"{self.year}H{self.half}"
