"""A day on the command line is read strictly, and a refusal never quotes what was written."""

from __future__ import annotations

from datetime import date

import pytest

from kaa_bridge.cli.clock import iso_date


def test_a_day_is_read() -> None:
    assert iso_date("2026-02-01") == date(2026, 2, 1)


@pytest.mark.parametrize("text", ["2026-13-01", "20260201", "2026-W05-1", "i dag", "20901001-0000"])
def test_anything_else_is_refused_without_being_quoted(text: str) -> None:
    with pytest.raises(ValueError, match="YYYY-MM-DD") as refused:
        iso_date(text)
    assert text not in str(refused.value)
