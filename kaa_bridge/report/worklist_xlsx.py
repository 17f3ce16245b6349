"""The work list as a spreadsheet, the same bytes for the same rows."""

from __future__ import annotations

import io
from collections.abc import Sequence
from datetime import date, datetime, time

import xlsxwriter

from kaa_bridge.report.cells import safe
from kaa_bridge.report.work_rows import OVERDUE, Line

_WIDTHS = (18, 14, 12, 11, 12, 70, 16, 24)
_LONGEST = 32_767
_EXCEL_FIRST = date(1900, 3, 1)
_OPTIONS = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}


def as_xlsx(
    columns: Sequence[str], lines: Sequence[Line], calendar: Sequence[Line], *, as_of: date, calendar_name: str
) -> bytes:
    """Return a workbook with the work list on the first sheet and the calendar on the second.

    Dates are dates, everything else is text; nothing is a formula or a link.
    """
    out = io.BytesIO()
    book = xlsxwriter.Workbook(out, _OPTIONS)
    book.set_properties({"title": f"Arbetslista {as_of}", "created": datetime.combine(as_of, time())})
    _sheet(book, "Arbetslista", columns, lines)
    _sheet(book, calendar_name, columns, calendar)
    book.close()
    return out.getvalue()


def _sheet(book: xlsxwriter.Workbook, name: str, columns: Sequence[str], lines: Sequence[Line]) -> None:
    sheet = book.add_worksheet(name)
    bold = book.add_format({"bold": True, "bottom": 1})
    day = {"num_format": "yyyy-mm-dd", "align": "left"}
    red = {"font_color": "#9C0006"}
    formats = {
        False: (book.add_format(), book.add_format(day)),
        True: (book.add_format(red), book.add_format({**day, **red})),
    }
    for column, (title, width) in enumerate(zip(columns, (*_WIDTHS, *[16] * len(columns)), strict=False)):
        sheet.set_column(column, column, width)
        sheet.write_string(0, column, safe(title), bold)
    for row, line in enumerate(lines, 1):
        text_format, day_format = formats[line.state == OVERDUE]
        for column, value in enumerate(_values(line, columns)):
            if isinstance(value, date) and value >= _EXCEL_FIRST:
                sheet.write_datetime(row, column, datetime.combine(value, time()), day_format)
            else:
                sheet.write_string(row, column, safe(str(value))[:_LONGEST], text_format)
    sheet.freeze_panes(1, 0)
    sheet.autofilter(0, 0, max(1, len(lines)), len(columns) - 1)


def _values(line: Line, columns: Sequence[str]) -> tuple[str | date, ...]:
    due = line.due or "utan slutdag"
    extra = dict(line.extra)
    plain = (line.who, line.handle, line.state, line.not_before, due, line.text, line.recipient, line.action)
    return plain + tuple(extra.get(name, "") for name in columns[len(plain) :])
