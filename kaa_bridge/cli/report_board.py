"""``report board``: the figures for the nämnd, per half-year or month."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Literal

import click

from kaa_bridge.cli.clock import as_of_option, today
from kaa_bridge.cli.context import App, json_option, one_municipality_option, pass_app
from kaa_bridge.cli.output import chosen_form, form_option, output_option, write_out

Form = Literal["html", "pdf", "json"]
FORMS: tuple[Form, ...] = ("html", "pdf", "json")


@click.command()
@form_option(FORMS)
@output_option
@click.option("--monthly", is_flag=True, help="By month, for the managers' meetings; a PDF or page like the other.")
@click.option(
    "--periods", type=click.IntRange(1, 12), default=4, show_default=True, help="How many periods back are shown."
)
@one_municipality_option
@as_of_option
@json_option
@pass_app
def board(
    app: App,
    form: Form | None,
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

    chosen = chosen_form(FORMS, form, output, as_json=as_json)
    table, day = app.one_municipality(municipality), as_of or today()
    with app.store(table) as store, store.read() as connection:
        published, sections = figures(connection, app.settings, table, app.host, day)
    spans = published.months if monthly else published.halves
    write_out(render_board(Board(published, spans[-periods:], monthly, table.goal, sections), chosen), output)
