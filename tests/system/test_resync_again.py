"""A youth that was redone alone is read as the whole pull reads it: nothing is changed once more the night after."""

from __future__ import annotations

from datetime import timedelta

from kaa_bridge.testing.world import AS_OF, World
from tests.system.conftest import Cli, Result


def changed(result: Result, name: str) -> tuple[int, int]:
    plan = result.data[0] if isinstance(result.data, list) else result.data
    return next((one["read"], one["changed"]) for one in plan["sources"] if one["name"] == name)


def test_a_resynced_youth_counts_as_unchanged_in_the_next_night(world: World, night: Cli, cli: Cli) -> None:
    night()
    person = next(one for one in world.population.known_to("ist") if one.placements and one.protection.value == "none")
    asked = world.folder / "person.txt"
    asked.write_text(person.number + "\n", encoding="ascii")
    done = cli("resync", "--person-file", str(asked), "--as-of", str(AS_OF), "--json", "--apply")
    assert changed(done, "ist") == (1, 0)
    assert changed(night(AS_OF + timedelta(days=1)), "ist")[1] == 0
