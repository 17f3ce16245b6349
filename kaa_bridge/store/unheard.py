"""Whom records are about that cannot be used: what their source tells of these youths is not known whole."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from kaa_bridge.store.connection import Connection
from kaa_bridge.store.query import chunks, marks, rows
from kaa_bridge.store.sql import run_many

_KEEPS = ("record", "unheard", "note", "scb_row")
"""What a youth does not go without, if there is any of it."""
Unheard = dict[bytes, dict[int, bytes]]
"""By keyed hash of the record's key: the youths, each with the encoded facts that could be read (who it is)."""


def unheard_of(connection: Connection, source_id: int) -> Unheard:
    """Return what a source tells that cannot be read."""
    found: Unheard = {}
    statement = "SELECT key, youth_id, facts FROM unheard WHERE source_id = ? ORDER BY id"
    for key, youth_id, facts in rows(connection, statement, (source_id,)):
        found.setdefault(bytes(key), {})[youth_id] = bytes(facts)
    return found


def write_unheard(
    connection: Connection, source_id: int, changed: Mapping[bytes, Mapping[int, bytes]], on: str
) -> None:
    """Put what is known now of each changed key in the place of what was known; nothing where there are no youths.

    Who was concerned before is concerned since the same day.
    """
    since: dict[tuple[bytes, int], str] = {}
    statement = "SELECT youth_id, since FROM unheard WHERE source_id = ? AND key = ?"
    for key in changed:
        since.update({(key, youth_id): day for youth_id, day in rows(connection, statement, (source_id, key))})
    run_many(connection, "DELETE FROM unheard WHERE source_id = ? AND key = ?", [(source_id, key) for key in changed])
    run_many(
        connection,
        "INSERT INTO unheard (source_id, key, youth_id, since, facts) VALUES (?, ?, ?, ?, ?)",
        [
            (source_id, key, youth_id, since.get((key, youth_id), on), facts)
            for key, youths in changed.items()
            for youth_id, facts in sorted(youths.items())
        ],
    )


def forget_youths(connection: Connection, youths: Iterable[int]) -> None:
    """Forget those of the youths of whom nothing was ever known but that there was a record, which is no more theirs.

    Whoever once had a record that could be read, or has a note, stays. So does an open case: the record that opened it
    may have gone to another number.
    """
    kept = " OR ".join(f"EXISTS (SELECT 1 FROM {table} WHERE youth_id = y.id)" for table in _KEEPS)
    held = "EXISTS (SELECT 1 FROM hold WHERE subject = y.handle AND closed_at IS NULL)"
    for part in chunks(youths):
        unregistered = f"id IN ({marks(len(part))}) AND registered_on IS NULL"
        statement = f"SELECT id FROM youth y WHERE {unregistered} AND NOT ({kept} OR {held})"
        nobody = rows(connection, statement, part)
        for table, column in (("decision", "youth_id"), ("alias", "youth_id"), ("youth", "id")):
            run_many(connection, f"DELETE FROM {table} WHERE {column} = ?", nobody)
