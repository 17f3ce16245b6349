"""The radar chart: an area a spoke, the outer ring fulfilled, the middle one partly, the inner one not.

An area of which nothing can be seen has no point, and no line goes through it, as in the study that the areas are from.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from importlib.resources import files
from math import cos, pi, sin
from typing import Any

from kaa_bridge.report.audit.judge import LEVEL, Judged, Verdict
from kaa_bridge.report.audit.texts import VERDICTS
from kaa_bridge.report.paper.model import Chart

_APART = 0.07
"""So far are the lines of two municipalities drawn apart, that neither hides the other."""
_OUT = 3.25
"""Where the areas' names stand, the outer ring being 3."""
Point = dict[str, Any]


def radar(found: Sequence[Judged]) -> Chart:
    """Return the chart of one or several municipalities that are judged by the same objectives."""
    spec: dict[str, Any] = json.loads(files(__package__).joinpath("radar.vl.json").read_text("utf-8"))
    titles = [area.area.title for area in found[0].areas]
    rings = [(Verdict.NOT, 1), (Verdict.PARTLY, 2), (Verdict.FULFILLED, 3)]
    names = [{**_at(index, len(titles), _OUT), "text": _split(title)} for index, title in enumerate(titles)]
    lines = [line for index, one in enumerate(found) for line in _lines(one, _shift(index, len(found)))]
    drawn = (
        [*_grid(len(titles))],
        names,
        [{**_at(0, len(titles), level), "text": VERDICTS[verdict].lower()} for verdict, level in rings],
        lines,
        [point for point in lines if not point["again"]],
    )
    for layer, values in zip(spec["layer"], drawn, strict=True):
        layer["data"]["values"] = values
    words = ". ".join(_words(one) for one in found)
    return Chart("radar", "Åtta områden", f"Spindeldiagram över åtta områden. {words}.", spec)


def _words(judged: Judged) -> str:
    areas = "; ".join(f"{one.area.title}: {VERDICTS[one.verdict].lower()}" for one in judged.areas)
    return f"{judged.published.basis.name}: {areas}"


def _at(index: int, count: int, radius: float) -> Point:
    """Return a place on a spoke; the first spoke points up, the others follow clockwise."""
    angle = pi / 2 - 2 * pi * index / count
    return {"x": round(radius * cos(angle), 4), "y": round(radius * sin(angle), 4)}


def _grid(count: int) -> Iterator[Point]:
    for level in (1, 2, 3):
        for order in range(count + 1):
            yield {**_at(order % count, count, level), "line": f"ring {level}", "order": order}
    for index in range(count):
        yield {"x": 0.0, "y": 0.0, "line": f"spoke {index}", "order": 0}
        yield {**_at(index, count, 3), "line": f"spoke {index}", "order": 1}


def _lines(judged: Judged, shift: float) -> Iterator[Point]:
    """Yield the points of a municipality, in unbroken lines between areas that can be seen."""
    who, count = judged.published.basis.name, len(judged.areas)
    levels = [LEVEL.get(area.verdict) for area in judged.areas]
    gap = next((index for index, level in enumerate(levels) if level is None), 0)
    line = 0
    for order in range(gap, gap + count + 1):
        level = levels[order % count]
        if level is None:
            line += 1
            continue
        again = order == gap + count
        point = _at(order % count, count, level + shift)
        yield {**point, "who": who, "line": f"{who} {line}", "order": order, "again": again}


def _shift(index: int, count: int) -> float:
    return round((index - (count - 1) / 2) * _APART, 4)


def _split(title: str) -> list[str] | str:
    """Return a long name on two lines."""
    first, _, rest = title.partition(" ")
    return [first, rest] if len(title) > 16 and rest else title
