"""The report for the file: one document for web page and PDF, with a table for each category that has rows."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby

from kaa_bridge.reconcile.lines import (
    BESIDE,
    TITLE,
    beside_cells,
    beside_title,
    cells,
    columns,
    count_lines,
    head_lines,
    sum_lines,
)
from kaa_bridge.reconcile.model import Category, Report, Row
from kaa_bridge.reconcile.texts import category_text
from kaa_bridge.report.paper.model import Heading, Paper, Part, Table, Text

_CATEGORY = 1
"""Place of the column that a table's own heading says."""
_NARROW = frozenset({0, 6, 7, 9})
"""Places of handles, days and numbers of days."""
_EXPLAINED = (
    "Varje ungdom som någon av de två källorna känner till står i precis ett läge. Av ungdomar med skyddade uppgifter "
    "visas bara antalet."
)
_CLOSING = "Förslagen är förslag: en person beslutar. Ingenting ändras i källorna av jämförelsen."


def as_paper(report: Report) -> Paper:
    """Return the document; its parts can be gone through once."""
    about = (("Jämförelse", report.reference), *head_lines(report.head))
    return Paper(f"{TITLE} {report.head.year}", about, report.head.as_of, _parts(report), wide=True)


def _parts(report: Report) -> Iterator[Part]:
    counts, head = report.counts, report.head
    yield Heading("Antal")
    yield Text(_EXPLAINED)
    yield _sums("Antal ungdomar i varje läge", "Läge", count_lines(counts, head))
    yield _sums("Källorna var för sig", "Uppgift", sum_lines(counts, head))
    yield Heading("Ungdomar att ta ställning till")
    if not any(counts.listed.values()):
        yield Text("Inga: källorna stämmer överens.")
    used = _used(report)
    for category, rows in groupby(report.rows, key=_category):
        name = category_text(category, head)
        yield Heading(name, 3)
        yield _table(f"{name}: {_youths(counts.listed[category])}", report, sorted(used[category]), rows)
    if counts.beside:
        yield Heading(beside_title(head))
        rows_beside = (beside_cells(one) for one in report.beside)
        yield Table(_youths(counts.beside), BESIDE, rows_beside, narrow=frozenset({0, 1, 2}))
    yield Text(_CLOSING)


def _sums(caption: str, name: str, lines: list[tuple[str, int]]) -> Table:
    rows = tuple((said, str(count)) for said, count in lines)
    return Table(caption, (name, "Antal"), rows, numbers=frozenset({1}), narrow=frozenset({0}))


def _table(caption: str, report: Report, places: list[int], rows: Iterator[Row]) -> Table:
    names = columns(report.head)
    shown = (cells(row, report.head) for row in rows)
    return Table(
        caption,
        tuple(names[place] for place in places),
        (tuple(texts[place] for place in places) for texts in shown),
        narrow=frozenset(index for index, place in enumerate(places) if place in _NARROW),
    )


def _youths(count: int) -> str:
    return "1 ungdom" if count == 1 else f"{count} ungdomar"


def _used(report: Report) -> dict[Category, set[int]]:
    """Return by category the places of the columns that say something in any row: paper has no room for the rest."""
    used: dict[Category, set[int]] = {}
    for row in report.rows:
        said = used.setdefault(row.category, set())
        said.update(place for place, text in enumerate(cells(row, report.head)) if text and place != _CATEGORY)
    return used


def _category(row: Row) -> Category:
    return row.category
