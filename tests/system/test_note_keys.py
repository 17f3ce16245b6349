"""A note's key comes from the facts, never from the night that found them: a forgotten night writes nothing twice."""

from __future__ import annotations

import shutil
from collections import Counter
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

from msgspec import structs

from kaa_bridge.config import load_settings
from kaa_bridge.sync.bridge import store_settings
from kaa_bridge.testing.population import Person
from kaa_bridge.testing.world import AS_OF, World
from tests.system.conftest import Cli


def state_folder(world: World) -> Path:
    return store_settings(load_settings(world.configuration), world.population.municipality).directory


def opened(world: World) -> Counter[str]:
    """How many notes opened a case, by person."""
    return Counter(note.person_number for note in world.treserva.notes() if "omfattas" in note.heading)


def test_a_forgotten_night_gives_the_same_references_on_a_later_day(world: World, night: Cli, tmp_path: Path) -> None:
    shutil.copytree(state_folder(world), tmp_path / "before")
    first = night().data[0]
    references = {note.reference for note in world.treserva.notes()}
    assert first["plan"]["notes"]["registered"] > 5
    shutil.rmtree(state_folder(world))
    shutil.copytree(tmp_path / "before", state_folder(world))
    planned = night(AS_OF + timedelta(days=1), "--dry-run").data[0]
    registered = {note["reference"] for note in planned["notes"] if note["kind"] == "registered"}
    assert len(registered) == first["plan"]["notes"]["registered"]
    assert registered <= references


def place_again(world: World, person: Person, *, left: bool) -> None:
    """Let every system say that the youth has left school, or that the youth never did."""
    given = world.population.by_story("dropout_new")
    here = (
        tuple(structs.replace(one, end=None, ended_as=None) for one in person.placements)
        if not left
        else person.placements
    )
    mended = replace(given, placements=here, placements_in={})
    people = tuple(mended if one is given else one for one in world.population)
    world.become(replace(world.population, people=people, as_of=world.population.as_of + timedelta(days=1)))


def test_a_case_that_is_opened_again_with_the_same_facts_gets_a_note_of_its_own(world: World, night: Cli) -> None:
    person = world.population.by_story("dropout_new")
    night()
    place_again(world, person, left=False)
    night(AS_OF + timedelta(days=1))
    place_again(world, person, left=True)
    night(AS_OF + timedelta(days=2))
    night(AS_OF + timedelta(days=3))
    assert opened(world)[person.number] == 2
    mine = [note for note in world.treserva.notes() if note.person_number == person.number]
    assert len({note.reference for note in mine}) == len(mine) == 3
