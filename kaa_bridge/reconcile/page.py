"""The report as one web page: no script, no link, readable by a screen reader and on paper."""

from __future__ import annotations

from functools import cache
from itertools import groupby
from typing import TYPE_CHECKING

from kaa_bridge.reconcile.lines import cells, columns, count_lines, head_lines, sum_lines
from kaa_bridge.reconcile.model import Category, Report, Row
from kaa_bridge.reconcile.texts import category_text

if TYPE_CHECKING:
    from jinja2 import Template

_CATEGORY_COLUMN = 1


def as_html(report: Report) -> str:
    """Return the page. Every text is escaped; nothing in it is fetched from elsewhere."""
    head = report.head
    groups = [
        {"name": category_text(category, head), "rows": [_without_category(cells(row, head)) for row in rows]}
        for category, rows in groupby(report.rows, key=_category)
    ]
    return _template().render(
        year=head.year,
        reference=report.reference,
        about=head_lines(head),
        counts=count_lines(report.counts, head),
        sums=sum_lines(report.counts, head),
        columns=_without_category(columns(head)),
        groups=groups,
    )


def _category(row: Row) -> Category:
    return row.category


def _without_category(texts: tuple[str, ...]) -> tuple[str, ...]:
    return texts[:_CATEGORY_COLUMN] + texts[_CATEGORY_COLUMN + 1 :]


@cache
def _template() -> Template:
    from jinja2 import Environment, PackageLoader, StrictUndefined

    environment = Environment(
        loader=PackageLoader("kaa_bridge.reconcile"),
        undefined=StrictUndefined,
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    return environment.get_template("report.html.j2")
