"""The report as a spreadsheet with a decision column: filters, frozen header, the same bytes for the same report."""

from __future__ import annotations

import io
from collections.abc import Sequence
from datetime import datetime, time
from typing import Any

import xlsxwriter

from kaa_bridge.reconcile.lines import (
    DECISION,
    DECISIONS,
    SEAL,
    count_lines,
    head_lines,
    shown_columns,
    shown_row,
    sum_lines,
)
from kaa_bridge.reconcile.model import Report
from kaa_bridge.report.cells import safe

ROWS, ABOUT, COUNTS = "Att besluta", "Om jämförelsen", "Antal"
"""Names of the sheets."""
REFERENCE, CONTENT, SUMMER, AS_OF, COMPARED = "Jämförelse", "Innehållskod", "Sommaren", "Gäller per", "Jämförda källor"
"""Names of the lines by which a file is known again."""
_WIDTHS = (16, 30, 20, 46, 46, 40, 12, 10, 46, 12, 40)
_OPTIONS = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
_HELP = (
    "Fyll i kolumnen Beslut: Godkänd, Avslagen eller Vänta. En tom ruta är inget beslut.",
    "Ändra inget annat och ta inte bort rader: filen läses tillbaka strikt. Sortera och filtrera går bra.",
    "En godkänd rad blir en anteckning i journalen. Ingenting ändras i källorna: rätta och avsluta där för hand.",
)


def as_xlsx(report: Report) -> bytes:
    """Return the workbook: rows to decide on the first sheet, what it rests on and the sums on the others.

    Everything is text (nothing is a formula or a link) but the numbers of the sums.
    """
    out = io.BytesIO()
    book = xlsxwriter.Workbook(out, _OPTIONS)
    title = f"Jämförelse efter sommaren {report.head.year}"
    book.set_properties({"title": title, "created": datetime.combine(report.head.as_of, time())})
    bold, wrapped = book.add_format({"bold": True, "bottom": 1}), book.add_format({"text_wrap": True, "valign": "top"})
    _rows(book.add_worksheet(ROWS), report, bold, wrapped, book.add_format({"bg_color": "#FFF2CC", "valign": "top"}))
    head = report.head
    known = [(REFERENCE, report.reference), (CONTENT, report.content), (SUMMER, str(head.year))]
    about = [*known, (COMPARED, f"{head.left.name}, {head.right.name}"), *head_lines(head)]
    _pairs(book.add_worksheet(ABOUT), ("Uppgift", "Värde"), [*about, *(("Så gör du", text) for text in _HELP)], bold)
    counted = [*count_lines(report.counts, report.head), *sum_lines(report.counts, report.head)]
    _pairs(book.add_worksheet(COUNTS), ("Läge", "Antal"), counted, bold)
    book.close()
    return out.getvalue()


def _rows(sheet: Any, report: Report, bold: Any, wrapped: Any, decision: Any) -> None:
    names = (*shown_columns(report), DECISION, SEAL)
    widths = (*_WIDTHS[:1], *((24, 14) if report.names else ()), *_WIDTHS[1:], 12, 36)
    for column, (name, width) in enumerate(zip(names, widths, strict=True)):
        sheet.set_column(column, column, width)
        sheet.write_string(0, column, safe(name), bold)
    last = len(names) - 2
    for index, row in enumerate(report.rows, 1):
        for column, text in enumerate(shown_row(row, report)):
            sheet.write_string(index, column, text, wrapped)
        sheet.write_blank(index, last, None, decision)
        sheet.write_string(index, last + 1, report.seals[row.handle], wrapped)
    rows = max(1, len(report.rows))
    sheet.data_validation(1, last, rows, last, _validation())
    sheet.freeze_panes(1, 1)
    sheet.autofilter(0, 0, rows, len(names) - 1)
    sheet.set_landscape()
    sheet.fit_to_pages(1, 0)
    sheet.repeat_rows(0)


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
