"""The daemon: one night for each municipality and local date, over clock changes, restarts and failures."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from kaa_bridge.config import MunicipalityTable, Settings, load_settings
from kaa_bridge.daemon import Daemon
from kaa_bridge.errors import ExitCode
from kaa_bridge.health import heartbeat
from kaa_bridge.nights import Outcome
from kaa_bridge.store import runs
from kaa_bridge.store.engine import Store
from kaa_bridge.sync.bridge import store_settings
from kaa_bridge.testing.world import World

SWEDEN = ZoneInfo("Europe/Stockholm")


class Hands:
    """A clock whose hands a test moves."""

    def __init__(self, start: datetime) -> None:
        self.at = start.astimezone(UTC)
        self.seconds = 0.0

    def now(self) -> datetime:
        return self.at

    def monotonic(self) -> float:
        return self.seconds

    def boot(self) -> str:
        return ""

    def forward(self, step: timedelta) -> None:
        self.at += step
        self.seconds += step.total_seconds()


@pytest.fixture
def settings(tmp_path: Path) -> Iterator[Settings]:
    with World(tmp_path / "world") as world:
        found = load_settings(world.configuration)
        Store.create(store_settings(found, "2303")).close()
        yield found


class Nights:
    """Nights that only book their run: the schedule is what is tested here.

    Attributes:
        run: the dates.
        fail: so many of the first ones end in an error and book nothing.
    """

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.run: list[date] = []
        self.fail = 0

    def __call__(self, table: MunicipalityTable, day: date) -> Outcome:
        self.run.append(day)
        if len(self.run) <= self.fail:
            return Outcome(table.code, ExitCode.FAILED, error="Error (night_died): it died", code="night_died")
        with Store.open(store_settings(self.settings, table.code)) as store, store.write() as connection:
            run_id = runs.start_run(connection, "night", day.isoformat(), f"{day}T00:00:00Z")
            runs.end_run(connection, run_id, ended_at=f"{day}T00:00:01Z", exit_code=0, summary={"sources": []})
        return Outcome(table.code, ExitCode.DONE)


@pytest.fixture
def nights(settings: Settings) -> Nights:
    return Nights(settings)


def through(daemon: Daemon, hands: Hands, until: datetime, step: timedelta = timedelta(minutes=10)) -> None:
    while hands.at < until.astimezone(UTC):
        daemon.turn()
        hands.forward(step)


@pytest.mark.parametrize(
    ("first", "last"),
    [
        (date(2026, 3, 27), date(2026, 3, 31)),
        (date(2026, 10, 23), date(2026, 10, 27)),
        (date(2025, 12, 30), date(2026, 1, 3)),
    ],
)
def test_one_night_for_each_local_date_over_clock_changes(
    settings: Settings, nights: Nights, first: date, last: date
) -> None:
    hands = Hands(datetime(first.year, first.month, first.day, tzinfo=SWEDEN))
    end = datetime(last.year, last.month, last.day, 23, 59, tzinfo=SWEDEN)
    through(Daemon(settings, clock=hands, night=nights), hands, end)
    days = (last - first).days + 1
    assert nights.run == [first + timedelta(days=number) for number in range(days)]


def test_a_restart_does_not_run_the_night_again(settings: Settings, nights: Nights) -> None:
    hands = Hands(datetime(2026, 2, 2, 4, 0, tzinfo=SWEDEN))
    Daemon(settings, clock=hands, night=nights).turn()
    hands.forward(timedelta(hours=1))
    Daemon(settings, clock=hands, night=nights).turn()
    assert nights.run == [date(2026, 2, 2)]


def test_nothing_runs_before_its_time_and_a_missed_time_is_made_up(settings: Settings, nights: Nights) -> None:
    hands = Hands(datetime(2026, 2, 2, 3, 0, tzinfo=SWEDEN))
    daemon = Daemon(settings, clock=hands, night=nights)
    daemon.turn()
    assert not nights.run
    hands.forward(timedelta(hours=15))
    daemon.turn()
    assert nights.run == [date(2026, 2, 2)]


def test_a_failed_night_is_tried_again_later_and_ends_nothing(settings: Settings, nights: Nights) -> None:
    nights.fail = 3
    hands = Hands(datetime(2026, 2, 2, 4, 0, tzinfo=SWEDEN))
    daemon = Daemon(settings, clock=hands, night=nights)
    through(daemon, hands, hands.at + timedelta(minutes=90), timedelta(minutes=1))
    assert len(nights.run) == 4, "at once, and every quarter of an hour until one is booked"


def test_once_ends_with_the_worst_outcome(settings: Settings, nights: Nights) -> None:
    hands = Hands(datetime(2026, 2, 2, 4, 0, tzinfo=SWEDEN))
    nights.fail = 1
    assert Daemon(settings, clock=hands, night=nights).serve(once=True) is ExitCode.FAILED
    assert Daemon(settings, clock=hands, night=nights).serve(once=True) is ExitCode.DONE
    assert Daemon(settings, clock=hands, night=nights).serve(once=True) is ExitCode.DONE, "nothing is due"
    (settings.base_dir / "kaa-bridge.key").unlink()
    assert Daemon(settings, clock=hands, night=nights).serve(once=True) is ExitCode.CONFIGURATION
    assert len(nights.run) == 2


def test_the_heartbeat_tells_when_and_whose(settings: Settings, nights: Nights) -> None:
    hands = Hands(datetime(2026, 2, 2, 4, 0, tzinfo=SWEDEN))
    Daemon(settings, clock=hands, night=nights).turn()
    beat = json.loads((settings.base_dir / "heartbeat.json").read_text(encoding="ascii"))
    assert beat["at"] == "2026-02-02T03:00:00Z"
    assert beat["local_date"] == "2026-02-02"
    assert (beat["doing"], beat["municipality"]) == ("waiting", None)


def test_a_heartbeat_that_stops_is_silence_and_a_farewell_is_none(settings: Settings, nights: Nights) -> None:
    hands = Hands(datetime(2026, 2, 2, 4, 0, tzinfo=SWEDEN))
    assert heartbeat(settings, hands.at) is None
    Daemon(settings, clock=hands, night=nights).turn()
    fresh = heartbeat(settings, hands.at + timedelta(minutes=4))
    assert fresh is not None
    assert (fresh["silent"], fresh["age_seconds"]) == (False, 240)
    silent = heartbeat(settings, hands.at + timedelta(minutes=6))
    assert silent is not None
    assert silent["silent"]
    Daemon(settings, clock=hands, night=nights).serve(once=True)
    ended = heartbeat(settings, hands.at + timedelta(days=6))
    assert ended is not None
    assert (ended["silent"], ended["doing"]) == (False, "stopped")


def test_the_metrics_are_written_with_the_heartbeat(settings: Settings, nights: Nights) -> None:
    text = settings.path.read_text(encoding="utf-8") + '\n[daemon]\nmetrics = "kaa.prom"\n'
    settings.path.write_text(text, encoding="utf-8")
    hands = Hands(datetime(2026, 2, 2, 4, 0, tzinfo=SWEDEN))
    Daemon(load_settings(settings.path), clock=hands, night=nights).turn()
    assert 'kaa_bridge_last_night_exit_code{municipality="2303"} 0.0' in (settings.base_dir / "kaa.prom").read_text()


def test_a_real_night_runs_once(settings: Settings) -> None:
    hands = Hands(datetime(2026, 2, 2, 4, 0, tzinfo=SWEDEN))
    daemon = Daemon(settings, clock=hands)
    (first,) = daemon.turn()
    assert first.plan is not None, first.error
    assert first.plan["sent"]["confirmed"] > 0
    hands.forward(timedelta(hours=1))
    assert daemon.turn() == []
    with Store.open(store_settings(settings, "2303")) as store, store.read() as connection:
        last = runs.last_run(connection)
    assert last is not None
    assert last[1] == "2026-02-02"
    assert last[3] is not None
