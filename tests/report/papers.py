"""A small report with everything a report can hold, as the tests of its forms read it."""

from __future__ import annotations

from datetime import date
from typing import Any

from kaa_bridge.report.paper.model import Chart, Heading, Paper, Part, Points, Table, Text

EVIL = '<script>alert("x")</script> & #let x = 1 *inte fet*'
"""Text that is markup to a browser and to typst, and must reach the reader as text."""
SPEC: dict[str, Any] = {
    "width": 300,
    "height": 120,
    "data": {"values": [{"h": "2025 första", "n": 1200.5}, {"h": "2025 andra", "n": 20}]},
    "mark": {"type": "bar", "clip": True},
    "encoding": {
        "x": {"field": "h", "type": "nominal", "sort": None, "title": "Halvår", "axis": {"labelAngle": 0}},
        "y": {"field": "n", "type": "quantitative", "title": "Ungdomar"},
    },
}
ROWS = (("2025 första", "färre än 5"), ("2025 andra", "20"))


def chart(name: str = "nadda", **changed: Any) -> Chart:
    words: dict[str, Any] = {
        "spec": SPEC,
        "title": "Nådda per halvår",
        "description": 'Första: 1 200,5. Andra: 20. <i>"så"</i>',
    }
    return Chart(name=name, **{"spec": SPEC, **words, **changed})


def paper(as_of: date = date(2026, 2, 1), **changed: Any) -> Paper:
    parts: list[Part] = [
        Heading("Hittade och nådda"),
        Text(EVIL),
        Points(("en punkt", "en till")),
        chart(),
        chart("igen"),
        Heading("Tabeller", level=3),
        Table("Ungdomar per halvår", ("Halvår", "Antal"), ROWS, frozenset({1})),
    ]
    about = (("Kommun", "Trollhättan (1488)"), ("Gäller per", as_of.isoformat()))
    return Paper("Rapport till nämnden", about, as_of, parts, **changed)
