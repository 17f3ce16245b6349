"""``--municipality`` says in each command's help what leaving it out means there."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

import kaa_bridge.cli

OPTIONS = {"municipality_option": {"municipalities", "turns"}, "one_municipality_option": {"one_municipality"}}


def commands() -> Iterator[tuple[str, str, set[str]]]:
    """Yield each command that has the option: its name, which of the two, and the methods its module's code calls."""
    for path in sorted(Path(kaa_bridge.cli.__file__).parent.glob("*.py")):
        tree = ast.parse(path.read_text(encoding="utf-8"))
        functions = {node.name: node for node in tree.body if isinstance(node, ast.FunctionDef)}
        for name, node in functions.items():
            for option in {one.id for one in node.decorator_list if isinstance(one, ast.Name)} & OPTIONS.keys():
                yield f"{path.stem} {name}", option, calls(node, functions, set())


def calls(node: ast.FunctionDef, functions: dict[str, ast.FunctionDef], seen: set[str]) -> set[str]:
    found = {one.attr for one in ast.walk(node) if isinstance(one, ast.Attribute)}
    for one in ast.walk(node):
        if isinstance(one, ast.Name) and one.id in functions.keys() - seen:
            found |= calls(functions[one.id], functions, seen | {one.id})
    return found


@pytest.mark.parametrize(("command", "option", "called"), list(commands()), ids=lambda one: one if " " in one else "")
def test_the_help_is_true(command: str, option: str, called: set[str]) -> None:
    assert OPTIONS[option] & called
