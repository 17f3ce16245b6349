"""What tells one action's note from another's, and what a night's own clock adds to it: nothing."""

from __future__ import annotations

from datetime import date, timedelta

from kaa_bridge.routine import DueAction
from kaa_bridge.routine.actions import ClockStart
from kaa_bridge.sync.notes import _occurrence

OPENED = date(2026, 2, 2)
OPENING = "2026-01-21"


def action(event: str, on: date) -> DueAction:
    return DueAction(
        ref="a", action="phone", not_before=on + timedelta(days=3), due=None, overdue=False,
        clock=ClockStart(event, on),
        responsible="case_officer", recipient="youth", rule="x", text="Ring.",
    )  # fmt: skip


def test_a_clock_that_the_night_started_is_told_by_the_opening() -> None:
    later = OPENED + timedelta(days=1)
    first, second = (_occurrence(action("reg", day), day, OPENING) for day in (OPENED, later))
    assert first == second == "phone reg 2026-01-21 +3"


def test_a_clock_that_a_source_started_is_told_by_its_day() -> None:
    told = _occurrence(action("reg", date(2026, 1, 27)), OPENED, OPENING)
    assert told == "phone reg 2026-01-27 2026-01-30"
    assert _occurrence(action("contact", OPENED), OPENED, OPENING) == "phone contact 2026-02-02 2026-02-05"
    assert _occurrence(action("reg", OPENED), OPENED, None) == "phone reg 2026-02-02 2026-02-05"
