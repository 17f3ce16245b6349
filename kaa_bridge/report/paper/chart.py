"""A Vega-Lite specification as an SVG picture that a screen reader can tell: the same specification, the same bytes."""

from __future__ import annotations

import json
import re
from functools import cache
from html import escape
from importlib.resources import files
from typing import Any

from kaa_bridge.report.paper.extra import need
from kaa_bridge.report.paper.model import Chart

VEGA_LITE = "6.4"
"""The version of Vega-Lite that the specifications are written for."""
LOCALE = "sv-SE"
_OPENING = re.compile(r"<svg (?P<attributes>[^>]*)>")
_ID = re.compile(r'(\bid="|url\(#|href="#)')
_ENGLISH = re.compile(r' (?:role="graphics-[a-z]+"|aria-roledescription="[^"]*")')
"""What the library says of the parts of a picture; a screen reader gets the picture's own words instead."""


def as_svg(chart: Chart) -> str:
    """Return the chart as an SVG element.

    It is one image with title and description (role ``img``), and says nothing of its parts: the library's own words
    for them are English. Text is measured with a font that the library brings, so the fonts of the machine do
    not matter. Numbers are written the Swedish way.

    Raises:
        ConfigurationInvalid: the extra ``reports`` is not installed.
    """
    spec = {**chart.spec, "config": {**theme(), **chart.spec.get("config", {})}}
    made: str = need("vl_convert", "A chart").vegalite_to_svg(
        spec, vl_version=VEGA_LITE, format_locale=LOCALE, allowed_base_urls=[]
    )
    return _told(_ENGLISH.sub("", _ID.sub(rf"\g<1>{chart.name}-", made)), chart)


@cache
def theme() -> dict[str, Any]:
    """Return the look of all charts: colours that the colour-blind and a grey printer tell apart, no frames."""
    found: dict[str, Any] = json.loads(files(__package__).joinpath("theme.json").read_text("utf-8"))
    return found


def _told(svg: str, chart: Chart) -> str:
    name = chart.name
    title, description = escape(chart.title), escape(chart.description)
    words = f'<title id="{name}-title">{title}</title><desc id="{name}-desc">{description}</desc>'
    told = f'role="img" lang="sv" aria-labelledby="{name}-title" aria-describedby="{name}-desc"'
    return _OPENING.sub(lambda match: f"<svg {match['attributes']} {told}>{words}", svg, count=1)
