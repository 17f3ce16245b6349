"""``run``: one night, for one municipality or all of them."""

from __future__ import annotations

import sys
from datetime import date

import click

from kaa_bridge.cli.clock import as_of_option, today
from kaa_bridge.cli.context import App, json_option, municipality_option, pass_app
from kaa_bridge.cli.present import present
from kaa_bridge.cli.progress import stage
from kaa_bridge.cli.summary import print_plans
from kaa_bridge.errors import ExitCode, KaaError, worst


@click.command()
@municipality_option
@as_of_option
@click.option("--dry-run", is_flag=True, help="Print the plan and store or send nothing.")
@json_option
@pass_app
def run(app: App, municipality: str | None, as_of: date | None, dry_run: bool, as_json: bool) -> None:
    """Run one night: pull, decide, plan, write the notes.

    One municipality that fails never stops the others; the worst outcome decides the exit code.
    """
    from kaa_bridge.sync.bridge import make_bridge
    from kaa_bridge.sync.night import run_night

    day = as_of or today()
    plans, codes = [], [ExitCode.DONE]
    for table in app.municipalities(municipality):
        try:
            with stage(f"Night of {table.code}"), app.store(table) as store:
                bridge = make_bridge(app.settings, table, app.host)
                try:
                    plans.append(run_night(store, bridge, day, dry_run=dry_run))
                finally:
                    bridge.close()
            codes.append(plans[-1].report.exit_code)
        except KaaError as error:
            codes.append(present(error, verbosity=app.verbosity))
    print_plans(plans, json_wanted=as_json)
    sys.exit(int(worst(*codes)))
