"""Calendar arithmetic after lag (1930:173) 1 §."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kaa_bridge.domain.dates import add_months, add_years, birthday

DAYS = st.dates(date(1900, 1, 1), date(2150, 12, 31))


@pytest.mark.parametrize(
    ("start", "months", "end"),
    [
        (date(2026, 1, 31), 1, date(2026, 2, 28)),
        (date(2028, 1, 31), 1, date(2028, 2, 29)),
        (date(2025, 11, 30), 3, date(2026, 2, 28)),
        (date(2026, 1, 7), 1, date(2026, 2, 7)),
        (date(2026, 12, 15), 1, date(2027, 1, 15)),
        (date(2026, 1, 15), -1, date(2025, 12, 15)),
        (date(2026, 3, 31), -1, date(2026, 2, 28)),
        (date(2026, 5, 31), 0, date(2026, 5, 31)),
        (date(2026, 5, 31), 25, date(2028, 6, 30)),
    ],
)
def test_months_end_on_the_day_of_the_same_number_or_the_last(start: date, months: int, end: date) -> None:
    assert add_months(start, months) == end


@given(DAYS, st.integers(-600, 600))
def test_months_keep_the_number_or_take_the_last_day(start: date, months: int) -> None:
    found = add_months(start, months)
    assert (found.year - start.year) * 12 + found.month - start.month == months
    assert found.day == start.day or (
        found.day < start.day and (found.toordinal() + 1 - found.replace(day=1).toordinal()) >= 28
    )


@given(DAYS, st.integers(0, 40))
def test_years_are_twelve_months(start: date, years: int) -> None:
    assert add_years(start, years) == add_months(start, 12 * years)


@pytest.mark.parametrize(
    ("born", "age", "day"),
    [
        (date(2008, 2, 29), 20, date(2028, 2, 29)),
        (date(2008, 2, 29), 16, date(2024, 2, 29)),
        (date(2008, 2, 29), 18, date(2026, 2, 28)),
        (date(2080, 2, 29), 20, date(2100, 2, 28)),
        (date(2008, 3, 1), 18, date(2026, 3, 1)),
        (date(2008, 12, 31), 20, date(2028, 12, 31)),
    ],
)
def test_a_birthday_of_a_leap_day_is_28_february_in_a_common_year(born: date, age: int, day: date) -> None:
    assert birthday(born, age) == day
