"""A waiting note whose youth was protected for a while is written after all when the protection is gone."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest
from msgspec import structs

from kaa_bridge.domain.values import Protection
from kaa_bridge.testing.population import Person
from kaa_bridge.testing.world import AS_OF, World
from tests.system.conftest import Cli


def later(days: int) -> date:
    return AS_OF + timedelta(days=days)


def told(world: World, given: Person, day: date, *, protection: Protection, left: bool = True) -> None:
    """Let every system tell a protection of the drop-out from now on, and whether the youth has left school."""
    said = replace(given, protection=protection)
    if not left:
        places = tuple(structs.replace(place, end=None, ended_as=None) for place in given.placements)
        said = replace(said, placements=places, placements_in={})
    people = tuple(said if one.number == given.number else one for one in world.population)
    world.become(replace(world.population, people=people, as_of=day))


def mine(world: World, person: Person) -> list[str]:
    return [note.heading for note in world.treserva.notes() if note.person_number == person.number]


OPENED = "Aktivitetsansvar: ungdomen omfattas"
ENDED = "Aktivitetsansvar: ungdomen omfattas inte längre"


@pytest.mark.parametrize("protection", [Protection.UNKNOWN, Protection.SEKRETESSMARKERING])
def test_an_opening_that_was_taken_back_is_sent_when_the_youth_is_openly_unprotected(
    world: World, night: Cli, cli: Cli, protection: Protection
) -> None:
    person = world.population.by_story("dropout_new")
    told(world, person, AS_OF, protection=Protection.NONE)
    cli("outbox", "stop", "--reason", "prov")
    assert night().data[0]["sent"]["waiting"] > 0
    told(world, person, later(1), protection=protection)
    night(later(1))
    cli("outbox", "start")
    told(world, person, later(2), protection=Protection.NONE)
    night(later(2))
    if protection is not Protection.UNKNOWN:
        assert mine(world, person) == [], "a protection that is gone waits for a person"
        (hold,) = [one for one in cli("hold", "list", "--json").data if one["kind"] == "unprotect"]
        cli("hold", "release", str(hold["id"]), "--reason", "kontrollerat med Skatteverket")
        night(later(3))
    assert mine(world, person) == [OPENED]
    night(later(4))
    assert mine(world, person) == [OPENED], "once"
    assert cli("state", "verify").code == 0


def test_an_ended_case_is_told_after_a_night_without_protection_data(world: World, night: Cli) -> None:
    person = world.population.by_story("dropout_new")
    night()
    assert mine(world, person) == [OPENED]
    school = structs.replace(person.placements[-1], start=later(1), end=None, ended_as=None)
    back = replace(person, placements=(*person.placements, school), placements_in={})
    told(world, back, later(1), protection=Protection.UNKNOWN)
    night(later(1))
    assert mine(world, person) == [OPENED]
    told(world, back, later(2), protection=Protection.NONE)
    night(later(2))
    night(later(3))
    assert mine(world, person) == [OPENED, ENDED]


def test_a_case_that_never_reached_the_journal_is_not_ended_there(world: World, night: Cli, cli: Cli) -> None:
    person = world.population.by_story("dropout_new")
    cli("outbox", "stop", "--reason", "prov")
    night()
    told(world, person, later(1), protection=Protection.UNKNOWN)
    night(later(1))
    cli("outbox", "start")
    told(world, person, later(2), protection=Protection.NONE, left=False)
    night(later(2))
    night(later(3))
    assert mine(world, person) == []


def test_a_case_that_is_opened_again_on_the_same_day_gets_a_note_of_its_own(world: World, night: Cli) -> None:
    person = world.population.by_story("dropout_new")
    for left in (True, False, True, False):
        told(world, person, AS_OF, protection=Protection.NONE, left=left)
        night()
    corrected = "Aktivitetsansvar: rättelse av tidigare anteckning"
    assert mine(world, person) == [OPENED, corrected, OPENED, corrected]
