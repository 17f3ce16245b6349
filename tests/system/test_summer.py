"""June to August: OEDB is not updated. It is pulled, its silence means nothing, and IST finds who drops out."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest
from msgspec import structs

from kaa_bridge.config import load_settings
from kaa_bridge.domain.values import PlacementEnd
from kaa_bridge.store.engine import Store
from kaa_bridge.store.query import rows
from kaa_bridge.sync.bridge import store_settings
from kaa_bridge.testing.population import build
from kaa_bridge.testing.simulators.base import Fault
from kaa_bridge.testing.world import World
from tests.system.conftest import Cli
from tests.system.test_trouble import decisions_of, source

BEFORE, JULY = date(2026, 5, 28), date(2026, 7, 9)


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    with World(tmp_path / "world", build(1, as_of=BEFORE)) as one:
        yield one


def test_a_frozen_source_is_pulled_and_its_silence_means_nothing(world: World, night: Cli, cli: Cli) -> None:
    night(BEFORE)
    covered = decisions_of(cli)["covered"]
    world.oedb.faults = {Fault.EMPTIED}
    summer = night(JULY)
    assert source(summer, "oedb")["state"] == "frozen"
    assert source(summer, "oedb")["gone"] == 0
    assert summer.code in (0, 6), "an emptied register in its freeze holds nothing"
    assert decisions_of(cli)["covered"] >= covered - 5, "only birthdays and the like end a case in six weeks"


def test_who_drops_out_in_july_is_found_by_ist(world: World, night: Cli, cli: Cli) -> None:
    night(BEFORE)
    pupil = next(one for one in world.population if one.story == "national_attending")
    left = [
        structs.replace(place, end=JULY - timedelta(days=2), ended_as=PlacementEnd.WITHDRAWN)
        if place.end is None
        else place
        for place in pupil.placements
    ]
    later = replace(pupil, placements_in={"ist": tuple(left), "qore": tuple(left)})
    people = tuple(later if one is pupil else one for one in world.population)
    world.become(replace(world.population, people=people, as_of=JULY))
    night(JULY)
    path = world.folder / "person.txt"
    path.write_text(pupil.number, encoding="ascii")
    told = cli("explain", "--person-file", str(path), "--as-of", str(JULY), "--json").data
    assert told["outcome"] == "covered"
    assert told["covered_since"] == str(JULY - timedelta(days=1))


def test_the_freeze_ends_and_the_register_counts_again(world: World, night: Cli) -> None:
    night(BEFORE)
    night(JULY)
    september = night(date(2026, 9, 1))
    assert source(september, "oedb")["state"] == "ok"


def test_a_question_about_one_person_never_moves_a_source_on(world: World, night: Cli, cli: Cli) -> None:
    night(BEFORE)
    night(JULY)
    before = places(world)
    path = world.folder / "person.txt"
    path.write_text(world.population.by_story("dropout_new").number, encoding="ascii")
    day = str(JULY + timedelta(days=1))
    asked = cli("resync", "--person-file", str(path), "--as-of", day, "--apply", "--json")
    assert any(one["read"] for one in asked.data["sources"]), "somebody was asked"
    assert places(world) == before


def places(world: World) -> list[tuple[object, ...]]:
    """Return how far each source was read and proven."""
    settings = load_settings(world.configuration)
    with Store.open(store_settings(settings, "2303")) as store, store.read() as connection:
        found = rows(connection, "SELECT name, cursor, pulled_on, proved_on, proved_count FROM source ORDER BY name")
        return [tuple(row) for row in found]
