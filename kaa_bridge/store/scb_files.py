"""What the last file to SCB of a half-year held: keyed digests of its rows, to tell what has changed since."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from kaa_bridge.store.connection import Connection
from kaa_bridge.store.query import execute, rows
from kaa_bridge.store.sql import run_many

Row = tuple[str, bytes, bytes]
"""Block, keyed digest of what the row is about, keyed digest of its cells."""


class ScbFile(NamedTuple):
    """A file that was made: for which half-year, on which day, by which layout, and whether it was ready."""

    id: int
    period: str
    as_of: str
    layout: str
    ready: int


def last_file(connection: Connection, period: str) -> ScbFile | None:
    """Return the last file of a half-year: the last ready one, else the last draft."""
    statement = "SELECT id, period, as_of, layout, ready FROM scb_file WHERE period = ? ORDER BY ready DESC, id DESC"
    found = rows(connection, statement, (period,))
    return ScbFile._make(found[0]) if found else None


def rows_of(connection: Connection, file: ScbFile, ids: range) -> dict[int, list[Row]]:
    """Return the rows of a file that are of the youths with these ids."""
    statement = "SELECT youth_id, block, about, digest FROM scb_row WHERE file_id = ? AND youth_id BETWEEN ? AND ?"
    found: dict[int, list[Row]] = {}
    for youth_id, block, about, digest in rows(connection, statement, (file.id, ids[0], ids[-1])):
        found.setdefault(int(youth_id), []).append((str(block), bytes(about), bytes(digest)))
    return found


def begin_file(connection: Connection, period: str, as_of: str, layout: str) -> int:
    """Insert a file that is being made, as a draft, and return its id."""
    ((file_id,),) = rows(connection, "SELECT coalesce(max(id), 0) + 1 FROM scb_file")
    statement = "INSERT INTO scb_file (id, period, as_of, layout, ready) VALUES (?, ?, ?, ?, 0)"
    execute(connection, statement, (file_id, period, as_of, layout))
    return int(file_id)


def add_rows(connection: Connection, file_id: int, many: Sequence[tuple[int, str, bytes, bytes]]) -> None:
    """Keep rows of a file: (youth id, block, about, digest)."""
    statement = "INSERT INTO scb_row (file_id, youth_id, block, about, digest) VALUES (?, ?, ?, ?, ?)"
    run_many(connection, statement, [(file_id, *row) for row in many])


def end_file(connection: Connection, file_id: int, period: str, *, ready: bool) -> None:
    """Let the file replace what went before: a ready one every file of the half-year, a draft the drafts only."""
    replaced = "period = ? AND id <> ? AND ready <= ?"
    values = (period, file_id, int(ready))
    execute(connection, f"DELETE FROM scb_row WHERE file_id IN (SELECT id FROM scb_file WHERE {replaced})", values)
    execute(connection, f"DELETE FROM scb_file WHERE {replaced}", values)
    execute(connection, "UPDATE scb_file SET ready = ? WHERE id = ?", (int(ready), file_id))
