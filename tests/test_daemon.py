"""The daemon: one night for each municipality and local date, over clock changes, restarts and failures."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from kaa_bridge import daemon as module
from kaa_bridge.config import Settings, load_settings
from kaa_bridge.daemon import Daemon
from kaa_bridge.errors import Unreachable
from kaa_bridge.host import load_plugins
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


@pytest.fixture
def nights(monkeypatch: pytest.MonkeyPatch) -> list[date]:
    """Replace the night by one that only books its run: the schedule is what is tested here."""
    run: list[date] = []

    def booked(store: Store, bridge: object, day: date) -> object:
        with store.write() as connection:
            run_id = runs.start_run(connection, "night", day.isoformat(), "2026-01-01T00:00:00Z")
            runs.end_run(connection, run_id, ended_at="2026-01-01T00:00:01Z", exit_code=0, summary={"sources": []})
        run.append(day)
        return type("P", (), {"report": type("R", (), {"exit_code": 0})})

    monkeypatch.setattr(module, "run_night", booked)
    return run


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
    settings: Settings, nights: list[date], first: date, last: date
) -> None:
    hands = Hands(datetime(first.year, first.month, first.day, tzinfo=SWEDEN))
    end = datetime(last.year, last.month, last.day, 23, 59, tzinfo=SWEDEN)
    through(Daemon(settings, load_plugins(), clock=hands), hands, end)
    days = (last - first).days + 1
    assert nights == [first + timedelta(days=number) for number in range(days)]


def test_a_restart_does_not_run_the_night_again(settings: Settings, nights: list[date]) -> None:
    hands = Hands(datetime(2026, 2, 2, 4, 0, tzinfo=SWEDEN))
    Daemon(settings, load_plugins(), clock=hands).turn()
    hands.forward(timedelta(hours=1))
    Daemon(settings, load_plugins(), clock=hands).turn()
    assert nights == [date(2026, 2, 2)]


def test_nothing_runs_before_its_time_and_a_missed_time_is_made_up(settings: Settings, nights: list[date]) -> None:
    hands = Hands(datetime(2026, 2, 2, 3, 0, tzinfo=SWEDEN))
    daemon = Daemon(settings, load_plugins(), clock=hands)
    daemon.turn()
    assert not nights
    hands.forward(timedelta(hours=15))
    daemon.turn()
    assert nights == [date(2026, 2, 2)]


def test_a_failed_night_is_tried_again_later_and_ends_nothing(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    tries: list[date] = []

    def fails(store: Store, bridge: object, day: date) -> object:
        tries.append(day)
        raise Unreachable("down", "nothing answered") if len(tries) < 2 else RuntimeError("a fault of ours")

    monkeypatch.setattr(module, "run_night", fails)
    hands = Hands(datetime(2026, 2, 2, 4, 0, tzinfo=SWEDEN))
    daemon = Daemon(settings, load_plugins(), clock=hands)
    through(daemon, hands, hands.at + timedelta(minutes=50), timedelta(minutes=1))
    assert len(tries) == 4, "at once, and every quarter of an hour"


def test_the_heartbeat_tells_when_and_whose(settings: Settings, nights: list[date]) -> None:
    hands = Hands(datetime(2026, 2, 2, 4, 0, tzinfo=SWEDEN))
    Daemon(settings, load_plugins(), clock=hands).turn()
    beat = json.loads((settings.base_dir / "heartbeat.json").read_text(encoding="ascii"))
    assert beat["at"] == "2026-02-02T03:00:00Z"
    assert beat["local_date"] == "2026-02-02"
    assert set(beat) == {"at", "local_date", "pid"}


def test_a_real_night_runs_once(settings: Settings) -> None:
    hands = Hands(datetime(2026, 2, 2, 4, 0, tzinfo=SWEDEN))
    daemon = Daemon(settings, load_plugins(), clock=hands)
    assert daemon.turn() == ["2303"]
    hands.forward(timedelta(hours=1))
    assert daemon.turn() == []
    with Store.open(store_settings(settings, "2303")) as store, store.read() as connection:
        last = runs.last_run(connection)
    assert last is not None
    assert last[1] == "2026-02-02"
    assert last[3] is not None
