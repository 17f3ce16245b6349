"""The main job: placements in, decisions as the law says, case notes out, each once."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest

from kaa_bridge.testing.population import evolve
from kaa_bridge.testing.world import AS_OF, World
from tests.system.conftest import Cli

OUTCOME = {True: "covered", False: "not_covered", None: "investigate"}
LAW_SAYS_INVESTIGATE = {"protection_unknown"}
"""Nobody knows whether folkbokföring tells the home of a youth whose protection is unknown (skollagen 29:6)."""


def test_everyone_is_decided_as_the_truth_says(world: World, night: Cli, cli: Cli) -> None:
    first = night()
    assert first.code == 6, first.err
    for person in world.population:
        told = cli("explain", "--person-file", _file(world, person.number), "--as-of", str(AS_OF), "--json").data
        expected = "investigate" if person.story in LAW_SAYS_INVESTIGATE else OUTCOME[person.covered]
        if person.protection.value == "none":
            assert told["outcome"] == expected, person.story


def test_a_protected_youth_gives_no_note_and_no_detail(world: World, night: Cli, cli: Cli) -> None:
    night()
    protected = [person for person in world.population if person.protection.value != "none"]
    assert len(protected) >= 4
    in_the_journal = {note.person_number for note in world.treserva.notes()}
    for person in protected:
        assert person.number not in in_the_journal
        told = cli("explain", "--person-file", _file(world, person.number), "--as-of", str(AS_OF), "--json")
        assert set(told.data) == {"format", "ref", "protected", "conflicts", "actions"}
        assert not any(canary in told.out for canary in person.canaries())


def test_each_note_stands_in_the_journal_once(world: World, night: Cli) -> None:
    report = night().data[0]
    references = [note.reference for note in world.treserva.notes()]
    assert len(references) == len(set(references)) == report["plan"]["notes_planned"] == report["sent"]["confirmed"]
    assert all(note.reference in note.text for note in world.treserva.notes())


def test_the_same_night_again_delivers_nothing(world: World, night: Cli) -> None:
    night()
    notes = world.treserva.notes()
    again = night().data[0]
    assert again["plan"]["decided"] == 0
    assert again["plan"]["notes_planned"] == 0
    assert all(source["changed"] == source["new"] == source["gone"] == 0 for source in again["sources"])
    assert world.treserva.notes() == notes


def test_a_dry_run_shows_the_plan_and_does_nothing(world: World, night: Cli) -> None:
    first = night(AS_OF, "--dry-run")
    second = night(AS_OF, "--dry-run")
    assert first.out == second.out, "the same inputs give the same bytes"
    assert first.data[0]["plan"]["notes_planned"] > 0
    assert not world.treserva.notes()
    real = night().data[0]
    assert real["plan"] == first.data[0]["plan"]
    assert [note["reference"] for note in real["notes"]] == [note["reference"] for note in first.data[0]["notes"]]


def test_later_nights_follow_what_happens(world: World, night: Cli) -> None:
    night()
    delivered = len(world.treserva.notes())
    for number in range(1, 8):
        day = AS_OF + timedelta(days=number)
        world.become(evolve(world.population, day))
        report = night(day).data[0]
        delivered += report["sent"]["confirmed"]
        assert report["sent"]["in_doubt"] == report["sent"]["waiting"] == 0
    references = [note.reference for note in world.treserva.notes()]
    assert len(set(references)) == len(references) == delivered
    kinds = {note.kind for note in world.treserva.notes()}
    assert len(kinds) >= 3, kinds


def test_a_changed_number_follows_the_person(world: World, night: Cli, cli: Cli) -> None:
    night()
    person = world.population.by_story("number_change")
    by_new = cli("explain", "--person-file", _file(world, person.number), "--as-of", str(AS_OF), "--json").data
    by_old = cli("explain", "--person-file", _file(world, person.replaces[0]), "--as-of", str(AS_OF), "--json").data
    assert by_new["ref"] == by_old["ref"]


def test_resync_of_one_person_shows_before_and_after_and_applies_only_when_told(
    world: World, night: Cli, cli: Cli
) -> None:
    night()
    day = AS_OF + timedelta(days=1)
    before = {note.reference for note in world.treserva.notes()}
    world.become(evolve(world.population, day))
    changed = [one for one in world.population if one.covered is False and one.story == "dropout_new"] or [
        next(one for one in world.population if one.covered)
    ]
    asked = ("resync", "--person-file", _file(world, changed[0].number), "--as-of", str(day), "--json")
    shown = cli(*asked)
    assert shown.data["dry_run"] is True
    assert len(shown.data["changes"]) == 1
    assert {note.reference for note in world.treserva.notes()} == before
    applied = cli(*asked, "--apply")
    assert applied.data["changes"] == shown.data["changes"]
    again = cli(*asked, "--apply")
    assert again.data["plan"]["notes_planned"] == 0
    references = [note.reference for note in world.treserva.notes()]
    assert len(references) == len(set(references))


@pytest.mark.parametrize("arguments", [("--source", "ist"), ("--since", "2026-01-01")])
def test_resync_of_a_source_or_a_period_mints_no_second_note(
    world: World, night: Cli, cli: Cli, arguments: tuple[str, str]
) -> None:
    night()
    notes = world.treserva.notes()
    done = cli("resync", *arguments, "--as-of", str(AS_OF), "--apply", "--json")
    assert done.code == 6
    assert world.treserva.notes() == notes


def test_a_number_on_the_command_line_is_refused_and_not_repeated(world: World, night: Cli, cli: Cli) -> None:
    number = world.population.people[0].number
    refused = cli("resync", "--person", number)
    assert refused.code == 2
    assert number not in refused.out + refused.err
    assert "--person -" in refused.err


def test_the_state_is_encrypted_and_survives_backup_and_verify(world: World, night: Cli, cli: Cli) -> None:
    night()
    everything = b"".join(path.read_bytes() for path in (world.folder / "state").rglob("*") if path.is_file())
    for canary in world.population.canaries():
        assert canary.encode() not in everything
    assert cli("state", "verify", "--municipality", "2303").code == 0


def test_status_and_plugins_and_check_tell_the_truth(world: World, night: Cli, cli: Cli) -> None:
    night()
    health = cli("status", "--as-of", str(AS_OF), "--json").data[0]
    assert health["last_night"]["sources"]["qore"] == "ok"
    assert health["notes"] == {"CONFIRMED": len(world.treserva.notes())}
    assert cli("plugins", "list").code == 0
    connected = cli("check", "--connect")
    assert connected.code == 0, connected.out
    assert connected.out.count("OK") >= 10
    assert "FAIL" not in connected.out


def test_the_work_list_has_no_protected_details(world: World, night: Cli, cli: Cli) -> None:
    night()
    made = cli("worklist", "--as-of", str(AS_OF), "--json")
    assert made.code == 0
    for person in world.population:
        assert not any(canary in made.out for canary in person.canaries())
    json.loads(made.out)


def _file(world: World, number: str) -> str:
    path = world.folder / "person.txt"
    path.write_text(number + "\n", encoding="ascii")
    return str(path)


def test_the_work_list_with_names_is_a_private_file_without_the_protected(world: World, night: Cli, cli: Cli) -> None:
    night()
    refused = cli("worklist", "--as-of", str(AS_OF), "--with-names")
    assert refused.code == 2
    path = world.folder / "list.csv"
    made = cli("worklist", "--as-of", str(AS_OF), "--format", "csv", "--with-names", "--output", str(path))
    assert made.code == 0, made.err
    assert path.stat().st_mode & 0o777 == 0o600
    text = path.read_text(encoding="utf-8-sig")
    named = world.population.by_story("dropout_new")
    assert named.number in text
    for person in world.population:
        if person.protection.value != "none":
            assert not any(canary in text for canary in person.canaries())
