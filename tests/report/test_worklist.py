"""The work list: overdue first, windows shown, safe cells, nothing about the protected, the same bytes every time."""

from __future__ import annotations

import csv
import io
import json
import random
from datetime import date, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import load_workbook

from kaa_bridge.report.cells import safe
from kaa_bridge.report.worklist import COLUMNS, Format, WorkRow, render_worklist
from kaa_bridge.routine import calendar_tasks, load_routine

AS_OF = date(2026, 2, 1)
FORMATS: tuple[Format, ...] = ("table", "csv", "xlsx", "json")


def row(handle: str = "Y-1", **changed: Any) -> WorkRow:
    facts: dict[str, Any] = {
        "handle": handle,
        "handler": "anna",
        "action": "phone",
        "text": "Ring ungdomen.",
        "not_before": date(2026, 1, 19),
        "due": date(2026, 2, 5),
        "overdue": False,
        "recipient": "youth",
    }
    return WorkRow(**{**facts, **changed})


ROWS = [
    row("Y-1", action="letter_2", text="Skicka brev 2.", not_before=date(2026, 2, 17), due=date(2026, 3, 16)),
    row("Y-2", recipient="guardian"),
    row("Y-3", action="first_contact", text="Ta kontakt.", due=None),
    row("Y-4", overdue=True, due=date(2026, 1, 26)),
    row("Y-5", overdue=True, due=date(2026, 1, 20)),
    row("Y-6", handler=None),
    row("Y-7", handler="bo", action="report_address", text="Anmäl.", recipient="skatteverket"),
    row("Y-8", responsible="coordinator", action="allocate", text="Fördela.", recipient=None),
]
CALENDAR = calendar_tasks(load_routine("ragunda"), as_of=AS_OF)


def csv_rows(data: bytes) -> list[list[str]]:
    return list(csv.reader(io.StringIO(data.decode("utf-8-sig")), delimiter=";"))


def test_the_table_is_read_from_above() -> None:
    table = render_worklist(ROWS, CALENDAR, as_of=AS_OF, fmt="table").decode()
    assert table.splitlines() == [
        "Arbetslista 2026-02-01",
        "",
        "anna: 5 att göra, varav 2 försenade",
        "  Försenad     2026-01-19 - 2026-01-20    Y-5  Ring ungdomen. -> Ungdomen",
        "  Försenad     2026-01-19 - 2026-01-26    Y-4  Ring ungdomen. -> Ungdomen",
        "  Att göra nu  2026-01-19 - 2026-02-05    Y-2  Ring ungdomen. -> Vårdnadshavare",
        "  Att göra nu  2026-01-19 - utan slutdag  Y-3  Ta kontakt. -> Ungdomen",
        "  Kommande     2026-02-17 - 2026-03-16    Y-1  Skicka brev 2. -> Ungdomen",
        "",
        "bo: 1 att göra",
        "  Att göra nu  2026-01-19 - 2026-02-05    Y-7  Anmäl. -> Skatteverket",
        "",
        "Ej fördelad: 1 att göra",
        "  Att göra nu  2026-01-19 - 2026-02-05    Y-6  Ring ungdomen. -> Ungdomen",
        "",
        "Samordnare: 1 att göra",
        "  Att göra nu  2026-01-19 - 2026-02-05    Y-8  Fördela.",
        "",
        "Kommunens kalender",
        "  Att göra nu  2026-01-26 - 2026-02-01    Sök nya ungdomar i Qore: folkbokförda i kommunen, placering ej "
        "listade, ålder.  (Samordnare)",
        "  Att göra nu  2026-02-01 - 2026-02-28    Lämna uppgifterna till SCB.  (Samordnare)",
        "  Att göra nu  2026-01-01 - 2026-12-31    Följ upp verksamheten och riktlinjen: Vad ser vi? Vart ska vi? Hur "
        "gör vi?  (Chef)",
    ]


def test_an_empty_list_says_so() -> None:
    assert render_worklist([], [], as_of=AS_OF, fmt="table") == "Arbetslista 2026-02-01\nInget att göra.\n".encode()


def test_csv_opens_in_swedish_excel() -> None:
    data = render_worklist(ROWS, CALENDAR, as_of=AS_OF, fmt="csv")
    assert data.startswith(b"\xef\xbb\xbfHandl")
    assert data.count(b"\r\n") == data.count(b"\n") == 1 + len(ROWS) + len(CALENDAR)
    rows = csv_rows(data)
    assert tuple(rows[0]) == COLUMNS
    assert rows[1] == ["anna", "Y-5", "Försenad", "2026-01-19", "2026-01-20", "Ring ungdomen.", "Ungdomen", "phone"]
    assert {len(one) for one in rows} == {len(COLUMNS)}


def test_xlsx_holds_dates_and_text() -> None:
    book = load_workbook(io.BytesIO(render_worklist(ROWS, CALENDAR, as_of=AS_OF, fmt="xlsx")))
    assert book.sheetnames == ["Arbetslista", "Kommunens kalender"]
    rows = [[cell.value for cell in one] for one in book["Arbetslista"].iter_rows()]
    assert tuple(rows[0]) == COLUMNS
    first = datetime(2026, 1, 19)  # noqa: DTZ001 - a spreadsheet's date has no zone
    assert rows[1][:4] == ["anna", "Y-5", "Försenad", first]
    assert len(rows) == 1 + len(ROWS)
    assert len(list(book["Kommunens kalender"].iter_rows())) == 1 + len(CALENDAR)
    assert {cell.data_type for sheet in book for one in sheet.iter_rows() for cell in one} <= {"s", "d", "n"}


def test_json_has_every_row_once() -> None:
    document = json.loads(render_worklist(ROWS, CALENDAR, as_of=AS_OF, fmt="json"))
    assert document["format"] == "kaa-worklist/1"
    assert sorted(one["handle"] for one in document["rows"]) == [one.handle for one in ROWS]
    assert [one["action"] for one in document["calendar"]] == ["search_new", "scb_report", "evaluate"]
    assert all(one["handle"] is None for one in document["calendar"])


@pytest.mark.parametrize("fmt", FORMATS)
def test_the_same_rows_give_the_same_bytes_whatever_the_order(fmt: Format) -> None:
    shuffled = ROWS[:]
    random.Random(7).shuffle(shuffled)
    made = [render_worklist(rows, CALENDAR, as_of=AS_OF, fmt=fmt) for rows in (ROWS, shuffled, ROWS)]
    assert made[0] == made[1] == made[2]


@pytest.mark.parametrize("fmt", FORMATS)
@pytest.mark.parametrize("flag", [True, False])
def test_of_a_protected_youth_only_the_handle_is_shown_and_once(fmt: Format, flag: bool) -> None:
    secret = {"handler": "HANDLER", "text": "TEXT-skola", "recipient": "guardian", "due": date(2031, 7, 7)}
    action = "letter_1" if flag else "protected_routine"
    hidden = [
        row("Y-99", protected=flag, action=action, **secret),
        row("Y-99", protected=flag, action=action, **secret),
    ]
    data = render_worklist([*ROWS, *hidden], [], as_of=AS_OF, fmt=fmt)
    cells = xlsx_text(data) if fmt == "xlsx" else data.decode("utf-8-sig")
    assert cells.count("Y-99") == 1
    assert not any(word in cells for word in ("HANDLER", "TEXT", "2031", "letter_1"))
    assert "särskilda rutinen" in cells


def xlsx_text(data: bytes) -> str:
    book = load_workbook(io.BytesIO(data))
    return "\n".join(str(cell.value) for sheet in book for one in sheet.iter_rows() for cell in one)


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r", " =", "\u00a0+", "＝", "＠", "\t=", " \t@"])
@pytest.mark.parametrize("fmt", ["csv", "xlsx"])
def test_no_cell_is_a_formula(fmt: Format, start: str) -> None:
    evil = f'{start}HYPERLINK("http://x";A1)'
    data = render_worklist([row(evil, handler=evil, text=evil, action="a")], [], as_of=AS_OF, fmt=fmt)
    if fmt == "csv":
        cells = csv_rows(data)[1]
    else:
        cells = [str(cell.value) for cell in list(load_workbook(io.BytesIO(data))["Arbetslista"].iter_rows())[1]]
    assert [cell for cell in cells if cell.startswith("'")] == [cells[0], cells[1], cells[5]]


def test_columns_of_plugins_stand_last_and_never_on_the_protected() -> None:
    rows = [
        row("Y-1", extra=(("Målgrupp", "E, L"),)),
        row("Y-2"),
        row("Y-3", protected=True, extra=(("Målgrupp", "HEMLIG"),)),
    ]
    data = render_worklist(rows, CALENDAR, as_of=AS_OF, fmt="csv")
    header, *lines = csv_rows(data)
    assert header == [*COLUMNS, "Målgrupp"]
    assert [line[-1] for line in lines] == ["E, L", "", "", "", "", ""]
    sheet = load_workbook(io.BytesIO(render_worklist(rows, [], as_of=AS_OF, fmt="xlsx")))["Arbetslista"]
    assert [cell.value for cell in list(sheet.columns)[-1]] == ["Målgrupp", "E, L", "", ""]
    for fmt in FORMATS:
        made = render_worklist(rows, CALENDAR, as_of=AS_OF, fmt=fmt)
        assert "HEMLIG" not in (xlsx_text(made) if fmt == "xlsx" else made.decode("utf-8-sig"))
    assert "Målgrupp: E, L" in render_worklist(rows, [], as_of=AS_OF, fmt="table").decode()


@given(st.text())
def test_a_safe_cell_stays_one_cell_and_no_formula(text: str) -> None:
    made = safe(text)
    assert not made.startswith(("=", "+", "-", "@", "\t", "\r"))
    assert "\n" not in made
    assert "\r" not in made
    if text.isprintable() and text.lstrip(" \u00a0\u3000")[:1] not in "=+-@＝＋－＠":
        assert made == text


@given(st.text(max_size=30), st.sampled_from(FORMATS))
def test_any_text_of_a_source_can_be_written(text: str, fmt: Format) -> None:
    data = render_worklist([row(text or "x", handler=text, text=text)], [], as_of=AS_OF, fmt=fmt)
    if fmt == "csv":
        assert len(csv_rows(data)) == 2
    elif fmt == "table":
        assert len(data.decode().splitlines()) == 4
