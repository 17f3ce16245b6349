"""An admission that has not begun: whether the routine waits is a setting."""

from __future__ import annotations

from datetime import date

import pytest

from kaa_bridge.domain.facts import Youth
from kaa_bridge.domain.values import Protection
from kaa_bridge.routine import due_actions, next_change
from tests.routine.case_files import event, placement
from tests.routine.routine_files import routine

ADMITTED = Youth(
    ref="a-1",
    protection=Protection.NONE,
    events=(event("2026-01-19 registered"),),
    placements=(placement("GY 2026-08-17.."),),
)


@pytest.mark.parametrize(
    ("setting", "as_of", "waits"),
    [
        ("", "2026-02-01", True),
        ('wait_for_start = "always"\n', "2026-02-01", True),
        ('wait_for_start = "never"\n', "2026-08-16", False),
        ('wait_for_start = "P3M"\n', "2026-05-16", False),
        ('wait_for_start = "P3M"\n', "2026-05-17", True),
        ('wait_for_start = "P3M"\n', "2026-08-16", True),
        ('wait_for_start = "P3M"\n', "2026-08-17", False),
    ],
)
def test_the_routine_waits_as_it_says(setting: str, as_of: str, waits: bool) -> None:
    found = due_actions(routine(head=setting), ADMITTED, as_of=date.fromisoformat(as_of))
    assert (found == []) is waits


def test_the_municipality_goes_before_the_routine() -> None:
    day = date(2026, 2, 1)
    assert due_actions(routine(), ADMITTED, as_of=day, wait_for_start=False)
    assert not due_actions(routine(head='wait_for_start = "never"\n'), ADMITTED, as_of=day, wait_for_start=True)
    assert next_change(routine(), ADMITTED, as_of=date(2026, 1, 26), wait_for_start=False) == date(2026, 1, 27)


def test_the_next_change_is_the_day_on_which_waiting_begins_or_ends() -> None:
    three_months = routine(head='wait_for_start = "P3M"\n')
    assert next_change(routine(), ADMITTED, as_of=date(2026, 2, 1)) == date(2026, 8, 17)
    assert next_change(three_months, ADMITTED, as_of=date(2026, 2, 1)) == date(2026, 5, 17)
    assert next_change(three_months, ADMITTED, as_of=date(2026, 5, 17)) == date(2026, 8, 17)
    assert next_change(three_months, ADMITTED, as_of=date(2026, 8, 17)) is None
