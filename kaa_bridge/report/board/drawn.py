"""The charts of the reports: Vega-Lite specifications kept as data, filled with figures; what is hidden is no bar."""

from __future__ import annotations

import json
from collections.abc import Sequence
from importlib.resources import files
from typing import Any, NamedTuple

from kaa_bridge.report.paper.model import Chart
from kaa_bridge.report.suppress import SHOWN_AS


class Bar(NamedTuple):
    """One bar: what it is of, and its height; ``None`` is hidden."""

    name: str
    value: int | None
    series: str = ""


def grouped(name: str, title: str, axis: str, bars: Sequence[Bar], *, unit: str = "") -> Chart:
    """Return bars side by side for each period.

    Args:
        axis: title of the axis of heights.
        bars: ``name`` is the period; order is kept.
        unit: stands after each figure, such as ``" %"``.
    """
    spec = _spec("grouped")
    spec["layer"][0]["encoding"]["y"]["title"] = axis
    values = [{"period": bar.name, "series": bar.series, **_height(bar.value, unit)} for bar in bars]
    return _filled(spec, values, name, title, [(f"{bar.series}, {bar.name}", bar.value) for bar in bars], unit)


def bars(name: str, title: str, axis: str, found: Sequence[Bar]) -> Chart:
    """Return lying bars, one under the other, in the order given."""
    spec = _spec("bars")
    spec["layer"][0]["encoding"]["x"]["title"] = axis
    values = [{"name": bar.name, **_height(bar.value, "")} for bar in found]
    return _filled(spec, values, name, title, [(bar.name, bar.value) for bar in found], "")


def _height(value: int | None, unit: str) -> dict[str, Any]:
    return {"at": value or 0, "label": SHOWN_AS if value is None else f"{value}{unit}"}


def _filled(
    spec: dict[str, Any],
    values: list[dict[str, Any]],
    name: str,
    title: str,
    told: Sequence[tuple[str, int | None]],
    unit: str,
) -> Chart:
    spec["data"]["values"] = values
    words = ". ".join(f"{what}: {'visas inte' if value is None else f'{value}{unit}'}" for what, value in told)
    return Chart(name, title, f"Stapeldiagram. {words}.", spec)


def _spec(name: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(files(__package__).joinpath("charts", f"{name}.vl.json").read_text("utf-8"))
    return found
