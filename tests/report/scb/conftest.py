"""The seeded half-year in the simulated world, after its three nights."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from kaa_bridge.testing.world import World
from tests.report.scb.half_year import SPRING, SUMMER, WINTER, HalfYear, plan
from tests.report.scb.people import official_text
from tests.system.conftest import Cli, cli, night

__all__ = ["cli", "night"]


@pytest.fixture(scope="session")
def half_year() -> HalfYear:
    return plan()


@pytest.fixture
def world(tmp_path: Path, half_year: HalfYear) -> Iterator[World]:
    with World(tmp_path / "world", half_year.winter) as one:
        yield one


@pytest.fixture
def july(world: World, night: Cli, half_year: HalfYear) -> World:
    """The world on the first nights after the half-year, with a layout that calls itself official."""
    night(WINTER)
    world.become(half_year.spring)
    night(SPRING)
    world.become(half_year.summer)
    night(SUMMER)
    (world.folder / "scb.toml").write_text(official_text("2026H1"), "utf-8")
    return world
