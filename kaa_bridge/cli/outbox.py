"""``outbox``: notes on their way to the journal: what waits for a person, and the command to run next."""

from __future__ import annotations

import getpass
import json
import sys
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING, Any

import click

from kaa_bridge.cli.clock import iso_date
from kaa_bridge.cli.context import App, json_option, municipality_option, one_municipality_option, pass_app
from kaa_bridge.errors import ExitCode, InputRefused

if TYPE_CHECKING:
    from kaa_bridge.config import MunicipalityTable

_STATES = ("PLANNED", "INTENT", "CONFIRMED", "REFUSED", "IN_DOUBT", "QUARANTINED", "SUPERSEDED", "HELD")
_by = click.option("--by", help="Who decides; default: the logged-in user.")
_reason = click.option("--reason", required=True, help="Why; kept with the note.")


@click.group()
def outbox() -> None:
    """List notes, show one, resolve doubt, retry; stop and start sending."""


@outbox.command("list")
@municipality_option
@click.option("--state", type=click.Choice(_STATES, case_sensitive=False), help="Only notes in this state.")
@click.option("--limit", type=click.IntRange(1), default=200, show_default=True)
@json_option
@pass_app
def list_command(app: App, municipality: str | None, state: str | None, limit: int, as_json: bool) -> None:
    """List notes, newest first, with the command to run next where a person is needed."""
    from kaa_bridge.journal.resolve import list_notes
    from kaa_bridge.journal.states import NoteState

    wanted = NoteState(state.upper()) if state else None
    found, turns = [], app.turns(municipality)
    for table in turns.tables:
        with turns.turn(), app.store(table) as store, store.read() as connection:
            found += [{"municipality": table.code, **row} for row in list_notes(connection, wanted, limit)]
    if as_json:
        click.echo(json.dumps(found, indent=1))
    else:
        _print_notes(found, whole=not turns.failed)
    turns.end()


def _print_notes(found: list[dict[str, Any]], *, whole: bool) -> None:
    if whole and not found:
        click.echo("No notes.")
    for row in found:
        code = f" ({row['code']})" if row["code"] else ""
        click.echo(f"{row['municipality']} {row['reference']} {row['state']}{code} {row['kind']} {row['occurred_on']}")
        if row["next"] and row["state"] not in {"PLANNED", "INTENT"}:
            click.echo(f"  Next: {row['next']}")


@outbox.command()
@click.argument("reference")
@one_municipality_option
@json_option
@pass_app
def show(app: App, reference: str, municipality: str | None, as_json: bool) -> None:
    """Show one note: where it is and how it got there; never the person or the text."""
    from kaa_bridge.journal.resolve import show_note

    table = app.one_municipality(municipality)
    with app.store(table) as store, store.read() as connection:
        note = show_note(connection, reference)
    if as_json:
        click.echo(json.dumps(note, indent=1))
        return
    for key, value in note.items():
        if key != "history" and value not in (None, ""):
            click.echo(f"{key}: {value}")
    for step in note["history"]:
        code = f" ({step['code']})" if step["code"] else ""
        click.echo(f"  {step['at']} {step['before'] or 'new'} -> {step['after']}{code}, by {step['actor']}")


@outbox.command()
@click.argument("reference")
@one_municipality_option
@click.option("--present", is_flag=True, help="The journal holds the note, once.")
@click.option("--journal-id", metavar="ID", default="", help="The journal's own id, with --present.")
@click.option("--absent", is_flag=True, help="The journal does not hold it: the next run sends it.")
@click.option("--drop", "give_up", is_flag=True, help="Give the note up; it is never planned again.")
@_reason
@_by
@pass_app
def resolve(
    app: App,
    reference: str,
    municipality: str | None,
    present: bool,
    journal_id: str,
    absent: bool,
    give_up: bool,
    reason: str,
    by: str | None,
) -> None:
    """Say what the journal holds, after looking there."""
    from kaa_bridge.journal import resolve as library
    from kaa_bridge.store.clock import SystemClock

    if present + absent + give_up != 1:
        raise InputRefused(
            "resolve_how", "Say what you found: one of three.", remedy="Add --present, --absent or --drop."
        )
    table = app.one_municipality(municipality)
    decision, clock = library.Decision(by or getpass.getuser(), reason), SystemClock()
    with app.store(table) as store, store.write() as connection:
        if present:
            library.resolve_present(connection, reference, journal_id, decision, clock)
        elif absent:
            settle = _settle_seconds(table, library.show_note(connection, reference)["journal"])
            library.resolve_absent(connection, reference, decision, clock, settle_seconds=settle)
        else:
            library.drop(connection, reference, decision, clock)
        state = library.show_note(connection, reference)["state"]
    click.echo(f"{reference} is now {state}.")


def _settle_seconds(table: MunicipalityTable, journal: str) -> float:
    """Return how long a note to one of the municipality's systems may still land; the longest where it is unknown."""
    known = {one.name: one.send.settle_seconds for one in (table.journal, table.updates) if one is not None}
    return known.get(journal, max(known.values(), default=900.0))


@outbox.command("retry")
@click.argument("reference")
@one_municipality_option
@_reason
@_by
@pass_app
def retry_command(app: App, reference: str, municipality: str | None, reason: str, by: str | None) -> None:
    """Let a refused or quarantined note be sent by the next run."""
    from kaa_bridge.journal.resolve import Decision, retry
    from kaa_bridge.store.clock import SystemClock

    table = app.one_municipality(municipality)
    with app.store(table) as store, store.write() as connection:
        retry(connection, reference, Decision(by or getpass.getuser(), reason), SystemClock())
    click.echo(f"{reference} is planned again. Next: kaa-bridge run --municipality {table.code}")


@outbox.command()
@one_municipality_option
@click.option("--since", type=iso_date, metavar="DATE", help="First day of storing (default: 30 days back).")
@json_option
@pass_app
def compare(app: App, municipality: str | None, since: date | None, as_json: bool) -> None:
    """Compare the journal's own listing with the outbox: what is missing there, what is ours alone, what stands twice.

    After a restore it also names the notes of lost nights that no night since has come to again ("unclaimed").

    Reads only. Exit code 6 when something disagrees; 4 when the journal does not answer.
    """
    table = app.one_municipality(municipality)
    counts, steps = _compared(app, table, since)
    if as_json:
        click.echo(json.dumps(counts | {"differences": steps}, indent=1))
    else:
        parts = ", ".join(f"{count} {name}" for name, count in counts.items())
        click.echo(f"{table.code}: {parts}")
        for step in steps:
            click.echo(f"{step['reference']} {step['difference']}\n  {step['next']}")
    sys.exit(int(ExitCode.ATTENTION if steps else ExitCode.DONE))


def _compared(app: App, table: MunicipalityTable, since: date | None) -> tuple[dict[str, int], list[dict[str, str]]]:
    from kaa_bridge.journal.listing import claim_steps, counted, listed_notes, next_steps
    from kaa_bridge.journal.reconcile import compare_listing, unclaimed
    from kaa_bridge.sync.sources import open_journal

    if table.journal is None:
        raise InputRefused(
            "no_journal", f"{table.code} has no journal, so there is nothing to compare.", remedy="kaa-bridge check"
        )
    journal = open_journal(app.host, table.code, table.journal, app.settings.base_dir)
    try:
        if not journal.describe().lists_notes:
            raise InputRefused(
                "no_listing",
                f"The journal '{table.journal.name}' cannot list the notes it holds; nothing was compared.",
                remedy="Give its profile a listing where the system has one (docs/reference/journals/treserva.md); "
                "single notes: kaa-bridge outbox list",
            )
        last = datetime.now(UTC).date()
        first = since or last - timedelta(days=30)
        listed = listed_notes(journal, first, last)
    finally:
        journal.close()
    with app.store(table) as store, store.read() as connection:
        found = compare_listing(connection, table.journal.name, listed, first, last)
        lost = unclaimed(connection, table.journal.name)
        steps = [*next_steps(connection, found), *claim_steps(lost)]
        return counted(found).as_dict() | ({"unclaimed": len(lost)} if lost else {}), steps


@outbox.command()
@municipality_option
@_reason
@_by
@pass_app
def stop(app: App, municipality: str | None, reason: str, by: str | None) -> None:
    """Stop sending now, within one note, also of a run that is under way."""
    from kaa_bridge.journal.holdfile import hold_sending
    from kaa_bridge.sync.bridge import store_settings

    who = by or getpass.getuser()

    turns = app.turns(municipality)
    for table in turns.tables:
        with turns.turn():
            hold_sending(store_settings(app.settings, table.code), by=who, reason=reason)
            click.echo(f"{table.code}: sending is stopped. Next: kaa-bridge outbox start --municipality {table.code}")
    turns.end()


@outbox.command()
@municipality_option
@pass_app
def start(app: App, municipality: str | None) -> None:
    """Let sending begin again with the next run; a pause after failures ends too."""
    from kaa_bridge.journal.breaker import close_breaker
    from kaa_bridge.journal.holdfile import release_sending
    from kaa_bridge.sync.bridge import store_settings

    turns = app.turns(municipality)
    for table in turns.tables:
        with turns.turn():
            held = release_sending(store_settings(app.settings, table.code))
            written = [one.name for one in (table.journal, table.updates) if one is not None]
            if written:
                with app.store(table) as store, store.write() as connection:
                    for name in written:
                        close_breaker(connection, name)
            click.echo(f"{table.code}: sending {'begins again' if held else 'was not stopped'} (next run).")
    turns.end()
