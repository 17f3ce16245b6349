"""The one presenter of errors: every error becomes one paragraph with the next command, and an exit code."""

from __future__ import annotations

import textwrap
import traceback

import click

from kaa_bridge.errors import ExitCode, KaaError, Stopped


def present(error: BaseException, *, verbosity: int = 0) -> ExitCode:
    """Print an error to stderr and return the exit code of the process."""
    text, code = phrased(error, verbosity=verbosity)
    click.echo(text, err=True)
    return code


def phrased(error: BaseException, *, verbosity: int = 0, about: str = "") -> tuple[str, ExitCode]:
    """Return what is printed for an error, and the exit code; ``about`` is named where the error names no system.

    An expected error says what happened, what was not done because of it, and what to run next. Anything else is a
    fault of ours: it is named by its type only, since its text may hold a person. ``-vv`` adds the traceback, without
    local values.
    """
    if isinstance(error, KaaError):
        text, code = paragraph(error, about=about), error.exit_code
    elif isinstance(error, KeyboardInterrupt | Stopped | click.Abort):
        text = "Error (stopped): Stopped on request. What was not complete was rolled back; no note was left half sent."
        code = ExitCode.FAILED
    else:
        where = f" [{about}]" if about else ""
        text = (
            f"Error (internal_error){where}: kaa-bridge met a fault of its own ({type(error).__name__}); what was "
            "under way was rolled back. Run the command again with -vv and report the traceback."
        )
        code = ExitCode.FAILED
    if verbosity >= 2:
        text += "\n" + "".join(traceback.format_tb(error.__traceback__))
    return text, code


def paragraph(error: KaaError, *, about: str = "") -> str:
    """Return an expected error as one wrapped paragraph: code, system, message, next step."""
    where = f" [{error.system or about}]" if error.system or about else ""
    next_step = f" Next: {error.remedy}" if error.remedy else ""
    return wrapped(f"Error ({error.code}){where}: {error.message}{next_step}")


def wrapped(text: str) -> str:
    """Return a paragraph in lines that fit a terminal; commands and codes stay whole."""
    return textwrap.fill(text, width=110, break_on_hyphens=False, break_long_words=False)
