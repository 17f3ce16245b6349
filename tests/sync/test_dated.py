"""The date of a run beside the clock: held while the clock lies behind the last run, and what heals it."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from kaa_bridge.errors import ExitCode, GuardHold
from kaa_bridge.store.query import rows
from kaa_bridge.store.runs import RunTimes
from kaa_bridge.sync.dated import clock_breach
from kaa_bridge.sync.plan import Scope
from tests.sync.town import ATTENDS, LEFT, Town, pupil
from tests.test_daemon import Hands

FIRST = date(2108, 2, 2)
AHEAD = date(2110, 2, 2)
"""Two years on, when the youths born in 2090 are 20."""


def noon(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, 12, tzinfo=UTC)


@pytest.fixture
def town(tmp_path: Path) -> Town:
    return Town(tmp_path, schools=("school", "other"))


@pytest.fixture
def hands(town: Town) -> Hands:
    """The town's clock, which stands on the first day."""
    hands = Hands(noon(FIRST))
    town.bridge.clock = hands
    return hands


def youths(town: Town) -> list[tuple[str, str | None]]:
    with town.state.read() as connection:
        return [tuple(row) for row in rows(connection, "SELECT outcome, registered_on FROM youth ORDER BY id")]


def at(town: Town, hands: Hands, day: date) -> ExitCode:
    """Set the clock to a day and run its night."""
    hands.at = noon(day)
    return town.night(day).exit_code


def test_who_dates_runs_ahead_on_purpose_goes_on_ahead(town: Town, hands: Hands) -> None:
    for day in (AHEAD, AHEAD + timedelta(days=1), AHEAD):
        town.night(day)
    assert town.ask("SELECT count(*) FROM run") == 3
    with pytest.raises(GuardHold, match="clock_behind"):
        town.night(FIRST)


def test_today_is_the_day_in_sweden(town: Town, hands: Hands) -> None:
    town.night(FIRST + timedelta(days=1))
    hands.at = datetime(2108, 2, 2, 22, 59, tzinfo=UTC)
    town.night(FIRST + timedelta(days=1))
    hands.at = datetime(2108, 2, 2, 20, 59, tzinfo=UTC)
    with pytest.raises(GuardHold):
        town.night(FIRST)


def test_a_clock_behind_the_last_run_holds_everything_until_a_person_has_looked(town: Town, hands: Hands) -> None:
    at(town, hands, AHEAD)
    for scope in (Scope(), Scope(kind="resync", source="school")):
        hands.at = noon(FIRST)
        with pytest.raises(GuardHold, match=f"clock_behind.*dated {AHEAD}.*2108-02-02T12:00:00Z") as held:
            town.night(FIRST, [pupil(1, LEFT)], scope)
        hold = town.holds()["clock"]
        assert f"hold release {hold.id} --municipality 2303" in held.value.remedy
    assert (hold.subject, hold.observed, hold.allowed) == (str(AHEAD), 731 * 24, 2)
    assert (town.ask("SELECT count(*) FROM run"), town.ask("SELECT count(*) FROM youth")) == (1, 0)
    town.release("clock")
    at(town, hands, FIRST)
    at(town, hands, FIRST + timedelta(days=1))
    assert not town.holds()


def test_a_release_does_not_cover_a_clock_that_goes_further_back(town: Town, hands: Hands) -> None:
    at(town, hands, AHEAD)
    with pytest.raises(GuardHold):
        at(town, hands, FIRST)
    town.release("clock")
    with pytest.raises(GuardHold):
        at(town, hands, FIRST - timedelta(days=1))


def test_a_clock_that_was_wrong_for_a_while_leaves_no_hold(town: Town, hands: Hands) -> None:
    at(town, hands, FIRST)
    with pytest.raises(GuardHold):
        at(town, hands, FIRST - timedelta(days=3653))
    assert "clock" in town.holds()
    at(town, hands, FIRST + timedelta(days=1))
    assert not town.holds()


def test_what_was_decided_ahead_is_decided_anew(town: Town, hands: Hands) -> None:
    town.school.records = [pupil(1, LEFT), pupil(2, LEFT), pupil(3, ATTENDS)]
    at(town, hands, FIRST)
    before = youths(town)
    assert before == [("covered", str(FIRST))] * 2 + [("not_covered", None)]
    town.school.records += [pupil(4, LEFT)]
    at(town, hands, AHEAD)
    assert {outcome for outcome, _ in youths(town)} == {"not_covered"}
    with pytest.raises(GuardHold):
        at(town, hands, FIRST + timedelta(days=1))
    town.release("clock")
    at(town, hands, FIRST + timedelta(days=1))
    after = youths(town)
    assert after[:3] == before, "the cases go on with their day on the register"
    assert after[3] == ("covered", "2108-02-03")
    assert len({reference for reference, _ in town.journal.stored}) == len(town.journal.stored)
    notes = town.ask("SELECT count(*) FROM note")
    at(town, hands, FIRST + timedelta(days=2))
    assert (youths(town), town.ask("SELECT count(*) FROM note")) == (after, notes)


def test_a_case_that_was_opened_ahead_runs_by_todays_clock_and_is_noted_once(town: Town, hands: Hands) -> None:
    town.school.records = [pupil(1, LEFT)]
    at(town, hands, FIRST + timedelta(days=400))
    assert youths(town) == [("covered", "2109-03-08")]
    with pytest.raises(GuardHold):
        at(town, hands, FIRST)
    town.release("clock")
    at(town, hands, FIRST)
    assert youths(town) == [("covered", str(FIRST))]
    assert town.ask("SELECT decided_on FROM youth") == str(FIRST)
    assert town.ask("SELECT count(*) FROM note WHERE kind = 'registered'") == 1


def test_a_proof_dated_ahead_proves_nothing_of_today(town: Town, hands: Hands) -> None:
    town.school.records = [pupil(1, ATTENDS)]
    at(town, hands, AHEAD)
    town.schools["other"].records = None
    hands.at = noon(FIRST)
    with pytest.raises(GuardHold):
        town.night(FIRST)
    town.release("clock")
    town.night(FIRST, [pupil(1, LEFT)])
    assert [outcome for outcome, _ in youths(town)] == ["investigate"]
    assert town.ask("SELECT proved_on FROM source WHERE name = 'other'") is None


def test_a_run_of_an_earlier_day_decides_nobody_anew_for_being_decided_since(town: Town, hands: Hands) -> None:
    town.school.records = [pupil(1, LEFT)]
    at(town, hands, FIRST)
    report = town.night(FIRST - timedelta(days=60))
    assert (report.plan.decided, youths(town)) == (0, [("covered", str(FIRST))])


@pytest.mark.parametrize(
    ("last", "dates_count", "hours"),
    [
        (None, True, None),
        (RunTimes("2108-02-02", "2108-02-02T12:00:00Z", None), True, None),
        (RunTimes("2108-02-02", "2108-02-02T14:00:00Z", None), True, None),
        (RunTimes("2108-02-02", "2108-02-02T14:00:01Z", None), True, 3),
        (RunTimes("2108-02-02", "2108-02-02T11:00:00Z", "2108-02-02T15:30:00Z"), True, 4),
        (RunTimes("2108-02-03", "2108-02-02T11:00:00Z", None), True, 11),
        (RunTimes("2108-02-03", "2108-02-02T11:00:00Z", None), False, None),
        (RunTimes("2108-01-03", "2108-02-02T15:00:00Z", None), False, 3),
    ],
)
def test_how_far_the_last_run_lies_ahead(last: RunTimes | None, dates_count: bool, hours: int | None) -> None:
    breach = clock_breach(last, noon(FIRST), dates_count=dates_count)
    assert (breach.observed if breach else None) == hours
