"""A run dated ahead, and a last run that lies ahead, as the command line, the daemon and a monitor meet them."""

from __future__ import annotations

import sys
from datetime import UTC, date, datetime

import click
import pytest

from kaa_bridge.config import load_settings
from kaa_bridge.host import load_plugins
from kaa_bridge.store.engine import Store
from kaa_bridge.sync.bridge import make_bridge, store_settings
from kaa_bridge.sync.night import run_night
from kaa_bridge.testing.world import World
from tests.system.conftest import Cli
from tests.test_daemon import Hands

AHEAD = date(2099, 3, 2)


@pytest.fixture
def real(world: World) -> World:
    """The world whose night is due from midnight."""
    text = world.configuration.read_text("utf-8")
    world.configuration.write_text(text + '\n[daemon]\nat = "00:00"\n', "utf-8")
    return world


def with_the_clock_ahead(real: World) -> None:
    """Run a night while the machine's clock stands on a day ahead."""
    settings = load_settings(real.configuration)
    bridge = make_bridge(settings, settings.municipality("2303"), load_plugins())
    bridge.clock = Hands(datetime(AHEAD.year, AHEAD.month, AHEAD.day, 3, tzinfo=UTC))
    with Store.open(store_settings(settings, "2303")) as store:
        run_night(store, bridge, AHEAD)
    bridge.close()


@pytest.mark.parametrize("command", [("run",), ("resync", "--source", "qore", "--apply")])
def test_at_a_terminal_a_day_ahead_is_asked_for(
    real: World, night: Cli, cli: Cli, monkeypatch: pytest.MonkeyPatch, command: tuple[str, ...]
) -> None:
    asked: list[str] = []
    monkeypatch.setattr(sys.stdin, "isatty", lambda: True, raising=False)
    monkeypatch.setattr(click, "confirm", lambda text, **_: asked.append(text))
    refused = cli(*command, "--as-of", str(AHEAD))
    assert refused.code == 2
    assert refused.err.startswith("Error (date_ahead): The run was not dated 2099-03-02.")
    assert asked == ["2099-03-02 has not come yet. What is decided for it is looked at again on that day. Go on?"]
    assert cli("run", "--as-of", str(AHEAD), "--dry-run").code in (0, 6)
    assert cli("resync", "--source", "qore", "--as-of", str(AHEAD)).code in (0, 6)
    assert len(asked) == 1, "a plan is only shown"


def test_without_a_terminal_a_day_ahead_is_taken_and_said(real: World, night: Cli) -> None:
    done = night(AHEAD)
    assert done.code in (0, 5, 6)
    assert "run dated ahead of the clock" in done.err


def test_a_last_night_ahead_is_held_in_every_way_and_let_through_by_a_person(real: World, night: Cli, cli: Cli) -> None:
    with_the_clock_ahead(real)
    told = cli("status")
    assert told.code == 5
    assert "problem: night_ahead. Next: the last night is dated after today" in told.out
    assert cli("daemon", "--once").code == 5
    held = cli("run")
    assert held.code == 5
    assert held.err.startswith("Error (clock_behind) [2303]: The last run of 2303 is dated 2099-03-02")
    assert "is dated 2099-03-02, more hours ahead of this machine's clock" in " ".join(cli("hold", "list").out.split())
    (hold,) = cli("hold", "list", "--json").data
    assert cli("run", "--dry-run").code in (0, 6), "what would change can be looked at first"
    assert cli("hold", "release", str(hold["id"]), "--reason", "klockan gick fel").code == 0
    assert cli("run").code in (0, 6)
    assert "clock" not in {one["kind"] for one in cli("hold", "list", "--json").data}
    assert "night_ahead" not in cli("status", "--json").data[0]["problems"]
