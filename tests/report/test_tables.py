"""Tables of plugins: text, CSV, JSON."""

from __future__ import annotations

import json

from kaa_bridge.report.tables import render_table

ROWS = [["Ungdom", "Läge"], ["Y-1", "pågår"], ["=Y-2", "av\nslutas"]]


def test_text_is_aligned_and_one_line_a_row() -> None:
    assert render_table(ROWS, fmt="table").decode() == "Ungdom  Läge\nY-1     pågår\n=Y-2    av slutas\n"


def test_csv_opens_in_swedish_excel_and_holds_no_formula() -> None:
    assert render_table(ROWS, fmt="csv") == "\ufeffUngdom;Läge\r\nY-1;pågår\r\n'=Y-2;av slutas\r\n".encode()


def test_json_names_the_columns() -> None:
    assert json.loads(render_table(ROWS, fmt="json")) == [
        {"Ungdom": "Y-1", "Läge": "pågår"},
        {"Ungdom": "=Y-2", "Läge": "av\nslutas"},
    ]


def test_an_empty_table_is_its_header() -> None:
    assert render_table(ROWS[:1], fmt="table") == "Ungdom  Läge\n".encode()
    assert render_table(ROWS[:1], fmt="json") == b"[]\n"
