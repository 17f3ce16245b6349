"""``state``: the state store of a municipality: show, export, back up, restore, verify, upgrade, create."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import click

from kaa_bridge.cli.context import App, json_option, municipality_option, one_municipality_option, pass_app
from kaa_bridge.errors import ExitCode

_file = click.Path(path_type=Path, dir_okay=False)


@click.group()
def state() -> None:
    """Show, export, back up, restore and verify the state store."""


@state.command()
@municipality_option
@json_option
@pass_app
def show(app: App, municipality: str | None, as_json: bool) -> None:
    """Show what each municipality's state holds: counts, table version, recovery epoch."""
    from kaa_bridge.store.verify import summary

    found, turns = [], app.turns(municipality)
    for table in turns.tables:
        with turns.turn(), app.store(table) as store:
            found.append(summary(store).as_dict())
    _print(found, as_json)
    turns.end()


@state.command()
@municipality_option
@json_option
@pass_app
def verify(app: App, municipality: str | None, as_json: bool) -> None:
    """Verify every page, the structure, the counts and the books of the outbox; exit code 1 when something is wrong."""
    from kaa_bridge.journal.reconcile import equation
    from kaa_bridge.store.verify import verify_store

    found, turns = [], app.turns(municipality)
    for table in turns.tables:
        with turns.turn(), app.store(table) as store:
            verified = verify_store(store).as_dict()
            with store.read() as connection:
                books = equation(connection)
            verified["notes"] = {"planned": books.planned, **{s.value: n for s, n in sorted(books.states.items())}}
            verified["equation_holds"] = books.holds
            found.append(verified)
    _print(found, as_json)
    if wrong := [one for one in found if one["problems"] or not one["equation_holds"]]:
        for one in wrong:
            click.echo(
                f"Next: kaa-bridge state restore --municipality {one['municipality']} BACKUP --replace", err=True
            )
    elif not as_json:
        for one in found:
            told = ", ".join(f"{count} {state}" for state, count in one["notes"].items())
            click.echo(f"{one['municipality']}: verified; the books of the notes balance ({told}).")
    turns.end()
    sys.exit(int(ExitCode.FAILED if wrong else ExitCode.DONE))


@state.command()
@click.argument("target", type=_file)
@one_municipality_option
@json_option
@pass_app
def backup(app: App, target: Path, municipality: str | None, as_json: bool) -> None:
    """Write a verified, encrypted backup to a new file; also while a night is under way."""
    from kaa_bridge.store.backup import back_up

    table = app.one_municipality(municipality)
    with app.store(table) as store:
        found = back_up(store, target)
    _print([found.as_dict()], as_json)
    if not as_json:
        click.echo(f"Backup of {table.code} verified: {target}. Keep the state key apart from it.")


@state.command()
@click.argument("source", metavar="BACKUP", type=_file)
@one_municipality_option
@click.option("--replace", is_flag=True, help="Put the state that is there aside first; it is not deleted.")
@json_option
@pass_app
def restore(app: App, source: Path, municipality: str | None, replace: bool, as_json: bool) -> None:
    """Make a backup the state; it starts in a recovery epoch, where each note is looked up before it is sent."""
    from kaa_bridge.store.clock import SystemClock
    from kaa_bridge.store.restore import restore as restore_state
    from kaa_bridge.sync.bridge import store_settings

    table = app.one_municipality(municipality)
    found = restore_state(store_settings(app.settings, table.code), source, clock=SystemClock(), replace=replace)
    _print([found.as_dict()], as_json)
    if not as_json:
        click.echo(
            f"Restored. Next: kaa-bridge run --municipality {table.code} (sends nothing before the settle time)."
        )


@state.command()
@one_municipality_option
@click.option("--reason", required=True, help="How journal and outbox were compared; kept in the state.")
@click.option("--by", help="Who decides; default: the logged-in user.")
@pass_app
def reconciled(app: App, municipality: str | None, reason: str, by: str | None) -> None:
    """End a recovery epoch: a person has compared the journal with the outbox since the backup."""
    import getpass

    from kaa_bridge.store.epoch import close_epoch
    from kaa_bridge.store.meta import set_meta

    table = app.one_municipality(municipality)
    with app.store(table) as store, store.write() as connection:
        close_epoch(connection)
        set_meta(connection, "epoch_closed_by", f"{by or getpass.getuser()}: {reason}")
    click.echo(f"The recovery epoch of {table.code} is closed. Next: kaa-bridge run --municipality {table.code}")


@state.command()
@click.argument("target", type=_file)
@one_municipality_option
@pass_app
def export(app: App, target: Path, municipality: str | None) -> None:
    """Write the outbox and its books as JSON lines without any person, for an auditor."""
    from kaa_bridge.store.export import export_outbox

    table = app.one_municipality(municipality)
    with app.store(table) as store:
        lines = export_outbox(store, target)
    click.echo(f"{lines} lines written to {target}.")


@state.command()
@municipality_option
@pass_app
def upgrade(app: App, municipality: str | None) -> None:
    """Bring the tables to this program's version, after a backup beside the state."""
    from kaa_bridge.store.clock import SystemClock
    from kaa_bridge.store.migrate import upgrade_state
    from kaa_bridge.sync.bridge import store_settings

    turns = app.turns(municipality)
    for table in turns.tables:
        with turns.turn():
            before, now = upgrade_state(store_settings(app.settings, table.code), clock=SystemClock())
            click.echo(f"{table.code}: table version {before}" + ("" if before == now else f" -> {now}"))
    turns.end()


@state.command()
@municipality_option
@pass_app
def create(app: App, municipality: str | None) -> None:
    """Make the empty state of a municipality that has never run; refused where there is one."""
    from kaa_bridge.store.engine import Store
    from kaa_bridge.sync.bridge import store_settings

    turns = app.turns(municipality)
    for table in turns.tables:
        with turns.turn():
            Store.create(store_settings(app.settings, table.code)).close()
            click.echo(f"{table.code}: state created. Next: kaa-bridge run --municipality {table.code} --dry-run")
    turns.end()


def _print(found: list[dict[str, Any]], as_json: bool) -> None:
    if as_json:
        click.echo(json.dumps(found, indent=1))
        return
    for one in found:
        head = f"{one['municipality']}: table version {one['version']}, fence {one['fence']}, epoch {one['epoch']}"
        click.echo(head + (" (recovery epoch open)" if one.get("epoch_open") else ""))
        for name, count in one["counts"].items():
            click.echo(f"  {name}: {count}")
        for problem in one["problems"]:
            click.echo(f"  PROBLEM {problem}")
