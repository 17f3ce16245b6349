"""The report as JSON, ``kaa-reconcile/1``, and the restricted list: written piece by piece, as ``json.dumps`` would."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from textwrap import indent
from typing import Any

from kaa_bridge.reconcile.lines import row_seal
from kaa_bridge.reconcile.model import Beside, Category, Evidence, Lost, Report, Row, Standing
from kaa_bridge.reconcile.texts import category_text, evidence_text, remarks_text, step_text
from kaa_bridge.report.basis import SourceState


def json_pieces(report: Report) -> Iterator[str]:
    """Yield the report."""
    beside = (_beside(one) for one in report.beside)
    rows = (_row(row, report) for row in report.rows)
    return _document(_head(report), {"beside": beside, "rows": rows})


def restricted_pieces(report: Report) -> Iterator[str]:
    """Yield the restricted list."""
    head = {
        "format": "kaa-reconcile-restricted/1",
        "reference": report.reference,
        "as_of": report.head.as_of.isoformat(),
    }
    return _document(head, {"protected": report.protected})


def _document(head: dict[str, Any], lists: Mapping[str, Iterable[Any]]) -> Iterator[str]:
    """Yield an object whose last members are long arrays."""
    yield _text(head).removesuffix("\n}")
    for name, items in lists.items():
        yield f",\n {json.dumps(name)}: ["
        between = "\n"
        for item in items:
            yield between + indent(_text(item), "  ")
            between = ",\n"
        yield "]" if between == "\n" else "\n ]"
    yield "\n}\n"


def _text(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, indent=1)


def _head(report: Report) -> dict[str, Any]:
    head, counts = report.head, report.counts
    return {
        "format": "kaa-reconcile/1",
        "reference": report.reference,
        "municipality": head.municipality,
        "as_of": head.as_of.isoformat(),
        "freeze": {
            "of": head.frozen.label,
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
            "beside": counts.beside,
        },
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
        "seal": row_seal(row, report),
    }


def _beside(one: Beside) -> dict[str, Any]:
    return {
        "handle": one.handle,
        "found_on": one.found_on.isoformat(),
        "since": one.since.isoformat() if one.since else None,
        "told": [_evidence(evidence) for evidence in one.told],
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
