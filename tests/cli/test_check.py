"""``check``: one OK or FAIL line for each thing, whatever is wrong with another."""

from __future__ import annotations

from pathlib import Path

import pytest

from kaa_bridge.config import load_settings
from kaa_bridge.store.engine import Store
from kaa_bridge.sync.bridge import store_settings
from kaa_bridge.testing.world import World
from tests.system.conftest import Cli, cli, world

__all__ = ["cli", "world"]

EVERYTHING = [
    "configuration",
    "law",
    "2303 state",
    "2303 routine",
    "2303 qore",
    "2303 oedb",
    "2303 ist",
    "2303 exams",
    "2303 treserva",
]


def change(world: World, before: str, after: str) -> None:
    text = world.configuration.read_text(encoding="utf-8")
    assert before in text
    world.configuration.write_text(text.replace(before, after), encoding="utf-8")


@pytest.fixture(autouse=True)
def state(world: World) -> None:
    Store.create(store_settings(load_settings(world.configuration), "2303")).close()


def test_each_thing_has_a_line(cli: Cli) -> None:
    done = cli("check")
    assert done.code == 0
    assert [line.split(":")[0] for line in done.out.splitlines()] == [f"OK   {one}" for one in EVERYTHING]
    (law,) = [line for line in done.out.splitlines() if "law" in line]
    assert law.startswith("OK   law: skollagen 29:9, ")
    assert law.endswith("the last in force from 2023-07-02")


def test_with_a_wrong_configuration_the_line_says_so(cli: Cli, world: World) -> None:
    change(world, "[[municipality]]", "[[municipality]]\nroutin = 1")
    done = cli("check", "--json")
    assert done.code == 3
    assert [(one["what"], one["ok"]) for one in done.data] == [("configuration", False), ("law", True)]
    assert "routin: there is no such key here" in done.data[0]["text"]
    assert cli("check").out.startswith("FAIL configuration: configuration_invalid: ")


def test_without_a_configuration_too(cli: Cli, world: World, tmp_path: Path) -> None:
    world.configuration.unlink()
    done = cli("check")
    assert done.code == 3
    assert done.out.startswith("FAIL configuration: configuration_missing: ")
    assert "     Next: Run 'kaa-bridge init --municipality CODE' in the folder" in done.out


def test_a_wrong_routine_hides_nothing_else(cli: Cli, world: World) -> None:
    change(world, 'routine = "ragunda"', 'routine = "none"')
    done = cli("check", "--json")
    assert done.code == 3
    assert [one["what"] for one in done.data] == EVERYTHING
    assert [one["what"] for one in done.data if not one["ok"]] == ["2303 routine"]


def test_a_wrong_choice_of_templates_has_a_line_of_its_own(cli: Cli, world: World) -> None:
    change(world, "[[municipality]]", '[[municipality]]\nnote_templates = { registered = "none" }')
    done = cli("check", "--json")
    assert done.code == 3
    assert [one["what"] for one in done.data if not one["ok"]] == ["2303 note templates"]
    assert {one["what"] for one in done.data} == {*EVERYTHING, "2303 note templates"}
