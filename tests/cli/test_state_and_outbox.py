"""``state`` and ``outbox`` as an administrator meets them, after a night on real sockets."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from kaa_bridge.testing.simulators.journal_faults import FaultKind
from kaa_bridge.testing.world import AS_OF, World
from tests.system.conftest import Cli, cli, night, world

__all__ = ["cli", "night", "world"]


def test_a_backup_is_written_verified_and_restored(world: World, night: Cli, cli: Cli, tmp_path: Path) -> None:
    night()
    delivered = len(world.treserva.notes())
    backup = tmp_path / "natten.kaabackup"
    made = cli("state", "backup", str(backup), "--json")
    assert made.code == 0
    assert made.data[0]["counts"]["note"] == delivered
    assert cli("state", "backup", str(backup)).code == 2

    refused = cli("state", "restore", str(backup))
    assert refused.code == 1
    assert "--replace" in refused.err
    assert cli("state", "restore", str(backup), "--replace").code == 0
    assert cli("state", "show", "--json").data[0]["epoch_open"] is True
    again = night()
    assert again.data[0]["plan"]["notes_planned"] == 0
    assert len(world.treserva.notes()) == delivered

    assert cli("state", "reconciled", "--reason", "jämfört med journalens lista", "--by", "Karin").code == 0
    assert cli("state", "show", "--json").data[0]["epoch_open"] is False


def test_verify_tells_a_whole_state_from_one_whose_books_were_changed(world: World, night: Cli, cli: Cli) -> None:
    world.store = "sqlite"
    world.write()
    assert cli("state", "create").code == 1
    for file in (world.folder / "state" / world.population.municipality).glob("state.db*"):
        file.unlink()
    assert cli("run").code == 1
    assert cli("state", "create").code == 0
    assert cli("run", "--as-of", "2026-02-02").code in {0, 6}
    whole = cli("state", "verify", "--json")
    assert (whole.code, whole.data[0]["equation_holds"], whole.data[0]["problems"]) == (0, True, [])

    from sqlcipher3 import dbapi2

    connection = dbapi2.connect(str(world.folder / "state" / world.population.municipality / "state.db"))
    connection.execute("DELETE FROM transition WHERE note_id = (SELECT max(id) FROM note)")
    connection.commit()
    connection.close()
    broken = cli("state", "verify")
    assert broken.code == 1
    assert "PROBLEM notes_without_one_beginning=1" in broken.out
    assert "state restore" in broken.err


def test_a_lost_state_stops_the_night_and_says_how_to_restore(world: World, night: Cli, cli: Cli) -> None:
    night()
    delivered = len(world.treserva.notes())
    for file in (world.folder / "state" / world.population.municipality).glob("state.db*"):
        file.unlink()
    stopped = cli("run", "--as-of", "2026-02-02")
    assert stopped.code == 1
    assert "state restore" in stopped.err
    assert len(world.treserva.notes()) == delivered


def test_upgrade_leaves_a_present_state(night: Cli, cli: Cli) -> None:
    assert "table version 0001" in cli("state", "upgrade").out


def test_the_export_names_no_person(world: World, night: Cli, cli: Cli, tmp_path: Path) -> None:
    night()
    assert cli("state", "export", str(tmp_path / "outbox.jsonl")).code == 0
    assert cli("state", "export", str(tmp_path / "outbox.jsonl")).code == 2
    text = (tmp_path / "outbox.jsonl").read_text()
    assert len(text.splitlines()) == 4 * len(world.treserva.notes())
    for person in world.population:
        assert not [canary for canary in person.canaries() if canary in text]


def test_a_note_in_doubt_is_listed_shown_and_resolved(world: World, night: Cli, cli: Cli) -> None:
    world.treserva.fault(FaultKind.RESET)
    assert night().code == 6
    (doubt,) = cli("outbox", "list", "--state", "in_doubt", "--json").data
    reference = doubt["reference"]
    listed = cli("outbox", "list", "--state", "IN_DOUBT")
    assert f"kaa-bridge outbox resolve {reference} --present" in listed.out
    assert "IN_DOUBT" in cli("outbox", "show", reference).out

    early = cli("outbox", "resolve", reference, "--absent", "--reason", "finns inte")
    assert early.code == 2
    assert "may still be stored" in " ".join(early.err.split())
    assert cli("outbox", "resolve", reference, "--reason", "x").code == 2
    stored = next(note for note in world.treserva.notes() if note.reference == reference)
    done = cli("outbox", "resolve", reference, "--present", "--journal-id", stored.journal_id, "--reason", "såg den")
    assert done.code == 0
    shown = cli("outbox", "show", reference, "--json").data
    assert (shown["state"], shown["journal_id"]) == ("CONFIRMED", stored.journal_id)
    assert "såg den" in shown["history"][-1]["actor"]
    assert cli("outbox", "resolve", reference, "--drop", "--reason", "ändrat mig").code == 2


def test_a_refused_note_is_retried(world: World, night: Cli, cli: Cli) -> None:
    world.treserva.fault(FaultKind.REFUSE, code="AKT_SAKNAS")
    night()
    (refused,) = cli("outbox", "list", "--state", "REFUSED", "--json").data
    reference = refused["reference"]
    assert refused["code"] == "AKT_SAKNAS"
    assert cli("outbox", "retry", reference, "--reason", "rättat i Treserva").code == 0
    night()
    assert cli("outbox", "show", reference, "--json").data["state"] == "CONFIRMED"


def test_stop_and_start(world: World, night: Cli, cli: Cli) -> None:
    assert cli("outbox", "stop", "--reason", "fel i mallen", "--by", "Karin").code == 0
    assert night().code == 5
    assert world.treserva.notes() == ()
    assert "begins again" in cli("outbox", "start").out
    night()
    assert world.treserva.notes()


@pytest.fixture
def region(world: World) -> None:
    """Put two municipalities without a state before the one that has one."""
    head, table = world.configuration.read_text("utf-8").split("[[municipality]]", 1)
    tables = [table.replace('code = "2303"', f'code = "{code}"') for code in ("2321", "2326")]
    world.configuration.write_text("\n[[municipality]]".join([head, *tables, table]), "utf-8")


@pytest.mark.parametrize(
    ("command", "told"),
    [
        ("outbox stop --reason fel", "2303: sending is stopped."),
        ("outbox start", "2303: sending was not stopped"),
        ("outbox list", ""),
        ("hold list", ""),
        ("quarantine list", ""),
        ("state show", "2303: table version"),
        ("state verify", "2303: table version"),
        ("state upgrade", "2303: table version"),
    ],
)
def test_a_municipality_without_a_state_keeps_the_others_from_nothing(
    region: None, night: Cli, cli: Cli, command: str, told: str
) -> None:
    done = cli(*command.split())
    assert done.code == 1
    assert done.out.startswith(told) if told else done.out == "", "of what could not be read nothing is said"
    assert done.err.count("Error (state_missing): ") == 2
    assert all(f"--municipality {code}" in " ".join(done.err.split()) for code in ("2321", "2326"))


def test_lists_of_several_are_those_of_the_ones_that_can_be_read(region: None, night: Cli, cli: Cli) -> None:
    night(AS_OF, "--municipality", "2303")
    for group in ("outbox", "quarantine"):
        listed = cli(group, "list", "--json")
        assert listed.code == 1
        assert {row["municipality"] for row in listed.data} == {"2303"}


def test_states_are_made_where_there_are_none_although_there_is_one(region: None, night: Cli, cli: Cli) -> None:
    made = cli("state", "create")
    assert made.code != 0
    assert [line.split(":")[0] for line in made.out.splitlines()] == ["2321", "2326"]


def test_an_unknown_reference_says_what_to_do(night: Cli, cli: Cli) -> None:
    found = cli("outbox", "show", "KAA-NOPE")
    assert found.code == 2
    assert "kaa-bridge outbox list" in " ".join(found.err.split())
    assert json.loads(cli("outbox", "list", "--json").out) == []


def test_status_names_the_next_command_for_each_thing_it_finds(world: World, night: Cli, cli: Cli) -> None:
    world.treserva.fault(FaultKind.REFUSE, code="AKT_SAKNAS")
    night()
    shown = cli("status", "--as-of", "2026-02-02").out
    assert "notes wait for a person. Next: kaa-bridge outbox list --municipality 2303" in shown
    assert "Next: kaa-bridge quarantine list" in shown
    late = cli("status", "--as-of", "2026-02-20")
    assert late.code == 1
    assert "problem: no_recent_night. Next: look whether the timer or the daemon runs" in late.out
    (world.folder / "heartbeat.json").write_text('{"at": "2026-02-02T03:30:00Z", "doing": "waiting"}', encoding="ascii")
    silent = cli("status", "--as-of", "2026-02-02", "--json")
    assert (silent.code, silent.data[0]["problems"]) == (1, ["daemon_silent"])
    assert "daemon: silent. Next: " in cli("status").out
    (world.folder / "heartbeat.json").write_text("half", encoding="ascii")
    assert cli("status", "--as-of", "2026-02-02").code == 1


def test_the_counts_for_prometheus_are_those_of_status(world: World, night: Cli, cli: Cli, tmp_path: Path) -> None:
    night()
    path = tmp_path / "kaa.prom"
    told = cli("status", "--as-of", "2026-02-02", "--json", "--prometheus", str(path))
    text = path.read_text(encoding="utf-8")
    confirmed = told.data[0]["notes"]["CONFIRMED"]
    assert f'kaa_bridge_notes{{municipality="2303",state="confirmed"}} {float(confirmed)}' in text
    assert f'kaa_bridge_health_exit_code{{municipality="2303"}} {float(told.code)}' in text
    for person in world.population:
        assert not [canary for canary in person.canaries() if canary in text]


def test_verify_and_quarantine_say_what_they_mean(night: Cli, cli: Cli) -> None:
    night()
    assert "verified; the books of the notes balance" in cli("state", "verify").out
    assert "Next: correct the record at its source" in cli("quarantine", "show", "1").out
    assert "still not used" in cli("quarantine", "release", "1").out
