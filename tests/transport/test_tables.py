"""Text tables and workbooks: rows exactly as written, hostile ones refused with a code (reliability S11, F16)."""

from __future__ import annotations

import resource
import sys
import time
from datetime import datetime
from pathlib import Path

import pytest
import xlsxwriter
from hypothesis import given
from hypothesis import strategies as st

from kaa_bridge.errors import KaaError, RecordProblem, Unreachable
from kaa_bridge.transport import workbook
from kaa_bridge.transport.files import NumberText, parse_row, read_table, row_bytes, row_mapping
from kaa_bridge.transport.tables import check_sample
from tests.transport.guarded import touched
from tests.transport.hostile_tables import GOOD, numbers, text_tables, workbooks

PYTHON = (sys.prefix, sys.base_prefix)
TEXTS = text_tables()
BOOKS = workbooks()


def _path(folder: Path, data: bytes, name: str = "in.csv") -> Path:
    path = folder / name
    path.write_bytes(data)
    return path


def test_the_corpus_is_large_enough() -> None:
    assert len(TEXTS) + len(BOOKS) >= 30


@pytest.mark.parametrize(("data", "code"), [(d, c) for _, d, c in TEXTS], ids=[name for name, _, _ in TEXTS])
def test_hostile_text_tables(tmp_path: Path, data: bytes, code: str) -> None:
    _refused(_path(tmp_path, data), code)


@pytest.mark.parametrize(("data", "code"), [(d, c) for _, d, c in BOOKS], ids=[name for name, _, _ in BOOKS])
def test_hostile_workbooks(tmp_path: Path, data: bytes, code: str) -> None:
    _refused(_path(tmp_path, data, "in.xlsx"), code)


def _refused(path: Path, code: str) -> None:
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    begun = time.process_time()
    with touched() as seen, pytest.raises(KaaError) as caught:
        list(read_table(path).rows)
    assert caught.value.code == code
    assert time.process_time() - begun < 2
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 256 * 1024
    assert {what for event, what in seen if event != "open" or not what.startswith(PYTHON)} <= {str(path)}


@pytest.mark.parametrize(
    ("encoding", "text"), [("utf-8", "Å;€"), ("utf-8-sig", "Å;€"), ("iso-8859-1", "Å;ö"), ("cp1252", "Å;€")]
)
@pytest.mark.parametrize("delimiter", [";", ",", "\t"])
@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_declared_encodings_and_delimiters(tmp_path: Path, encoding: str, text: str, delimiter: str, end: str) -> None:
    lines = ["a;b", text, '"x";"y"']
    path = _path(tmp_path, end.join(line.replace(";", delimiter) for line in lines).encode(encoding))
    header, rows = read_table(path, encoding=encoding, delimiter=delimiter)  # type: ignore[arg-type]
    assert header == ["a", "b"]
    assert list(rows) == [text.split(";"), ["x", "y"]]


def test_nothing_is_trimmed_or_repaired(tmp_path: Path) -> None:
    path = _path(tmp_path, b'number;name\n007;" a ""b""\nc"\n 1 ;\n')
    assert list(read_table(path).rows) == [["007", ' a "b"\nc'], [" 1 ", ""]]


def test_by_position_the_first_row_is_data(tmp_path: Path) -> None:
    table = read_table(_path(tmp_path, b"1;a\n2;b\n"), header="position")
    assert table.header == ["1", "2"]
    assert list(table.rows) == [["1", "a"], ["2", "b"]]
    assert table.counted == 2
    assert not table.proved


def test_a_column_without_a_name_is_named_by_its_place(tmp_path: Path) -> None:
    assert read_table(_path(tmp_path, b"a;b;\n1;2;\n")).header == ["a", "b", "3"]


@pytest.mark.parametrize("header", ["name", "position"])
def test_a_trailer_proves_the_whole(tmp_path: Path, header: str) -> None:
    head = "a;b\n" if header == "name" else ""
    data = f"{head}1;x\n2;y\nSLUT;2\n".encode()
    table = read_table(_path(tmp_path, data), header="name" if header == "name" else "position", trailer="SLUT")
    assert list(table.rows) == [["1", "x"], ["2", "y"]]
    assert table.proved


@pytest.mark.parametrize(
    "data",
    [b"a;b\n1;x\nSLUT;2\n", b"a;b\n1;x\n", b"a;b\n", b"a;b\nSLUT\n", b"a;b\n1;x\nSLUT;\n", b"a;b\n1;x\nSLUT;-1\n"],
)
def test_a_wrong_or_missing_trailer_is_a_cut_file(tmp_path: Path, data: bytes) -> None:
    with pytest.raises(Unreachable, match="file_incomplete"):
        list(read_table(_path(tmp_path, data), trailer="SLUT").rows)


@pytest.mark.parametrize(
    ("data", "encoding"),
    [
        ("Åsa".encode(), "iso-8859-1"),
        ("Åsa".encode(), "cp1252"),
        ("€".encode("cp1252"), "iso-8859-1"),
        (b"\xef\xbb\xbfa", "utf-8"),
        ("Å" * 600_000, "cp1252"),
    ],
)
def test_a_wrongly_declared_encoding_is_seen(data: bytes | str, encoding: str) -> None:
    raw = data if isinstance(data, bytes) else data.encode()[: 1024 * 1024 - 1]
    with pytest.raises(Unreachable, match="encoding_wrong"):
        check_sample(raw, encoding)  # type: ignore[arg-type]


def test_a_row_of_other_width_is_set_aside_alone(tmp_path: Path) -> None:
    header, rows = read_table(_path(tmp_path, b"a;b\n1;2\n1;Anna;3\n1\n"))
    assert isinstance(header, list)
    records = [row_bytes(header, row) for row in rows]
    assert parse_row(records[0]) == {"a": "1", "b": "2"}
    for record in records[1:]:
        with pytest.raises(RecordProblem, match="columns_differ") as caught:
            parse_row(record)
        assert "Anna" not in repr(caught.value)


def test_what_a_workbook_holds_as_numbers_stays_marked(tmp_path: Path) -> None:
    table = read_table(_path(tmp_path, numbers(), "in.xlsx"))
    (row,) = list(table.rows)
    assert row == ["101011234", "20080101", "0.1", "#INEXACT", "TRUE", "0012", "#N/A", "114", ""]
    assert [isinstance(cell, NumberText) for cell in row] == [True, True, True, False, False, False, False, True, False]
    made = row_mapping(table.header, row)
    assert made["A"] == 101011234
    assert isinstance(made["A"], int)
    assert made["F"] == "0012"
    assert parse_row(row_bytes(table.header, row)) == made


def test_a_good_workbook(tmp_path: Path) -> None:
    table = read_table(_path(tmp_path, GOOD, "in.xlsx"))
    assert table.header == ["nummer", "namn"]
    assert list(table.rows) == [["200801011234", "x"]]
    with pytest.raises(KaaError, match="workbook_refused"):
        read_table(_path(tmp_path, GOOD, "in.xlsx"), sheet="None")


def test_the_parts_of_a_workbook_are_summed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(workbook, "MAX_TOTAL", 1000)
    with pytest.raises(KaaError, match="workbook_refused"):
        read_table(_path(tmp_path, GOOD, "in.xlsx"))


def test_a_workbook_of_another_maker_with_shared_texts_and_dates(tmp_path: Path) -> None:
    path = tmp_path / "in.xlsx"
    with xlsxwriter.Workbook(path) as book:
        sheet = book.add_worksheet("Placeringar")
        sheet.write_row(0, 0, ["nummer", "namn", "från", "tid"])
        sheet.write_string(1, 0, "0101011234")
        sheet.write_string(1, 1, "Å")
        sheet.write_datetime(1, 2, datetime.fromisoformat("2026-01-02"), book.add_format({"num_format": "yyyy-mm-dd"}))
        sheet.write_datetime(
            1, 3, datetime.fromisoformat("2026-01-02T03:04"), book.add_format({"num_format": "yyyy-mm-dd hh:mm"})
        )
        sheet.write_string(3, 1, "efter en tom rad")
    header, rows = read_table(path, sheet="Placeringar")
    assert header == ["nummer", "namn", "från", "tid"]
    assert list(rows) == [
        ["0101011234", "Å", "2026-01-02", "2026-01-02T03:04:00"],
        ["", "efter en tom rad", "", ""],
    ]


def test_text_tables_are_read_in_flat_memory(tmp_path: Path) -> None:
    path = _path(tmp_path, b"a;b\n" + b"200801011234;some more text here\n" * 300_000)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    assert sum(1 for _ in read_table(path).rows) == 300_000
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 16 * 1024


_CELL = st.text(st.characters(codec="utf-8", exclude_categories=["Cs"], exclude_characters="\x00\r"), max_size=8)


@given(st.lists(st.tuples(_CELL, _CELL), min_size=1, max_size=6))
def test_any_cells_come_back_as_written(tmp_path_factory: pytest.TempPathFactory, cells: list[tuple[str, str]]) -> None:
    def quoted(text: str) -> str:
        return '"' + text.replace('"', '""') + '"'

    text = "a;b\n" + "".join(f"{quoted(first)};{quoted(second)}\n" for first, second in cells)
    path = _path(tmp_path_factory.mktemp("any"), text.encode())
    assert [tuple(row) for row in read_table(path).rows] == cells


@given(st.binary(max_size=300))
def test_any_bytes_are_rows_or_refused(tmp_path_factory: pytest.TempPathFactory, data: bytes) -> None:
    folder = tmp_path_factory.mktemp("any")
    for name in ("in.csv", "in.xlsx"):
        try:
            list(read_table(_path(folder, data, name)).rows)
        except KaaError as error:
            assert error.code in (  # noqa: PT017 - either outcome is right
                "table_invalid",
                "encoding_wrong",
                "file_incomplete",
                "workbook_refused",
            )
