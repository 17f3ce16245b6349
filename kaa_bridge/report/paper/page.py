"""A report as one web page: no script, no link, nothing fetched; readable by a screen reader and on paper."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from typing import TYPE_CHECKING

from kaa_bridge.report.paper.chart import as_svg
from kaa_bridge.report.paper.model import Chart, Heading, Paper, Part, Points, Table, Text

if TYPE_CHECKING:
    from jinja2 import Template

KINDS: dict[type[Part], str] = {
    Heading: "heading",
    Text: "text",
    Points: "points",
    Table: "table",
    Chart: "chart",
}
"""What the templates call the parts of a report."""


def as_html(paper: Paper) -> str:
    """Return the page. Every text is escaped.

    Raises:
        ConfigurationInvalid: the report has a chart and the extra ``reports`` is not installed.
    """
    return "".join(html_pieces(paper))


def html_pieces(paper: Paper) -> Iterator[str]:
    """Yield the page piece by piece: a report whose rows are not in memory is never there as a page either.

    Raises:
        ConfigurationInvalid: as ``as_html``.
    """
    parts = ((KINDS[type(part)], part, as_svg(part) if isinstance(part, Chart) else "") for part in paper.parts)
    return _template().generate(paper=paper, parts=parts)


@cache
def _template() -> Template:
    from jinja2 import Environment, PackageLoader, StrictUndefined

    environment = Environment(
        loader=PackageLoader(__package__),
        undefined=StrictUndefined,
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    return environment.get_template("paper.html.j2")
