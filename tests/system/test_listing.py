"""The journal's own listing against the outbox, over a Treserva that can list: after each night, and on request."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta

import pytest

from kaa_bridge.config import load_settings
from kaa_bridge.store.engine import Store
from kaa_bridge.store.sql import run
from kaa_bridge.sync.bridge import store_settings
from kaa_bridge.testing.simulators.journal_faults import FaultKind
from kaa_bridge.testing.world import AS_OF, World
from tests.system.conftest import Cli

LATER = AS_OF + timedelta(days=1)
FOREIGN = "KAA-AAAAAAAAAAAAAAAAAAAAAAAAAA"
Change = Callable[[World], str]


def stored(world: World, reference: str) -> None:
    world.treserva.book.add(
        reference=reference, person_number="", heading="h", text="t", occurred_on=AS_OF, module="kaa", kind="k"
    )


def yesterday(world: World) -> None:
    """Let the outbox believe that everything was confirmed two days ago: only then can a note be missing."""
    with Store.open(store_settings(load_settings(world.configuration), "2303")) as store, store.write() as connection:
        day = (datetime.now(UTC) - timedelta(days=2)).date().isoformat()
        run(connection, "UPDATE note SET settled_at = ? || substr(settled_at, 11)", (day,))


def extra(world: World) -> str:
    stored(world, FOREIGN)
    return FOREIGN


def doubled(world: World) -> str:
    reference = world.treserva.notes()[0].reference
    stored(world, reference)
    return reference


def missing(world: World) -> str:
    yesterday(world)
    gone = world.treserva.notes()[0]
    world.treserva.book.remove(gone.journal_id)
    return gone.reference


def test_a_night_whose_listing_agrees_says_so(world: World, night: Cli, cli: Cli) -> None:
    listing = night().data[0]["sent"]["listing"]
    held = len(world.treserva.notes())
    assert listing == {"agreed": held, "missing": 0, "extra": 0, "doubled": 0}
    compared = cli("outbox", "compare")
    assert (compared.code, compared.out) == (0, f"2303: {held} agreed, 0 missing, 0 extra, 0 doubled\n")


@pytest.mark.parametrize("change", [extra, doubled, missing])
def test_what_disagrees_is_counted_by_the_night_and_named_on_request(
    world: World, night: Cli, cli: Cli, change: Change
) -> None:
    night()
    reference = change(world)
    struck = night(LATER)
    assert struck.code == 6
    assert struck.data[0]["sent"]["listing"][change.__name__] == 1
    shown = cli("run", "--as-of", LATER.isoformat())
    assert "outbox compare --municipality 2303" in shown.out.replace("\n", " ").replace("    ", "")
    compared = cli("outbox", "compare", "--json")
    assert compared.code == 6
    (found,) = compared.data["differences"]
    assert (found["reference"], found["difference"]) == (reference, change.__name__)
    assert f"{reference} {change.__name__}" in cli("outbox", "compare").out
    for person in world.population:
        assert not any(canary in compared.out + shown.out for canary in person.canaries())


def test_a_note_that_landed_twice_is_seen_in_the_same_night(world: World, night: Cli) -> None:
    world.treserva.fault(FaultKind.DOUBLE)
    struck = night()
    assert struck.code == 6
    assert struck.data[0]["sent"]["listing"]["doubled"] == 1


def test_a_journal_that_does_not_list_changes_the_exit_code_and_no_note(world: World, night: Cli) -> None:
    night()
    world.treserva.fault(FaultKind.STATUS, operation="list", times=9, code="503")
    struck = night(LATER)
    assert struck.code == 4
    assert struck.data[0]["sent"]["listing"] is None


def test_it_can_be_switched_off_and_says_what_cannot_list(world: World, night: Cli, cli: Cli) -> None:
    text = world.configuration.read_text(encoding="utf-8")
    world.configuration.write_text(
        text.replace('plugin = "treserva"', 'plugin = "treserva"\ncompare_listing = false'), encoding="utf-8"
    )
    assert night().data[0]["sent"]["listing"] is None
    profile = (world.folder / "nolist.toml").resolve()
    bundled = _bundled()
    start, end = bundled.index("[profile.listing]"), bundled.index("[profile.events]")
    profile.write_text(bundled[:start] + bundled[end:], encoding="utf-8")
    world.configuration.write_text(text.replace('mapping = "treserva"', 'mapping = "nolist.toml"'), encoding="utf-8")
    refused = cli("outbox", "compare")
    assert refused.code == 2
    assert "no_listing" in refused.err


def test_since_is_the_first_day(world: World, night: Cli, cli: Cli) -> None:
    night()
    tomorrow: date = datetime.now(UTC).date() + timedelta(days=5)
    assert cli("outbox", "compare", "--since", tomorrow.isoformat()).out.startswith("2303: 0 agreed")


def _bundled() -> str:
    from importlib.resources import files

    return (files("kaa_mappings") / "journals" / "treserva.toml").read_text(encoding="utf-8")


def test_a_note_of_a_lost_night_that_nobody_claims_is_named(world: World, night: Cli, cli: Cli) -> None:
    night()
    own = world.treserva.notes()[0].reference
    with Store.open(store_settings(load_settings(world.configuration), "2303")) as store, store.write() as connection:
        for reference in (own, "KAA-LOSTNIGHT"):
            insert = (
                "INSERT INTO listed_note (reference, journal, journal_id, found_at) VALUES (?, 'treserva', 'J-1', ?)"
            )
            run(connection, insert, (reference, "2026-02-02T03:00:00Z"))
    compared = cli("outbox", "compare", "--json")
    assert (compared.code, compared.data["unclaimed"]) == (6, 1)
    assert [(one["reference"], one["difference"]) for one in compared.data["differences"]] == [
        ("KAA-LOSTNIGHT", "unclaimed")
    ]
    assert "KAA-LOSTNIGHT unclaimed" in cli("outbox", "compare").out
