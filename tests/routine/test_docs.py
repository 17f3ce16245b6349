"""The pages name every clock and condition as the code means it, and what they show works."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from kaa_bridge.routine import BUILT_IN, COUNTED_FROM, load_routine, parse_routine
from kaa_bridge.routine.clocks import CLOCKS
from kaa_bridge.routine.model import CalendarEntry, Done, Head, Step, Window

DOCS = Path(__file__).parents[2] / "docs"
REFERENCE = (DOCS / "reference" / "routine-files.md").read_text("utf-8")
HOW_TO = (DOCS / "how-to" / "turn-a-handlingsplan-into-a-routine.md").read_text("utf-8")


@pytest.mark.parametrize("name", CLOCKS)
def test_every_clock_is_documented(name: str) -> None:
    assert f"| `{name}` | {CLOCKS[name].meaning} |\n" in REFERENCE


@pytest.mark.parametrize("name", BUILT_IN)
def test_every_condition_is_documented(name: str) -> None:
    assert f"| `{name}` | {BUILT_IN[name].meaning} |\n" in REFERENCE


def test_every_clock_has_a_swedish_name() -> None:
    assert set(COUNTED_FROM) == {*CLOCKS, "agreed", "as_of"}


def test_no_page_names_a_clock_or_condition_that_is_not_there() -> None:
    listed = re.findall(r"^\| `([a-z0-9_]+)` \| ", REFERENCE.split("## Clocks")[1].split("## `[[cal")[0], re.MULTILINE)
    assert set(listed) == {*CLOCKS, *BUILT_IN}


@pytest.mark.parametrize("model", [Head, Step, Window, Done, CalendarEntry])
def test_every_key_is_documented(model: type) -> None:
    for name, field in model.model_fields.items():  # type: ignore[attr-defined]
        key = field.alias or name
        assert any(form in REFERENCE for form in (f"`{key}", f"{key} = ", f"[[step.{key}]]")), name


def test_the_step_in_the_how_to_is_the_bundled_one() -> None:
    block = re.findall(r"```toml\n(\[\[step\]\]\n.*?)```", HOW_TO, re.DOTALL)[0]
    head = '[routine]\nformat = "kaa-routine/1"\nname = "x"\nversion = "1"\ntitle = "x"\nsource = "x"\n'
    assert parse_routine((head + block).encode()).file.step[0] == load_routine("ragunda").file.step[0]
