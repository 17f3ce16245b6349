"""What case officers record comes back: counted once, corrected where it was corrected, and what is due follows."""

from __future__ import annotations

import json
from datetime import timedelta

from msgspec import structs

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
    world.treserva.record("H-extra-2", person.number, structs.replace(phoned(ContactOutcome.REACHED), on=due))
    done = night(due + timedelta(days=2)).data[0]
    assert done["plan"]["superseded"] >= 1
    assert cli("outbox", "start", "--municipality", "2303").code == 0
    night(due + timedelta(days=3))
    references = [note.reference for note in world.treserva.notes()]
    assert len(references) == len(set(references))
    texts = [note.text for note in world.treserva.notes() if note.person_number == person.number]
    assert not any("Ring ungdomen" in text for text in texts), "what was done before is not asked for"
    assert listed


FILE_FEED = """
[[municipality.source]]
name = "contacts"
adapter = "files"
mapping = "oedb_file_events"
label = "kontaktlistan"
tells = []
[municipality.source.connection]
folder = "contacts"
pattern = "*.csv"
"""


def test_a_contact_in_two_systems_counts_once_and_explain_names_both(world: World, night: Cli, cli: Cli) -> None:
    with world.configuration.open("a", encoding="utf-8") as stream:
        stream.write(FILE_FEED)
    number = world.population.by_story("dropout_new").number
    path = world.folder / "person.txt"
    path.write_text(number, encoding="ascii")
    same = f"Samma kontakt {AS_OF} finns i contacts och treserva. Den räknas en gång."

    def recorded(outcome: str) -> None:
        (world.folder / "contacts").mkdir(exist_ok=True)
        header = (
            "HandelseId;Personnummer;Handelse;Datum;Satt;Resultat;Steg;Sysselsattning;Till;Insats;Orsak;AvtaladTill"
        )
        row = f"1;{number};KONTAKTFORSOK;{AS_OF};TELEFON;{outcome};;;;;;"
        (world.folder / "contacts" / "kontakter.csv").write_text(f"{header}\n{row}\nANTAL;1\n", encoding="cp1252")

    def explained() -> str:
        return cli("explain", "--person-file", str(path), "--as-of", str(AS_OF), "--citations").out

    recorded("EJ_SVAR")
    night()
    assert same not in explained()
    world.treserva.record("H-extra-1", number, phoned(ContactOutcome.NO_ANSWER))
    night(LATER)
    text = explained()
    assert same in text
    assert "även treserva" in text
    recorded("FICK_KONTAKT")
    night(LATER + timedelta(days=1))
    assert same not in explained(), "the two no longer say the same"
    assert actions_of(world, cli, number, LATER + timedelta(days=1)) == {"follow_up"}
