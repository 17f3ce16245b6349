"""Every command that a message of the program names can be run: errors say what to do next, and it must exist."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.docs.command_lines import problem_with
from tests.docs.generate import ROOT

SOURCES = sorted(path for folder in ("kaa_bridge", "adapters", "plugins") for path in (ROOT / folder).rglob("*.py"))
PROSE = {"a", "cannot", "does", "has", "is", "itself", "may", "met", "must", "or", "reads", "was", "writes"}
"""Words after the program's name that begin no command."""
_COMMAND = re.compile(r"kaa-bridge ((?:(?:--?[a-z][a-z-]*|[a-z]+|[A-Z_]+|KAA-…|U-…|VALUE|\d+|-(?!\S))(?: |\b|$))+)")


def messages(tree: ast.AST) -> Iterator[str]:
    """Yield the texts of a module, what is filled in replaced by ``VALUE``; docstrings are texts too."""
    for node in ast.iter_child_nodes(tree):
        if isinstance(node, ast.JoinedStr):
            yield "".join(str(part.value) if isinstance(part, ast.Constant) else "VALUE" for part in node.values)
        elif isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield re.sub(r"\{[a-z_.0-9]+\}", "VALUE", node.value)
        else:
            yield from messages(node)


def named(path: Path) -> Iterator[str]:
    """Yield the commands that a module's texts name."""
    for text in messages(ast.parse(path.read_text(encoding="utf-8"))):
        for found in _COMMAND.finditer(text):
            words = found[1].split()
            if words[0] not in PROSE and words[0] != "VALUE":
                yield " ".join(words)


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: str(path.relative_to(ROOT)))
def test_every_named_command_exists(path: Path) -> None:
    for command in named(path):
        assert problem_with(f"kaa-bridge {command}") is None, command


def test_commands_are_found_in_messages() -> None:
    found = {command for path in SOURCES for command in named(path)}
    assert len(found) > 25
    assert any(command.startswith("hold list --municipality") for command in found)
