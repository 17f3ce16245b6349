"""The layout that makes bundled and third-party plugins the same thing; each guard was seen to fail once."""

from __future__ import annotations

import re
import tomllib
from importlib.metadata import entry_points, version
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
PACKAGES = sorted(
    path for folder in ("adapters", "plugins", "mappings") for path in (ROOT / folder).iterdir()
    if path.is_dir() and path.name != "__pycache__"
)  # fmt: skip
PREFIX = {"adapters": "kaa_adapter_", "plugins": "kaa_plugin_", "mappings": "kaa_mappings"}


@pytest.mark.parametrize("path", PACKAGES, ids=lambda path: path.name)
def test_a_folder_is_a_typed_package_with_our_prefix(path: Path) -> None:
    assert path.name.startswith(PREFIX[path.parent.name])
    assert (path / "__init__.py").is_file()
    assert (path / "py.typed").is_file()


def test_every_adapter_and_plugin_has_an_entry_point() -> None:
    named = set(PROJECT["project"]["entry-points"]["kaa_bridge"].values())
    folders = {path.name for path in PACKAGES if path.parent.name != "mappings"}
    assert named == folders


def test_the_installed_metadata_is_that_of_this_tree() -> None:
    ours = [entry for entry in entry_points(group="kaa_bridge") if entry.dist and entry.dist.name == "kaa-bridge"]
    installed = {entry.name: entry.value for entry in ours}
    assert installed == PROJECT["project"]["entry-points"]["kaa_bridge"], "run 'pip install -e .' again"
    assert version("kaa-bridge") == PROJECT["project"]["version"]


def test_the_top_level_is_the_one_that_was_chosen() -> None:
    folders = {path.name for path in ROOT.iterdir() if path.is_dir() and not path.name.startswith(".")}
    chosen = {"kaa_bridge", "adapters", "plugins", "mappings", "tests", "docs", "benchmarks"}
    made_by_tools = {"build", "dist", "state", "node_modules", "venv", "mutants"}
    assert folders - made_by_tools == chosen


@pytest.mark.parametrize("name", ["constraints.txt", "locked.txt"])
def test_pins_name_no_address(name: str) -> None:
    text = (ROOT / name).read_text(encoding="utf-8")
    assert "://" not in text
    assert "--index" not in text
    assert "@" not in text


FLOOR = {"lxml": (6, 1), "urllib3": (2, 6, 3), "requests": (2, 33), "zeep": (4, 3, 3), "sqlcipher3": (0, 6, 4)}


@pytest.mark.parametrize("name", sorted(FLOOR))
def test_pinned_versions_are_past_the_known_holes(name: str) -> None:
    pinned = dict(re.findall(r"^([A-Za-z0-9_.-]+)==([0-9.]+)", (ROOT / "constraints.txt").read_text("utf-8"), re.M))
    found = {key.lower(): tuple(int(part) for part in value.rstrip(".").split(".")) for key, value in pinned.items()}
    assert found[name] >= FLOOR[name]
