"""What case officers record comes back: counted once, corrected where it was corrected, and what is due follows."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import timedelta

from kaa_bridge.domain.facts import Event
from kaa_bridge.domain.values import ContactChannel, ContactOutcome, EventKind
from kaa_bridge.testing.world import AS_OF, World
from tests.system.conftest import Cli

LATER = AS_OF + timedelta(days=1)


def actions_of(world: World, cli: Cli, number: str, day: object) -> set[str]:
    path = world.folder / "person.txt"
    path.write_text(number, encoding="ascii")
    told = cli("explain", "--person-file", str(path), "--as-of", str(day), "--json").data
    return {action["action"] for action in told["actions"]}


def phoned(outcome: ContactOutcome) -> Event:
    return Event(kind=EventKind.CONTACT, on=AS_OF, channel=ContactChannel.PHONE, outcome=outcome)


def test_a_recorded_contact_counts_once_and_its_correction_is_followed(world: World, night: Cli, cli: Cli) -> None:
    night()
    number = world.population.by_story("dropout_new").number
    assert "phone" in actions_of(world, cli, number, AS_OF)
    world.treserva.record("H-extra-1", number, phoned(ContactOutcome.NO_ANSWER))
    night(LATER)
    after_a_call = actions_of(world, cli, number, LATER)
    assert "phone" not in after_a_call
    assert "sms" in after_a_call
    read_again = night(LATER + timedelta(days=1)).data[0]
    assert next(one for one in read_again["sources"] if one["name"] == "treserva")["new"] == 0
    world.treserva.record("H-extra-1", number, phoned(ContactOutcome.REACHED))
    day = LATER + timedelta(days=2)
    corrected = night(day).data[0]
    assert next(one for one in corrected["sources"] if one["name"] == "treserva")["changed"] == 1
    assert actions_of(world, cli, number, day) == {"follow_up"}


def test_a_step_that_falls_due_gives_one_note_and_is_taken_back_when_it_is_done_before(
    world: World, night: Cli, cli: Cli
) -> None:
    night()
    person = world.population.by_story("dropout_new")
    due = AS_OF + timedelta(days=8)
    assert cli("outbox", "stop", "--municipality", "2303", "--reason", "prov").code == 0
    planned = night(due).data[0]["plan"]["notes"]
    assert planned.get("action_due", 0) >= 1
    again = night(due + timedelta(days=1)).data[0]
    listed = json.loads(cli("outbox", "list", "--json").out)
    assert again["sent"]["confirmed"] == 0
    world.treserva.record("H-extra-2", person.number, replace(phoned(ContactOutcome.REACHED), on=due))
    done = night(due + timedelta(days=2)).data[0]
    assert done["plan"]["superseded"] >= 1
    assert cli("outbox", "start", "--municipality", "2303").code == 0
    night(due + timedelta(days=3))
    references = [note.reference for note in world.treserva.notes()]
    assert len(references) == len(set(references))
    texts = [note.text for note in world.treserva.notes() if note.person_number == person.number]
    assert not any("Ring ungdomen" in text for text in texts), "what was done before is not asked for"
    assert listed
