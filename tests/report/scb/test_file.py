"""The file as SCB would open it: read back as text and as a spreadsheet, private, and whole or not there."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path

import openpyxl
import pytest

from kaa_bridge.domain.values import Occupation
from kaa_bridge.report.scb.fields import BlockKind
from kaa_bridge.report.scb.lines import Lines
from kaa_bridge.report.scb.load import Loaded
from kaa_bridge.report.scb.sinks import file_sink
from kaa_bridge.report.scb.spells import Spell
from tests.report.scb.people import LEFT, NUMBER, began, contact, ended, loaded, look, occupied, person, youth

BUSY = youth(
    events=(
        occupied(date(2109, 1, 2), Occupation.WORK),
        contact(date(2109, 2, 3)),
        began(date(2109, 2, 10)),
        contact(date(2109, 3, 4)),
        ended(date(2109, 4, 1)),
    )
)
OVER = Spell(LEFT, True, date(2109, 5, 1), "nmmmmmm")
WIDE = {'arrangement = "blocks"': 'arrangement = "wide"'}
SHEET = {'kind = "csv"': 'kind = "xlsx"'}
ROWS = [
    ["1", NUMBER, "2303", "2109H1", "2108-11-03", "KAA-AVBROTT-NP", "KAA-SAKNAS"],
    ["2", NUMBER, "2109-02-03", "KAA-TELEFON", "KAA-ARBETE"],
    ["2", NUMBER, "2109-03-04", "KAA-TELEFON", "KAA-ARBETE"],
    ["3", NUMBER, "KAA-PRAKTIK", "2109-02-10", "KAA-ARBETE"],
    ["4", NUMBER, "KAA-PRAKTIK", "2109-04-01", "KAA-GENOMFORD", "KAA-SAKNAS"],
    ["5", NUMBER, "2109-05-01", "KAA-20-AR"],
]


def written(path: Path, used: Loaded) -> dict[tuple[BlockKind, int], str]:
    """Write two youths and return where the rows of the second stand."""
    layout, lines = used.layout, Lines(used.layout)
    with file_sink(path, layout.file, lines.sheets(), as_of=date(2109, 7, 9)) as sink:
        for sheet, cells in lines.headers():
            sink.write(sheet, cells)
        for one in (person(), person(BUSY, OVER)):
            placed, places = lines.place(look(one, used).written)
            for sheet, cells in placed:
                sink.write(sheet, cells)
    return places


def read_csv(path: Path, encoding: str = "utf-8-sig", delimiter: str = ";") -> list[list[str]]:
    with path.open(encoding=encoding, newline="") as stream:
        return list(csv.reader(stream, delimiter=delimiter))


def read_sheet(path: Path, name: str) -> list[Sequence[object]]:
    return list(openpyxl.load_workbook(path)[name].iter_rows(values_only=True))


def test_block_by_block_each_row_stands_where_it_is_said_to(tmp_path: Path) -> None:
    path = tmp_path / "scb.csv"
    places = written(path, loaded())
    found = read_csv(path)
    assert [row[0] for row in found[:5]] == ["kaa_block"] * 5
    assert found[6:] == ROWS
    assert places == {
        (BlockKind.IDENTITY, 0): "rad 7",
        (BlockKind.CONTACTS, 0): "rad 8",
        (BlockKind.CONTACTS, 1): "rad 9",
        (BlockKind.MEASURE_BEGINS, 0): "rad 10",
        (BlockKind.MEASURE_ENDED, 0): "rad 11",
        (BlockKind.RESPONSIBILITY_ENDED, 0): "rad 12",
    }
    assert path.read_bytes().count(b"\r\n") == 12
    assert path.stat().st_mode & 0o777 == 0o600


def test_side_by_side_further_contacts_stand_on_lines_with_the_number_alone(tmp_path: Path) -> None:
    path = tmp_path / "scb.csv"
    places = written(path, loaded(**WIDE))
    header, quiet, first, second = read_csv(path)
    assert len(header) == len(quiet) == len(first) == len(second) == sum(len(row) for row in (ROWS[0], *ROWS[2:]))
    assert quiet[:7] == ROWS[0]
    assert not any(quiet[7:])
    assert first == [cell for row in (ROWS[0], ROWS[1], *ROWS[3:]) for cell in row]
    assert second == ["", NUMBER, *[""] * 5, *ROWS[2], *[""] * (len(header) - 12)]
    assert places[BlockKind.CONTACTS, 1] == "rad 4"


def test_a_spreadsheet_has_a_sheet_for_each_block_and_text_in_every_cell(tmp_path: Path) -> None:
    path = tmp_path / "scb.xlsx"
    places = written(path, loaded(**SHEET))
    assert openpyxl.load_workbook(path).sheetnames == [
        "1 Identitet", "2 Kontakter", "3 Åtgärd börjar", "4 Åtgärd avslutad", "5 Ansvaret upphört",
    ]  # fmt: skip
    assert list(read_sheet(path, "1 Identitet")[2]) == ROWS[0]
    assert [list(row) for row in read_sheet(path, "2 Kontakter")[1:]] == ROWS[1:3]
    assert [list(row) for row in read_sheet(path, "5 Ansvaret upphört")[1:]] == ROWS[5:]
    assert places[BlockKind.CONTACTS, 1] == "bladet ”2 Kontakter”, rad 3"
    assert path.stat().st_mode & 0o777 == 0o600
    assert [one.name for one in tmp_path.iterdir()] == ["scb.xlsx"], "nothing waits beside it"


@pytest.mark.parametrize("swaps", [{}, WIDE, SHEET, WIDE | SHEET])
def test_the_same_is_the_same_bytes(tmp_path: Path, swaps: dict[str, str]) -> None:
    written(tmp_path / "a", loaded(**swaps))
    written(tmp_path / "b", loaded(**swaps))
    assert (tmp_path / "a").read_bytes() == (tmp_path / "b").read_bytes()


def test_form_is_data(tmp_path: Path) -> None:
    swaps = {
        'delimiter = ";"': 'delimiter = "\\t"',
        'encoding = "utf-8-sig"': 'encoding = "iso-8859-1"',
        'line_end = "crlf"': 'line_end = "lf"',
        'date_format = "YYYY-MM-DD"': 'date_format = "YYYYMMDD"',
        'number_format = "YYYYMMDDNNNN"': 'number_format = "YYMMDD-NNNN"',
        "header = true": "header = false",
        "KAA-ARBETE": "KAA-FÖRVÄRV",
    }
    written(tmp_path / "scb.txt", loaded(**swaps))
    found = read_csv(tmp_path / "scb.txt", "iso-8859-1", "\t")
    assert found[2] == ["2", f"{NUMBER[2:8]}-{NUMBER[8:]}", "21090203", "KAA-TELEFON", "KAA-FÖRVÄRV"]
    assert b"\r" not in (tmp_path / "scb.txt").read_bytes()
    assert len(found) == 7


def test_only_the_outcomes_that_the_layout_counts_are_contacts_and_all_where_it_names_none(tmp_path: Path) -> None:
    names = loaded().layout.block(BlockKind.CONTACTS).outcomes
    assert names == ("reached",)
    assert loaded(**{'outcomes = ["reached"]\n': ""}).layout.block(BlockKind.CONTACTS).outcomes is None


def test_an_error_leaves_no_half_file(tmp_path: Path) -> None:
    used = loaded(**SHEET)

    def break_off() -> None:
        with file_sink(tmp_path / "x", used.layout.file, ["a"], as_of=date(2109, 7, 9)) as sink:
            sink.write("a", ["b"])
            raise RuntimeError

    with pytest.raises(RuntimeError):
        break_off()
    assert list(tmp_path.iterdir()) == []


def test_an_existing_file_is_never_written_through(tmp_path: Path) -> None:
    (tmp_path / "x").symlink_to(tmp_path / "elsewhere")
    used = loaded()
    with pytest.raises(FileExistsError), file_sink(tmp_path / "x", used.layout.file, [""], as_of=date(2109, 7, 9)):
        pass
    assert not (tmp_path / "elsewhere").exists()


def test_a_missing_number_is_an_empty_cell_and_never_a_word() -> None:
    row = look(replace(person(), number=None)).written[BlockKind.IDENTITY][0]
    assert row.cells[1] == ""
    assert [fault.kind for fault in row.faults] == ["required"]
