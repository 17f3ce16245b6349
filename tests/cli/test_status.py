"""``status`` as a monitor reads it: the last night's outcome until one is better, a stop as long as it stands."""

from __future__ import annotations

from pathlib import Path

import pytest

from kaa_bridge.config import load_settings
from kaa_bridge.journal.holdfile import is_held
from kaa_bridge.store import runs
from kaa_bridge.store.engine import Store
from kaa_bridge.sync.bridge import store_settings
from kaa_bridge.testing.simulators.base import Fault
from kaa_bridge.testing.simulators.journal_faults import FaultKind
from kaa_bridge.testing.world import AS_OF, World
from tests.system.conftest import Cli, Result, cli, night, world

__all__ = ["cli", "night", "world"]


@pytest.fixture
def health(world: World, cli: Cli) -> Cli:
    """Ask for the health of the world's night as JSON, and check that a monitor of either kind is told the same."""

    def ask() -> Result:
        counts = world.folder / "kaa.prom"
        told = cli("status", "--as-of", str(AS_OF), "--json", "--prometheus", str(counts))
        assert told.data[0]["exit_code"] == told.code
        assert f'kaa_bridge_health_exit_code{{municipality="2303"}} {float(told.code)}' in counts.read_text()
        return told

    return ask


@pytest.mark.parametrize(("fault", "code"), [(Fault.DOWN, 4), (Fault.WRONG_PASSWORD, 3)])
def test_a_source_that_failed_counts_until_a_night_is_better(
    world: World, night: Cli, cli: Cli, health: Cli, fault: Fault, code: int
) -> None:
    world.qore.faults = {fault}
    assert night().code == code
    told = health()
    assert (told.code, told.data[0]["problems"]) == (code, ["source_failed"])
    assert "problem: source_failed. Next: kaa-bridge check --connect" in cli("status", "--as-of", str(AS_OF)).out
    world.qore.faults = set()
    night()
    told = health()
    assert (told.code, told.data[0]["problems"]) == (6, []), "what is left is what is quarantined"


def test_a_journal_that_failed_counts(world: World, night: Cli, health: Cli) -> None:
    world.treserva.fault(FaultKind.STATUS, operation="create", times=100, code="503")
    struck = night().code
    told = health()
    assert (told.code, told.data[0]["problems"]) == (struck, ["journal_failed"])
    assert struck == 4


def test_a_stop_counts_from_the_moment_it_is_given_until_sending_begins(night: Cli, cli: Cli, health: Cli) -> None:
    night()
    cli("outbox", "stop", "--reason", "fel i mallen", "--by", "Karin")
    told = health()
    assert (told.code, told.data[0]["problems"]) == (5, ["sending_stopped"])
    shown = cli("status", "--as-of", str(AS_OF)).out
    assert "problem: sending_stopped. Next: kaa-bridge outbox start --municipality 2303" in shown
    assert "Karin" not in shown
    assert night().code == 5
    cli("outbox", "start")
    assert health().code == 6, "the night's 5 is over with the stop"


def test_a_source_that_failed_is_not_forgotten_behind_a_stop(world: World, night: Cli, cli: Cli, health: Cli) -> None:
    world.qore.faults = {Fault.DOWN}
    cli("outbox", "stop", "--reason", "fel i mallen")
    assert night().code == 5
    cli("outbox", "start")
    told = health()
    assert (told.code, told.data[0]["problems"]) == (4, ["source_failed"])


def test_a_stop_is_told_where_the_state_is_lost(world: World, night: Cli, cli: Cli, health: Cli) -> None:
    night()
    cli("outbox", "stop", "--reason", "fel i mallen")
    for file in (world.folder / "state" / "2303").glob("state.db*"):
        file.unlink()
    told = health()
    assert (told.code, told.data[0]["problems"]) == (1, ["sending_stopped", "state_missing"])


def test_a_folder_that_cannot_be_read_is_no_stop(world: World, night: Cli, health: Cli) -> None:
    night()
    folder = world.folder / "state" / "2303"
    folder.rename(folder.with_name("elsewhere"))
    folder.write_text("a file stands in its place", encoding="ascii")
    assert is_held(store_settings(load_settings(world.configuration), "2303")), "nothing is sent all the same"
    assert "sending_stopped" not in health().data[0]["problems"]


def test_of_an_unusable_state_no_night_is_asked_for(world: World, night: Cli, cli: Cli) -> None:
    night()
    (world.folder / "kaa-bridge.key").unlink()
    shown = cli("status", "--as-of", str(AS_OF)).out
    assert "2303: the state cannot be used" in shown
    assert "no night yet" not in shown


def test_a_restored_state_waits_for_its_next_night(night: Cli, cli: Cli, health: Cli, tmp_path: Path) -> None:
    night()
    backup = tmp_path / "natten.kaabackup"
    cli("state", "backup", str(backup))
    cli("state", "restore", str(backup), "--replace")
    night()
    told = health()
    assert (told.code, told.data[0]["problems"]) == (6, ["notes_wait"])


@pytest.mark.parametrize(
    ("exit_code", "plan", "sent", "updates", "problem"),
    [
        (1, {}, {}, {}, "night_failed"),
        (6, {"uncomposed": 2}, {}, {}, "notes_not_composed"),
        (6, {}, {"listing": {"agreed": 4, "missing": 1, "extra": 0, "doubled": 0}}, {}, "listing_differs"),
        (6, {}, {"listing": {"agreed": 4, "missing": 0}, "stopped": "shutdown"}, {}, "notes_wait"),
        (6, {}, {}, {"updates": {"stopped": "epoch"}}, "notes_wait"),
    ],
)
def test_whatever_else_a_night_was_left_with_is_named(
    world: World,
    cli: Cli,
    health: Cli,
    exit_code: int,
    plan: dict[str, int],
    sent: dict[str, object],
    updates: dict[str, object],
    problem: str,
) -> None:
    told = {
        "sources": [{"name": "qore", "state": "ok", "error": None}],
        "plan": {"uncomposed": 0} | plan,
        "sent": {"listing": None, "stopped": None} | sent,
        **updates,
    }
    place = store_settings(load_settings(world.configuration), "2303")
    with Store.create(place) as store, store.write() as connection:
        run_id = runs.start_run(connection, "night", AS_OF.isoformat(), "2026-02-02T02:30:00Z")
        runs.end_run(connection, run_id, ended_at="2026-02-02T02:31:00Z", exit_code=exit_code, summary=told)
    found = health()
    assert (found.code, found.data[0]["problems"]) == (exit_code, [problem])
    assert f"problem: {problem}. Next: " in cli("status", "--as-of", str(AS_OF)).out
