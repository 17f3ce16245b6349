"""``resync``: redo one youth, one source or a period now; shows before and after, and applies only with ``--apply``."""

from __future__ import annotations

import json
import sys
from datetime import date
from typing import Any

import click

from kaa_bridge.cli.clock import as_of_option, confirm_ahead, iso_date, today
from kaa_bridge.cli.context import App, json_option, one_municipality_option, pass_app
from kaa_bridge.cli.person import asked_number, find_person, person_options
from kaa_bridge.cli.progress import stage
from kaa_bridge.cli.summary import as_json as plan_as_json
from kaa_bridge.cli.summary import lines
from kaa_bridge.errors import InputRefused

_BY_NUMBER = "kaa-bridge resync --person -"


@click.command()
@person_options
@click.option("--source", metavar="NAME", help="Pull this source whole, now.")
@click.option("--since", type=iso_date, metavar="DATE", help="Pull everything; decide again whoever was decided since.")
@click.option("--apply", "apply_it", is_flag=True, help="Store and send; without it the plan is only shown.")
@one_municipality_option
@as_of_option
@json_option
@pass_app
def resync(
    app: App,
    person: str | None,
    person_file: str | None,
    source: str | None,
    since: date | None,
    apply_it: bool,
    municipality: str | None,
    as_of: date | None,
    as_json: bool,
) -> None:
    """Redo one youth, one source or a period: before and after, and the plan.

    A note that was written already is never written again: the outbox has the same key for it. While a note of the
    youth (or any, with --source and --since) is in doubt and no look-up settles it, --apply is refused (5).
    """
    from kaa_bridge.sync.bridge import make_bridge
    from kaa_bridge.sync.night import run_night
    from kaa_bridge.sync.plan import Scope

    _exactly_one(person, person_file, source, since)
    table = app.one_municipality(municipality)
    if apply_it:
        confirm_ahead(as_of)
    by_person = source is None and since is None
    number = asked_number(person, person_file) if by_person else None
    changes: list[dict[str, Any]] = []
    with stage("Resync"), app.store(table) as store:
        bridge = make_bridge(app.settings, table, app.host)
        try:
            _known_source(table, source)
            found = find_person(store, person, number, by_number=_BY_NUMBER) if by_person else None
            scope = Scope(kind="resync", source=source, person=found, since=since, full=True)
            with bridge.stop.listening():
                plan = run_night(
                    store, bridge, as_of or today(), scope=scope, dry_run=not apply_it,
                    on_decided=lambda decided: _keep(changes, decided, always=found is not None),
                )  # fmt: skip
        finally:
            bridge.close()
    if as_json:
        click.echo(json.dumps(plan_as_json(plan) | {"changes": changes}, ensure_ascii=False, indent=1, sort_keys=True))
    else:
        _print(changes)
        for line in lines(plan):
            click.echo(line)
        if not apply_it:
            click.echo("  Next, to store and send this: the same command with --apply")
    sys.exit(int(plan.report.exit_code))


def _exactly_one(*given: object) -> None:
    if sum(one is not None for one in given) != 1:
        raise InputRefused(
            "resync_scope",
            "resync needs exactly one of --person, --person-file, --source and --since; nothing was done.",
            remedy="kaa-bridge resync --person HANDLE, or --person - to type the number at a prompt.",
        )


def _keep(changes: list[dict[str, Any]], decided: Any, *, always: bool) -> None:
    before = {
        "outcome": decided.before.outcome,
        "criteria": decided.before.criteria,
        "covered_since": decided.before.covered_since,
    }
    since = decided.verdict.covered_since
    after = {
        "outcome": decided.outcome,
        "criteria": decided.verdict.criteria,
        "covered_since": since.isoformat() if since else None,
    }
    if always or before != after:
        changes.append({"handle": decided.before.handle, "before": before, "after": after})


def _print(changes: list[dict[str, Any]]) -> None:
    if not changes:
        click.echo("No decision changes.")
    for change in changes:
        before, after = change["before"], change["after"]
        click.echo(f"{change['handle']}")
        for name in ("outcome", "criteria", "covered_since"):
            mark = "" if before[name] == after[name] else "   <- changes"
            click.echo(f"  {name:<14} before {before[name] or '-':<14} after {after[name] or '-':<14}{mark}".rstrip())


def _known_source(table: Any, source: str | None) -> None:
    names = [one.name for one in table.source] + ([table.journal.name] if table.journal else [])
    if source is not None and source not in names:
        raise InputRefused(
            "source_unknown",
            f"{table.code} has no source '{source}' (it has {', '.join(names)}); nothing was done.",
            remedy="Give --source one of these names.",
        )
