"""The JSON Schema says what the loader says."""

from __future__ import annotations

import json
import tomllib
from datetime import date
from importlib.resources import files
from typing import Any

import jsonschema
import pytest
from click.testing import CliRunner

from kaa_bridge.cli.schema import schema as command
from kaa_bridge.routine import bundled_routines, routine_schema
from kaa_bridge.routine.clocks import CLOCKS
from tests.routine.routine_files import HEAD, step


def plain(value: Any) -> Any:
    """Return TOML data as JSON has it: dates as text."""
    if isinstance(value, dict):
        return {name: plain(inner) for name, inner in value.items()}
    if isinstance(value, list):
        return [plain(inner) for inner in value]
    return value.isoformat() if isinstance(value, date) else value


@pytest.mark.parametrize("name", bundled_routines())
def test_every_bundled_routine_is_valid(name: str) -> None:
    document = tomllib.loads((files("kaa_mappings") / "routines" / f"{name}.toml").read_text("utf-8"))
    jsonschema.validate(plain(document), routine_schema(), jsonschema.Draft202012Validator)


@pytest.mark.parametrize(
    "broken",
    [
        HEAD,
        HEAD + step() + "\n[[steps]]\n",
        HEAD + step(clock="register"),
        HEAD + step(window='{ within = "1 week" }'),
        HEAD + step(more='responsble = "x"'),
        HEAD.replace("kaa-routine/1", "kaa-routine/9") + step(),
    ],
)
def test_what_the_loader_refuses_by_form_the_schema_refuses(broken: str) -> None:
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(plain(tomllib.loads(broken)), routine_schema(), jsonschema.Draft202012Validator)


def test_it_names_every_clock() -> None:
    assert all(f'"{name}"' in json.dumps(routine_schema()) for name in CLOCKS)


def test_the_command_prints_it() -> None:
    assert json.loads(CliRunner().invoke(command, ["routine"]).stdout) == routine_schema()
