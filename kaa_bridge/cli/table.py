"""``table``: a list that a municipal plugin makes of the register, or of a file that somebody hands in."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import click

from kaa_bridge.cli.clock import as_of_option, today
from kaa_bridge.cli.context import App, json_option, one_municipality_option, pass_app
from kaa_bridge.cli.output import chosen_form, form_option, output_option, write_out
from kaa_bridge.errors import ExitCode, InputRefused

if TYPE_CHECKING:
    from kaa_bridge.store.connection import Connection
    from kaa_bridge.sync.bridge import Bridge

Form = Literal["table", "csv", "json"]
FORMS: tuple[Form, ...] = ("table", "csv", "json")
_HANDED = click.Path(exists=True, dir_okay=False, path_type=Path)


@click.command()
@click.argument("name")
@click.option("--input", "file", type=_HANDED, help="The CSV or XLSX file that the list is made of.")
@click.option("--settings", type=_HANDED, help="The plugin's own TOML file, with --input.")
@form_option(FORMS)
@output_option
@one_municipality_option
@as_of_option
@json_option
@pass_app
def table(
    app: App,
    name: str,
    file: Path | None,
    settings: Path | None,
    form: Form | None,
    output: Path | None,
    municipality: str | None,
    as_of: date | None,
    as_json: bool,
) -> None:
    """Print the list NAME of everyone on the register, or of the rows of a file; protected youths are left out."""
    from kaa_bridge.report.tables import render_table
    from kaa_bridge.sync.bridge import make_bridge

    chosen = chosen_form(FORMS, form, output, as_json=as_json)
    if settings is not None and file is None:
        raise InputRefused(
            "table_settings",
            "The settings are for a list that is made of a file; nothing was made.",
            remedy="Add --input.",
        )
    place = app.one_municipality(municipality)
    with app.store(place) as store:
        bridge = make_bridge(app.settings, place, app.host)
        try:
            with store.read() as connection:
                rows, remarks = _made(connection, bridge, as_of or today(), name, file, settings)
        finally:
            bridge.close()
    write_out(render_table(rows, fmt=chosen), output)
    for line in remarks:
        click.echo(line, err=True)
    sys.exit(int(ExitCode.ATTENTION if remarks else ExitCode.DONE))


def _made(
    connection: Connection, bridge: Bridge, as_of: date, name: str, file: Path | None, settings: Path | None
) -> tuple[list[list[str]], list[str]]:
    """Return the rows, and what a person must look at beside them."""
    if file is None:
        from kaa_bridge.sync.plugin_tables import plugin_table

        return plugin_table(connection, bridge, as_of, name), []
    from kaa_bridge.sync.handed_tables import handed_table

    made = handed_table(connection, bridge, as_of, name, file=file, settings=settings)
    return made.table, list(_remarks(file.name, made.protected, made.unknown))


def _remarks(file: str, protected: int, unknown: tuple[int, ...]) -> Iterator[str]:
    if protected:
        yield f"{file}: {protected} rows of protected youths were left out; follow the routine for them."
    if unknown:
        numbers = ", ".join(map(str, unknown[:20])) + (" ..." if len(unknown) > 20 else "")
        yield (
            f"{file}: {len(unknown)} rows were left out, no youth has that handle or a cell is too few or too many: "
            f"row {numbers}. Take the handles from: kaa-bridge worklist --with-names --output FILE"
        )
