"""What goes wrong in a municipality: each has an exit code, a message with the next step, and the rest goes on."""

from __future__ import annotations

import re
import threading
from datetime import timedelta
from importlib.resources import files

import pytest

from kaa_bridge.testing.simulators.base import Fault
from kaa_bridge.testing.simulators.journal_faults import FaultKind
from kaa_bridge.testing.world import AS_OF, World
from tests.system.conftest import Cli, Result

LATER = AS_OF + timedelta(days=1)


def source(result: Result, name: str) -> dict[str, object]:
    return next(one for one in result.data[0]["sources"] if one["name"] == name)


def edit(world: World, before: str, after: str) -> None:
    text = world.configuration.read_text(encoding="utf-8")
    assert before in text
    world.configuration.write_text(text.replace(before, after), encoding="utf-8")


def decisions_of(cli: Cli) -> dict[str, int]:
    found: dict[str, int] = cli("status", "--as-of", str(AS_OF), "--json").data[0]["youths"]
    return found


@pytest.mark.parametrize(
    ("fault", "code", "error"),
    [
        (Fault.DOWN, 4, "connection"),
        (Fault.UNAVAILABLE, 4, ""),
        (Fault.WRONG_PASSWORD, 3, ""),
        (Fault.REDIRECT, 3, "redirected"),
        (Fault.LOGIN_PAGE, 4, ""),
        (Fault.HALF_ANSWER, 4, "truncated"),
    ],
)
def test_a_source_that_does_not_answer_usably_changes_nobodys_decision(
    world: World, night: Cli, cli: Cli, fault: Fault, code: int, error: str
) -> None:
    night()
    before = decisions_of(cli)
    world.qore.faults = {fault}
    edit(world, 'mapping = "qore"', 'limit_seconds = 30.0\nmapping = "qore"')
    struck = night(LATER)
    assert struck.code == code
    assert source(struck, "qore")["state"] == "failed"
    assert source(struck, "ist")["state"] == "ok"
    shown = cli("run", "--as-of", str(LATER), "--dry-run")
    assert "[qore]" in shown.out
    assert "Next:" in shown.out
    assert error in shown.out
    assert decisions_of(cli) == before


def test_a_wrong_password_is_named_as_such(world: World, night: Cli, cli: Cli) -> None:
    (world.folder / "password").write_text("fel", encoding="utf-8")
    struck = night()
    assert struck.code == 3
    shown = cli("run", "--as-of", str(AS_OF), "--dry-run")
    assert re.search(r"password|credential", shown.out)
    assert "fel" not in shown.out.split("Attention")[1].split()


def test_a_half_file_waits_for_its_marker(world: World, night: Cli) -> None:
    night()
    drop = world.folder / "exams"
    (drop / "examina.csv.klar").unlink()
    struck = night(LATER)
    assert struck.code == 4
    assert source(struck, "exams")["error"] in {"file_incomplete", "file_missing"}


def test_a_renamed_field_quarantines_or_is_found_and_never_passes_as_known(world: World, night: Cli, cli: Cli) -> None:
    night()
    before = decisions_of(cli)
    world.oedb.faults = {Fault.RENAMED_FIELD}
    struck = night(LATER)
    told = source(struck, "oedb")
    assert told["state"] == "held" or told["findings"] or told["quarantined"]
    assert decisions_of(cli)["covered"] <= before["covered"]


def test_a_new_code_is_a_finding(world: World, night: Cli) -> None:
    world.qore.faults = {Fault.NEW_CODE}
    struck = night()
    told = source(struck, "qore")
    findings = told["findings"]
    assert isinstance(findings, list)
    assert told["quarantined"] or any("code" in str(code) for code, _, _ in findings) or told["state"] == "held"


@pytest.mark.parametrize("name", ["qore", "oedb"])
def test_an_emptied_register_is_held_until_a_person_has_looked(world: World, night: Cli, cli: Cli, name: str) -> None:
    night()
    before = decisions_of(cli)
    getattr(world, name).faults = {Fault.EMPTIED}
    struck = night(LATER)
    assert struck.code == 5
    assert source(struck, name)["state"] == "held"
    assert decisions_of(cli) == before
    holds = cli("hold", "list")
    assert "OPEN" in holds.out
    assert "hold release" in holds.out
    getattr(world, name).faults = set()
    healed = night(LATER + timedelta(days=1))
    assert healed.code == 6, "the hold closes itself when nothing is wrong any more"
    assert healed.data[0]["open_holds"] == 0


def test_a_released_hold_lets_exactly_what_was_seen_pass(world: World, night: Cli, cli: Cli) -> None:
    night()
    world.oedb.faults = {Fault.EMPTIED}
    night(LATER)
    for hold in cli("hold", "list", "--json").data:
        assert cli("hold", "release", str(hold["id"]), "--reason", "registret är avvecklat").code == 0
    released = night(LATER + timedelta(days=1))
    assert source(released, "oedb")["state"] == "ok"
    assert source(released, "oedb")["gone"] == 43


def test_a_hung_source_is_left_behind(world: World, night: Cli) -> None:
    world.qore.faults = {Fault.HANG}
    edit(world, 'mapping = "qore"', 'limit_seconds = 0.5\nmapping = "qore"')
    struck = night()
    assert struck.code == 4
    assert source(struck, "qore")["error"] == "plugin_hung"
    assert source(struck, "ist")["state"] == "ok"


def test_a_hung_parser_takes_its_source_down_alone(world: World, night: Cli, monkeypatch: pytest.MonkeyPatch) -> None:
    release = threading.Event()
    monkeypatch.setattr("kaa_adapter_qore.source.QoreSource.parse", lambda *_: release.wait(60))
    edit(world, 'mapping = "qore"', 'limit_seconds = 0.5\nmapping = "qore"')
    struck = night()
    release.set()
    assert struck.code == 4
    assert (source(struck, "qore")["error"], source(struck, "qore")["new"]) == ("plugin_hung", 0)
    assert [one["state"] for one in struck.data[0]["sources"] if one["name"] != "qore"].count("failed") == 0
    assert source(struck, "ist")["new"]


def test_a_journal_that_is_down_leaves_the_notes_waiting_and_they_go_out_later(world: World, night: Cli) -> None:
    world.treserva.close()
    struck = night()
    assert struck.code == 4
    assert struck.data[0]["sent"]["waiting"] == struck.data[0]["plan"]["notes_planned"] > 0


def test_a_refused_note_waits_for_a_person(world: World, night: Cli, cli: Cli) -> None:
    world.treserva.fault(FaultKind.REFUSE, code="AKT_SAKNAS")
    struck = night()
    assert struck.code == 6
    assert struck.data[0]["sent"]["refused"] == 1
    assert "AKT_SAKNAS" in cli("outbox", "list").out


def test_a_note_in_doubt_is_never_sent_again_by_itself(world: World, night: Cli) -> None:
    world.treserva.fault(FaultKind.RESET)
    struck = night()
    assert struck.code == 6
    assert struck.data[0]["sent"]["in_doubt"] == 1
    night(LATER)
    references = [note.reference for note in world.treserva.notes()]
    assert len(references) == len(set(references))


def test_a_wrong_configuration_names_the_place_and_no_value(world: World, cli: Cli) -> None:
    edit(world, 'code = "2303"', 'code = "hemligt"')
    for command in ("check", "run"):
        struck = cli(command)
        assert struck.code == 3
        assert "municipality[no 1].code" in struck.out + " ".join(struck.err.split())
        assert "hemligt" not in struck.out + struck.err


def test_an_unknown_adapter_is_named_and_the_others_are_used(world: World, night: Cli) -> None:
    edit(world, 'adapter = "qore"', 'adapter = "qoree"')
    struck = night()
    assert struck.code == 3
    assert source(struck, "qore")["error"] == "plugin_not_loaded"
    assert source(struck, "ist")["state"] == "ok"


def test_a_missing_state_is_never_started_fresh(world: World, cli: Cli) -> None:
    struck = cli("run", "--as-of", str(AS_OF))
    assert struck.code == 1
    assert "state restore" in struck.err
    assert not world.treserva.notes()


def test_a_source_held_for_its_records_says_why_though_they_are_rolled_back(world: World, night: Cli, cli: Cli) -> None:
    mapping = _mapping("qore").replace('key = "Personnummer"', 'key = "Personnumret"')
    (world.folder / "renamed.toml").write_text(mapping, encoding="utf-8")
    edit(world, 'mapping = "qore"', 'mapping = "renamed.toml"')
    struck = night()
    assert source(struck, "qore")["state"] == "held"
    assert source(struck, "qore")["refused"] == [["no_key", "Personnumret (key)", 44]]
    assert "quarantined: no_key at Personnumret (key) (44 records)" in cli("run", "--as-of", str(AS_OF)).out
    assert "run --dry-run says why" in cli("hold", "list").out


def _mapping(name: str) -> str:
    return (files("kaa_mappings") / "sources" / f"{name}.toml").read_text(encoding="utf-8")
