"""``worklist``: what is due, by case officer, as table, CSV, XLSX or JSON."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path
from typing import Literal

import click

from kaa_bridge.cli.clock import as_of_option, today
from kaa_bridge.cli.context import App, json_option, one_municipality_option, pass_app
from kaa_bridge.cli.output import chosen_form, form_option, output_option, write_out
from kaa_bridge.errors import InputRefused

Form = Literal["table", "csv", "xlsx", "json"]
FORMS: tuple[Form, ...] = ("table", "csv", "xlsx", "json")


@click.command()
@form_option(FORMS)
@output_option
@click.option("--with-names", is_flag=True, help="With name and number of the unprotected; needs --output.")
@one_municipality_option
@as_of_option
@json_option
@pass_app
def worklist(
    app: App,
    form: Form | None,
    output: Path | None,
    with_names: bool,
    municipality: str | None,
    as_of: date | None,
    as_json: bool,
) -> None:
    """Print the work list of a day: overdue first, windows shown, protected youths by handle only.

    It shows what the sources said on the last night; where that is not last night, a line on stderr says so.
    """
    from kaa_bridge.store.history import night_dates
    from kaa_bridge.sync.bridge import make_bridge
    from kaa_bridge.sync.worklist import work_list

    chosen = chosen_form(FORMS, form, output, as_json=as_json)
    if with_names and output is None:
        raise InputRefused(
            "worklist_names",
            "Names are not written to the terminal: they would stay in its history.",
            remedy="Add --output FILE; only its owner can read the file.",
        )
    table, day = app.one_municipality(municipality), as_of or today()
    with app.store(table) as store:
        bridge = make_bridge(app.settings, table, app.host)
        try:
            with store.read() as connection:
                made = work_list(connection, bridge, day, chosen, with_names=with_names)
                nights = night_dates(connection, day.isoformat())
        finally:
            bridge.close()
    write_out(made, output)
    last = date.fromisoformat(nights[1]) if nights else None
    if last is None or last < day - timedelta(days=1):
        said = (
            f"what the sources said on {last}, the last night" if last else "nothing of the sources: no night was run"
        )
        click.echo(f"The list shows {said}. Next: kaa-bridge run --municipality {table.code}", err=True)
