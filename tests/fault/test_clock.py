"""One night for each local date: every change of summer time to 2035, restarts, a clock that is set."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from kaa_bridge.config import MunicipalityTable, Settings, load_settings
from kaa_bridge.daemon import Daemon
from kaa_bridge.errors import ExitCode, GuardHold
from kaa_bridge.health import health
from kaa_bridge.nights import Outcome
from kaa_bridge.store import runs
from kaa_bridge.store.clock import iso
from kaa_bridge.store.engine import Store
from kaa_bridge.store.lock import RunLock
from kaa_bridge.sync.bridge import store_settings
from kaa_bridge.sync.dated import check_date
from kaa_bridge.testing.world import World
from tests.test_daemon import Hands, Nights

SWEDEN = ZoneInfo("Europe/Stockholm")
YEARS = range(2024, 2036)


@pytest.fixture
def settings(tmp_path: Path) -> Iterator[Settings]:
    with World(tmp_path / "world") as world:
        found = load_settings(world.configuration)
        Store.create(store_settings(found, "2303")).close()
        yield found


def at(settings: Settings, time: str) -> Settings:
    """The same settings with another time for the nights."""
    configuration = settings.configuration
    daemon = configuration.daemon.model_copy(update={"at": time})
    return Settings(settings.path, configuration.model_copy(update={"daemon": daemon}))


def changes() -> list[date]:
    """Every day on which the clocks in Sweden change: two a year."""
    found = []
    for year in YEARS:
        day = date(year, 1, 1)
        while day.year == year:
            noons = [
                datetime(one.year, one.month, one.day, 12, tzinfo=SWEDEN) for one in (day, day + timedelta(days=1))
            ]
            if noons[0].utcoffset() != noons[1].utcoffset():
                found.append(day + timedelta(days=1))
            day += timedelta(days=1)
    return found


@pytest.mark.parametrize("time", ["01:30", "02:30", "03:00"])
def test_each_change_of_summer_time_has_one_night_a_date_with_restarts(settings: Settings, time: str) -> None:
    given = at(settings, time)
    nights = Nights(given)
    days = changes()
    assert len(days) == 24
    for day in days:
        hands = Hands(datetime(day.year, day.month, day.day, tzinfo=SWEDEN) - timedelta(days=1))
        end = datetime(day.year, day.month, day.day, 23, 50, tzinfo=SWEDEN).astimezone(UTC) + timedelta(days=1)
        daemon, turn = Daemon(given, clock=hands, night=nights), 0
        while hands.at < end:
            daemon.turn()
            hands.forward(timedelta(minutes=15))
            turn += 1
            if turn % 7 == 0:
                daemon = Daemon(given, clock=hands, night=nights)
    assert nights.run == [day + timedelta(days=number) for day in days for number in (-1, 0, 1)]


class GuardedNights(Nights):
    """Nights that look at the clock as the real ones do before they book their run."""

    def __init__(self, settings: Settings, hands: Hands) -> None:
        super().__init__(settings)
        self.hands = hands
        self.held: list[date] = []

    def __call__(self, table: MunicipalityTable, day: date) -> Outcome:
        try:
            with Store.open(store_settings(self.settings, "2303")) as store, RunLock(store, clock=self.hands) as lock:
                check_date(lock, day, self.hands.now())
        except GuardHold as hold:
            self.held.append(day)
            return Outcome(table.code, hold.exit_code, code=hold.code)
        return super().__call__(table, day)


@pytest.mark.parametrize("hours", [-1, 1, -24, 24, -24 * 3653])
def test_a_clock_that_is_set_repeats_no_night(settings: Settings, hours: int) -> None:
    hands = Hands(datetime(2026, 2, 2, 4, tzinfo=SWEDEN))
    nights = GuardedNights(settings, hands)
    daemon = Daemon(settings, clock=hands, night=nights)
    for _ in range(3):
        daemon.turn()
        hands.at += timedelta(hours=hours)
        hands.seconds += 1800
        daemon.turn()
        hands.at -= timedelta(hours=hours)
        hands.seconds += 1800
        daemon = Daemon(settings, clock=hands, night=nights)
        daemon.turn()
        hands.forward(timedelta(days=2))
    assert len(nights.run) == len(set(nights.run))
    assert nights.run == sorted(nights.run)
    assert {date(2026, 2, 2), date(2026, 2, 4), date(2026, 2, 6)} <= set(nights.run)
    assert bool(nights.held) == (abs(hours) > 2), "a night that the clock has left behind is held, not passed over"


@pytest.mark.parametrize(("back", "held"), [(timedelta(hours=1), False), (timedelta(hours=5), True)])
def test_over_midnight_only_a_clock_set_back_by_more_than_two_hours_is_held(
    settings: Settings, back: timedelta, held: bool
) -> None:
    settings = at(settings, "00:00")
    hands = Hands(datetime(2026, 2, 3, 0, 30, tzinfo=SWEDEN))
    nights = GuardedNights(settings, hands)
    Daemon(settings, clock=hands, night=nights).turn()
    hands.at -= back
    outcomes = Daemon(settings, clock=hands, night=nights).turn()
    assert nights.run == [date(2026, 2, 3)]
    assert [one.code for one in outcomes] == ["clock_behind"] * held


def test_a_daemon_behind_the_last_night_says_so_until_a_person_lets_it_through(settings: Settings) -> None:
    hands = Hands(datetime(2027, 2, 2, 4, tzinfo=SWEDEN))
    nights, table = GuardedNights(settings, hands), settings.municipality("2303")
    Daemon(settings, clock=hands, night=nights).turn()
    hands.at -= timedelta(days=365)
    daemon = Daemon(settings, clock=hands, night=nights)
    told = health(settings, table, date(2026, 2, 2))
    assert (told["exit_code"], told["problems"]) == (5, ["night_ahead"])
    assert daemon.serve(once=True) is ExitCode.GUARD
    for _ in range(10):
        hands.forward(timedelta(days=1))
        assert [one.exit_code for one in daemon.turn()] == [ExitCode.GUARD]
    with Store.open(store_settings(settings, "2303")) as store, store.write() as connection:
        (hold,) = runs.holds(connection)
        assert (hold.kind, hold.subject, hold.made_on) == ("clock", "2027-02-02", "2026-02-02")
        assert runs.release_hold(connection, hold.id, by="N.N.", reason="set right", at=iso(hands.now()))
    hands.forward(timedelta(days=1))
    assert [one.exit_code for one in daemon.turn()] == [ExitCode.DONE]
    assert nights.run == [date(2027, 2, 2), date(2026, 2, 13)]
    assert health(settings, table, date(2026, 2, 13))["problems"] == []
