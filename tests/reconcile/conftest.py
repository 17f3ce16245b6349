"""A summer in the simulated world: the night before the freeze, one in it, and the first day after it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from kaa_bridge.testing.world import World
from tests.reconcile.summer import AUGUST, JULY, MAY, SEPTEMBER, Summer, plan_summer, tell_exam
from tests.system.conftest import Cli, cli, night

__all__ = ["cli", "night"]


@pytest.fixture(scope="session")
def summer() -> Summer:
    return plan_summer()


@pytest.fixture
def world(tmp_path: Path, summer: Summer) -> Iterator[World]:
    with World(tmp_path / "world", summer.before) as one:
        yield one


@pytest.fixture
def september(world: World, night: Cli, summer: Summer) -> World:
    """The world on the first day after the freeze: OEDB has not caught up, everybody else has."""
    night(MAY)
    world.become(summer.july)
    night(JULY)
    world.become(summer.august)
    assert world.population.as_of == AUGUST
    tell_exam(world, summer.exam_number)
    night(SEPTEMBER)
    return world
