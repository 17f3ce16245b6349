"""A few points of each trouble that does not kill the process."""

from __future__ import annotations

import pytest

from tests.fault.cluster import server_binaries
from tests.fault.trouble import TROUBLES, try_trouble
from tests.store.support import postgresql_answers


@pytest.mark.slow
@pytest.mark.parametrize("trouble", TROUBLES)
def test_the_night_ends_as_it_can_and_the_next_one_settles_it(trouble: str) -> None:
    if trouble == "session" and not postgresql_answers():
        pytest.skip("PostgreSQL does not answer on 127.0.0.1:5432")
    if trouble == "restart" and server_binaries() is None:
        pytest.skip("no PostgreSQL server is installed that could be restarted")
    found = try_trouble(trouble, points=6)
    assert (found.duplicates, found.lost, found.violations) == (0, 0, [])
    assert found.points == 6
