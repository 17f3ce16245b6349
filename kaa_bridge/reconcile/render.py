"""The report in its forms, written as it is made: neither rows nor report are held in memory. Same rows, same bytes."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from typing import BinaryIO, Literal

from kaa_bridge.errors import InputRefused
from kaa_bridge.reconcile.data import json_pieces, restricted_pieces
from kaa_bridge.reconcile.lines import (
    TITLE,
    beside_cells,
    beside_title,
    count_lines,
    head_lines,
    shown_cells,
    shown_columns,
    shown_rows,
    sum_lines,
)
from kaa_bridge.reconcile.model import Report, Row
from kaa_bridge.reconcile.paper import as_paper
from kaa_bridge.reconcile.sheet import write_xlsx
from kaa_bridge.reconcile.texts import (
    category_text,
    days_text,
    evidence_text,
    left_text,
    remarks_text,
    step_text,
)
from kaa_bridge.report.cells import safe
from kaa_bridge.report.paper.page import html_pieces
from kaa_bridge.report.paper.pdf import as_pdf

Format = Literal["table", "csv", "xlsx", "html", "pdf", "json"]
PDF_MOST = 5_000
"""Rows that a PDF holds at most: it is set as a whole, in memory, and nobody reads more on paper."""


def write_report(report: Report, fmt: Format, stream: BinaryIO) -> None:
    """Write the report in one of its forms.

    Args:
        report: rows with a proposed step; of protected youths only their number is written.
        fmt: ``table`` (plain text), ``csv`` (UTF-8 with byte order mark, semicolons; the first column says whether a
            line is of the head, the sums or a youth), ``xlsx``, ``html``, ``pdf`` or ``json`` (``kaa-reconcile/1``).
        stream: where to; for ``xlsx`` it must be seekable.

    Raises:
        ConfigurationInvalid: a PDF is asked for and the extra ``reports`` is not installed.
        InputRefused: more rows than the form holds; nothing was written.
    """
    if fmt == "xlsx":
        write_xlsx(report, stream)
    elif fmt == "pdf":
        _check_length(report)
        stream.write(as_pdf(as_paper(report)))
    else:
        for piece in _pieces(report, fmt):
            stream.write(piece.encode())


def write_restricted(report: Report, stream: BinaryIO) -> None:
    """Write the restricted list: the handles of the protected, nothing else of them; JSON."""
    for piece in restricted_pieces(report):
        stream.write(piece.encode())


def _pieces(report: Report, fmt: Format) -> Iterator[str]:
    if fmt == "html":
        return html_pieces(as_paper(report))
    if fmt == "json":
        return json_pieces(report)
    return _csv_pieces(report) if fmt == "csv" else (f"{line}\n" for line in _as_table(report))


def _check_length(report: Report) -> None:
    rows = sum(report.counts.listed.values())
    if rows > PDF_MOST:
        raise InputRefused(
            "reconcile_too_long",
            f"The report has {rows} rows and a PDF holds {PDF_MOST}; nothing was written.",
            remedy="Write it as a web page or a spreadsheet: --format html or --format xlsx.",
        )


def _csv_pieces(report: Report) -> Iterator[str]:
    names = shown_columns(report)
    empty = [""] * (len(names) - 2)
    yield "\ufeff" + _csv_line(["Del", *map(safe, names)])
    for name, value in [("Jämförelse", report.reference), *head_lines(report.head)]:
        yield _csv_line(["Huvud", safe(name), safe(value), *empty])
    for name, count in [*count_lines(report.counts, report.head), *sum_lines(report.counts, report.head)]:
        yield _csv_line(["Antal", safe(name), str(count), *empty])
    for _, shown in shown_rows(report):
        yield _csv_line(["Ungdom", *shown])
    for one in report.beside:
        told = shown_cells(beside_cells(one))
        yield _csv_line([beside_title(report.head), *told, *[""] * (len(names) - len(told))])


def _csv_line(cells: list[str]) -> str:
    out = io.StringIO(newline="")
    csv.writer(out, delimiter=";", lineterminator="\r\n").writerow(cells)
    return out.getvalue()


def _as_table(report: Report) -> Iterator[str]:
    head = report.head
    yield f"{TITLE} {head.year}  {report.reference}"
    for name, value in head_lines(head):
        yield f"  {name}: {_plain(value)}"
    yield ""
    for name, count in [*count_lines(report.counts, head), *sum_lines(report.counts, head)]:
        yield f"{count:>8}  {_plain(name)}"
    shown = None
    for row in report.rows:
        if row.category is not shown:
            shown = row.category
            yield ""
            yield _plain(category_text(row.category, head))
        yield from (f"  {_plain(line)}" for line in _row_lines(row, report))
    if report.counts.beside:
        yield ""
        yield _plain(beside_title(head))
    for one in report.beside:
        handle, found_on, since, told = beside_cells(one)
        yield _plain(f"  {handle}  Hittad {found_on}. {f'Ansvar sedan {since}. ' if since else ''}{told}")


def _row_lines(row: Row, report: Report) -> Iterator[str]:
    head = report.head
    yield f"{row.handle}  {step_text(row.step, head)}"
    yield f"    {head.left.label}: {left_text(row.left)}"
    yield f"    {head.right.label}: {evidence_text(row.right)}"
    yield from (f"    {one.source}: {evidence_text(one)}" for one in row.others)
    if row.lost:
        yield f"    Ansvar sedan {row.lost.first_day}, {days_text(row.lost.days)}."
        yield from (f"    Passerad tidsgräns {one.due}: {one.text}" for one in row.lost.passed)
    if row.remarks:
        found = f" Hittad {row.found_on}." if row.found_on else ""
        yield f"    {remarks_text(row)}{found}"


def _plain(text: str) -> str:
    return "".join(letter if letter.isprintable() else " " for letter in text)
