"""``quarantine``: records that could not be used: where and why, never what they said."""

from __future__ import annotations

import json
from typing import Any

import click

from kaa_bridge.cli.context import App, json_option, municipality_option, one_municipality_option, pass_app
from kaa_bridge.errors import InputRefused

_QUERY = (
    "SELECT q.id, s.name, q.code, q.place, q.first_on, q.last_on, q.released_at FROM quarantine q "
    "JOIN source s ON s.id = q.source_id WHERE q.released_at IS NULL ORDER BY q.id"
)
_NAMES = ("id", "source", "code", "place", "first_on", "last_on", "released_at")


@click.group()
def quarantine() -> None:
    """List, show and release records that could not be used."""


@quarantine.command("list")
@municipality_option
@json_option
@pass_app
def list_records(app: App, municipality: str | None, as_json: bool) -> None:
    """List quarantined records: source, code, place and since when."""
    found: list[dict[str, Any]] = []
    turns = app.turns(municipality)
    for table in turns.tables:
        with turns.turn():
            found += _read(app, table.code)
    if as_json:
        click.echo(json.dumps(found, ensure_ascii=False, indent=1))
    else:
        _print(found, whole=not turns.failed)
    turns.end()


def _print(found: list[dict[str, Any]], *, whole: bool) -> None:
    if whole and not found:
        click.echo("Nothing is quarantined.")
    for row in found:
        click.echo(
            f"{row['municipality']} quarantine {row['id']}: {row['source']} {row['code']}: {row['place']} "
            f"(since {row['first_on']}, last {row['last_on']})"
        )
    if found:
        click.echo(
            "Next: correct the record at its source, or the mapping, then run 'kaa-bridge run'; it clears itself."
        )


@quarantine.command()
@click.argument("record_id", type=int)
@one_municipality_option
@json_option
@pass_app
def show(app: App, record_id: int, municipality: str | None, as_json: bool) -> None:
    """Show one quarantined record."""
    table = app.one_municipality(municipality)
    row = next((one for one in _read(app, table.code) if one["id"] == record_id), None)
    if row is None:
        raise _unknown(record_id, table.code)
    if as_json:
        click.echo(json.dumps(row, ensure_ascii=False, indent=1))
        return
    for name, value in row.items():
        if value is not None:
            click.echo(f"{name}: {value}")
    click.echo(f"Next: correct the record at its source, or the mapping of {row['source']}, then kaa-bridge run")


@quarantine.command()
@click.argument("record_id", type=int)
@one_municipality_option
@pass_app
def release(app: App, record_id: int, municipality: str | None) -> None:
    """Stop counting a record as needing attention until it is met again in another form."""
    from kaa_bridge.store.clock import SystemClock, iso
    from kaa_bridge.store.query import execute

    table = app.one_municipality(municipality)
    with app.store(table) as store, store.write() as connection:
        stamp = iso(SystemClock().now())
        statement = "UPDATE quarantine SET released_at = ? WHERE id = ? AND released_at IS NULL"
        if execute(connection, statement, (stamp, record_id)) != 1:
            raise _unknown(record_id, table.code)
    click.echo("Released: it is not counted any more, and still not used. Correct it at its source all the same.")


def _read(app: App, code: str) -> list[dict[str, Any]]:
    from kaa_bridge.store.query import rows

    with app.store(app.settings.municipality(code)) as store, store.read() as connection:
        found = rows(connection, _QUERY)
    return [{"municipality": code, **dict(zip(_NAMES, row, strict=True))} for row in found]


def _unknown(record_id: int, code: str) -> InputRefused:
    return InputRefused(
        "quarantine_unknown",
        f"There is no quarantined record {record_id} in {code}.",
        remedy=f"kaa-bridge quarantine list --municipality {code}",
    )
