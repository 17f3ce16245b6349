"""``status``: is everything as it should be: last night, open holds, quarantine, notes that wait."""

from __future__ import annotations

import json
import sys
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import click

from kaa_bridge.cli.clock import as_of_option, today
from kaa_bridge.cli.context import App, json_option, municipality_option, pass_app
from kaa_bridge.errors import ExitCode, worst
from kaa_bridge.journal.states import NEEDS_PERSON

_MEND = "kaa-bridge check --connect says what to do; then kaa-bridge run --municipality {code}"
_PROBLEMS = {
    "no_recent_night": "look whether the timer or the daemon runs, then kaa-bridge run --municipality {code}",
    "night_ahead": "the last night is dated after today: set this machine's clock if it is wrong now; otherwise "
    "kaa-bridge run --municipality {code}, which says how to go on",
    "night_not_completed": "kaa-bridge run --municipality {code} goes on where the last night was left",
    "night_failed": "kaa-bridge state verify --municipality {code}",
    "source_failed": _MEND,
    "journal_failed": _MEND,
    "sending_stopped": "kaa-bridge outbox start --municipality {code}, once the reason is gone",
    "notes_wait": "kaa-bridge run --municipality {code} goes on with them",
    "mapping_lacks": "name it in the mapping, kaa-bridge mapping check FILE --sample FILE, then "
    "kaa-bridge run --municipality {code}",
    "notes_not_composed": "correct the source's label or the routine's text, then kaa-bridge resync "
    "--municipality {code} --since DATE --apply",
    "listing_differs": "kaa-bridge outbox compare --municipality {code}",
    "source_removed": "put {removed} back into the configuration, or into its list retired when it is gone for good or "
    "has another name; kaa-bridge check says more",
    "daemon_silent": "look whether its service runs and what its log says; kaa-bridge daemon",
}
"""What to do about what health finds; for anything else ``check`` says it."""


@click.command()
@municipality_option
@as_of_option
@json_option
@click.option(
    "--prometheus", type=click.Path(path_type=Path, dir_okay=False), metavar="FILE",
    help="Also write the counts for Prometheus' text collector, in one step.",
)  # fmt: skip
@pass_app
def status(app: App, municipality: str | None, as_of: date | None, as_json: bool, prometheus: Path | None) -> None:
    """Show health. The exit code is that of the worst thing found, so that a monitor can read it."""
    from kaa_bridge.health import health, heartbeat

    day = as_of or today()
    beat = heartbeat(app.settings, datetime.now(UTC))
    found = [health(app.settings, table, day) for table in app.municipalities(municipality)]
    for one in found:
        one["daemon"] = beat
        if beat is not None and beat["silent"]:
            one["problems"].append("daemon_silent")
            one["exit_code"] = int(worst(ExitCode(one["exit_code"]), ExitCode.FAILED))
    if prometheus is not None:
        from kaa_bridge.metrics import metrics_text, write_metrics

        write_metrics(prometheus, metrics_text(found, beat))
    if as_json:
        click.echo(json.dumps(found, ensure_ascii=False, indent=1))
    else:
        _print_daemon(beat)
        for one in found:
            _print(one)
    sys.exit(int(worst(*(ExitCode(one["exit_code"]) for one in found))))


def _print_daemon(beat: dict[str, Any] | None) -> None:
    if beat is None:
        return
    if beat["silent"]:
        click.echo(f"daemon: silent. Next: {_PROBLEMS['daemon_silent']}")
        return
    doing = f"night of {beat['municipality']}" if beat.get("municipality") else beat.get("doing", "alive")
    click.echo(f"daemon: {doing}, heartbeat {beat['age_seconds']} s ago (process {beat['pid']})")


def _print(one: dict[str, Any]) -> None:
    night = one.get("last_night")
    head = f"{one['municipality']}: "
    if "last_night" not in one:
        click.echo(head + "the state cannot be used, so that nothing is known of its nights")
    elif night is None:
        click.echo(head + "no night yet. Next: kaa-bridge check, then kaa-bridge run")
    else:
        sources = ", ".join(f"{name} {state}" for name, state in night["sources"].items())
        click.echo(f"{head}last night {night['date']}, exit code {night['exit_code']} ({sources})")
        for name, spots in night["misfits"].items():
            what = ", ".join(f"{code} at {place} ({count} records)" for code, place, count in spots)
            click.echo(f"  {name} sends what its mapping does not know: {what}")
    for name in ("youths", "notes"):
        if one.get(name):
            click.echo(f"  {name}: " + ", ".join(f"{count} {key}" for key, count in sorted(one[name].items())))
    for name, command in (("open_holds", "hold list"), ("quarantined", "quarantine list")):
        if one.get(name):
            click.echo(f"  {one[name]} {name.replace('_', ' ')}. Next: kaa-bridge {command}")
    if any(one.get("notes", {}).get(state) for state in NEEDS_PERSON):
        click.echo(f"  notes wait for a person. Next: kaa-bridge outbox list --municipality {one['municipality']}")
    for problem in one["problems"]:
        removed = ", ".join(one.get("removed_sources", ()))
        next_step = _PROBLEMS.get(problem, "kaa-bridge check").format(code=one["municipality"], removed=removed)
        click.echo(f"  problem: {problem}. Next: {next_step}")
