"""``run``: one night, for one municipality or all of them."""

from __future__ import annotations

import json
import sys
from datetime import date
from typing import TYPE_CHECKING

import click

from kaa_bridge.cli.clock import as_of_option, confirm_ahead, today
from kaa_bridge.cli.context import App, json_option, municipality_option, pass_app
from kaa_bridge.cli.progress import stage
from kaa_bridge.errors import worst

if TYPE_CHECKING:
    from kaa_bridge.config import MunicipalityTable
    from kaa_bridge.nights import Outcome
    from kaa_bridge.sync.stop import StopRequest


@click.command()
@municipality_option
@as_of_option
@click.option("--dry-run", is_flag=True, help="Print the plan and store or send nothing.")
@json_option
@pass_app
def run(app: App, municipality: str | None, as_of: date | None, dry_run: bool, as_json: bool) -> None:
    """Run one night: pull, decide, plan, write the notes.

    Several municipalities run one after the other, each in a process of its own: one that fails, whatever way, never
    stops or changes the others. The worst outcome decides the exit code.
    """
    from kaa_bridge.sync.stop import StopRequest

    if not dry_run:
        confirm_ahead(as_of)
    day, stop = as_of or today(), StopRequest()
    tables = app.municipalities(municipality)
    outcomes = []
    with stop.listening():
        for table in tables:
            if stop.was_asked():
                break
            with stage(f"Night of {table.code}"):
                outcomes.append(_night(app, table, day, stop, dry_run=dry_run, apart=len(tables) > 1))
    _print(outcomes, as_json=as_json)
    sys.exit(int(worst(*(one.exit_code for one in outcomes))))


def _night(app: App, table: MunicipalityTable, day: date, stop: StopRequest, *, dry_run: bool, apart: bool) -> Outcome:
    if not apart:
        from kaa_bridge.nights import night_here

        return night_here(app, table, day, stop=stop, dry_run=dry_run)
    from kaa_bridge.apart import Asked, night_apart

    asked = Asked(table.code, day, dry_run, app.verbosity, app.quiet, app.log_format)
    return night_apart(app.settings, asked, stop=stop)


def _print(outcomes: list[Outcome], *, as_json: bool) -> None:
    for one in outcomes:
        if one.error:
            click.echo(one.error, err=True)
    if as_json:
        plans = [one.plan for one in outcomes if one.plan is not None]
        click.echo(json.dumps(plans, ensure_ascii=False, indent=1, sort_keys=True))
        return
    for line in (line for one in outcomes for line in one.lines):
        click.echo(line)
