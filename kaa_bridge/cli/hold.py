"""``hold``: what guards have stopped, and releasing it by a named person with a reason."""

from __future__ import annotations

import getpass
import json
from typing import TYPE_CHECKING

import click
from msgspec.structs import asdict

from kaa_bridge.cli.context import App, json_option, municipality_option, one_municipality_option, pass_app
from kaa_bridge.errors import InputRefused

if TYPE_CHECKING:
    from kaa_bridge.config import MunicipalityTable
    from kaa_bridge.store.connection import Connection
    from kaa_bridge.store.runs import HoldRow

_MEANING = {
    "leavers": "more records left {subject} than allowed; its night was rolled back",
    "too_few": "{subject} gave fewer records than its mapping asserts; its night was rolled back",
    "too_many": "{subject} gave more records than its mapping asserts; its night was rolled back",
    "share_of_yesterday": "{subject} gave far fewer records than the last time; its night was rolled back",
    "quarantine": "too many records of {subject} could not be used (kaa-bridge run --dry-run says why); its night was "
    "rolled back",
    "notes": "more notes were planned than allowed; none was sent",
    "notes_per_youth": "one youth would get more notes in a night than allowed; none was sent",
    "clock": "the last run is dated {subject}, more hours ahead of this machine's clock than allowed; nothing is run",
    "unprotect": "the sources of {subject} no longer tell its protection; the youth is still handled as protected",
}


@click.group()
def hold() -> None:
    """List what guards have stopped, and release it."""


@hold.command("list")
@municipality_option
@click.option("--all", "everything", is_flag=True, help="Closed holds too.")
@json_option
@pass_app
def list_holds(app: App, municipality: str | None, everything: bool, as_json: bool) -> None:
    """List holds with what was seen, what is allowed, and the command to run next."""
    from kaa_bridge.store import runs

    found, waiting, turns = [], [], app.turns(municipality)
    for table in turns.tables:
        with turns.turn(), app.store(table) as store, store.read() as connection:
            found += [(table.code, row) for row in runs.holds(connection, still_open=not everything)]
            waiting.append((table.code, _held_back(connection, table)))
    if as_json:
        click.echo(json.dumps([{"municipality": code, **asdict(row)} for code, row in found], indent=1))
    else:
        _print(found, waiting, whole=not turns.failed)
    turns.end()


def _print(found: list[tuple[str, HoldRow]], waiting: list[tuple[str, int]], *, whole: bool) -> None:
    if whole and not found:
        click.echo("No holds.")
    for code, row in found:
        state = "closed" if row.closed_at else "released" if row.released_at else "OPEN"
        meaning = _MEANING.get(row.kind, row.kind).format(subject=row.subject)
        click.echo(
            f"{code} hold {row.id} {state} since {row.made_on}: {meaning} ({row.observed} seen, {row.allowed} allowed)."
        )
        if state == "OPEN":
            click.echo(
                f"  Next, when it is right: kaa-bridge hold release {row.id} --municipality {code} --reason TEXT"
            )
    for code, notes in waiting:
        if notes:
            click.echo(f"{code}: {notes} note(s) wait and leave with the first run that no hold stops.")


def _held_back(connection: Connection, table: MunicipalityTable) -> int:
    """Return how many notes wait for the release of a hold."""
    from kaa_bridge.journal.outbox import count_waiting
    from kaa_bridge.sync.holds import sending_is_held

    if table.journal is None or not sending_is_held(connection):
        return 0
    return count_waiting(connection, table.journal.name).total


@hold.command()
@click.argument("hold_id", type=int)
@one_municipality_option
@click.option("--reason", required=True, help="Why it is right; kept with the hold.")
@click.option("--by", help="Who decides; default: the logged-in user.")
@pass_app
def release(app: App, hold_id: int, municipality: str | None, reason: str, by: str | None) -> None:
    """Release a hold: the next run may do once what it saw, and no more."""
    from kaa_bridge.store import runs
    from kaa_bridge.store.clock import SystemClock, iso

    table = app.one_municipality(municipality)
    with app.store(table) as store, store.write() as connection:
        stamp = iso(SystemClock().now())
        if not runs.release_hold(connection, hold_id, by=by or getpass.getuser(), reason=reason, at=stamp):
            raise InputRefused(
                "hold_unknown",
                f"There is no open hold {hold_id} in {table.code}; nothing was released.",
                remedy=f"kaa-bridge hold list --municipality {table.code}",
            )
    click.echo(f"Released. Next: kaa-bridge run --municipality {table.code}")
