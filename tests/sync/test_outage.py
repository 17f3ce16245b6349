"""A source that does not answer is trusted for a while; after that nothing is guessed, and nothing ends."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

from tests.sync.town import ATTENDS, LEFT, Town, pupil

FIRST = date(2108, 2, 2)
TRUSTED = 7
SILENT = 20


def outcomes(town: Town) -> list[str]:
    count = int(town.ask("SELECT count(*) FROM youth"))
    return [town.ask(f"SELECT outcome FROM youth WHERE id = {one}") for one in range(1, count + 1)]


def test_an_outage_decides_nothing_and_after_the_days_of_trust_what_comes_up_is_investigated(tmp_path: Path) -> None:
    town, told = Town(tmp_path), [pupil(1, LEFT), pupil(2, ATTENDS)]
    town.night(FIRST, told)
    town.school.records = None
    seen: dict[int, str] = {}
    for night in range(1, SILENT):
        report = town.night(FIRST + timedelta(days=night))
        covered, attends = outcomes(town)
        seen[night] = covered
        assert attends == "not_covered", "nobody is up, so nobody is decided"
        assert not report.plan.notes
        assert report.plan.ended == 0
    assert {seen[night] for night in range(1, TRUSTED + 1)} == {"covered"}
    assert set(seen.values()) == {"covered", "investigate"}
    back = town.night(FIRST + timedelta(days=SILENT), told)
    assert outcomes(town) == ["covered", "not_covered"]
    assert (back.plan.begun, back.plan.ended, back.plan.notes) == (0, 0, {}), "the same case goes on"
