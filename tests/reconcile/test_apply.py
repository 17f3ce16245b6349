"""The spreadsheet comes back: what a person accepted becomes a note, once; anything else is refused or left alone."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from kaa_bridge.config import load_settings
from kaa_bridge.journal.outbox import supersede
from kaa_bridge.store.engine import Store
from kaa_bridge.sync.bridge import store_settings
from kaa_bridge.testing.population.desk import place
from kaa_bridge.testing.world import World
from tests.reconcile.summer import SEPTEMBER, Summer, tell_exam
from tests.reconcile.test_summer import ASK, handle_of
from tests.system.conftest import Cli

Sheet = Any
ROWS = "Att besluta"


@pytest.fixture
def file(september: World, cli: Cli) -> Path:
    path = september.folder / "jämförelse.xlsx"
    assert cli(*ASK, "--format", "xlsx", "--output", str(path)).code == 0
    return path


def edit(path: Path, change: Callable[[Sheet], None], name: str = "ifylld.xlsx", sheet: str = ROWS) -> Path:
    book = openpyxl.load_workbook(path)
    change(book[sheet])
    filled = path.with_name(name)
    book.save(filled)
    book.close()
    return filled


def decide(handles: dict[str, str]) -> Callable[[Sheet], None]:
    def change(sheet: Sheet) -> None:
        column = [cell.value for cell in sheet[1]].index("Beslut") + 1
        for row in range(2, sheet.max_row + 1):
            if word := handles.get(sheet.cell(row, 1).value):
                sheet.cell(row, column).value = word

    return change


def test_accepted_rows_become_notes_once_and_nothing_else_does(
    september: World, cli: Cli, summer: Summer, file: Path
) -> None:
    handles = {
        name: handle_of(cli, september.folder, one.person.number)
        for name, one in summer.planted.items()
        if one.step != "none"
    }
    accepted = ("began", "dropped", "differ", "number", "exam")
    words = dict.fromkeys((handles[name] for name in accepted), "Godkänd")
    words |= {handles["adapted"]: "Avslagen", handles["moved"]: "Vänta"}
    filled = edit(file, decide(words))
    before = len(september.treserva.notes())
    done = cli("reconcile", "--apply", str(filled), "--by", "Samordnare", "--json")
    assert done.code == 0, done.err
    assert done.data["decisions"] == {"": 7, "Avslagen": 1, "Godkänd": 5, "Vänta": 1}
    noted = {handles["dropped"], handles["exam"], handles["began"]}
    assert set(done.data["already_noted"]) == noted, "the nights have opened and ended these cases already"
    assert len(done.data["planned"]) == 2
    assert len(september.treserva.notes()) == before, "nothing leaves before the next run"
    again = cli("reconcile", "--apply", str(filled), "--by", "Samordnare", "--json")
    assert again.data["planned"] == []
    assert len(again.data["already_noted"]) == 5
    assert cli("state", "verify", "--municipality", "2303").code == 0
    cli("run", "--as-of", str(SEPTEMBER), "--json")
    new = [note for note in september.treserva.notes() if note.reference in done.data["planned"]]
    assert {note.person_number for note in new} == {summer.planted[name].person.number for name in ("differ", "number")}
    for note in new:
        assert note.reference in note.text
        assert "godkänt av en person" in note.text
        assert not [
            canary for one in summer.planted.values() for canary in one.person.canaries() if canary in note.text
        ]


def test_a_note_that_was_taken_back_is_told(september: World, cli: Cli, summer: Summer, file: Path) -> None:
    handle = handle_of(cli, september.folder, summer.planted["number"].person.number)
    filled = edit(file, decide({handle: "Godkänd"}))
    (reference,) = cli("reconcile", "--apply", str(filled), "--json").data["planned"]
    with (
        Store.open(store_settings(load_settings(september.configuration), "2303")) as store,
        store.write() as connection,
    ):
        assert supersede(connection, reference, code="test", at="2026-09-01T04:00:00Z", actor="test")
    again = cli("reconcile", "--apply", str(filled), "--json")
    assert again.code == 6
    assert again.data["stale"] == [handle]


def test_a_row_whose_sources_have_changed_since_is_left_alone(
    september: World, cli: Cli, summer: Summer, file: Path, night: Cli
) -> None:
    handle = handle_of(cli, september.folder, summer.planted["differ"].person.number)
    filled = edit(file, decide({handle: "Godkänd"}))
    september.become(summer.before)
    night(SEPTEMBER)
    done = cli("reconcile", "--apply", str(filled), "--json")
    assert done.code == 6
    assert done.data["stale"] == [handle]
    assert done.data["planned"] == []


def test_a_row_that_says_something_else_by_now_is_left_alone_too(
    september: World, cli: Cli, summer: Summer, file: Path, night: Cli
) -> None:
    person = summer.planted["adapted"].person
    handle = handle_of(cli, september.folder, person.number)
    filled = edit(file, decide({handle: "Godkänd"}))
    other = replace(person, placements=(*person.placements[:-1], place("GR", None, date(2026, 8, 20))))
    people = tuple(other if one is person else one for one in summer.august)
    september.become(replace(summer.august, people=people))
    tell_exam(september, summer.exam_number)
    night(SEPTEMBER)
    assert handle in cli(*ASK).out, "the youth still stands in the report, with another word"
    done = cli("reconcile", "--apply", str(filled), "--json")
    assert (done.code, done.data["stale"], done.data["planned"]) == (6, [handle], [])


def _touch_evidence(sheet: Sheet) -> None:
    sheet["D2"].value = f"{sheet['D2'].value} Ändrat."


def _swap_handles(sheet: Sheet) -> None:
    sheet["A2"].value, sheet["A3"].value = sheet["A3"].value, sheet["A2"].value


def _take_row_away(sheet: Sheet) -> None:
    sheet.delete_rows(3)


def _double_row(sheet: Sheet) -> None:
    sheet.append([cell.value for cell in sheet[2]])


def _unknown_word(sheet: Sheet) -> None:
    sheet["L2"].value = "ok"


def _number(sheet: Sheet) -> None:
    sheet["L2"].value = 1


def _rename_column(sheet: Sheet) -> None:
    sheet["C1"].value = "Beslut"


REFUSED = [
    (_touch_evidence, "reconcile_file_changed"),
    (_swap_handles, "reconcile_file_changed"),
    (_take_row_away, "reconcile_file_changed"),
    (_double_row, "reconcile_file_changed"),
    (_rename_column, "reconcile_file_changed"),
    (_unknown_word, "reconcile_file_word"),
    (_number, "reconcile_file_word"),
]


def test_a_changed_file_is_refused_as_a_whole(september: World, cli: Cli, file: Path) -> None:
    notes = cli("outbox", "list", "--json").data
    for change, code in REFUSED:
        refused = cli("reconcile", "--apply", str(edit(file, change, f"{change.__name__}.xlsx")))
        assert refused.code == 2, change.__name__
        assert code in refused.err, change.__name__
        assert "Nothing was applied" in " ".join(refused.err.split())
    assert cli("outbox", "list", "--json").data == notes


def _about(name: str, value: str | None) -> Callable[[Sheet], None]:
    def change(sheet: Sheet) -> None:
        for row in range(2, sheet.max_row + 1):
            if sheet.cell(row, 1).value == name:
                sheet.cell(row, 2).value = value

    return change


def test_the_file_of_another_comparison_is_refused(september: World, cli: Cli, file: Path) -> None:
    for name, value in [
        ("Gäller per", "2026-09-02"),
        ("Gäller per", "i går"),
        ("Sommaren", "2025"),
        ("Jämförda källor", "oedb, qore"),
        ("Jämförda källor", None),
        ("Jämförelse", "JMF-AAAAAAAAAAAAAAAA"),
    ]:
        other = edit(file, _about(name, value), "annan.xlsx", "Om jämförelsen")
        refused = cli("reconcile", "--apply", str(other))
        assert refused.code == 2, (name, value)
        assert "reconcile_file_foreign" in refused.err, (name, value)
    worklist = september.folder / "arbetslista.xlsx"
    cli("worklist", "--as-of", str(SEPTEMBER), "--format", "xlsx", "--output", str(worklist))
    refused = cli("reconcile", "--apply", str(worklist))
    assert refused.code == 2
    assert "reconcile_file_foreign" in refused.err


def test_sorting_the_rows_changes_nothing(september: World, cli: Cli, file: Path) -> None:
    def turn(sheet: Sheet) -> None:
        rows = [[cell.value for cell in row] for row in sheet.iter_rows(min_row=2)]
        for index, row in enumerate(reversed(rows), 2):
            for column, value in enumerate(row, 1):
                sheet.cell(index, column).value = value

    done = cli("reconcile", "--apply", str(edit(file, turn)), "--json")
    assert done.code == 0, done.err
    assert done.data["planned"] == []
