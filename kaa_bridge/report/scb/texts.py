"""The report on the file as people and machines read it. It holds handles and counts, never a person."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import asdict
from typing import Any

from kaa_bridge.report.basis import basis_lines, source_text
from kaa_bridge.report.scb.fields import BLOCKS, BlockKind
from kaa_bridge.report.scb.load import Loaded
from kaa_bridge.report.scb.model import Level
from kaa_bridge.report.scb.report import Finding, Report
from kaa_bridge.report.scb.since import CHANGED, NEW, REMOVED

_SHOWN = 10
"""Findings of a check, and handles of a block, that the text lists; JSON lists more."""
_KINDS = {NEW: "nya", CHANGED: "ändrade", REMOVED: "borttagna"}
_LEVELS: dict[Level, str] = {"stop": "Måste rättas innan filen lämnas", "remark": "Att känna till"}


def as_text(report: Report) -> str:
    """Return the report in Swedish, for the one who delivers the file."""
    return "".join(f"{line}\n" for line in _lines(report))


def as_json(report: Report) -> str:
    """Return the report for machines: ``kaa-scb-report/1``."""
    layout = report.layout.layout
    document = {
        "format": "kaa-scb-report/1",
        "period": str(report.period),
        "as_of": report.as_of.isoformat(),
        "ready": report.is_ready,
        "file": report.written or None,
        "basis": report.basis.to_json(),
        "journal": [asdict(one) for one in report.journal],
        "layout": {
            "name": report.layout.name,
            "fingerprint": report.layout.fingerprint,
            "status": layout.status,
            "official": layout.official.model_dump(mode="json") if layout.official else None,
        },
        "people": report.people,
        "rows": {kind.value: count for kind, count in report.rows.items()},
        "missing": report.missing,
        "awaiting_start": report.awaiting,
        "protected": {"left_out": len(report.restricted.left_out), "in_file": len(report.restricted.in_file)},
        "checks": {name: dict(counts) for name, counts in sorted(report.findings.counts.items())},
        "findings": [_finding(one) for one in report.findings.listed],
        "changes": _changes(report),
    }
    return json.dumps(document, ensure_ascii=False, indent=1) + "\n"


def as_restricted(report: Report) -> bytes:
    """Return the restricted list, for whoever may know them, in a private file."""
    document = {
        "format": "kaa-restricted/1",
        "report": "scb",
        "period": str(report.period),
        "as_of": report.as_of.isoformat(),
        **{name: sorted(handles) for name, handles in asdict(report.restricted).items()},
    }
    return (json.dumps(document, ensure_ascii=False, indent=1) + "\n").encode()


def layout_text(loaded: Loaded) -> str:
    """Return which layout was used and how far it can be trusted."""
    official = loaded.layout.official
    known = f"{loaded.name} ({loaded.fingerprint})"
    if official is None:
        return f"{known}, inofficiell platshållare: läs in SCB:s egen för perioden"
    return (
        f"{known}, SCB:s egen, inläst {official.loaded_on} av {official.loaded_by} ur {'; '.join(official.documents)}"
    )


def _lines(report: Report) -> Iterator[str]:
    yield f"SCB-rapporten {report.period.in_words} ({report.period})"
    journal = [(f"Journal: {one.label}", source_text(one, report.as_of)) for one in report.journal]
    for name, value in [*basis_lines(report.basis), *journal, ("Uppställning", layout_text(report.layout))]:
        yield f"{name}: {value}"
    yield ""
    yield f"Ungdomar i filen: {report.people}"
    for number, kind in enumerate(BlockKind, 1):
        count = report.rows[kind]
        yield f"  {number} {BLOCKS[kind]}: {count} {'rad' if count == 1 else 'rader'}"
    yield from _asides(report)
    for level, title in _LEVELS.items():
        yield from _found(report, level, title)
    yield from _since(report)
    yield ""
    yield from _end(report)


def _asides(report: Report) -> Iterator[str]:
    if report.missing:
        yield f"Rutor med uppställningens kod för att uppgift saknas: {report.missing}"
    if report.awaiting:
        yield f"Väntar bara på att utbildningen ska börja och är inte med: {report.awaiting}"
    if count := len(report.restricted.left_out):
        yield (
            f"Skyddade uppgifter, eller okänt om de är skyddade, och därför inte med i filen: {count}. Rapportera dem "
            "för hand enligt SCB:s anvisningar. Vilka de är: --restricted FIL."
        )
    if count := len(report.restricted.in_file):
        yield f"Skyddade uppgifter, med i filen enligt kommunens inställning: {count}."


def _found(report: Report, level: Level, title: str) -> Iterator[str]:
    total = report.findings.total(level)
    if not total:
        return
    yield ""
    yield f"{title} ({total}):"
    for check, counts in report.findings.counts.items():
        listed = [one for one in report.findings.listed if one.check == check and one.level == level]
        for one in listed[:_SHOWN]:
            yield f"  {_place(one)}{one.problem}"
            yield f"    Gör så här: {one.remedy}"
        if counts[level] > _SHOWN:
            yield f"  … och {counts[level] - _SHOWN} till av samma slag ({check}); hela listan: --json"


def _place(finding: Finding) -> str:
    block = BLOCKS[finding.block] if finding.block else ""
    parts = [part for part in (finding.where, block, finding.handle) if part]
    return f"{', '.join(parts)}: " if parts else ""


def _since(report: Report) -> Iterator[str]:
    changes = report.changes
    yield ""
    if changes.since is None:
        yield "Det finns ingen tidigare fil för halvåret att jämföra med."
        return
    kind = "filen" if changes.since.ready else "utkastet"
    yield f"Ändrat sedan {kind} som gällde per {changes.since.as_of}:"
    if changes.since.layout != report.layout.fingerprint:
        yield "  Uppställningen är en annan än då, så rader kan ha ändrats utan att något nytt är känt."
    if not any(changes.total(what) for what in _KINDS):
        yield "  Ingenting."
    for block, counts in changes.counts.items():
        if counts:
            yield f"  {BLOCKS[block]}: {', '.join(f'{counts[what]} {word}' for what, word in _KINDS.items())}"
        for what, word in _KINDS.items():
            if handles := changes.handles.get((block, what)):
                more = f" och {len(handles) - _SHOWN} till" if len(handles) > _SHOWN else ""
                yield f"    {word}: {', '.join(handles[:_SHOWN])}{more}"


def _end(report: Report) -> Iterator[str]:
    if not report.written:
        yield "Ingen fil är skriven."
    elif report.is_ready:
        yield f"{report.written} är klar att lämna till SCB. Lämna hela filen: den ersätter den förra."
    else:
        yield f"{report.written} är ett utkast. Lämna det inte till SCB."


def _finding(one: Finding) -> dict[str, Any]:
    return {**asdict(one), "block": one.block.value if one.block else None, "handle": one.handle or None}


def _changes(report: Report) -> dict[str, Any] | None:
    changes = report.changes
    if changes.since is None:
        return None
    return {
        "since": changes.since.as_of,
        "was_ready": bool(changes.since.ready),
        "same_layout": changes.since.layout == report.layout.fingerprint,
        "blocks": {
            block.value: {
                what: {"rows": counts[what], "handles": changes.handles.get((block, what), [])} for what in _KINDS
            }
            for block, counts in changes.counts.items()
        },
    }
