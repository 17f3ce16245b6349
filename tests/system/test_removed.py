"""A source that is renamed or taken out: the night, ``check`` and ``status`` name it until a person has answered."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

from kaa_bridge.testing.world import AS_OF, World
from tests.system.conftest import Cli

LATER, LAST = AS_OF + timedelta(days=1), AS_OF + timedelta(days=2)


def change(world: World, before: str, after: str) -> None:
    text = world.configuration.read_text(encoding="utf-8")
    assert before in text
    world.configuration.write_text(text.replace(before, after), encoding="utf-8")


def test_a_renamed_source_tells_the_same_and_its_old_name_is_asked_about(world: World, night: Cli, cli: Cli) -> None:
    first = night().data[0]
    change(world, '"ist"', '"skola"')
    change(world, 'adapter = "skola"', 'adapter = "ist"')
    second = night(LATER)
    told: dict[str, Any] = second.data[0]
    assert told["plan"]["outcomes"] == first["plan"]["outcomes"], "the new name tells what the old one told"
    assert (told["plan"]["notes"].keys() | {"action_due"}, told["plan"]["begun"]) == ({"action_due"}, 0)
    assert (second.code, told["removed"]) == (6, {"ist": 41})
    assert "The source 'ist' is configured no more, but 41" in cli("run", "--dry-run", "--as-of", str(LATER)).out

    checked = cli("check")
    assert checked.code == 6
    assert "FAIL 2303 ist: The source 'ist' is configured no more" in checked.out
    assert 'retired = ["ist"]' in checked.out
    assert "problem: source_removed. Next: put ist back" in cli("status", "--as-of", str(LATER)).out

    change(world, 'routine = "ragunda"', 'routine = "ragunda"\nretired = ["ist"]')
    told = night(LAST).data[0]
    assert "removed" not in told
    assert told["plan"]["outcomes"] == first["plan"]["outcomes"]
    assert cli("check").code == 0
    assert cli("status", "--as-of", str(LAST), "--json").data[0]["problems"] == []


def test_a_retired_name_may_not_be_configured(world: World, cli: Cli) -> None:
    change(world, 'routine = "ragunda"', 'routine = "ragunda"\nretired = ["ist"]')
    done = cli("check")
    assert done.code == 3
    assert "retired names a system that is configured: ist" in done.out


def test_a_pupil_of_whom_only_a_removed_source_knows_is_investigated(world: World, night: Cli, cli: Cli) -> None:
    pupil = world.population.by_story("national_attending")
    only_ist = replace(pupil, placements=(), placements_in={"ist": pupil.placements})
    people = tuple(only_ist if one is pupil else one for one in world.population)
    world.become(replace(world.population, people=people))
    before = night().data[0]["plan"]["outcomes"]

    head, *sources = world.configuration.read_text("utf-8").split("[[municipality.source]]\n")
    kept = [one for one in sources if not one.startswith('name = "ist"')]
    text = "[[municipality.source]]\n".join([head.replace('"ist", ', ""), *kept])
    world.configuration.write_text(text, encoding="utf-8")
    told = night(LATER).data[0]
    assert told["plan"]["outcomes"] == before | {
        "not_covered": before["not_covered"] - 1,
        "investigate": before["investigate"] + 1,
    }
    assert told["plan"]["begun"] == told["plan"]["ended"] == 0

    path = world.folder / "number"
    path.write_text(pupil.number, encoding="utf-8")
    explained = cli("explain", "--person-file", str(path), "--as-of", str(LATER), "--json").data
    assert (explained["outcome"], explained["missed"]) == ("investigate", ["ist"])
    assert explained["unproven"] == {"/placements_complete": ["ist"], "/qualifications_complete": ["ist"]}
    asked = ("report", "scb", "--period", "2025H2", "--as-of", str(LATER), "--preview", "--json")
    unsettled = [one["handle"] for one in cli(*asked).data["findings"] if one["check"] == "nobody_unsettled"]
    assert explained["ref"] in unsettled, "and stands in no file to SCB"
