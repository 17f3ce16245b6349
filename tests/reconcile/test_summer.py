"""The seeded summer, reported exactly."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from kaa_bridge.testing.world import World
from tests.reconcile.summer import SEPTEMBER, Summer
from tests.system.conftest import Cli

ASK = ("reconcile", "--freeze", "2026", "--as-of", str(SEPTEMBER))


def handle_of(cli: Cli, folder: Path, number: str) -> str:
    path = folder / "person.txt"
    path.write_text(number, encoding="ascii")
    return str(cli("explain", "--person-file", str(path), "--as-of", str(SEPTEMBER), "--json").data["ref"])


def planted_rows(cli: Cli, world: World, summer: Summer) -> tuple[Any, dict[str, Any]]:
    report = cli(*ASK, "--json").data
    by_handle = {row["handle"]: row for row in report["rows"]}
    return report, {
        name: by_handle.get(handle_of(cli, world.folder, one.person.number)) for name, one in summer.planted.items()
    }


def test_every_planted_case_is_reported_as_what_it_is(september: World, cli: Cli, summer: Summer) -> None:
    report, rows = planted_rows(cli, september, summer)
    for name, one in summer.planted.items():
        row = rows[name]
        if one.step == "none":
            assert row is None, name
        else:
            assert row is not None, name
            assert (row["category"], row["step"]) == (one.category, one.step), name
    known = {row["handle"] for row in rows.values() if row}
    further = [row for row in report["rows"] if row["handle"] not in known]
    stories = {handle_of(cli, september.folder, one.number): one.story for one in september.population}
    assert {(stories[row["handle"]], row["category"], row["step"]) for row in further} == {
        ("sources_disagree", "conflict", "investigate"),
        ("newcomer", "only_left", "investigate"),
    }

