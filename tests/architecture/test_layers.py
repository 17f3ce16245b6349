"""The floors of the house: an import never goes up, and the core knows no vendor."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
CORE = ROOT / "kaa_bridge"
FLOORS = {
    "errors": 0, "log": 0, "domain": 0,
    "contract": 1,
    "config": 2, "law": 2, "routine": 2, "mapping": 2,
    "host": 3, "store": 3, "transport": 3,
    "journal": 4, "sync": 4, "reconcile": 4, "report": 4,
    "cli": 5, "daemon": 5, "nights": 5, "apart": 5, "health": 5, "metrics": 5, "service": 5, "__main__": 5,
    "testing": 6,
}  # fmt: skip
PURE = {"domain", "law", "routine", "mapping"}
FORBIDDEN_IN_PURE = {"socket", "requests", "sqlalchemy", "subprocess", "os", "time", "random", "threading"}
MAY_USE_TESTING = {"kaa_bridge/cli/demo.py", "kaa_bridge/cli/plugins.py"}


def modules(folder: Path) -> list[Path]:
    return sorted(path for path in folder.rglob("*.py"))


def imports(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.module is not None, f"{path.relative_to(ROOT)} has a relative import"
            assert node.level == 0, f"{path.relative_to(ROOT)} has a relative import"
            yield node.module
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def room(path: Path) -> str:
    inside = path.relative_to(CORE)
    return inside.parts[0].removesuffix(".py") if len(inside.parts) > 1 else inside.stem


@pytest.mark.parametrize("path", [p for p in modules(CORE) if p != CORE / "__init__.py"], ids=str)
def test_an_import_never_goes_up(path: Path) -> None:
    here = room(path)
    assert here in FLOORS, f"{here} is a room without a floor: decide where it belongs"
    for name in imports(path):
        parts = name.split(".")
        if parts[0] != "kaa_bridge" or len(parts) == 1 or parts[1] not in FLOORS:
            continue
        if parts[1] == "testing" and str(path.relative_to(ROOT)) in MAY_USE_TESTING:
            continue
        assert FLOORS[parts[1]] <= FLOORS[here], f"{here} imports {name}, which lies above it"


@pytest.mark.parametrize("path", modules(CORE), ids=str)
def test_the_core_knows_no_vendor(path: Path) -> None:
    if room(path) == "testing":
        return
    vendors = [name for name in imports(path) if name.startswith(("kaa_adapter_", "kaa_plugin_"))]
    assert not vendors


@pytest.mark.parametrize("path", [p for p in modules(CORE) if room(p) in PURE], ids=str)
def test_pure_rooms_do_no_io(path: Path) -> None:
    used = {name.split(".")[0] for name in imports(path)}
    assert not used & FORBIDDEN_IN_PURE


def test_adapters_and_plugins_stand_on_the_contract_only() -> None:
    allowed = {"contract", "domain", "errors", "transport", "mapping", "law", "routine", "journal", "report"}
    for folder in ("adapters", "plugins"):
        for path in modules(ROOT / folder):
            for name in imports(path):
                parts = name.split(".")
                if parts[0] == "kaa_bridge" and len(parts) > 1:
                    assert parts[1] in allowed, f"{path.relative_to(ROOT)} imports {name}"
