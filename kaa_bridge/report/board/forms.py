"""The forms of the nämnd report: web page, PDF and JSON."""

from __future__ import annotations

import json
from typing import Any, Literal

from kaa_bridge.report.board import work
from kaa_bridge.report.board.goal import goal_text
from kaa_bridge.report.board.paper import SHARES, Board, board_paper, definitions
from kaa_bridge.report.board.published import Published
from kaa_bridge.report.board.spans import Span
from kaa_bridge.report.board.texts import LIMITS, SMALL
from kaa_bridge.report.paper.page import as_html
from kaa_bridge.report.paper.pdf import as_pdf
from kaa_bridge.report.suppress import is_small

Form = Literal["html", "pdf", "json"]


def render_board(board: Board, form: Form) -> bytes:
    """Return the report in one of its forms; the JSON is ``kaa-board/1``, where ``null`` is a figure that is not shown.

    Raises:
        ConfigurationInvalid: page or PDF is asked for and the extra ``reports`` is not installed.
    """
    if form == "pdf":
        return as_pdf(board_paper(board))
    if form == "html":
        return as_html(board_paper(board)).encode()
    return (json.dumps(_data(board), ensure_ascii=False, indent=1) + "\n").encode()


def public_basis(published: Published) -> dict[str, Any]:
    """Return the basis as JSON, small numbers of records in quarantine left out."""
    found = published.basis.to_json()
    for source in found["sources"]:
        source["quarantined"] = None if is_small(source["quarantined"]) else source["quarantined"]
    return found


def _data(board: Board) -> dict[str, Any]:
    published = board.published
    return {
        "format": "kaa-board/1",
        "monthly": board.monthly,
        "basis": public_basis(published),
        "began": published.began.isoformat(),
        "last_night": published.last_night.isoformat(),
        "periods": [_period(board, span) for span in board.spans],
        "now": {name: published.value(None, name) for name in ("late", "not_late")},
        "late": {step: published.value(None, f"late:{step}") for step in sorted(published.late)},
        "protected": published.protected,
        "investigate": published.investigate,
        "sections": {one.heading: None if one.counts is None else dict(one.counts) for one in board.sections},
        "goal": goal_text(board.goal, published, board.spans),
        "definitions": dict(definitions(board)),
        "limits": [*LIMITS, SMALL],
    }


def _period(board: Board, span: Span) -> dict[str, Any]:
    published = board.published
    names: tuple[str, ...] = ("end", *work.STEPS, "at_reached", "at_offered", "contacted", "silent", "running")
    if not board.monthly:
        came = ("start", "new", "ended", "ever", *work.CAUSES, "form", *work.DELAYS, *work.GROUNDS)
        names = (*names, *came, "measures_ended", "reason_told")
    return {
        "period": span.key,
        "from": span.first.isoformat(),
        "to": span.last.isoformat(),
        "whole": span.whole,
        "counts": {name: published.value(span, name) for name in names},
        "per_cent": {part: published.share(span, part, rest) for _, part, rest in SHARES},
        "median_days": published.medians.get(span.key),
    }
