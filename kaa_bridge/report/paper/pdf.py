"""A report as a tagged PDF (PDF/UA-1, ISO 14289-1), in Swedish: the same report, the same bytes.

The document's date is the day the report is about, never the day it was made. Only the fonts that the library brings
are used, so that the fonts of the machine do not matter.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import asdict
from datetime import UTC, date, datetime, time
from importlib.resources import files
from typing import Any

from kaa_bridge.report.paper.chart import as_svg
from kaa_bridge.report.paper.extra import need
from kaa_bridge.report.paper.model import Chart, Paper, Part, Table
from kaa_bridge.report.paper.page import KINDS

_WIDTH = re.compile(r'<svg [^>]*\bwidth="([0-9.]+)"')
STANDARD = "ua-1"
FONT = "Libertinus Serif"
"""The one text font that the library brings; charts are set in it too."""


def as_pdf(paper: Paper) -> bytes:
    """Return the report as a PDF.

    Raises:
        ConfigurationInvalid: the extra ``reports`` is not installed.
    """
    source = files(__package__).joinpath("templates", "paper.typ").read_text("utf-8")
    data = {
        "title": paper.title,
        "about": [list(line) for line in paper.about],
        "parts": [_part(part) for part in paper.parts],
        "wide": paper.wide,
    }
    return compile_pdf(source, data, as_of=paper.as_of)


def compile_pdf(source: str, data: Mapping[str, Any], *, as_of: date) -> bytes:
    """Return a typst document as a PDF.

    Args:
        source: the document; it reads its data with ``json(bytes(sys.inputs.data))`` and must set a title, as PDF/UA-1
            asks. It reaches no file and no network.
        data: what is JSON; texts in it are text to typst, never markup.
        as_of: the document's date; ``data.year``, ``data.month`` and ``data.day`` hold it.

    Raises:
        ConfigurationInvalid: the extra ``reports`` is not installed.
    """
    whole = {**data, "year": as_of.year, "month": as_of.month, "day": as_of.day}
    made: bytes = need("typst", "A PDF").compile(
        source.encode(),
        sys_inputs={"data": json.dumps(whole, ensure_ascii=False)},
        pdf_standards=[STANDARD],
        timestamp=int(datetime.combine(as_of, time.min, UTC).timestamp()),
        ignore_system_fonts=True,
    )
    return made


def _part(part: Part) -> dict[str, Any]:
    kind = KINDS[type(part)]
    if isinstance(part, Chart):
        svg = as_svg(part).replace('font-family="sans-serif"', f'font-family="{FONT}"')
        width = float(_WIDTH.search(svg)[1])  # type: ignore[index]
        return {"kind": kind, "title": part.title, "description": part.description, "svg": svg, "width": width}
    if isinstance(part, Table):
        rows, numbers, narrow = [list(row) for row in part.rows], sorted(part.numbers), sorted(part.narrow)
        told = {"caption": part.caption, "columns": list(part.columns)}
        return {"kind": kind, **told, "rows": rows, "numbers": numbers, "narrow": narrow}
    return {"kind": kind, **asdict(part)}
