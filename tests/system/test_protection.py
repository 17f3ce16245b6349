"""Protection acts at once and is only taken back by a person, whatever else a source says."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from kaa_bridge.domain.values import Protection
from kaa_bridge.testing.population import Person, Poison, PoisonKind
from kaa_bridge.testing.world import AS_OF, World
from tests.system.conftest import Cli

LATER = AS_OF + timedelta(days=1)


def with_protection(
    world: World, story: str, protection: Protection, *, systems: frozenset[str] | None = None
) -> Person:
    """Let the systems tell another protection of somebody from now on."""
    person = world.population.by_story(story)
    changed = replace(person, protection=protection)
    people = tuple(changed if one is person else one for one in world.population)
    world.become(replace(world.population, people=people, as_of=LATER))
    return changed


def ask(world: World, cli: Cli, person: Person) -> dict[str, object]:
    path = world.folder / "person.txt"
    path.write_text(person.number, encoding="ascii")
    told: dict[str, object] = cli("explain", "--person-file", str(path), "--as-of", str(LATER), "--json").data
    return told


def test_a_youth_who_becomes_protected_is_protected_the_same_night(world: World, night: Cli, cli: Cli) -> None:
    world.treserva.close()
    assert night().data[0]["sent"]["waiting"] > 0
    person = with_protection(world, "dropout_new", Protection.SEKRETESSMARKERING)
    night(LATER)
    assert ask(world, cli, person)["protected"] is True
    listed = cli("outbox", "list", "--json")
    assert "SUPERSEDED" in listed.out, "the note that had not left is taken back"


def test_a_protection_that_sources_stop_telling_stays_until_a_person_has_released_it(
    world: World, night: Cli, cli: Cli
) -> None:
    night()
    person = with_protection(world, "sekretessmarkering", Protection.NONE)
    held = night(LATER)
    assert held.code == 5
    assert ask(world, cli, person)["protected"] is True
    (hold,) = [one for one in cli("hold", "list", "--json").data if one["kind"] == "unprotect"]
    assert hold["subject"].startswith("U-")
    assert cli("hold", "release", str(hold["id"]), "--reason", "kontrollerat med Skatteverket").code == 0
    night(LATER + timedelta(days=1))
    assert "protected" not in ask(world, cli, person)
    assert person.number in {note.person_number for note in world.treserva.notes()}


def test_a_record_that_cannot_be_read_still_protects(world: World, night: Cli, cli: Cli) -> None:
    night()
    person = world.population.by_story("dropout_new")
    spoilt = Poison(
        system="qore",
        kind=PoisonKind.UNKNOWN_CODE,
        person=replace(person, protection=Protection.SEKRETESSMARKERING),
    )
    people = tuple(replace(one, systems=one.systems - {"qore"}) if one is person else one for one in world.population)
    poisoned = (*world.population.poisoned, spoilt)
    world.become(replace(world.population, people=people, poisoned=poisoned, as_of=LATER))
    night(LATER)
    assert ask(world, cli, person)["protected"] is True
