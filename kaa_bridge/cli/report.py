"""``report``: what SCB, the nämnd and the auditors ask for, each a command of its own."""

from __future__ import annotations

from typing import Any

import click

from kaa_bridge.cli.lazy import LazyGroup
from kaa_bridge.report.period import Period

_HERE = "kaa_bridge.cli"
REPORTS = {
    "scb": (f"{_HERE}.report_scb:scb", "SCB's survey of a half-year as a complete file."),
    "layout": (
        f"{_HERE}.report_scb:layout",
        "SCB's own columns, codes and checks: show the placeholder, check a file.",
    ),
    "board": (f"{_HERE}.report_board:board", "The figures for the nämnd, per half-year or month, with charts."),
    "audit": (f"{_HERE}.report_audit:audit", "The control objectives of an audit, with evidence and radar chart."),
}
"""Where each report's command is, and its short help."""


@click.group(cls=LazyGroup, commands_at=REPORTS)
def report() -> None:
    """Make the reports of a half-year."""


def _period(_ctx: click.Context, _parameter: click.Parameter, text: Any) -> Period | None:
    return None if text is None else Period.parse(text)


period_option = click.option(
    "--period", metavar="YYYYHn", required=True, callback=_period, help="The half-year: 2026H1 or 2026H2."
)
