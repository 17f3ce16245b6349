"""Accepted steps are carried out in the register too, where it takes them: each once, over real sockets."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from kaa_bridge.testing.simulators.credentials import API_KEY
from kaa_bridge.testing.simulators.journal_faults import FaultKind
from kaa_bridge.testing.simulators.oedb_updates import SimulatedOedbUpdates
from kaa_bridge.testing.world import World
from tests.reconcile.summer import DROPPED, SEPTEMBER, Summer
from tests.reconcile.test_apply import decide, edit
from tests.reconcile.test_summer import ASK, handle_of
from tests.system.conftest import Cli, Result

TABLE = """
[municipality.updates]
name = "oedb-updates"
source = "oedb"
plugin = "oedb_updates"
mapping = "{mapping}"
[municipality.updates.connection]
url = "{url}"
{login}
"""
LOGINS = {
    "oedb": 'username = "kaa-bridge"\npassword = { file = "password" }',
    "oedb_other": 'api_key = { file = "api-key" }',
}
STEPS = {"began": "close", "adapted": "close", "exam": "close", "dropped": "open"}
"""Accepted rows that the register takes, by what was planted."""


@pytest.fixture(params=["oedb", "oedb_other"])
def register(request: pytest.FixtureRequest, september: World) -> Iterator[SimulatedOedbUpdates]:
    """A register that takes changes, in one of two shapes, and a configuration that names it."""
    mapping = str(request.param)
    key = september.folder / "api-key"
    key.touch(mode=0o600)
    key.write_text(API_KEY, encoding="utf-8")
    with SimulatedOedbUpdates(other_shape=mapping == "oedb_other") as server:
        table = TABLE.format(mapping=mapping, url=server.url, login=LOGINS[mapping])
        with september.configuration.open("a", encoding="utf-8") as stream:
            stream.write(table)
        yield server


def accept(world: World, cli: Cli, summer: Summer, names: tuple[str, ...], *ask: str) -> Path:
    """Return a spreadsheet in which the rows of these are accepted."""
    path = world.folder / "jämförelse.xlsx"
    assert cli(*ASK, *ask, "--format", "xlsx", "--output", str(path)).code == 0
    handles = [handle_of(cli, world.folder, summer.planted[name].person.number) for name in names]
    return edit(path, decide(dict.fromkeys(handles, "Godkänd")))


def apply(cli: Cli, filled: Path) -> Result:
    return cli("reconcile", "--apply", str(filled), "--by", "Samordnare", "--json")


def run(cli: Cli) -> Result:
    return cli("run", "--as-of", str(SEPTEMBER), "--json")


def test_each_accepted_step_is_carried_out_once(
    september: World, register: SimulatedOedbUpdates, cli: Cli, summer: Summer
) -> None:
    filled = accept(september, cli, summer, (*STEPS, "differ", "number"))
    done = apply(cli, filled)
    assert done.code == 0, done.err
    assert len(done.data["updates"]) == len(STEPS)
    assert register.requests == (), "nothing leaves before the next run"
    night = run(cli)
    assert night.code == 0, night.err
    assert night.data[0]["updates"]["confirmed"] == len(STEPS)
    told = {(one.person_number, one.kind, one.occurred_on) for one in register.notes()}
    assert told == {
        (summer.planted[name].person.number, step, DROPPED if name == "dropped" else SEPTEMBER)
        for name, step in STEPS.items()
    }
    again = apply(cli, filled)
    assert again.data["updates"] == []
    assert run(cli).code == 0
    assert len(register.notes()) == len(STEPS), "never a second time"
    assert {one.reference for one in register.notes()} == set(done.data["updates"])
    assert cli("state", "verify", "--municipality", "2303").code == 0


def test_an_answer_that_is_lost_is_doubt_and_a_person_settles_it(
    september: World, register: SimulatedOedbUpdates, cli: Cli, summer: Summer
) -> None:
    (reference,) = apply(cli, accept(september, cli, summer, ("began",))).data["updates"]
    register.fault(FaultKind.RESET)
    assert run(cli).code == 6
    assert len(register.notes()) == 1, "the register stored it, and nobody here knows"
    assert run(cli).code == 6
    shown = cli("outbox", "show", reference, "--json").data
    assert (shown["state"], shown["journal"], shown["attempt"]) == ("IN_DOUBT", "oedb-updates", 1)
    journal_id = register.notes()[0].journal_id
    how = ("--present", "--journal-id", journal_id, "--reason", "Finns i OEDB", "--by", "Samordnare")
    assert cli("outbox", "resolve", reference, *how).code == 0
    assert run(cli).code == 0
    assert [one.reference for one in register.notes()] == [reference]


def test_what_the_register_refuses_waits_for_a_person(
    september: World, register: SimulatedOedbUpdates, cli: Cli, summer: Summer
) -> None:
    (reference,) = apply(cli, accept(september, cli, summer, ("began",))).data["updates"]
    register.fault(FaultKind.REFUSE, code=register.shape.refusal)
    assert run(cli).code == 6
    shown = cli("outbox", "show", reference, "--json").data
    assert (shown["state"], shown["code"]) == ("REFUSED", register.shape.refusal)
    assert register.notes() == ()
    assert cli("outbox", "retry", reference, "--reason", "Ärendet finns nu", "--by", "Samordnare").code == 0
    assert run(cli).code == 0
    assert [one.reference for one in register.notes()] == [reference]


def test_only_the_left_source_is_written_to(
    september: World, register: SimulatedOedbUpdates, cli: Cli, summer: Summer
) -> None:
    filled = accept(september, cli, summer, ("exam",), "--left", "qore", "--right", "ist")
    done = apply(cli, filled)
    assert "updates" not in done.data
    assert run(cli).code == 0
    assert register.requests == ()


def test_check_tells_of_the_register(september: World, register: SimulatedOedbUpdates, cli: Cli) -> None:
    told = cli("check", "--connect", "--json").data
    lines = {line["what"]: line for line in told}
    assert lines["2303 oedb-updates"]["ok"]
    assert lines["2303 oedb-updates connection"]["ok"]


@pytest.mark.parametrize(
    ("old", "new", "why"),
    [
        ('source = "oedb"', 'source = "hypergene"', "updates.source names no configured source"),
        ('name = "oedb-updates"', 'name = "oedb"', "two systems of the municipality have the same name"),
        ('mapping = "oedb"\n[municipality.updates', 'mapping = "qore"\n[municipality.updates', "profile"),
    ],
)
def test_a_wrong_table_is_refused(september: World, cli: Cli, old: str, new: str, why: str) -> None:
    table = TABLE.format(mapping="oedb", url="http://127.0.0.1:9/", login=LOGINS["oedb"])
    assert old in table
    with september.configuration.open("a", encoding="utf-8") as stream:
        stream.write(table.replace(old, new))
    refused = cli("check")
    assert refused.code == 3
    assert why in " ".join((refused.out + refused.err).split())


def test_a_register_that_is_down_keeps_no_note_back(
    september: World, register: SimulatedOedbUpdates, cli: Cli, summer: Summer
) -> None:
    """A youth's notes wait for each other within one system only."""
    names = (
        "began",
        "adapted",
        "moved",
        "dead",
        "abroad",
        "exam",
        "dropped",
        "new_here",
        "still_in_gr",
        "dropped_late",
    )
    done = apply(cli, accept(september, cli, summer, names))
    assert len(done.data["updates"]) == len(names)
    assert done.data["planned"], "some of them have a note too that no night has written"
    register.close()
    night = run(cli)
    told = night.data[0]["updates"]
    assert (told["confirmed"], told["waiting"], told["in_doubt"]) == (0, len(names), 0), told
    assert set(done.data["planned"]) <= {one.reference for one in september.treserva.notes()}
    assert night.code == 4, night.err
