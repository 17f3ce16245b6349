"""Whole nights through the command line, on real sockets, in a folder of their own."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from kaa_bridge.cli import main
from kaa_bridge.config import load_settings
from kaa_bridge.store.engine import Store
from kaa_bridge.sync.bridge import store_settings
from kaa_bridge.testing.world import AS_OF, World


@dataclass(frozen=True, slots=True)
class Result:
    """What a command printed and how it ended."""

    code: int
    out: str
    err: str

    @property
    def data(self) -> Any:
        """The JSON on stdout."""
        return json.loads(self.out)


Cli = Callable[..., Result]


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    with World(tmp_path / "world", settle_seconds=900) as one:
        yield one


@pytest.fixture
def cli(world: World, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Cli:
    """Run a command against the world, in this process."""

    def call(*args: str) -> Result:
        capsys.readouterr()
        monkeypatch.setattr(sys, "argv", ["kaa-bridge", "--config", str(world.configuration), *args])
        try:
            main()
            code: Any = 0
        except SystemExit as stop:
            code = stop.code
        printed = capsys.readouterr()
        return Result(int(code or 0), printed.out, printed.err)

    return call


@pytest.fixture
def night(world: World, cli: Cli) -> Cli:
    """Create the state when there is none, and run a night as JSON."""

    def run(day: date = AS_OF, *args: str) -> Result:
        return cli("run", "--as-of", day.isoformat(), "--json", *args)

    settings = load_settings(world.configuration)
    Store.create(store_settings(settings, world.population.municipality)).close()
    return run
