"""One municipality's night in this process, and what became of it, ready to be shown."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

from msgspec import Struct

from kaa_bridge.cli.present import phrased
from kaa_bridge.cli.summary import as_json, lines
from kaa_bridge.errors import ExitCode, KaaError, NoteInDoubt, Stopped

if TYPE_CHECKING:
    from kaa_bridge.cli.context import App
    from kaa_bridge.config import MunicipalityTable
    from kaa_bridge.sync.stop import StopRequest


class Outcome(Struct, frozen=True):
    """What became of a night.

    Attributes:
        plan: the night as JSON data (``kaa-night/1``), ``None`` when it ended in an error.
        lines: the night as text.
        error: the error as it is printed, empty when there is none.
        code: the error's code.
        ended: in a few words, how a night that was told to stop ended; empty when nobody told it.
    """

    municipality: str
    exit_code: ExitCode
    plan: dict[str, Any] | None = None
    lines: tuple[str, ...] = ()
    error: str = ""
    code: str = ""
    ended: str = ""


def night_here(app: App, table: MunicipalityTable, day: date, *, stop: StopRequest, dry_run: bool = False) -> Outcome:
    """Run one municipality's night in this process; whatever goes wrong is in the outcome.

    Args:
        app: configuration and plugins.
        table: which municipality.
        day: the night's local date.
        stop: asked to end the night early.
        dry_run: make the plan and roll it back.
    """
    from kaa_bridge.sync.bridge import make_bridge
    from kaa_bridge.sync.night import run_night

    try:
        with app.store(table) as store:
            bridge = make_bridge(app.settings, table, app.host)
            bridge.stop = stop
            try:
                plan = run_night(store, bridge, day, dry_run=dry_run)
            finally:
                bridge.close()
    except Stopped:
        return _left(app, table)
    except Exception as error:
        text, code = phrased(error, verbosity=app.verbosity, about=table.code)
        return Outcome(table.code, code, error=text, code=getattr(error, "code", "internal_error"))
    sent = plan.report.sent
    ended = f"after the note under way, {sent.waiting} wait" if sent.stopped == "shutdown" else ""
    if stop.was_asked() and not ended:
        ended = "after the whole night"
    return Outcome(table.code, plan.report.exit_code, as_json(plan), tuple(lines(plan)), ended=ended)


def _left(app: App, table: MunicipalityTable) -> Outcome:
    """Say how a night was left that ended at once: did a note leave whose answer nobody waited for?"""
    from kaa_bridge.store.query import rows

    try:
        with app.store(table) as store, store.read() as connection:
            open_intents = int(rows(connection, "SELECT count(*) FROM note WHERE state = 'INTENT'")[0][0])
    except KaaError as error:
        return Outcome(table.code, error.exit_code, error=phrased(error)[0], code=error.code, ended="at once")
    left = _left_in_flight(table.code, open_intents) if open_intents else _left_whole(table.code)
    ended = f"at once, leaving {open_intents} intent(s)" if open_intents else "at once, nothing half sent"
    return Outcome(table.code, left.exit_code, error=phrased(left)[0], code=left.code, ended=ended)


def _left_in_flight(code: str, intents: int) -> KaaError:
    return NoteInDoubt(
        "stopped_in_flight",
        f"The night of {code} was told twice to stop and left at once. {intents} note(s) have an intent on disk and no "
        "answer: they are in doubt, and nothing sends them again before the journal was asked.",
        remedy=f"kaa-bridge run --municipality {code} (it settles them first, once the settle time has passed)",
    )


def _left_whole(code: str) -> KaaError:
    return KaaError(
        "stopped",
        f"The night of {code} was told to stop and left. What was not complete was rolled back; no note is half sent.",
        remedy=f"kaa-bridge run --municipality {code}",
    )
