"""``table``: a list that a municipal plugin makes of the register, for a meeting."""

from __future__ import annotations

import sys
from datetime import date
from pathlib import Path
from typing import Literal

import click

from kaa_bridge.cli.clock import as_of_option, today
from kaa_bridge.cli.context import App, json_option, municipality_option, pass_app


@click.command()
@click.argument("name")
@click.option("--format", "fmt", type=click.Choice(["table", "csv", "json"]), default="table", show_default=True)
@click.option("--output", type=click.Path(path_type=Path), help="Write to this file instead of stdout.")
@municipality_option
@as_of_option
@json_option
@pass_app
def table(
    app: App,
    name: str,
    fmt: Literal["table", "csv", "json"],
    output: Path | None,
    municipality: str | None,
    as_of: date | None,
    as_json: bool,
) -> None:
    """Print the list NAME of everyone on the register; protected youths are left out."""
    from kaa_bridge.report.tables import render_table
    from kaa_bridge.sync.bridge import make_bridge
    from kaa_bridge.sync.plugin_tables import plugin_table

    chosen = app.one_municipality(municipality)
    with app.store(chosen) as store:
        bridge = make_bridge(app.settings, chosen, app.host)
        try:
            with store.read() as connection:
                rows = plugin_table(connection, bridge, as_of or today(), name)
        finally:
            bridge.close()
    made = render_table(rows, fmt="json" if as_json else fmt)
    if output is None:
        sys.stdout.buffer.write(made)
    else:
        output.write_bytes(made)
        click.echo(f"Wrote {output.name}.", err=True)
