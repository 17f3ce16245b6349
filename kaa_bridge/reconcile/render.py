"""The report in its forms: text, CSV and JSON here, spreadsheet and web page beside. Pure: same rows, same bytes."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator
from typing import Any, Literal

from kaa_bridge.reconcile.lines import count_lines, head_lines, shown_columns, shown_row, sum_lines
from kaa_bridge.reconcile.model import Category, Evidence, Lost, Report, Row, Standing
from kaa_bridge.reconcile.page import as_html
from kaa_bridge.reconcile.sheet import as_xlsx
from kaa_bridge.reconcile.texts import (
    category_text,
    days_text,
    evidence_text,
    left_text,
    remarks_text,
    step_text,
)
from kaa_bridge.report.basis import SourceState
from kaa_bridge.report.cells import safe

Format = Literal["table", "csv", "xlsx", "html", "json"]
TITLE = "Jämförelse efter sommaren"


def render(report: Report, fmt: Format) -> bytes:
    """Return the report in one of its forms.

    Args:
        report: rows with a proposed step; of protected youths only their number is written.
        fmt: ``table`` (plain text), ``csv`` (UTF-8 with byte order mark, semicolons; the first column says whether a
            line is of the head, the sums or a youth), ``xlsx``, ``html`` or ``json`` (``kaa-reconcile/1``).
    """
    if fmt == "xlsx":
        return as_xlsx(report)
    if fmt == "html":
        return as_html(report).encode()
    if fmt == "json":
        return (json.dumps(as_data(report), ensure_ascii=False, indent=1) + "\n").encode()
    if fmt == "csv":
        return _as_csv(report)
    return "".join(f"{line}\n" for line in _as_table(report)).encode()


def render_restricted(report: Report) -> bytes:
    """Return the restricted list: the handles of the protected, nothing else of them; JSON."""
    document = {
        "format": "kaa-reconcile-restricted/1",
        "reference": report.reference,
        "as_of": report.head.as_of.isoformat(),
        "protected": list(report.protected),
    }
    return (json.dumps(document, ensure_ascii=False, indent=1) + "\n").encode()


def as_data(report: Report) -> dict[str, Any]:
    """Return the report as JSON data, ``kaa-reconcile/1``."""
    head, counts = report.head, report.counts
    return {
        "format": "kaa-reconcile/1",
        "reference": report.reference,
        "municipality": head.municipality,
        "as_of": head.as_of.isoformat(),
        "freeze": {
            "of": head.frozen,
            "year": head.year,
            "from": head.freeze.first.isoformat(),
            "to": head.freeze.last.isoformat(),
        },
        "left": _source(head.left),
        "right": _source(head.right),
        "others": [_source(one) for one in head.others],
        "law": head.law,
        "routine": {"name": head.routine, "fingerprint": head.fingerprint},
        "counts": {
            "categories": {category.value: counts.categories[category] for category in Category},
            "left": counts.left,
            "right": counts.right,
            "both": counts.both,
            "union": counts.union,
            "open_left": counts.open_left,
            "no_occupation": counts.no_occupation,
            "found_early": counts.found_early,
        },
        "rows": [_row(row, report) for row in report.rows],
    }


def _row(row: Row, report: Report) -> dict[str, Any]:
    return {
        "handle": row.handle,
        "category": row.category.value,
        "step": row.step.value,
        "outcome": row.outcome,
        "left": _evidence(row.left),
        "right": _evidence(row.right),
        "others": [_evidence(one) for one in row.others],
        "lost": _lost(row.lost),
        "found_on": row.found_on.isoformat() if row.found_on else None,
        "remarks": list(row.remarks),
        "text": {
            "category": category_text(row.category, report.head),
            "step": step_text(row.step, report.head),
            "remarks": remarks_text(row),
        },
        "seal": report.seals[row.handle],
    }


def _lost(lost: Lost | None) -> dict[str, Any] | None:
    if lost is None:
        return None
    passed = [{"action": one.action, "due": one.due.isoformat(), "text": one.text} for one in lost.passed]
    return {"first_day": lost.first_day.isoformat(), "days": lost.days, "passed": passed}


def _evidence(evidence: Evidence | None) -> dict[str, Any] | None:
    if evidence is None:
        return None
    since = evidence.unchanged_since
    return {
        "source": evidence.source,
        "text": evidence_text(evidence),
        "unchanged_since": since.isoformat() if since else None,
        **_standing(evidence.standing),
    }


def _standing(standing: Standing) -> dict[str, Any]:
    names = ("school_form", "study_path", "school_unit", "ended_as", "document", "unclear", "occupation")
    days = {"on": standing.on, "free_since": standing.free_since}
    return {
        "says": standing.kind.value,
        **{name: day.isoformat() for name, day in days.items() if day},
        **{name: text for name in names if (text := getattr(standing, name))},
    }


def _source(state: SourceState) -> dict[str, str | int | None]:
    return {
        "name": state.name,
        "label": state.label,
        "pulled_on": state.pulled_on,
        "proved_on": state.proved_on,
        "quarantined": state.quarantined,
    }


def _as_csv(report: Report) -> bytes:
    out = io.StringIO(newline="")
    writer = csv.writer(out, delimiter=";", lineterminator="\r\n")
    names = shown_columns(report)
    empty = [""] * (len(names) - 2)
    writer.writerow(["Del", *map(safe, names)])
    for name, value in [("Jämförelse", report.reference), *head_lines(report.head)]:
        writer.writerow(["Huvud", safe(name), safe(value), *empty])
    for name, count in [*count_lines(report.counts, report.head), *sum_lines(report.counts, report.head)]:
        writer.writerow(["Antal", safe(name), str(count), *empty])
    for row in report.rows:
        writer.writerow(["Ungdom", *shown_row(row, report)])
    return out.getvalue().encode("utf-8-sig")


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
