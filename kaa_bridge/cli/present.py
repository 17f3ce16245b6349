"""The one presenter of errors: every error becomes one paragraph with the next command, and an exit code."""

from __future__ import annotations

import sys
import textwrap
import traceback

import click

from kaa_bridge.errors import ExitCode, KaaError


def present(error: BaseException, *, verbosity: int = 0) -> ExitCode:
    """Print an error to stderr and return the exit code of the process.

    An expected error says what happened, what was not done because of it, and what to run next. Anything else is a
    fault of ours: it is named by its type only, since its text may hold a person. ``-vv`` adds the traceback, without
    local values.
    """
    if isinstance(error, KaaError):
        click.echo(paragraph(error), err=True)
        code = error.exit_code
    else:
        click.echo(
            f"Error (internal_error): kaa-bridge met a fault of its own ({type(error).__name__}); what was under way "
            "was rolled back. Run the command again with -vv and report the traceback.",
            err=True,
        )
        code = ExitCode.FAILED
    if verbosity >= 2:
        click.echo("".join(traceback.format_tb(error.__traceback__)), err=True)
    return code


def paragraph(error: KaaError) -> str:
    """Return an expected error as one wrapped paragraph: code, system, message, next step."""
    where = f" [{error.system}]" if error.system else ""
    next_step = f" Next: {error.remedy}" if error.remedy else ""
    text = f"Error ({error.code}){where}: {error.message}{next_step}"
    return textwrap.fill(text, width=110, break_on_hyphens=False, break_long_words=False)


def leave(error: BaseException, *, verbosity: int = 0) -> None:
    """Present the error and end the process with its exit code."""
    sys.exit(int(present(error, verbosity=verbosity)))
