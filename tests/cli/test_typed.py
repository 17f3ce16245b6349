"""A printed command begins with the program as the reader has it."""

from __future__ import annotations

import shlex
import sys
from pathlib import Path

import pytest

from kaa_bridge.cli.typed import typed

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="quotes as a POSIX shell")


def test_the_program_is_named_as_it_was_started(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    program = tmp_path / "kaa-bridge"
    program.write_text("", encoding="ascii")
    program.chmod(0o755)
    monkeypatch.setattr(sys, "argv", [str(program)])
    monkeypatch.setenv("PATH", "")
    assert typed() == str(program), "it is not found by its name alone"
    monkeypatch.setenv("PATH", str(tmp_path))
    assert typed() == "kaa-bridge"
    monkeypatch.setattr(sys, "argv", ["/lib/kaa_bridge/__main__.py"])
    assert typed() == f"{shlex.quote(sys.executable)} -m kaa_bridge"


def test_a_configuration_with_a_blank_in_its_path_stays_one_word(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "argv", ["venv/bin/kaa-bridge"])
    monkeypatch.setenv("PATH", "")
    assert shlex.split(typed(Path("min kaa/kaa-bridge.toml"))) == [
        "venv/bin/kaa-bridge", "--config", "min kaa/kaa-bridge.toml",
    ]  # fmt: skip
