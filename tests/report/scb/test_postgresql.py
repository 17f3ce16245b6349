"""The same file from a state on PostgreSQL, and the same memory of it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from kaa_bridge.testing.population import build
from kaa_bridge.testing.world import World
from tests.report.scb.half_year import SUMMER, WINTER
from tests.store.support import own_database
from tests.system.conftest import Cli


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    with (
        own_database() as url,
        World(tmp_path / "world", build(1, as_of=WINTER), store="postgresql", store_url=url) as one,
    ):
        yield one


@pytest.mark.postgresql
@pytest.mark.slow
def test_a_file_and_what_changed_since_on_postgresql(world: World, night: Cli, cli: Cli) -> None:
    night(WINTER)
    asked = ("report", "scb", "--period", "2026H1", "--as-of", str(SUMMER), "--json")
    first = cli(*asked, "--output", str(world.folder / "a.csv")).data
    assert first["people"] == 26
    again = cli(*asked, "--output", str(world.folder / "b.csv")).data
    assert (world.folder / "a.UTKAST.csv").read_bytes() == (world.folder / "b.UTKAST.csv").read_bytes()
    assert first["changes"] is None
    assert not [rows for block in again["changes"]["blocks"].values() for rows in block.values() if rows["rows"]]
