"""The same nights on PostgreSQL: the same plan, the same notes, and nothing of a person in what the server logs."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from kaa_bridge.testing.population import build
from kaa_bridge.testing.world import AS_OF, World
from tests.store.support import own_database
from tests.system.conftest import Cli


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    with (
        own_database() as url,
        World(tmp_path / "world", build(1, as_of=AS_OF), store="postgresql", store_url=url) as one,
    ):
        yield one


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
