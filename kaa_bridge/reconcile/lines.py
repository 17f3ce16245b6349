"""The report's lines, the same in every form: head, sums, and one row of cells for each youth."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from kaa_bridge.reconcile.compare import Found
from kaa_bridge.reconcile.model import Beside, Category, Counts, Head, Report, Row
from kaa_bridge.reconcile.seal import reference, seal
from kaa_bridge.reconcile.texts import (
    category_text,
    evidence_text,
    left_text,
    others_text,
    passed_text,
    remarks_text,
    standing_text,
    step_text,
)
from kaa_bridge.report.basis import basis_lines
from kaa_bridge.report.cells import safe
from kaa_bridge.store.query import chunks

TITLE = "Jämförelse efter sommaren"
_LONGEST = 32_767
DECISION = "Beslut"
SEAL = "Radkod"
NAMES = ("Namn", "Personnummer")
"""Columns after the first, only where names were asked for; no seal holds them."""
DECISIONS = ("Godkänd", "Avslagen", "Vänta")
"""What a person may write in the decision column; an empty cell is no decision."""
ACCEPTED = DECISIONS[0]


def columns(head: Head) -> tuple[str, ...]:
    """Return the names of the columns; the decision and the row's seal stand last in a spreadsheet."""
    return (
        "Ungdom",
        "Läge",
        "Förslag",
        f"{head.left.label} säger",
        f"{head.right.label} säger",
        "Andra källor",
        "Ansvar sedan",
        "Dagar sedan dess",
        "Passerade tidsgränser",
        "Hittad i förväg",
        "Att tänka på",
    )


def cells(row: Row, head: Head) -> tuple[str, ...]:
    """Return a row's cells as text, in the order of ``columns``."""
    lost = row.lost
    return (
        row.handle,
        category_text(row.category, head),
        step_text(row.step, head),
        left_text(row.left),
        evidence_text(row.right),
        others_text(row),
        lost.first_day.isoformat() if lost else "",
        str(lost.days) if lost else "",
        passed_text(lost),
        row.found_on.isoformat() if row.found_on else "",
        remarks_text(row),
    )


def shown_columns(report: Report) -> tuple[str, ...]:
    """Return the names of the columns as a list of the youths shows them."""
    first, *rest = columns(report.head)
    return (first, *(NAMES if report.names else ()), *rest)


def shown_rows(report: Report) -> Iterator[tuple[Row, list[str]]]:
    """Yield each row, with its cells as a list of the youths shows them."""
    for part in chunks(report.rows):
        known = report.names(part) if report.names else {}
        for row in part:
            first, *rest = cells(row, report.head)
            names = known.get(row.handle, ("", "")) if report.names else ()
            yield row, shown_cells((first, *names, *rest))


def head_lines(head: Head) -> list[tuple[str, str]]:
    """Return what the report rests on, as name and value."""
    return [
        *basis_lines(head),
        ("Jämförs", f"{head.left.label} och {head.right.label}"),
        ("Uppehåll", f"{head.frozen.label} uppdateras inte {head.freeze.first} till {head.freeze.last}"),
        *_warnings(head),
    ]


def count_lines(counts: Counts, head: Head) -> list[tuple[str, int]]:
    """Return the number in each category, in the order of the report, and the sums that they add up to."""
    found = [(category_text(category, head), counts.categories[category]) for category in Category]
    return [*found, ("Summa", sum(counts.categories.values()))]


def sum_lines(counts: Counts, head: Head) -> list[tuple[str, int]]:
    """Return both sides and their union, which is the sum of the categories."""
    left, right = head.left.label, head.right.label
    return [
        (f"Ungdomar i {left}", counts.left),
        (f"Ungdomar i {right}", counts.right),
        ("Ungdomar i båda", counts.both),
        ("Ungdomar i någon av dem", counts.union),
        (f"Utan placering i {left}", counts.open_left),
        ("Därav utan känd sysselsättning", counts.no_occupation),
        ("Nya som nattkörningen hittade redan under sommaren", counts.found_early),
        (f"Därutöver hittade och okända i både {left} och {right}", counts.beside),
    ]


def beside_title(head: Head) -> str:
    """Return the heading of those found in the freeze whom neither source knows."""
    return f"Hittade under sommaren, okända i både {head.left.label} och {head.right.label}"


BESIDE = ("Ungdom", "Hittad", "Ansvar sedan", "Källorna säger")
"""Columns of those found in the freeze whom neither source knows."""


def beside_cells(one: Beside) -> tuple[str, ...]:
    """Return the cells of one of them, in the order of ``BESIDE``."""
    told = " ".join(f"{evidence.source}: {evidence_text(evidence)}" for evidence in one.told)
    return one.handle, one.found_on.isoformat(), one.since.isoformat() if one.since else "", told


def sealed(found: Found, key: bytes) -> Report:
    """Return the report with its reference and the key that seals its rows.

    Args:
        found: what the comparison found.
        key: a key of the municipality's own; another municipality's file is never taken for this one's.
    """
    head = found.head
    asked = (head.municipality, str(head.year), head.as_of.isoformat(), head.left.name, head.right.name)
    name = reference(key, (*asked, head.law, head.fingerprint))
    return Report(head, found.counts, found.rows, found.protected, name, key, found.beside)


def row_seal(row: Row, report: Report) -> str:
    """Return a row's code: the seal of its cells, and the seal of what was decided on, ages and dates of news apart."""
    substance = substance_seal(row, report)
    return f"{cell_seal(report.key, report.reference, cells(row, report.head), substance)}-{substance}"


def cell_seal(key: bytes, name: str, texts: Sequence[str], substance: str) -> str:
    """Return the seal of a row's cells as the spreadsheet holds them."""
    return seal(key, "row", name, substance, *shown_cells(texts))


def substance_seal(row: Row, report: Report) -> str:
    """Return the seal of what a person decides on: it is the same as long as the sources say the same."""
    sides = [standing_text(side.standing) if side else "" for side in (row.left, row.right, *row.others)]
    first_day = row.lost.first_day.isoformat() if row.lost else ""
    return seal(report.key, "substance", report.reference, row.handle, row.category, row.step, first_day, *sides)


def shown_cells(texts: Sequence[str]) -> list[str]:
    """Return cells as a spreadsheet holds them: safe, and no longer than a cell can be."""
    return [safe(text)[:_LONGEST] for text in texts]


def _warnings(head: Head) -> Iterator[tuple[str, str]]:
    """Tell of a comparison that is made too early to be the one after the freeze."""
    if head.as_of < head.freeze.over_on:
        yield "Obs!", f"Uppehållet pågår: {head.frozen.label} uppdateras igen {head.freeze.over_on}."
        return
    over = head.freeze.over_on.isoformat()
    late = [one.label for one in (head.left, head.right) if one.pulled_on is None or one.pulled_on < over]
    if late:
        yield "Obs!", f"{' och '.join(late)} har inte hämtats sedan uppehållet slutade. Kör en natt och jämför igen."
