"""A new plugin works as it was written: its conformance passes, its types hold, nothing is overwritten."""

from __future__ import annotations

import os
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from kaa_bridge.errors import InputRefused
from kaa_bridge.mapping import load_mapping
from kaa_bridge.testing.scaffold import write_scaffold

KINDS = [("source", "kaa_adapter_min_skola"), ("journal", "kaa_plugin_min_skola")]


def run(made: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run a module in the plugin's folder, as its author would."""
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join([str(made), *sys.path])}
    return subprocess.run(
        [sys.executable, "-m", *arguments],
        cwd=made,
        env=environment,
        capture_output=True,
        text=True,
        timeout=240,
        check=False,
    )


@pytest.mark.slow
@pytest.mark.parametrize(("kind", "package"), KINDS)
def test_a_new_plugin_passes_its_conformance(tmp_path: Path, kind: str, package: str) -> None:
    made = write_scaffold(kind, "min_skola", tmp_path)
    result = run(made, "pytest", "-q", "-p", "no:cacheprovider")
    assert result.returncode == 0, result.stdout[-3000:]
    assert " failed" not in result.stdout
    assert (made / package / "py.typed").exists()


@pytest.mark.parametrize(("kind", "package"), KINDS)
def test_a_new_plugin_is_found_by_its_entry_point(tmp_path: Path, kind: str, package: str) -> None:
    made = write_scaffold(kind, "min_skola", tmp_path)
    project = tomllib.loads((made / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert project["entry-points"]["kaa_bridge"] == {"min_skola": package}
    assert made.name == package.replace("_", "-") == project["name"].replace("_", "-")


@pytest.mark.parametrize(("kind", "package"), KINDS)
def test_no_template_mark_is_left(tmp_path: Path, kind: str, package: str) -> None:
    made = write_scaffold(kind, "min_skola", tmp_path)
    written = [path for path in made.rglob("*") if path.is_file()]
    assert len(written) >= 7
    assert not any("@@" in path.read_text(encoding="utf-8") for path in written)


def test_the_mapping_of_a_new_source_is_sound(tmp_path: Path) -> None:
    made = write_scaffold("source", "min_skola", tmp_path)
    assert load_mapping(str(made / "kaa_adapter_min_skola" / "mapping.toml")).name == "min_skola"


@pytest.mark.parametrize("name", ["", "Stor", "med-streck", "../ut", "1a", "a__b", "a" * 41, "å"])
def test_a_name_that_does_not_fit_writes_nothing(tmp_path: Path, name: str) -> None:
    with pytest.raises(InputRefused) as caught:
        write_scaffold("source", name, tmp_path)
    assert caught.value.code == "name_invalid"
    assert not list(tmp_path.iterdir())


def test_nothing_is_overwritten(tmp_path: Path) -> None:
    made = write_scaffold("source", "egen", tmp_path)
    (made / "README.md").write_text("mitt", encoding="utf-8")
    with pytest.raises(InputRefused) as caught:
        write_scaffold("source", "egen", tmp_path)
    assert caught.value.code == "folder_exists"
    assert (made / "README.md").read_text(encoding="utf-8") == "mitt"
