"""Some municipalities' plugins are hostile: what the others get is, to the byte, what they get without them."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from kaa_bridge.testing.hostile import JOURNAL_WAYS, SOURCE_WAYS
from kaa_bridge.testing.hostile.in_process import PROCESS_WAYS
from kaa_bridge.testing.hostile.journal_ways import JOURNAL_ONLY
from kaa_bridge.testing.hostile.raising import RAISING
from tests.system.hostile_try import EVERY, Undisturbed, alone, try_ways
from tests.system.hostile_world import AFTER, BEFORE, BETWEEN, HostileWorld, Ways

POSIX = pytest.mark.skipif(os.name != "posix", reason="signals and process groups are those of POSIX")
CHOSEN = [ways for ways in EVERY if not set(ways) & set(RAISING) and ways[1] not in PROCESS_WAYS]
"""Everything but what ``tests/host`` tries on the fences themselves and what both do in the same words;
``hostile_try`` tries those too."""
GROUPS = [CHOSEN[first : first + len(BETWEEN)] for first in range(0, len(CHOSEN), len(BETWEEN))]


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory: pytest.TempPathFactory) -> Undisturbed:
    return alone(tmp_path_factory.mktemp("alone") / "world")


def test_there_are_many_ways() -> None:
    assert len(SOURCE_WAYS) >= 20 <= len(JOURNAL_ONLY)
    assert all(way.__doc__ for way in (*SOURCE_WAYS.values(), *JOURNAL_WAYS.values()))


def test_what_would_differ_is_seen(undisturbed: Undisturbed, tmp_path: Path) -> None:
    other = Undisturbed(undisturbed.key, (undisturbed.nights[1], undisturbed.nights[0]))
    assert try_ways(tmp_path / "world", other, [("good", "good")]).wrong


def test_a_good_plugin_is_used(undisturbed: Undisturbed, tmp_path: Path) -> None:
    tried = try_ways(tmp_path / "world", undisturbed, [("good", "good")])
    assert not tried.wrong
    assert tried.ended == {"good/good": "exit 0, source ok , confirmed 11"}


@POSIX
def test_the_daemon_lives_on_and_runs_the_others(tmp_path: Path) -> None:
    with HostileWorld(tmp_path / "world") as world:
        world.configure(("ends_the_process", "good"), ("good", "kills_the_process"), ("terminates_the_process", "good"))
        with world.configuration.open("a", encoding="utf-8") as stream:
            stream.write('\n[daemon]\nat = "00:00"\n')
        done = world.call("daemon", "--once")
        assert done.code == 1, "the worst of the five"
        health = {one["municipality"]: one for one in json.loads(world.call("status", "--json").out)}
        for code in (BEFORE, AFTER):
            assert health[code]["last_night"]["exit_code"] in (0, 6)
            assert health[code]["notes"]["CONFIRMED"] == len(world.journals[code].notes()) > 0
        assert [health[code].get("last_night") for code in BETWEEN[:3:2]] == [None, None], "nothing of them was kept"
        assert health[BETWEEN[1]]["problems"] == ["night_not_completed"], "its plan was kept, its sending was not"
        assert health[BEFORE]["daemon"]["doing"] == "stopped"
        assert done.err.count("night_died") == 2


@POSIX
@pytest.mark.slow
@pytest.mark.parametrize("ways", GROUPS, ids=lambda ways: f"{'-'.join(ways[0])}-and-{len(ways) - 1}-more")
def test_hostile_plugins_change_nothing_for_the_others(
    undisturbed: Undisturbed, tmp_path: Path, ways: list[Ways]
) -> None:
    tried = try_ways(tmp_path / "world", undisturbed, ways)
    assert not tried.wrong, tried.ended
