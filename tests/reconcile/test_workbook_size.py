"""A spreadsheet of the most rows is one that can be read back."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta

from kaa_bridge.reconcile.model import Category, Lost, Passed, Row
from kaa_bridge.reconcile.sheet import ROWS_MOST
from kaa_bridge.transport.workbook import MAX_ENTRY
from tests.reconcile.reports import ROWS, render, report

SOME = 400


class LongRows:
    """Rows as long as they get: names, and five deadlines passed."""

    def __iter__(self) -> Iterator[Row]:
        text = "Skicka brev 2 (påminnelse) till vårdnadshavaren (ungdomen är under 18 år)."
        passed = tuple(Passed("x", date(2026, 7, 3) + timedelta(days=7 * week), text) for week in range(5))
        row = replace(ROWS[1], lost=Lost(date(2026, 7, 3), 60, passed))
        for number in range(SOME):
            yield replace(row, handle=f"U-{number:013}", remarks=("missed", "sources_differ", "number_differs"))


def test_the_most_rows_fit_into_what_is_read_back() -> None:
    made = report()
    head = replace(made.head, right=replace(made.head.right, label="IST Administration"))
    made = replace(
        made, head=head, rows=LongRows(), names=lambda part: {row.handle: ("N" * 30, "9" * 12) for row in part}
    )
    made.counts.listed[Category.ENDED_IN_FREEZE] = SOME
    with zipfile.ZipFile(io.BytesIO(render(made, "xlsx"))) as archive:
        size = archive.getinfo("xl/worksheets/sheet1.xml").file_size
    assert size / SOME * ROWS_MOST < MAX_ENTRY
