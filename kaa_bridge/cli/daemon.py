"""``daemon``: nights by schedule until stopped; one run for each municipality and local date."""

from __future__ import annotations

import sys

import click

from kaa_bridge.cli.context import App, pass_app


@click.command()
@click.option("--once", is_flag=True, help="Run what is due now, then end with the worst outcome.")
@pass_app
def daemon(app: App, once: bool) -> None:
    """Run nights by schedule until SIGTERM or Ctrl-C; a failed night never ends the daemon.

    A night that still plans is rolled back; one that sends ends after the note under way; a second signal leaves at
    once. The log says which.
    """
    from kaa_bridge.daemon import Daemon

    made = Daemon(app.settings, verbosity=app.verbosity, quiet=app.quiet, log_format=app.log_format)
    sys.exit(int(made.serve(once=once)))
