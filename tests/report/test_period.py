"""A half-year has two whole quarters, and every day lies in exactly one."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kaa_bridge.domain.dates import DAY
from kaa_bridge.errors import InputRefused
from kaa_bridge.report.period import Period


def test_both_ends_are_in_it() -> None:
    first, second = Period.parse("2026H1"), Period.parse("2026H2")
    assert (first.first, first.last) == (date(2026, 1, 1), date(2026, 6, 30))
    assert (second.first, second.last) == (date(2026, 7, 1), date(2026, 12, 31))
    assert first.in_words == "januari–juni 2026"
    assert first < second


@pytest.mark.parametrize("text", ["2026", "2026h1", "2026H3", "26H1", "2026-H1", "H1 2026", " 2026H1", "٢٠٢٦H1"])
def test_no_other_writing_is_read(text: str) -> None:
    with pytest.raises(InputRefused, match="period_unreadable") as refused:
        Period.parse(text)
    assert "--period 2026H1" in refused.value.remedy


@given(st.dates(date(2001, 1, 1), date(2098, 12, 31)))
def test_every_day_lies_in_exactly_one(day: date) -> None:
    period = Period.around(day)
    assert period.holds(day)
    assert period.previous.last + DAY == period.first
    assert not period.previous.holds(day)
    assert Period.parse(str(period)) == period


def test_an_unknown_day_lies_in_none() -> None:
    assert not Period(2026, 1).holds(None)
