"""The report as a spreadsheet with a decision column: filters, frozen header, the same bytes for the same report."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, time
from tempfile import TemporaryDirectory
from typing import Any, BinaryIO

import xlsxwriter

from kaa_bridge.errors import InputRefused
from kaa_bridge.reconcile.lines import (
    BESIDE,
    DECISION,
    DECISIONS,
    SEAL,
    beside_cells,
    count_lines,
    head_lines,
    row_seal,
    shown_cells,
    shown_columns,
    shown_rows,
    sum_lines,
)
from kaa_bridge.reconcile.model import Report
from kaa_bridge.reconcile.seal import ContentSeal
from kaa_bridge.report.cells import safe

ROWS, ABOUT, COUNTS, FOUND = "Att besluta", "Om jämförelsen", "Antal", "Hittade på annat håll"
"""Names of the sheets."""
REFERENCE, CONTENT, SUMMER, AS_OF, COMPARED = "Jämförelse", "Innehållskod", "Sommaren", "Gäller per", "Jämförda källor"
"""Names of the lines by which a file is known again."""
ROWS_MOST = 20_000
"""Rows that a spreadsheet has at most, so that it can be read back (``transport.workbook`` bounds what it unpacks)."""
_WIDTHS = (16, 30, 20, 46, 46, 40, 12, 10, 46, 12, 40)
_OPTIONS = {
    "strings_to_formulas": False,
    "strings_to_urls": False,
    "strings_to_numbers": False,
}
_HELP = (
    "Fyll i kolumnen Beslut: Godkänd, Avslagen eller Vänta. En tom ruta är inget beslut.",
    "Ändra inget annat och ta inte bort rader: filen läses tillbaka strikt. Sortera och filtrera går bra.",
    "En godkänd rad blir en anteckning i journalen. I registret gör du ändringen för hand, om inget annat är sagt.",
)


def write_xlsx(report: Report, stream: BinaryIO) -> None:
    """Write the workbook: rows to decide on the first sheet, what it rests on and the sums on the others.

    Everything is text (nothing is a formula or a link) but the numbers of the sums.

    Raises:
        InputRefused: there are more rows than ``ROWS_MOST``; nothing was written.
    """
    _check_length(report)
    with (
        TemporaryDirectory(prefix="kaa-bridge-") as folder,
        xlsxwriter.Workbook(stream, {**_OPTIONS, **_held(report, folder)}) as book,
    ):
        _fill(book, report)


def _held(report: Report, folder: str) -> dict[str, Any]:
    """Return where the workbook grows: in files, row by row; with names in memory, so that none is left by a crash."""
    return {"in_memory": True} if report.names else {"constant_memory": True, "tmpdir": folder}


def _fill(book: Any, report: Report) -> None:
    title = f"Jämförelse efter sommaren {report.head.year}"
    book.set_properties({"title": title, "created": datetime.combine(report.head.as_of, time())})
    bold, wrapped = book.add_format({"bold": True, "bottom": 1}), book.add_format({"text_wrap": True, "valign": "top"})
    decision = book.add_format({"bg_color": "#FFF2CC", "valign": "top"})
    content = _rows(book.add_worksheet(ROWS), report, bold, wrapped, decision)
    head = report.head
    known = [(REFERENCE, report.reference), (CONTENT, content), (SUMMER, str(head.year))]
    about = [*known, (COMPARED, f"{head.left.name}, {head.right.name}"), *head_lines(head)]
    _pairs(book.add_worksheet(ABOUT), ("Uppgift", "Värde"), [*about, *(("Så gör du", text) for text in _HELP)], bold)
    counted = [*count_lines(report.counts, report.head), *sum_lines(report.counts, report.head)]
    _pairs(book.add_worksheet(COUNTS), ("Läge", "Antal"), counted, bold)
    if report.counts.beside:
        _beside(book.add_worksheet(FOUND), report, bold, wrapped)


def _rows(sheet: Any, report: Report, bold: Any, wrapped: Any, decision: Any) -> str:
    """Write the rows and return the seal of their codes together."""
    names = (*shown_columns(report), DECISION, SEAL)
    widths = (*_WIDTHS[:1], *((24, 14) if report.names else ()), *_WIDTHS[1:], 12, 36)
    for column, (name, width) in enumerate(zip(names, widths, strict=True)):
        sheet.set_column(column, column, width)
        sheet.write_string(0, column, safe(name), bold)
    last = len(names) - 2
    content, index = ContentSeal(report.key, report.reference), 0
    for index, (row, shown) in enumerate(shown_rows(report), 1):
        for column, text in enumerate(shown):
            sheet.write_string(index, column, text, wrapped)
        sheet.write_blank(index, last, None, decision)
        code = row_seal(row, report)
        content.add(code)
        sheet.write_string(index, last + 1, code, wrapped)
    rows = max(1, index)
    sheet.data_validation(1, last, rows, last, _validation())
    sheet.freeze_panes(1, 1)
    sheet.autofilter(0, 0, rows, len(names) - 1)
    sheet.set_landscape()
    sheet.fit_to_pages(1, 0)
    sheet.repeat_rows(0)
    return content.value()


def _check_length(report: Report) -> None:
    rows = sum(report.counts.listed.values())
    if rows > ROWS_MOST:
        raise InputRefused(
            "reconcile_too_long",
            f"The report has {rows} rows and a spreadsheet to decide in holds {ROWS_MOST}; nothing was written.",
            remedy="Write it as CSV or as a web page: --format csv or --format html.",
        )


def _beside(sheet: Any, report: Report, bold: Any, wrapped: Any) -> None:
    for column, (name, width) in enumerate(zip(BESIDE, (16, 12, 12, 90), strict=True)):
        sheet.set_column(column, column, width)
        sheet.write_string(0, column, name, bold)
    for index, one in enumerate(report.beside, 1):
        for column, text in enumerate(shown_cells(beside_cells(one))):
            sheet.write_string(index, column, text, wrapped)
    sheet.freeze_panes(1, 0)
    sheet.autofilter(0, 0, max(1, report.counts.beside), len(BESIDE) - 1)


def _validation() -> dict[str, Any]:
    return {
        "validate": "list",
        "source": list(DECISIONS),
        "input_title": "Beslut",
        "input_message": "Godkänd, Avslagen eller Vänta. Tomt är inget beslut.",
        "error_title": "Okänt beslut",
        "error_message": "Välj Godkänd, Avslagen eller Vänta.",
    }


def _pairs(sheet: Any, header: tuple[str, str], lines: Sequence[tuple[str, str | int]], bold: Any) -> None:
    sheet.set_column(0, 0, 58)
    sheet.set_column(1, 1, 90)
    for column, name in enumerate(header):
        sheet.write_string(0, column, name, bold)
    for index, (name, value) in enumerate(lines, 1):
        sheet.write_string(index, 0, safe(name))
        if isinstance(value, int):
            sheet.write_number(index, 1, value)
        else:
            sheet.write_string(index, 1, safe(value))
    sheet.freeze_panes(1, 0)
