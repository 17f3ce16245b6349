"""A short soak; the long one is ``python -m tests.fault.soak``."""

from __future__ import annotations

import pytest

from tests.fault.soak import soak


@pytest.mark.slow
def test_two_hundred_nights_leave_every_note_once() -> None:
    found = soak(200, seed=29, faults=0.15)
    assert found["nights"] == 200
    assert found["crashes"] > 5
    assert found["notes"] > 30
