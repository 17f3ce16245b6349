"""A few late landings; two hundred are ``python -m tests.fault.late``."""

from __future__ import annotations

from tests.fault.late import try_delays


def test_late_notes_double_only_beyond_the_settle_time_and_are_seen_then() -> None:
    found = try_delays(10)
    assert (found.duplicates, found.lost, found.violations) == (0, 0, [])
    assert (found.within, found.beyond) == (5, 5)
    assert found.doubles_seen == found.doubles_beyond > 0
