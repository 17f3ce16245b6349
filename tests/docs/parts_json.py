"""Output formats of ``decide`` and ``due``: fields from the classes, examples by running the commands."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from click.testing import CliRunner

from kaa_bridge.cli import root
from kaa_bridge.law import CRITERIA
from kaa_bridge.law.decision import Decision, Reason
from kaa_bridge.routine import DueAction
from kaa_bridge.routine.actions import ClockStart
from tests.docs.markdown import doc, section, table

EXAMPLE = Path(__file__).parents[2] / "docs" / "reference" / "facts-example.json"
AS_OF = "2026-02-01"


def decisions() -> str:
    """Return the fields of a decision and of a reason."""
    criteria = ", ".join(f"`{name}`" for name in CRITERIA)
    decision = {**section(doc(Decision), "Attributes"), "criteria": f"state by criterion: {criteria}"}
    for name in ("municipality", "as_of"):
        decision.pop(name)
    return (
        "Each entry of `decisions`:\n\n"
        + _fields(decision)
        + "\n\nEach entry of `reasons`, one for each criterion and in the same order:\n\n"
        + _fields(section(doc(Reason), "Attributes"))
    )


def actions() -> str:
    """Return the fields of a due action."""
    told = section(doc(DueAction), "Attributes")
    told.setdefault("clock", doc(ClockStart) + " `event` and `on`.")
    return _fields({name: told[name] for name in DueAction._fields})


def decide_example() -> str:
    """Return what ``decide`` answers to the example file, one reason shown."""
    document = _run("decide", "--facts", str(EXAMPLE), "--municipality", "2303", "--as-of", AS_OF, "--json")
    for decision in document["decisions"]:
        decision["reasons"] = decision["reasons"][:1]
    return _block(document)


def due_example() -> str:
    """Return what ``due`` answers to the example file, one action shown."""
    document = _run("due", "--facts", str(EXAMPLE), "--routine", "ragunda", "--as-of", AS_OF, "--json")
    document["actions"] = document["actions"][:1]
    document["routine_fingerprint"] = "…"
    return _block(document)


def _run(*arguments: str) -> dict[str, Any]:
    result = CliRunner().invoke(root, list(arguments), catch_exceptions=False)
    assert result.exit_code == 0, result.output
    found: dict[str, Any] = json.loads(result.stdout)
    return found


def _block(document: dict[str, Any]) -> str:
    return "```json\n" + json.dumps(document, ensure_ascii=False, indent=1) + "\n```"


def _fields(told: dict[str, str]) -> str:
    return table(
        ("field", "meaning"), [(f"`{name}`", meaning.replace("`None`", "`null`")) for name, meaning in told.items()]
    )
