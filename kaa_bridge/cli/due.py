"""``due``: what remains to be done for the youths of a facts file; ``routine check``: is a routine file usable."""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Any

import click

from kaa_bridge.cli.clock import as_of_option, iso_date, today
from kaa_bridge.cli.context import json_option
from kaa_bridge.domain.facts_file import read_facts
from kaa_bridge.errors import InputRefused
from kaa_bridge.routine import (
    BUILT_IN,
    DueAction,
    Routine,
    bundled_text,
    due_actions,
    due_order,
    load_routine,
)

_WHO = {"case_officer": "handläggare", "coordinator": "samordnare", "manager": "chef"}
_WHOM = {"youth": "ungdomen", "guardian": "vårdnadshavare", "school": "skolan", "skatteverket": "Skatteverket"}


@click.command()
@click.option("--facts", required=True, metavar="FILE", help="Facts file (kaa-facts/1); - reads standard input.")
@click.option("--routine", "reference", required=True, metavar="NAME", help="Bundled routine, or a file NAME.toml.")
@as_of_option
@click.option("--until", type=iso_date, metavar="DATE", help="Leave out what opens after this day.")
@json_option
def due(facts: str, reference: str, as_of: date | None, until: date | None, as_json: bool) -> None:
    """List what remains to be done, for whom, by whom, from when and until when.

    Pure: it reads the facts and the routine and nothing else. Every youth in the file is taken as covered.
    """
    day = as_of or today()
    routine = _load(reference)
    youths = read_facts(_read(facts))
    actions = [action for youth in youths for action in due_actions(routine, youth, as_of=day, until=until)]
    actions.sort(key=due_order)
    if as_json:
        click.echo(json.dumps(_document(routine, day, until, actions), ensure_ascii=False, indent=1))
        return
    for line in _lines(actions):
        click.echo(line)


@click.group()
def routine() -> None:
    """Validate a municipality's routine, or show a bundled one."""


@routine.command()
@click.argument("name", metavar="NAME")
def show(name: str) -> None:
    """Print a bundled routine, or the commented template, to start one's own from."""
    click.echo(bundled_text(name).decode("utf-8"), nl=False)


@routine.command()
@click.argument("file", metavar="FILE")
@json_option
def check(file: str, as_json: bool) -> None:
    """Tell whether a routine (bundled name or .toml file) is usable; a refusal names line and path."""
    found = _load(file)
    facts = {
        "routine": found.name,
        "version": found.version,
        "fingerprint": found.fingerprint,
        "steps": [step.action for step in found.steps],
        "conditions": sorted(predicate.name for predicate in found.predicates),
        "calendar": [entry.task for entry in found.calendar],
    }
    if as_json:
        click.echo(json.dumps(facts, ensure_ascii=False, indent=1))
        return
    click.echo(f"OK  {found.name} {found.version}: {len(found.steps)} steps, {len(found.calendar)} calendar tasks")


def _load(reference: str) -> Routine:
    """Load a routine; a file of the municipality may name conditions of installed plugins, a bundled one never does."""
    if not reference.endswith(".toml"):
        return load_routine(reference)
    from kaa_bridge.host import load_plugins

    return load_routine(reference, predicates={**BUILT_IN, **load_plugins().added("kaa_predicates")})


def _read(facts: str) -> bytes:
    try:
        return sys.stdin.buffer.read() if facts == "-" else Path(facts).read_bytes()
    except (OSError, ValueError) as error:
        raise InputRefused(
            "facts_unreadable",
            f"The facts file cannot be read ({type(error).__name__}), so nothing was computed.",
            remedy="Give the path of a readable file, or - for standard input.",
        ) from None


def _document(found: Routine, day: date, until: date | None, actions: Sequence[DueAction]) -> dict[str, Any]:
    return {
        "format": "kaa-due/1",
        "as_of": day.isoformat(),
        "until": until.isoformat() if until else None,
        "routine": found.name,
        "routine_version": found.version,
        "routine_fingerprint": found.fingerprint,
        "actions": [_as_json(action) for action in actions],
    }


def _as_json(action: DueAction) -> dict[str, Any]:
    return {
        **action._asdict(),
        "not_before": action.not_before.isoformat(),
        "due": action.due.isoformat() if action.due else None,
        "clock": {"event": action.clock.event, "on": action.clock.on.isoformat()},
    }


def _lines(actions: Sequence[DueAction]) -> list[str]:
    if not actions:
        return ["Inget att göra."]
    return [_line(action) for action in actions]


def _line(action: DueAction) -> str:
    due_on = action.due.isoformat() if action.due else "utan slutdag"
    late = " FÖRSENAD" if action.overdue else ""
    whom = _WHOM.get(action.recipient or "", "-")
    who = _WHO.get(action.responsible, action.responsible)
    return f"{action.not_before} - {due_on}{late}  {action.ref}  {action.action}  {who} -> {whom}  {action.text}"
