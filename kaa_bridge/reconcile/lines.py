"""The report's lines, the same in every form: head, sums, and one row of cells for each youth."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from kaa_bridge.reconcile.compare import Found
from kaa_bridge.reconcile.model import Category, Counts, Head, Report, Row
from kaa_bridge.reconcile.seal import reference, seal
from kaa_bridge.reconcile.texts import (
    age_text,
    category_text,
    evidence_text,
    left_text,
    others_text,
    passed_text,
    remarks_text,
    standing_text,
    step_text,
)
from kaa_bridge.report.basis import SourceState
from kaa_bridge.report.cells import safe

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


def shown_row(row: Row, report: Report) -> list[str]:
    """Return a row's cells as a list of the youths shows them."""
    first, *rest = cells(row, report.head)
    names = report.names.get(row.handle, ("", "")) if report.names else ()
    return shown_cells((first, *names, *rest))


def head_lines(head: Head) -> list[tuple[str, str]]:
    """Return what the report rests on, as name and value."""
    sources = [(head.left, "jämförs"), (head.right, "jämförs"), *((one, "hörs också") for one in head.others)]
    return [
        ("Kommun", f"{head.name} ({head.municipality})"),
        ("Gäller per", head.as_of.isoformat()),
        ("Uppehåll", f"{head.frozen} uppdateras inte {head.freeze.first} till {head.freeze.last}"),
        *((f"Källa: {state.label}", _source_text(state, how, head)) for state, how in sources),
        *_warnings(head),
        ("Lag", f"skollagen 29 kap. 9 §, lydelse i kraft {head.law}"),
        ("Rutin", f"{head.routine} ({head.fingerprint})"),
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
    ]


def sealed(found: Found, key: bytes) -> Report:
    """Return the report with its reference and a seal for each row.

    Args:
        found: what the comparison found.
        key: a key of the municipality's own; another municipality's file is never taken for this one's.
    """
    head = found.head
    asked = (head.municipality, str(head.year), head.as_of.isoformat(), head.left.name, head.right.name)
    name = reference(key, (*asked, head.law, head.fingerprint))
    seals = {row.handle: row_seal(key, name, row, head) for row in found.rows}
    whole = content_seal(key, name, seals.values())
    return Report(head, found.counts, found.rows, found.protected, seals, name, whole)


def row_seal(key: bytes, name: str, row: Row, head: Head) -> str:
    """Return a row's code: the seal of its cells, and the seal of what was decided on, ages and dates of news apart."""
    substance = substance_seal(key, name, row)
    return f"{cell_seal(key, name, cells(row, head), substance)}-{substance}"


def cell_seal(key: bytes, name: str, texts: Sequence[str], substance: str) -> str:
    """Return the seal of a row's cells as the spreadsheet holds them."""
    return seal(key, "row", name, substance, *shown_cells(texts))


def substance_seal(key: bytes, name: str, row: Row) -> str:
    """Return the seal of what a person decides on: it is the same as long as the sources say the same."""
    sides = [standing_text(side.standing) if side else "" for side in (row.left, row.right, *row.others)]
    first_day = row.lost.first_day.isoformat() if row.lost else ""
    return seal(key, "substance", name, row.handle, row.category, row.step, first_day, *sides)


def shown_cells(texts: Sequence[str]) -> list[str]:
    """Return cells as a spreadsheet holds them: safe, and no longer than a cell can be."""
    return [safe(text)[:_LONGEST] for text in texts]


def content_seal(key: bytes, name: str, seals: Iterable[str]) -> str:
    """Return the seal of all rows together: a file from which a row was taken away has another."""
    return seal(key, "content", name, *sorted(seals))


def _source_text(state: SourceState, how: str, head: Head) -> str:
    proved = f"; senast bevisat hel {state.proved_on}" if state.proved_on else "; aldrig bevisat hel"
    left_out = f"; {state.quarantined} poster i karantän ingår inte" if state.quarantined else ""
    return f"{how}; {age_text(state.pulled_on, head.as_of)}{proved}{left_out}"


def _warnings(head: Head) -> Iterator[tuple[str, str]]:
    """Tell of a comparison that is made too early to be the one after the freeze."""
    if head.as_of < head.freeze.over_on:
        yield "Obs!", f"Uppehållet pågår: {head.frozen} uppdateras igen {head.freeze.over_on}."
        return
    over = head.freeze.over_on.isoformat()
    late = [one.label for one in (head.left, head.right) if one.pulled_on is None or one.pulled_on < over]
    if late:
        yield "Obs!", f"{' och '.join(late)} har inte hämtats sedan uppehållet slutade. Kör en natt och jämför igen."
