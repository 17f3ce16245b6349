"""The nämnd report and the self-check over nights that were really run: systems on sockets, notes sent, events read."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date

from kaa_bridge.config import load_settings
from kaa_bridge.domain.facts import Event
from kaa_bridge.domain.values import ContactChannel, ContactOutcome, EventKind, Protection
from kaa_bridge.store.engine import Store
from kaa_bridge.store.query import rows
from kaa_bridge.sync.bridge import store_settings
from kaa_bridge.testing.population.desk import place
from kaa_bridge.testing.world import AS_OF, World
from tests.system.conftest import Cli

BEGAN, FOUND, LATER = date(2026, 2, 10), date(2026, 2, 12), date(2026, 3, 2)


def count(world: World, where: str) -> int:
    with Store.open(store_settings(load_settings(world.configuration), "2303")) as store, store.read() as connection:
        ((found,),) = rows(connection, f"SELECT count(*) FROM youth WHERE registered_on IS NOT NULL AND {where}")
    return int(found)


def test_what_the_nights_kept_is_what_the_reports_tell(world: World, night: Cli, cli: Cli) -> None:
    night(AS_OF)
    stock = count(world, "protection = 'none'")
    open_cases = [one for one in world.population if one.covered and one.protection is Protection.NONE]
    beginners = [one for one in open_cases if not one.placements_in][:7]
    places = {one.ref: (*one.placements, place("GY", "BA", BEGAN)) for one in beginners}
    people = [replace(one, placements=places.get(one.ref, one.placements)) for one in world.population]
    world.become(replace(world.population, people=tuple(people), as_of=FOUND))
    night(FOUND)
    for number, one in enumerate(open_cases[7:13]):
        talk = Event(kind=EventKind.CONTACT, on=FOUND, channel=ContactChannel.PHONE, outcome=ContactOutcome.REACHED)
        world.treserva.record(f"H-board-{number}", one.number, talk)
    night(LATER)
    found = json.loads(cli("report", "board", "--as-of", str(LATER), "--json").out)
    (half,) = found["periods"]
    counts, left = half["counts"], count(world, "protection = 'none'")
    assert (counts["start"], counts["end"], counts["new"]) == (stock, left, 0)
    assert counts["ended"] == stock - left >= 7
    assert counts["studies"] is None, "one left for another reason, who could be told from the sum"
    assert counts["contacted"] >= 6
    judged = json.loads(cli("report", "audit", "--as-of", str(LATER), "--json").out)["municipalities"][0]
    tests = {test["query"]: test for area in judged["areas"] for one in area["objectives"] for test in one["tests"]}
    assert (tests["nights_run"]["part"], tests["sources_proven"]["whole"]) == (3, 4)
    assert tests["handler"]["whole"] == left


def test_the_reports_name_nobody(world: World, night: Cli, cli: Cli) -> None:
    night(AS_OF)
    for report in ("board", "audit"):
        for form in ("html", "json"):
            text = cli("report", report, "--as-of", str(AS_OF), "--format", form).out
            assert text
            for person in world.population:
                assert person.number not in text
                for part in (person.identity.given_name, person.identity.family_name):
                    assert not part or f" {part} " not in text
            assert "U-" not in text, "no handle either"
