"""What is refused when the configuration is read, and what a night says about its own books."""

from __future__ import annotations

import pytest

from kaa_bridge.store.lock import RunLock
from kaa_bridge.store.sql import run
from kaa_bridge.testing.world import AS_OF, World
from tests.system.conftest import Cli


def settle(world: World, seconds: float) -> None:
    world.settle_seconds = seconds
    world.write()


def test_a_settle_time_that_a_late_note_can_outlive_is_refused_and_nothing_is_sent(
    world: World, cli: Cli, night: Cli
) -> None:
    settle(world, 60)
    checked = cli("check")
    assert checked.code == 3
    assert "settle_seconds above" in checked.out + checked.err
    assert night().code == 3
    assert world.treserva.notes() == ()


def test_check_shows_what_the_journal_promises(cli: Cli, night: Cli) -> None:
    assert "level 1: at most once by itself" in cli("check").out


def test_a_night_sets_what_it_planned_against_where_it_is(night: Cli) -> None:
    report = night().data[0]
    balance = dict(report["balance"])
    assert balance.pop("planned") == report["plan"]["notes_planned"] == sum(balance.values()) > 5


def test_a_note_that_has_vanished_from_a_run_fails_the_night(
    cli: Cli, night: Cli, monkeypatch: pytest.MonkeyPatch
) -> None:
    def lose(lock: RunLock, *_: object) -> None:
        with lock.begin() as connection:
            run(connection, "INSERT INTO run (kind, local_date, started_at) VALUES ('night', '2026-02-01', 't')")
            run(connection, "UPDATE note SET planned_run = (SELECT max(id) FROM run) WHERE id = 1")

    monkeypatch.setattr("kaa_bridge.sync.night._compare", lose)
    result = cli("run", "--as-of", AS_OF.isoformat())
    assert result.code == 1
    assert "books_unbalanced" in result.out + result.err
    assert "kaa-bridge state verify" in result.out + result.err
