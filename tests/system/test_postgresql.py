"""The same nights on PostgreSQL: the same plan, the same notes, and nothing of a person in what the server logs."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import create_engine, text

from kaa_bridge.testing.population import build
from kaa_bridge.testing.world import AS_OF, World
from tests.system.conftest import Cli

URL = "postgresql+psycopg://postgres@127.0.0.1:5432/postgres"
CODE = "2380"
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
    population = build(1, as_of=AS_OF, municipality=CODE)
    with World(tmp_path / "world", population, store="postgresql", store_url=URL) as one:
        yield one
    drop_schema()


@pytest.mark.postgresql
@pytest.mark.slow
def test_two_nights_on_postgresql(world: World, night: Cli, cli: Cli) -> None:
    first = night().data[0]
    assert first["exit_code"] == 6
    assert first["sent"]["confirmed"] == first["plan"]["notes_planned"] > 20
    again = night().data[0]
    assert again["plan"]["decided"] == again["plan"]["notes_planned"] == 0
    assert cli("status", "--as-of", str(AS_OF)).code == 6
    assert cli("state", "show").code == 0
    shown = cli("worklist", "--as-of", str(AS_OF), "--json")
    assert shown.code == 0
    board = cli("report", "board", "--as-of", str(AS_OF), "--json").data
    assert board["periods"][0]["counts"]["end"] > 20
    assert cli("report", "audit", "--as-of", str(AS_OF), "--json").code == 0
