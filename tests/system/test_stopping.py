"""The daemon and ``run`` as real processes, told to stop at every stage: they finish or leave an intent, and say so."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from kaa_bridge.config import load_settings
from kaa_bridge.store.engine import Store
from kaa_bridge.store.query import rows
from kaa_bridge.sync.bridge import store_settings
from kaa_bridge.testing.population import build
from kaa_bridge.testing.simulators.base import Fault
from kaa_bridge.testing.simulators.journal_faults import FaultKind
from kaa_bridge.testing.world import World

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(os.name != "posix", reason="on Windows a process cannot be asked to end, only ended"),
]
TODAY = datetime.now(ZoneInfo("Europe/Stockholm")).date()
PATIENCE = 120.0


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    with World(tmp_path / "world", build(1, as_of=TODAY)) as one:
        with one.configuration.open("a", encoding="utf-8") as stream:
            stream.write('\n[daemon]\nat = "00:00"\nmetrics = "kaa.prom"\n')
        Store.create(store_settings(load_settings(one.configuration), "2303")).close()
        yield one


class Running:
    """A command under way, its log in a file."""

    def __init__(self, world: World, *command: str) -> None:
        self.log = world.folder / f"{command[0]}.log"
        with self.log.open("wb") as stream:
            self.process = subprocess.Popen(
                [sys.executable, "-P", "-m", "kaa_bridge", "--config", str(world.configuration), *command],
                stdout=stream, stderr=stream,
            )  # fmt: skip

    def stop(self) -> None:
        self.process.send_signal(signal.SIGTERM)

    def ended(self, seconds: float = PATIENCE) -> tuple[int, str]:
        try:
            code = self.process.wait(seconds)
        finally:
            self.process.kill()
        return code, re.sub(r"\x1b\[[0-9;]*m", "", self.log.read_text(encoding="utf-8"))


def until(holds: Callable[[], object]) -> None:
    end = time.monotonic() + PATIENCE
    while not holds():
        assert time.monotonic() < end, "it never came to that"
        time.sleep(0.05)


def told(world: World, query: str) -> list[tuple[object, ...]]:
    with Store.open(store_settings(load_settings(world.configuration), "2303")) as store, store.read() as connection:
        return [tuple(row) for row in rows(connection, query)]


def beat(world: World) -> dict[str, object]:
    try:
        found: dict[str, object] = json.loads((world.folder / "heartbeat.json").read_text())
    except FileNotFoundError:
        return {}
    return found


def each_once(world: World) -> int:
    references = [note.reference for note in world.treserva.notes()]
    assert len(references) == len(set(references))
    return len(references)


def settle(world: World) -> None:
    """Let a night run that is not disturbed."""
    done = Running(world, "run").ended()
    assert done[0] in (0, 6), done[1]


def test_one_night_a_date_over_restarts_and_a_quiet_end_between_nights(world: World) -> None:
    daemon = Running(world, "daemon")
    until(lambda: beat(world).get("doing") == "waiting")
    shown = subprocess.run(
        [sys.executable, "-m", "kaa_bridge", "--config", str(world.configuration), "status", "--json"],
        capture_output=True, check=False,
    )  # fmt: skip
    health = json.loads(shown.stdout)[0]
    assert (health["daemon"]["doing"], health["daemon"]["silent"]) == ("waiting", False)
    assert health["last_night"]["date"] == TODAY.isoformat()
    daemon.stop()
    code, log = daemon.ended(10)
    assert code == 0
    assert "between nights" in log
    assert beat(world)["doing"] == "stopped"
    again = Running(world, "daemon", "--once")
    assert again.ended()[0] == 0
    assert told(world, "SELECT count(*) FROM run WHERE kind = 'night'") == [(1,)]
    assert each_once(world) > 0
    assert 'source="qore",state="ok"} 1.0' in (world.folder / "kaa.prom").read_text(encoding="utf-8")


@pytest.mark.parametrize("command", [("daemon",), ("run",)])
def test_while_it_plans_it_leaves_at_once_and_keeps_nothing(world: World, command: tuple[str, ...]) -> None:
    world.qore.faults, world.qore.slow_seconds = {Fault.SLOW}, 60.0
    running = Running(world, *command)
    until(lambda: world.qore.requests)
    running.stop()
    code, log = running.ended(20)
    assert code == (0 if command == ("daemon",) else 1)
    assert "nothing half sent" in log or "no note is half sent" in log.replace("\n", " ")
    assert told(world, "SELECT count(*) FROM run") == [(0,)]
    world.qore.faults = set()
    settle(world)
    assert each_once(world) > 0


@pytest.mark.parametrize("command", [("daemon",), ("run",)])
def test_while_it_sends_it_finishes_the_note_under_way(world: World, command: tuple[str, ...]) -> None:
    world.treserva.delay_seconds = 0.6
    running = Running(world, *command)
    until(lambda: len(world.treserva.notes()) >= 2)
    running.stop()
    code, log = running.ended(20)
    assert code == (0 if command == ("daemon",) else 6)
    assert "note under way" in log.replace("\n", " ")
    states = [state for (state,) in _states(world)]
    assert set(states) == {"CONFIRMED", "PLANNED"}
    assert states.count("CONFIRMED") == each_once(world)
    world.treserva.delay_seconds = 0.0
    settle(world)
    assert each_once(world) == len(states)


@pytest.mark.parametrize("command", [("daemon",), ("run",)])
def test_asked_twice_it_leaves_an_intent_and_says_so(world: World, command: tuple[str, ...]) -> None:
    world.treserva.fault(FaultKind.SILENCE, seconds=90)
    running = Running(world, *command)
    until(lambda: any(row == ("INTENT",) for row in _states(world)))
    running.stop()
    time.sleep(1.3)
    running.stop()
    code, log = running.ended(30)
    assert code == (0 if command == ("daemon",) else 6)
    assert "intent" in log
    assert _states(world).count(("INTENT",)) == 1
    settle(world)
    assert ("INTENT",) not in _states(world), "the next run takes it for a doubt"
    assert each_once(world) == _states(world).count(("CONFIRMED",))


def test_killed_hard_the_next_start_goes_on(world: World) -> None:
    world.treserva.delay_seconds = 0.3
    daemon = Running(world, "daemon")
    until(lambda: len(world.treserva.notes()) >= 2)
    daemon.process.kill()
    daemon.ended()
    until(lambda: told(world, "SELECT count(*) FROM note WHERE state IN ('PLANNED', 'INTENT')") == [(0,)])
    assert Running(world, "daemon", "--once").ended()[0] == 0
    assert told(world, "SELECT count(*) FROM run WHERE kind = 'night'") == [(1,)]
    assert each_once(world) == _states(world).count(("CONFIRMED",))


def _states(world: World) -> list[tuple[object, ...]]:
    return told(world, "SELECT state FROM note")
