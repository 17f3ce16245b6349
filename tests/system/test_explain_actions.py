"""``explain`` says which actions are due and why."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from kaa_bridge.testing.world import AS_OF, World


def test_every_action_names_its_rule_and_what_it_is_counted_from(
    world: World, night: Any, cli: Any, tmp_path: Path
) -> None:
    night()
    person = next(one for one in world.population if one.covered and one.protection.value == "none")
    path = tmp_path / "number"
    path.write_text(person.number, encoding="utf-8")
    asked = ("explain", "--person-file", str(path), "--as-of", AS_OF.isoformat())
    told = cli(*asked, "--json").data
    assert told["actions"]
    assert all(action["rule"] and action["clock"]["on"] for action in told["actions"])
    assert told["plan_gaps"] == []
    lines = cli(*asked).out.splitlines()
    assert sum(line.startswith("    Varför: ") and "räknat från" in line for line in lines) == len(told["actions"])
