"""Runs, sources and holds: the book-keeping of nights."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import msgspec
from msgspec import Struct

from kaa_bridge.store.connection import Connection
from kaa_bridge.store.query import execute, marks, rows

_DECIDES = "kind IN ('night', 'resync')"


class SourceRow(Struct, frozen=True):
    """What the store knows of a configured source."""

    id: int
    name: str
    cursor: str | None
    pulled_on: str | None
    proved_on: str | None
    proved_count: int | None
    reading: bytes | None
    error_code: str | None


class RunTimes(Struct, frozen=True):
    """The dates of a run: its local date (ISO), and when it began and ended (UTC ISO)."""

    local_date: str
    started_at: str
    ended_at: str | None


class HoldRow(Struct, frozen=True):
    """A guard's stop; ``released_at`` is set by a person, ``closed_at`` when it was used or is no longer needed.

    Attributes:
        observed: what was seen, and what a release lets through; once more is seen, another hold says so.
        made_on: the night since which the guard stops it, whatever was seen on that night.
        made_at: when this hold was made.
    """

    id: int
    kind: str
    subject: str
    observed: int
    allowed: int
    made_on: str
    made_at: str
    released_at: str | None
    released_by: str | None
    reason: str | None
    closed_at: str | None


def source_row(connection: Connection, name: str) -> SourceRow:
    """Return the row of a source, made when it is new."""
    execute(connection, "INSERT INTO source (name) VALUES (?) ON CONFLICT (name) DO NOTHING", (name,))
    columns = "id, name, cursor, pulled_on, proved_on, proved_count, reading, error_code"
    return SourceRow(*rows(connection, f"SELECT {columns} FROM source WHERE name = ?", (name,))[0])


def source_names(connection: Connection) -> dict[int, str]:
    """Return the names of all sources that ever were configured, by id."""
    found = rows(connection, "SELECT id, name FROM source")
    return {int(source_id): str(name) for source_id, name in found}


def present_records(connection: Connection, source_ids: Sequence[int]) -> dict[int, int]:
    """Return how many present records each of the sources has, those without any left out.

    One that cannot be used counts too where it is known whom it is about.
    """
    if not source_ids:
        return {}
    of_these = f"source_id IN ({marks(len(source_ids))})"
    statement = (
        "SELECT source_id, count(*) FROM ("
        f"SELECT source_id, key FROM record WHERE gone_on IS NULL AND {of_these} "
        f"UNION SELECT source_id, key FROM unheard WHERE {of_these}) AS told GROUP BY source_id"
    )
    found = rows(connection, statement, (*source_ids, *source_ids))
    return {int(source_id): int(count) for source_id, count in found}


def write_source(connection: Connection, row: SourceRow) -> None:
    """Update a source's row."""
    execute(
        connection,
        "UPDATE source SET cursor = ?, pulled_on = ?, proved_on = ?, proved_count = ?, reading = ?, error_code = ? "
        "WHERE id = ?",
        (row.cursor, row.pulled_on, row.proved_on, row.proved_count, row.reading, row.error_code, row.id),
    )


def start_run(connection: Connection, kind: str, local_date: str, started_at: str) -> int:
    """Insert a run and return its id."""
    ((run_id,),) = rows(connection, "SELECT coalesce(max(id), 0) + 1 FROM run")
    execute(
        connection,
        "INSERT INTO run (id, kind, local_date, started_at) VALUES (?, ?, ?, ?)",
        (run_id, kind, local_date, started_at),
    )
    return int(run_id)


def end_run(
    connection: Connection, run_id: int, *, ended_at: str | None, exit_code: int, summary: dict[str, Any]
) -> None:
    """Complete a run with its exit code and summary (counts and codes only)."""
    execute(
        connection,
        "UPDATE run SET ended_at = ?, exit_code = ?, summary = ? WHERE id = ?",
        (ended_at, exit_code, msgspec.json.encode(summary).decode(), run_id),
    )


def past_summaries(connection: Connection, count: int) -> Iterator[dict[str, Any]]:
    """Yield the summaries of at most so many applied nights, the latest first."""
    statement = (
        "SELECT summary FROM run WHERE kind = 'night' AND summary IS NOT NULL AND exit_code IN (0, 4, 5, 6) "
        "ORDER BY id DESC LIMIT ?"
    )
    yield from (msgspec.json.decode(text) for (text,) in rows(connection, statement, (count,)))


def last_run(connection: Connection, kind: str = "night") -> tuple[Any, ...] | None:
    """Return (id, local_date, started_at, ended_at, exit_code, summary) of the latest run of a kind."""
    columns = "id, local_date, started_at, ended_at, exit_code, summary"
    found = rows(connection, f"SELECT {columns} FROM run WHERE kind = ? ORDER BY id DESC LIMIT 1", (kind,))
    return tuple(found[0]) if found else None


def latest_run(connection: Connection) -> RunTimes | None:
    """Return the dates of the run that decided last: a night or a resync."""
    statement = f"SELECT local_date, started_at, ended_at FROM run WHERE {_DECIDES} ORDER BY id DESC LIMIT 1"
    found = rows(connection, statement)
    return RunTimes(*found[0]) if found else None


def has_run_after(connection: Connection, day: str) -> bool:
    """Tell whether a night or a resync is dated after the day (ISO)."""
    return bool(rows(connection, f"SELECT 1 FROM run WHERE {_DECIDES} AND local_date > ? LIMIT 1", (day,)))


def make_hold(connection: Connection, kind: str, subject: str, observed: int, allowed: int, *, on: str, at: str) -> int:
    """Insert a hold, or bring the open one of the same kind and subject up to date; return its id."""
    open_hold = rows(
        connection,
        "SELECT id FROM hold WHERE kind = ? AND subject = ? AND released_at IS NULL AND closed_at IS NULL",
        (kind, subject),
    )
    if open_hold:
        hold_id = int(open_hold[0][0])
        execute(connection, "UPDATE hold SET observed = ?, allowed = ? WHERE id = ?", (observed, allowed, hold_id))
        return hold_id
    ((hold_id,),) = rows(connection, "SELECT coalesce(max(id), 0) + 1 FROM hold")
    execute(
        connection,
        "INSERT INTO hold (id, kind, subject, observed, allowed, made_on, made_at) VALUES (?, ?, ?, ?, ?, ?, ?)",
        (hold_id, kind, subject, observed, allowed, on, at),
    )
    return int(hold_id)


def holds(connection: Connection, *, still_open: bool = True) -> list[HoldRow]:
    """Return the holds that are not closed (released ones too), or all of them."""
    columns = "id, kind, subject, observed, allowed, made_on, made_at, released_at, released_by, reason, closed_at"
    where = "WHERE closed_at IS NULL" if still_open else ""
    return [HoldRow(*row) for row in rows(connection, f"SELECT {columns} FROM hold {where} ORDER BY id")]


def release_hold(connection: Connection, hold_id: int, *, by: str, reason: str, at: str) -> bool:
    """Release an open hold; ``False`` when there is none with the id."""
    statement = (
        "UPDATE hold SET released_at = ?, released_by = ?, reason = ? "
        "WHERE id = ? AND released_at IS NULL AND closed_at IS NULL"
    )
    return execute(connection, statement, (at, by, reason, hold_id)) == 1


def close_holds(connection: Connection, hold_ids: Sequence[int], *, at: str) -> None:
    """Close holds that were used or are no longer needed."""
    for hold_id in hold_ids:
        execute(connection, "UPDATE hold SET closed_at = ? WHERE id = ? AND closed_at IS NULL", (at, hold_id))
