"""``report board``: the figures for the nämnd, per half-year or month."""

from __future__ import annotations

import sys
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import click

from kaa_bridge.cli.clock import as_of_option, today
from kaa_bridge.cli.context import App, json_option, municipality_option, pass_app
from kaa_bridge.errors import InputRefused

if TYPE_CHECKING:
    from kaa_bridge.report.board.forms import Form

form_option = click.option(
    "--format", "form", type=click.Choice(["html", "pdf", "json"]), default="html", show_default=True
)
output_option = click.option(
    "--output", type=click.Path(path_type=Path), help="Write to this file (mode 0600) instead of stdout."
)


@click.command()
@form_option
@output_option
@click.option("--monthly", is_flag=True, help="By month, for the managers' meetings; a PDF or page like the other.")
@click.option(
    "--periods", type=click.IntRange(1, 12), default=4, show_default=True, help="How many periods back are shown."
)
@municipality_option
@as_of_option
@json_option
@pass_app
def board(
    app: App,
    form: Form,
    output: Path | None,
    monthly: bool,
    periods: int,
    municipality: str | None,
    as_of: date | None,
    as_json: bool,
) -> None:
    """Tell the nämnd how many are on the register, how fast found, reached, offered support, and how it ended."""
    from kaa_bridge.report.audit.make import figures
    from kaa_bridge.report.board.forms import render_board
    from kaa_bridge.report.board.paper import Board

    chosen: Form = "json" if as_json else form
    check_form(chosen, output)
    table = app.one_municipality(municipality)
    with app.store(table) as store, store.read() as connection:
        published = figures(connection, app.settings, table, app.host, as_of or today())
    spans = published.months if monthly else published.halves
    write_out(render_board(Board(published, spans[-periods:], monthly, table.goal), chosen), output)


def check_form(form: Form, output: Path | None) -> None:
    """Refuse a PDF on the terminal.

    Raises:
        InputRefused: a PDF is asked for without a file.
    """
    if form == "pdf" and output is None:
        raise InputRefused("report_output", "A PDF is not written to the terminal.", remedy="Add --output FILE.pdf.")


def write_out(report: bytes, output: Path | None) -> None:
    """Write a report to stdout or to a file that only its owner can read.

    Raises:
        InputRefused: the file cannot be written.
    """
    from kaa_bridge.store.private import write_private

    if output is None:
        sys.stdout.buffer.write(report)
        return
    try:
        write_private(output, report, replace=True)
    except OSError as error:
        raise InputRefused(
            "report_unwritable",
            f"The file {output.name} cannot be written ({error.strerror}).",
            remedy="Name a file in a folder that exists and is yours with --output.",
        ) from None
    click.echo(f"Wrote {output.name}.", err=True)
