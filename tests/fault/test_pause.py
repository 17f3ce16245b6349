"""A few pauses: never two runs at once, no double by one that wakes up late, and the control shows the difference."""

from __future__ import annotations

import pytest

from kaa_bridge.store.engine import StoreKind
from tests.fault.pause import try_pauses
from tests.store.support import KINDS, postgresql_answers


@pytest.mark.slow
@pytest.mark.parametrize("kind", KINDS)
def test_a_run_that_was_paused_does_no_harm(kind: StoreKind) -> None:
    if kind is StoreKind.POSTGRESQL and not postgresql_answers():
        pytest.skip("PostgreSQL does not answer on 127.0.0.1:5432")
    found = try_pauses(kind, points=2, races=3)
    assert (found.duplicates, found.lost, found.violations) == (0, 0, [])
    assert (found.locked, found.fenced, found.races) == (2, 2, 3)
    assert found.control_duplicates > 0
