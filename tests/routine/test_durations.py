"""Weeks, months and years as lag (1930:173) 1 § counts them (the vectors of the reference)."""

from __future__ import annotations

from datetime import date

import pytest

from kaa_bridge.routine.durations import parse_duration


@pytest.mark.parametrize(
    ("text", "start", "end"),
    [
        ("P1M", "2026-01-31", "2026-02-28"),
        ("P3M", "2025-11-30", "2026-02-28"),
        ("P4W", "2026-01-07", "2026-02-04"),
        ("P0D", "2026-01-07", "2026-01-07"),
        ("P1Y", "2024-02-29", "2025-02-28"),
        ("-P3M", "2028-05-31", "2028-02-29"),
        ("-P1D", "2028-03-01", "2028-02-29"),
        ("P1Y6M2W1D", "2026-01-31", "2027-08-15"),
    ],
)
def test_counts_by_the_calendar(text: str, start: str, end: str) -> None:
    assert parse_duration(text).after(date.fromisoformat(start)) == date.fromisoformat(end)


@pytest.mark.parametrize("text", ["", "P", "1W", "P1H", "PT1H", "P1.5W", "P1D1W", "p1w", "P-1D", "P1W "])
def test_refuses_other_writings(text: str) -> None:
    with pytest.raises(ValueError, match="duration"):
        parse_duration(text)


@pytest.mark.parametrize(("text", "end"), [("P999Y", date.max), ("-P999Y", date.min + (date(28, 1, 1) - date.min))])
def test_stays_within_the_calendar(text: str, end: date) -> None:
    start = date(9990, 1, 1) if text.startswith("P") else date(1027, 1, 1)
    assert parse_duration(text).after(start) == end
    assert parse_duration("-P999Y").after(date(500, 1, 1)) == date.min
