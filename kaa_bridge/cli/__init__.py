"""The command line: data to stdout, log to stderr, exit codes that never change meaning."""

from __future__ import annotations

import os
import sys

import click

from kaa_bridge import __version__
from kaa_bridge.cli.context import App
from kaa_bridge.cli.lazy import LazyGroup
from kaa_bridge.cli.numbers import refuse_numbers
from kaa_bridge.cli.present import present
from kaa_bridge.errors import Stopped

_HERE = "kaa_bridge.cli"
COMMANDS = {
    "init": (f"{_HERE}.init:init", "Write a commented kaa-bridge.toml."),
    "check": (f"{_HERE}.check:check", "Validate everything without network; --connect makes one call to each system."),
    "demo": (f"{_HERE}.demo:demo", "A whole night on simulated systems over real sockets, in a temporary folder."),
    "run": (f"{_HERE}.run:run", "One night, for one municipality or all."),
    "resync": (f"{_HERE}.resync:resync", "Redo one youth, one source or a period now."),
    "daemon": (f"{_HERE}.daemon:daemon", "Run nights by schedule until stopped."),
    "decide": (f"{_HERE}.decide:decide", "Who is covered: a pure function over a facts file."),
    "due": (f"{_HERE}.due:due", "What is due: a pure function over a facts file."),
    "explain": (f"{_HERE}.explain:explain", "Why one youth is covered or not, and what is due."),
    "worklist": (f"{_HERE}.worklist:worklist", "What is due, by case officer."),
    "table": (f"{_HERE}.table:table", "A list that a municipal plugin makes of the register."),
    "questionnaire": (f"{_HERE}.questionnaire:questionnaire", "The form for the first talk with a youth."),
    "reconcile": (f"{_HERE}.reconcile:reconcile", "After the summer freeze: compare two sources, propose steps."),
    "report": (f"{_HERE}.report:report", "The reports of a half-year."),
    "outbox": (f"{_HERE}.outbox:outbox", "Notes: list, show, resolve doubt, retry."),
    "quarantine": (f"{_HERE}.quarantine:quarantine", "Records that could not be used."),
    "hold": (f"{_HERE}.hold:hold", "Guards that stopped something: list, release."),
    "state": (f"{_HERE}.state:state", "The state store: show, export, backup, restore, verify."),
    "plugins": (f"{_HERE}.plugins:plugins", "What is loaded, from where, and what failed; a scaffold for a new one."),
    "mapping": (f"{_HERE}.mapping:mapping", "Validate a mapping; with a sample, show what it gives."),
    "routine": (f"{_HERE}.due:routine", "Validate a routine file."),
    "schema": (f"{_HERE}.schema:schema", "Print the JSON Schema of a file format."),
    "service": (f"{_HERE}.service:service", "Have systemd or Windows' Task Scheduler start the nights."),
    "status": (f"{_HERE}.status:status", "Health: last night, open holds, notes in doubt."),
}


@click.group(cls=LazyGroup, commands_at=COMMANDS, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="kaa-bridge")
@click.option(
    "--config",
    metavar="FILE",
    help="Configuration file (default: ./kaa-bridge.toml, else in the user's configuration folder).",
)
@click.option("-v", "--verbose", count=True, help="More log on stderr; -vv adds tracebacks.")
@click.option("-q", "--quiet", is_flag=True, help="Only warnings and errors on stderr.")
@click.option("--log-format", type=click.Choice(["text", "json"]), default="text", show_default=True)
@click.pass_context
def root(ctx: click.Context, config: str | None, verbose: int, quiet: bool, log_format: str) -> None:
    """Headless bridge for the kommunala aktivitetsansvaret: placements in, dated law applied, case notes out."""
    ctx.obj = App(config=config, verbosity=verbose, quiet=quiet, log_format=log_format)
    ctx.obj.start_log()


def main() -> None:
    """Run the command line and end the process with one of the documented exit codes."""
    os.environ["PYDANTIC_DISABLE_PLUGINS"] = "__all__"  # they would be looked for in every package, and read settings
    try:
        refuse_numbers(sys.argv[1:])
        root(standalone_mode=False)
    except click.exceptions.Exit as stop:
        sys.exit(stop.exit_code)
    except click.Abort:
        sys.exit(int(present(KeyboardInterrupt())))
    except click.ClickException as error:
        error.show()
        sys.exit(2)
    except (Exception, Stopped) as error:  # the single place where every error is phrased
        verbosity = sum(arg.count("v") for arg in sys.argv if arg.startswith("-v"))
        sys.exit(int(present(error, verbosity=verbosity)))
