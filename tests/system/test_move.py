"""A youth moves in the middle of a case: one responsibility ends, another begins, and nothing goes along."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest
from msgspec import structs

from kaa_bridge.config import load_settings
from kaa_bridge.domain.facts import Residence
from kaa_bridge.store.engine import Store
from kaa_bridge.sync.bridge import store_settings
from kaa_bridge.testing.population import Population, build
from kaa_bridge.testing.population.model import Person
from kaa_bridge.testing.world import AS_OF, World
from tests.system.conftest import Cli, Result

FROM, TO = "2303", "2361"
MOVES = AS_OF + timedelta(days=3)


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    """The municipality that is moved from; its configuration is the whole installation's."""
    with World(tmp_path / "from", build(1, municipality=FROM, as_of=AS_OF)) as one:
        yield one


@pytest.fixture
def other(tmp_path: Path, world: World) -> Iterator[World]:
    """The municipality that is moved to, with systems of its own, in the same installation."""
    people = build(2, municipality=TO, as_of=AS_OF, size=25)
    with World(tmp_path / "to", without(people, mover(world).number)) as one:
        text = one.text()
        tables = text[text.index("[[municipality]]") :].replace(
            'folder = "exams"', f'folder = "{one.folder / "exams"}"'
        )
        with world.configuration.open("a", encoding="utf-8") as stream:
            stream.write("\n" + tables)
        settings = load_settings(world.configuration)
        for code in (FROM, TO):
            Store.create(store_settings(settings, code)).close()
        yield one


def mover(world: World) -> Person:
    return world.population.by_story("dropout_new")


def without(population: Population, number: str) -> Population:
    return replace(population, people=tuple(one for one in population.people if one.number != number))


def move(world: World, other: World) -> None:
    """Let the registers of both tell the move; who arrives has no events in the new municipality."""
    youth = mover(world)
    homes = tuple(structs.replace(home, end=MOVES - timedelta(days=1)) for home in youth.residence[-1:])
    homes += (Residence(municipality=TO, start=MOVES),)
    moved = replace(youth, residence=homes)
    people = tuple(moved if one is youth else one for one in world.population.people)
    world.become(replace(world.population, people=people, as_of=MOVES))
    arrived = replace(moved, ref="arrived", events=(), handler=None)
    other.become(replace(other.population, people=(*other.population.people, arrived), as_of=MOVES))


def explained(cli: Cli, world: World, municipality: str, number: str, day: date) -> Result:
    path = world.folder / "person.txt"
    path.write_text(number, encoding="ascii")
    return cli(
        "explain", "--municipality", municipality, "--person-file", str(path), "--as-of", str(day), "--json"
    )  # fmt: skip


def test_one_coverage_ends_another_begins_and_no_note_goes_along(world: World, other: World, cli: Cli) -> None:
    number = mover(world).number

    def notes(of: World) -> list[str]:
        return [note.text for note in of.treserva.notes() if note.person_number == number]

    assert cli("run", "--as-of", str(AS_OF), "--json").code in (0, 6)
    before = notes(world)
    assert before, "the case has begun where the youth lived"
    assert explained(cli, world, TO, number, AS_OF).code == 2, "the other municipality has never heard of the youth"
    move(world, other)
    assert cli("run", "--as-of", str(MOVES), "--json").code in (0, 6)
    here, there = (explained(cli, world, code, number, MOVES).data for code in (FROM, TO))
    assert (here["outcome"], here["covered_since"]) == ("not_covered", None)
    assert (there["outcome"], there["covered_since"]) == ("covered", str(MOVES))
    assert here["actions"] == [], "nothing is left to do where the youth lived"
    assert {action["clock"]["on"] for action in there["actions"]} == {str(MOVES)}, "the clocks begin anew"
    assert here["ref"] != there["ref"], "not even the handle is the same"
    assert len(notes(world)) == len(before) + 1
    assert len(notes(other)) == 1
    assert not set(notes(other)) & set(before)
    references = [{note.reference for note in one.treserva.notes()} for one in (world, other)]
    assert not references[0] & references[1]
