"""The budget of a room: small files, small functions, and a docstring on every public name."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
FOLDERS = ("kaa_bridge", "adapters", "plugins", "mappings")
FILES = sorted(path for folder in (*FOLDERS, "tests", "benchmarks") for path in (ROOT / folder).rglob("*.py"))
SHIPPED = [path for path in FILES if path.relative_to(ROOT).parts[0] in FOLDERS]
FILE_MAX, FUNCTION_MAX = 400, 50


def short(path: Path) -> str:
    return str(path.relative_to(ROOT))


@pytest.mark.parametrize("path", FILES, ids=short)
def test_files_and_functions_stay_small(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert text.count("\n") <= FILE_MAX
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            assert (node.end_lineno or node.lineno) - node.lineno < FUNCTION_MAX, node.name


@pytest.mark.parametrize("path", SHIPPED, ids=short)
def test_public_names_are_documented(path: Path) -> None:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    assert not tree.body or ast.get_docstring(tree), "the module has no docstring"
    for node in tree.body:
        if isinstance(node, ast.FunctionDef | ast.ClassDef) and not node.name.startswith("_"):
            assert ast.get_docstring(node), node.name


def test_no_machine_path_and_no_tool_name_is_committed() -> None:
    for path in FILES:
        text = path.read_text(encoding="utf-8")
        assert "/work/" not in text or path == Path(__file__), short(path)
