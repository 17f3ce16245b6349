"""How a municipality and the daemon are doing: what ``status`` shows, the daemon counts and a monitor reads."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Any

import msgspec

from kaa_bridge.config import MunicipalityTable, Settings
from kaa_bridge.errors import ExitCode, KaaError, worst
from kaa_bridge.journal.holdfile import was_stopped
from kaa_bridge.journal.states import NEEDS_PERSON

Problem = tuple[str, ExitCode]
"""What is wrong, as a code, and how bad it is."""
_SILENT_SECONDS = 300
"""A daemon writes its heartbeat every half minute; one that has not for so long is not alive."""


def health(settings: Settings, table: MunicipalityTable, day: date) -> dict[str, Any]:
    """Return the health of one municipality as JSON data; an unusable state is part of the answer, not an error.

    Args:
        settings: the configuration.
        table: which municipality.
        day: today in Sweden; without a night on it or the day before, or with one after it, something is wrong.
    """
    from kaa_bridge.store import runs
    from kaa_bridge.store.engine import Store
    from kaa_bridge.store.query import rows
    from kaa_bridge.sync.bridge import store_settings
    from kaa_bridge.sync.removed import removed_sources

    place = store_settings(settings, table.code)
    problems = [("sending_stopped", ExitCode.GUARD)] if was_stopped(place) else []
    try:
        with Store.open(place) as store, store.read() as connection:
            last = runs.last_run(connection)
            holds = [hold for hold in runs.holds(connection) if hold.released_at is None]
            notes = dict(rows(connection, "SELECT state, count(*) FROM note GROUP BY state"))
            spoilt = rows(connection, "SELECT count(*) FROM quarantine WHERE released_at IS NULL")[0][0]
            outcomes = dict(rows(connection, "SELECT outcome, count(*) FROM youth GROUP BY outcome"))
            removed = removed_sources(connection, table)
    except KaaError as error:
        return {"municipality": table.code} | _judged([*problems, (error.code, error.exit_code)])
    problems += _of_the_schedule(last, day)
    problems += _of_the_last_night(last)
    problems += [("source_removed", ExitCode.ATTENTION)] if removed else []
    codes = [ExitCode.GUARD] if holds else []
    codes += [ExitCode.ATTENTION] if spoilt or any(notes.get(state) for state in NEEDS_PERSON) else []
    return {
        "municipality": table.code,
        **_judged(problems, *codes),
        "last_night": _night(last),
        "youths": {str(outcome): count for outcome, count in outcomes.items()},
        "notes": notes,
        "open_holds": len(holds),
        "quarantined": spoilt,
        "removed_sources": removed,
    }


def _judged(problems: list[Problem], *codes: ExitCode) -> dict[str, Any]:
    return {
        "problems": [name for name, _ in problems],
        "exit_code": int(worst(*codes, *(code for _, code in problems))),
    }


def _of_the_schedule(last: tuple[Any, ...] | None, day: date) -> list[Problem]:
    if last is None or date.fromisoformat(last[1]) < day - timedelta(days=1):
        return [("no_recent_night", ExitCode.FAILED)]
    if date.fromisoformat(last[1]) > day:
        return [("night_ahead", ExitCode.GUARD)]
    return [("night_not_completed", ExitCode.ATTENTION)] if last[3] is None else []


def _of_the_last_night(last: tuple[Any, ...] | None) -> Iterator[Problem]:
    """Yield what the last night was left with and only another night can better.

    What a person settles in between (holds, quarantine, notes) is not taken from the night but from how it stands now.
    """
    if last is None or not last[4]:
        return
    code, told = ExitCode(last[4]), msgspec.json.decode(last[5])
    outside = code if code in {ExitCode.UNREACHABLE, ExitCode.CONFIGURATION} else None
    if code is ExitCode.FAILED:
        yield "night_failed", code
    if any(source["error"] for source in told["sources"]):
        yield "source_failed", outside or ExitCode.UNREACHABLE
    elif outside:
        yield "journal_failed", outside
    if any(source.get("misfits") for source in told["sources"]):
        yield "mapping_lacks", ExitCode.ATTENTION
    if told["plan"]["uncomposed"]:
        yield "notes_not_composed", ExitCode.ATTENTION
    if any(count for name, count in (told["sent"]["listing"] or {}).items() if name != "agreed"):
        yield "listing_differs", ExitCode.ATTENTION
    if {told[written]["stopped"] for written in ("sent", "updates") if written in told} & {"epoch", "shutdown"}:
        yield "notes_wait", ExitCode.ATTENTION


def heartbeat(settings: Settings, now: datetime) -> dict[str, Any] | None:
    """Return what the daemon last wrote, with its age and whether it is silent; ``None`` where none has run.

    A daemon that was stopped has said so and is not silent.
    """
    path = settings.base_dir / settings.configuration.daemon.heartbeat
    try:
        beat = json.loads(path.read_text(encoding="ascii"))
        age = (now - datetime.fromisoformat(beat["at"]).astimezone(UTC)).total_seconds()
    except FileNotFoundError:
        return None
    except (OSError, ValueError, KeyError, TypeError):
        return {"silent": True, "problem": "heartbeat_unreadable"}
    silent = beat.get("doing") != "stopped" and age > _SILENT_SECONDS
    return {**beat, "age_seconds": round(age), "silent": silent}


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
        "misfits": {source["name"]: source["misfits"] for source in sources if source.get("misfits")},
    }
