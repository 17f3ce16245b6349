"""The official documents' formats are really checked."""

from __future__ import annotations

import pytest

from tests.formats import official_formats


@pytest.mark.parametrize("value", ["2026-02-01T11:00:00Z", "2026-02-01T11:00:00.5+01:00", 7])
def test_a_date_time_of_rfc_3339_is_taken(value: object) -> None:
    assert official_formats().conforms(value, "date-time")


@pytest.mark.parametrize(
    "value", ["nonsense", "2026-02-01", "2026-02-01 11:00:00Z", "2026-02-01T11:00:00", "2026-13-01T11:00:00Z"]
)
def test_another_is_refused(value: str) -> None:
    assert not official_formats().conforms(value, "date-time")
