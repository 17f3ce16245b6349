"""The forms of the self-check: web page, PDF and JSON."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from kaa_bridge.report.audit.judge import Judged, JudgedArea, JudgedTest
from kaa_bridge.report.audit.paper import audit_paper
from kaa_bridge.report.board.forms import Form, public_basis
from kaa_bridge.report.paper.page import as_html
from kaa_bridge.report.paper.pdf import as_pdf


def render_audit(found: Sequence[Judged], form: Form) -> bytes:
    """Return the self-check in one of its forms; the JSON is ``kaa-audit-result/1``, ``null`` is not shown.

    Raises:
        ConfigurationInvalid: page or PDF is asked for and the extra ``reports`` is not installed.
    """
    if form == "pdf":
        return as_pdf(audit_paper(found))
    if form == "html":
        return as_html(audit_paper(found)).encode()
    return (json.dumps(_data(found), ensure_ascii=False, indent=1) + "\n").encode()


def _data(found: Sequence[Judged]) -> dict[str, Any]:
    standard = found[0].standard
    return {
        "format": "kaa-audit-result/1",
        "objectives": {"name": standard.name, "version": standard.version, "source": standard.source},
        "municipalities": [
            {"basis": public_basis(one.published), "areas": [_area(area) for area in one.areas]} for one in found
        ],
    }


def _area(area: JudgedArea) -> dict[str, Any]:
    return {
        "id": area.area.id,
        "verdict": area.verdict.value,
        "objectives": [
            {
                "id": one.objective.id,
                "text": one.objective.text,
                "verdict": one.verdict.value,
                "unseen": one.objective.unseen,
                "tests": [_test(test) for test in one.tests],
            }
            for one in area.objectives
        ],
    }


def _test(judged: JudgedTest) -> dict[str, Any]:
    test, count = judged.test, judged.count
    found = {"query": test.query, "days": test.days, "verdict": judged.verdict.value, "why": judged.why or None}
    if count is None:
        return {**found, "fact": judged.fact}
    numbers = {"part": count.part, "whole": count.whole, "per_cent": judged.share, "period": count.period}
    return {**found, **numbers, "fulfilled_from": test.fulfilled, "partly_from": test.partly}
