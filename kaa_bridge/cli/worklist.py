"""``worklist``: what is due, by case officer, as table, CSV, XLSX or JSON."""

from __future__ import annotations

import sys
from datetime import date
from pathlib import Path
from typing import Literal

import click

from kaa_bridge.cli.clock import as_of_option, today
from kaa_bridge.cli.context import App, json_option, municipality_option, pass_app
from kaa_bridge.errors import InputRefused


@click.command()
@click.option(
    "--format", "fmt", type=click.Choice(["table", "csv", "xlsx", "json"]), default="table", show_default=True
)
@click.option("--output", type=click.Path(path_type=Path), help="Write to this file (mode 0600) instead of stdout.")
@click.option("--with-names", is_flag=True, help="With name and number of the unprotected; needs --output.")
@municipality_option
@as_of_option
@json_option
@pass_app
def worklist(
    app: App,
    fmt: Literal["table", "csv", "xlsx", "json"],
    output: Path | None,
    with_names: bool,
    municipality: str | None,
    as_of: date | None,
    as_json: bool,
) -> None:
    """Print the work list of a day: overdue first, windows shown, protected youths by handle only."""
    from kaa_bridge.store.private import write_private
    from kaa_bridge.sync.bridge import make_bridge
    from kaa_bridge.sync.worklist import work_list

    chosen: Literal["table", "csv", "xlsx", "json"] = "json" if as_json else fmt
    if chosen == "xlsx" and output is None:
        raise InputRefused(
            "worklist_output",
            "A spreadsheet is not written to the terminal.",
            remedy="Add --output FILE.xlsx.",
        )
    if with_names and output is None:
        raise InputRefused(
            "worklist_names",
            "Names are not written to the terminal: they would stay in its history.",
            remedy="Add --output FILE; only its owner can read the file.",
        )
    table = app.one_municipality(municipality)
    with app.store(table) as store:
        bridge = make_bridge(app.settings, table, app.host)
        try:
            with store.read() as connection:
                made = work_list(connection, bridge, as_of or today(), chosen, with_names=with_names)
        finally:
            bridge.close()
    if output is None:
        sys.stdout.buffer.write(made)
    else:
        write_private(output, made, replace=True)
        click.echo(f"Wrote {output.name}.", err=True)
