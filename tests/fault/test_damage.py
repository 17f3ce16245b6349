"""A few flips and drills; a thousand and twenty are ``python -m tests.fault.damage``."""

from __future__ import annotations

import pytest

from tests.fault.damage import try_damage


@pytest.mark.slow
def test_damage_is_found_and_a_restored_state_doubles_nothing_on_a_later_day() -> None:
    found = try_damage(flips=30, drills=4)
    assert (found.duplicates, found.lost, found.violations) == (0, 0, [])
    assert (found.flips, found.flips_found, found.drills) == (30, 30, 4)
