"""A journal is never edited: a fact that is withdrawn gives a new note that says so, or none if none had left."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from msgspec import structs

from kaa_bridge.testing.population import Person
from kaa_bridge.testing.world import AS_OF, World
from tests.system.conftest import Cli

LATER = AS_OF + timedelta(days=1)


def never_left(world: World) -> Person:
    """Let every system say that a drop-out never dropped out."""
    person = world.population.by_story("dropout_new")
    places = tuple(structs.replace(place, end=None, ended_as=None) for place in person.placements)
    mended = replace(person, placements=places, placements_in={})
    people = tuple(mended if one is person else one for one in world.population)
    world.become(replace(world.population, people=people, as_of=LATER))
    return person


def test_a_withdrawn_fact_gives_a_correction_that_names_the_earlier_note(world: World, night: Cli) -> None:
    night()
    person = world.population.by_story("dropout_new")
    (opened,) = [note for note in world.treserva.notes() if note.person_number == person.number]
    never_left(world)
    planned = night(LATER).data[0]["plan"]["notes"]
    assert (planned["correction"], planned.keys() - {"correction", "action_due"}) == (1, set())
    notes = [note for note in world.treserva.notes() if note.person_number == person.number]
    assert len(notes) == 2
    assert opened.reference in notes[1].text
    assert "rättar" in notes[1].text
    assert notes[0] == opened, "the earlier note stands unchanged"


def test_a_note_that_had_not_left_is_taken_back_and_nothing_is_written(world: World, night: Cli) -> None:
    world.treserva.close()
    first = night()
    assert first.data[0]["sent"]["waiting"] > 0
    never_left(world)
    report = night(LATER).data[0]
    assert report["plan"]["superseded"] >= 1
    assert "correction" not in report["plan"]["notes"]
    assert "ended" not in report["plan"]["notes"]


def test_a_case_that_ends_says_why(world: World, night: Cli) -> None:
    night()
    person = world.population.by_story("turning_20_soon")
    assert person.birth_date is not None
    birthday = person.birth_date.replace(year=person.birth_date.year + 20)
    night(birthday)
    notes = [note for note in world.treserva.notes() if note.person_number == person.number]
    assert "Ungdomen har fyllt 20 år." in notes[-1].text
    assert birthday.isoformat() in notes[-1].text
