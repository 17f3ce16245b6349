"""Forty texts that a spreadsheet could take for a formula, wherever a source's own words can stand, re-read."""

from __future__ import annotations

import csv
import io
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from kaa_bridge.reconcile.model import Evidence, Lost, Passed, Report, Row
from kaa_bridge.report.basis import SourceState
from tests.reconcile.reports import ROWS, render, report

_BEGINNINGS = ("=", "+", "-", "@", "\t=", "\r=", " =", "\u00a0=", "\u3000=", "\uff1d", "\uff0b", "\uff0d", "\uff20")
_ENDS = ("1+1", "cmd|' /C calc'!A0", 'HYPERLINK("http://x";"y")')
PAYLOADS = [beginning + end for beginning in _BEGINNINGS for end in _ENDS] + ["@SUM(1+1)*cmd|' /C calc'!A0"]


def hostile(text: str) -> Report:
    """Return the report with the text as every label, school, study path, occupation, step and name."""
    made = report()

    def told(evidence: Evidence | None) -> Evidence | None:
        if evidence is None:
            return None
        words = replace(evidence.standing, school_form=text, study_path=text, school_unit=text, occupation=text)
        return replace(evidence, source=text, standing=words)

    def row(one: Row) -> Row:
        lost = Lost(date(2026, 7, 3), 60, (Passed("x", date(2026, 7, 10), text),))
        other = told(ROWS[0].right)
        assert other
        return replace(one, left=told(one.left), right=told(one.right), others=(other,), lost=lost)

    state = SourceState("ist", text, "2026-09-01", None)
    head = replace(made.head, name=text, right=state, sources=(made.head.left, state), routine=text)
    named = {one.handle: (text, text) for one in ROWS}
    return replace(made, head=head, rows=tuple(map(row, ROWS)), names=lambda _: named)


def test_there_are_forty() -> None:
    assert len(set(PAYLOADS)) == 40


@pytest.mark.parametrize("text", PAYLOADS)
def test_no_cell_is_a_formula_or_a_link(tmp_path: Path, text: str) -> None:
    path = tmp_path / "x.xlsx"
    path.write_bytes(render(hostile(text), "xlsx"))
    book: Any = openpyxl.load_workbook(path)
    cells = [cell for sheet in book for row in sheet.iter_rows() for cell in row if cell.value is not None]
    assert all(cell.data_type in ("s", "n", "inlineStr") and cell.hyperlink is None for cell in cells)
    written = [cell.value for cell in cells if isinstance(cell.value, str)]
    written += [cell for row in csv.reader(io.StringIO(render(hostile(text), "csv").decode("utf-8-sig")), delimiter=";")
                for cell in row]  # fmt: skip
    assert any(text.strip()[-3:] in one for one in written), "the text is shown all the same"
    assert not [one for one in written if one.lstrip(" \t\r\u00a0\u3000")[:1] in tuple("=+-@＝＋－＠") and one.strip()]
    book.close()
