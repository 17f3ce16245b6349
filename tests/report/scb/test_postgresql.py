"""The same file from a state on PostgreSQL, and the same memory of it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import create_engine, text

from kaa_bridge.testing.population import build
from kaa_bridge.testing.world import World
from tests.report.scb.half_year import SUMMER, WINTER
from tests.system.conftest import Cli

URL = "postgresql+psycopg://postgres@127.0.0.1:5432/postgres"
CODE = "2305"
"""A code of its own: its schema is dropped before and after."""


def drop_schema() -> None:
    engine = create_engine(URL, connect_args={"connect_timeout": 3})
    try:
        with engine.begin() as connection:
            connection.execute(text(f"DROP SCHEMA IF EXISTS kaa_{CODE} CASCADE"))
    finally:
        engine.dispose()


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    try:
        drop_schema()
    except Exception:
        pytest.skip("PostgreSQL does not answer on 127.0.0.1:5432 (user postgres, trust): this test needs it")
    population = build(1, as_of=WINTER, municipality=CODE)
    with World(tmp_path / "world", population, store="postgresql", store_url=URL) as one:
        yield one
    drop_schema()


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
