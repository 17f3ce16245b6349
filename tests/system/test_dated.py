"""A run dated ahead, and a last run that lies ahead, as the command line, the daemon and a monitor meet them."""

from __future__ import annotations

from datetime import UTC, date, datetime

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
    """The world with real dates, whose night is due from midnight."""
    text = world.configuration.read_text("utf-8").replace("test_installation = true\n", "")
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


def test_only_a_dry_run_goes_ahead(real: World, night: Cli, cli: Cli) -> None:
    refused = night(AHEAD)
    assert refused.code == 2
    assert refused.err.startswith("Error (date_ahead) [2303]: 2099-03-02 has not come yet")
    assert cli("resync", "--source", "qore", "--as-of", str(AHEAD), "--apply").code == 2
    assert cli("status").out.startswith("2303: no night yet")
    shown = night(AHEAD, "--dry-run")
    assert shown.data[0]["as_of"] == str(AHEAD)
    assert cli("resync", "--source", "qore", "--as-of", str(AHEAD), "--json").data["as_of"] == str(AHEAD)


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


def test_check_says_that_an_installation_is_for_tests(world: World, cli: Cli) -> None:
    assert "a test installation: runs may be dated ahead" in cli("check").out
