"""A small finished comparison, made by hand, with texts that try to break out of every form."""

from __future__ import annotations

import io
from datetime import date

from kaa_bridge.reconcile.compare import Found
from kaa_bridge.reconcile.lines import sealed
from kaa_bridge.reconcile.model import (
    Category,
    Counts,
    Evidence,
    Freeze,
    Head,
    Kind,
    Lost,
    Passed,
    Report,
    Row,
    Standing,
    Step,
)
from kaa_bridge.reconcile.render import Format, write_report
from kaa_bridge.report.basis import SourceState

KEY = b"k" * 32
EVIL = "=HYPERLINK(\"http://x\")<script>alert('&')</script>"
DAY = date(2026, 9, 1)


def render(made: Report, form: Format) -> bytes:
    """Return a form of a report as the bytes that are written."""
    stream = io.BytesIO()
    write_report(made, form, stream)
    return stream.getvalue()


def report() -> Report:
    """Return a report with four categories, a protected youth and hostile texts."""
    left = SourceState("oedb", "OEDB", "2026-09-01", "2026-09-01")
    right = SourceState("ist", EVIL, "2026-08-29", None, 2)
    head = Head(
        municipality="2303",
        name="=Ragunda & <b>",
        year=2026,
        freeze=Freeze(date(2026, 6, 1), date(2026, 8, 31)),
        frozen=left,
        as_of=DAY,
        left=left,
        right=right,
        sources=(left, right, SourceState("exams", "examensfilen", None, None)),
        law="2023-07-02",
        routine="ragunda 1",
        fingerprint="cd28f076b4e4a414",
    )
    counts = Counts(left=5, right=4, both=3, open_left=2, no_occupation=1, found_early=1)
    for category in (Category.PROTECTED, Category.ENDED_IN_FREEZE, Category.ATTENDS_ELSEWHERE, Category.ONLY_LEFT):
        counts.categories[category] = 1
    counts.categories[Category.AGREE] = 2
    counts.listed.update(dict.fromkeys((row.category for row in ROWS), 1))
    return sealed(Found(head, counts, ROWS, ("U-PROTECTED",)), KEY)


def _rows() -> tuple[Row, ...]:
    going = Standing(kind=Kind.ATTENDING, on=date(2025, 8, 18), school_form="GY", study_path=EVIL)
    ended = Standing(kind=Kind.ENDED, free_since=date(2026, 7, 3), school_form="GY", ended_as="withdrawn")
    working = Standing(kind=Kind.NOTHING, occupation="work")
    lost = Lost(date(2026, 7, 3), 60, (Passed("phone", date(2026, 7, 10), "Ring ungdomen."),))
    may = date(2026, 5, 28)
    return (
        Row(
            handle="U-AAAA",
            category=Category.ATTENDS_ELSEWHERE,
            step=Step.CLOSE,
            left=Evidence("OEDB", working, may),
            right=Evidence("IST", going, DAY),
            outcome="not_covered",
            remarks=("number_differs",),
        ),
        Row(
            handle="U-BBBB",
            category=Category.ENDED_IN_FREEZE,
            step=Step.OPEN,
            left=Evidence("OEDB", going, may),
            right=Evidence("IST", ended, date(2026, 7, 9)),
            outcome="covered",
            lost=lost,
            found_on=date(2026, 7, 9),
            remarks=("found_early",),
        ),
        Row(
            handle="U-CCCC",
            category=Category.ONLY_LEFT,
            step=Step.INVESTIGATE,
            left=Evidence("OEDB", Standing(kind=Kind.NOTHING), may),
            right=None,
        ),
    )


ROWS = _rows()
