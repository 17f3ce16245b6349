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


def test_every_fact_behind_a_criterion_that_is_known_has_a_source(
    world: World, night: Any, cli: Any, tmp_path: Path
) -> None:
    night()
    path, seen = tmp_path / "number", set()
    for person in world.population:
        path.write_text(person.number, encoding="utf-8")
        told = cli("explain", "--person-file", str(path), "--as-of", AS_OF.isoformat(), "--json").data
        for reason in told.get("reasons", ()):
            known = [place for place in told["provenance"] if f"{reason['fact']}/".startswith(f"{place}/")]
            assert known or reason["state"] == "unknown", (person.story, reason)
            seen.update(known)
    assert {"/birth_date", "/placements_complete", "/qualifications_complete"} <= seen


def test_what_is_not_proven_names_the_source_whose_proof_is_missing(
    world: World, night: Any, cli: Any, tmp_path: Path
) -> None:
    world.ist.close()
    night()
    person = next(one for one in world.population if one.covered and one.protection.value == "none")
    path = tmp_path / "number"
    path.write_text(person.number, encoding="utf-8")
    asked = ("explain", "--person-file", str(path), "--as-of", AS_OF.isoformat())
    told = cli(*asked, "--json").data
    assert told["unproven"] == {"/placements_complete": ["ist"]}
    assert "/placements_complete" not in told["provenance"]
    printed = cli(*asked, "--citations").out
    assert "    /placements_complete: inte visat; fattas från ist" in printed.splitlines()
    assert f"    /qualifications_complete: exams, komplett senast {AS_OF}" in printed.splitlines()
