"""``status``: is everything as it should be: last night, open holds, quarantine, notes that wait."""

from __future__ import annotations

import json
import sys
from datetime import date, timedelta
from typing import Any

import click
import msgspec

from kaa_bridge.cli.clock import as_of_option, today
from kaa_bridge.cli.context import App, json_option, municipality_option, pass_app
from kaa_bridge.config import MunicipalityTable
from kaa_bridge.errors import ExitCode, KaaError, worst

_NEEDS_LOOK = ("IN_DOUBT", "REFUSED", "HELD", "QUARANTINED")


@click.command()
@municipality_option
@as_of_option
@json_option
@pass_app
def status(app: App, municipality: str | None, as_of: date | None, as_json: bool) -> None:
    """Show health. The exit code is that of the worst thing found, so that a monitor can read it."""
    day = as_of or today()
    found = [_status(app, table, day) for table in app.municipalities(municipality)]
    if as_json:
        click.echo(json.dumps(found, ensure_ascii=False, indent=1))
    else:
        for one in found:
            _print(one)
    sys.exit(int(worst(*(ExitCode(one["exit_code"]) for one in found))))


def _status(app: App, table: MunicipalityTable, day: date) -> dict[str, Any]:
    from kaa_bridge.store import runs
    from kaa_bridge.store.query import rows

    found: dict[str, Any] = {"municipality": table.code, "problems": [], "exit_code": 0}
    try:
        with app.store(table) as store, store.read() as connection:
            last = runs.last_run(connection)
            holds = [hold for hold in runs.holds(connection) if hold.released_at is None]
            notes = dict(rows(connection, "SELECT state, count(*) FROM note GROUP BY state"))
            spoilt = rows(connection, "SELECT count(*) FROM quarantine WHERE released_at IS NULL")[0][0]
            outcomes = dict(rows(connection, "SELECT outcome, count(*) FROM youth GROUP BY outcome"))
    except KaaError as error:
        return found | {"problems": [error.code], "exit_code": int(error.exit_code)}
    codes = [ExitCode.GUARD] if holds else []
    codes += [ExitCode.ATTENTION] if spoilt or any(notes.get(state) for state in _NEEDS_LOOK) else []
    if last is None or date.fromisoformat(last[1]) < day - timedelta(days=1):
        codes.append(ExitCode.FAILED)
        found["problems"].append("no_recent_night")
    elif last[3] is None:
        codes.append(ExitCode.ATTENTION)
        found["problems"].append("night_not_completed")
    return found | {
        "last_night": _night(last),
        "youths": {str(outcome): count for outcome, count in outcomes.items()},
        "notes": notes,
        "open_holds": len(holds),
        "quarantined": spoilt,
        "exit_code": int(worst(*codes)),
    }


def _night(last: tuple[Any, ...] | None) -> dict[str, Any] | None:
    if last is None:
        return None
    run_id, local_date, started_at, ended_at, exit_code, summary = last
    sources = msgspec.json.decode(summary)["sources"] if summary else []
    return {
        "run": run_id,
        "date": local_date,
        "started_at": started_at,
        "ended_at": ended_at,
        "exit_code": exit_code,
        "sources": {source["name"]: source["state"] for source in sources},
    }


def _print(one: dict[str, Any]) -> None:
    night = one.get("last_night")
    head = f"{one['municipality']}: "
    if night is None:
        click.echo(head + "no night yet. Next: kaa-bridge check, then kaa-bridge run")
    else:
        sources = ", ".join(f"{name} {state}" for name, state in night["sources"].items())
        click.echo(f"{head}last night {night['date']}, exit code {night['exit_code']} ({sources})")
    for name in ("youths", "notes"):
        if one.get(name):
            click.echo(f"  {name}: " + ", ".join(f"{count} {key}" for key, count in sorted(one[name].items())))
    for name, command in (("open_holds", "hold list"), ("quarantined", "quarantine list")):
        if one.get(name):
            click.echo(f"  {one[name]} {name.replace('_', ' ')}. Next: kaa-bridge {command}")
    for problem in one["problems"]:
        click.echo(f"  problem: {problem}")
