"""Which present records do not fit their mapping: by the keyed hash of the record, as a code and a place."""

from __future__ import annotations

from collections.abc import Iterable

from kaa_bridge.store.connection import Connection
from kaa_bridge.store.query import execute, rows
from kaa_bridge.store.sql import run_many

Spot = tuple[str, str]
"""A code of the mapping and the place in the record."""


def found_keys(connection: Connection, source_id: int) -> set[bytes]:
    """Return the keys of a source's records that do not fit."""
    return {bytes(key) for (key,) in rows(connection, "SELECT key FROM finding WHERE source_id = ?", (source_id,))}


def count_findings(connection: Connection, source_id: int) -> dict[Spot, int]:
    """Return how many records of a source do not fit, by code and place."""
    statement = "SELECT code, place, count(*) FROM finding WHERE source_id = ? GROUP BY code, place"
    return {(code, place): int(count) for code, place, count in rows(connection, statement, (source_id,))}


def add_findings(connection: Connection, source_id: int, spot: Spot, keys: Iterable[bytes]) -> None:
    """Keep the records that do not fit at one place, in order of key."""
    statement = "INSERT INTO finding (source_id, key, code, place) VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING"
    run_many(connection, statement, [(source_id, key, *spot) for key in sorted(keys)])


def forget_read_anew(connection: Connection, source_id: int, keys: Iterable[bytes]) -> None:
    """Forget what was kept of records that have been read anew."""
    statement = "DELETE FROM finding WHERE source_id = ? AND key = ?"
    run_many(connection, statement, [(source_id, key) for key in sorted(keys)])


def forget_spot(connection: Connection, source_id: int, spot: Spot) -> None:
    """Forget one code at one place for all records of a source."""
    execute(connection, "DELETE FROM finding WHERE source_id = ? AND code = ? AND place = ?", (source_id, *spot))


def forget_absent(connection: Connection, source_id: int) -> None:
    """Forget what was kept of records that are not present any more."""
    present = "SELECT 1 FROM record r WHERE r.key = finding.key AND r.gone_on IS NULL"
    execute(connection, f"DELETE FROM finding WHERE source_id = ? AND NOT EXISTS ({present})", (source_id,))


def forget_source(connection: Connection, source_id: int) -> None:
    """Forget all of a source: its mapping has changed, and every record that still comes is read anew."""
    execute(connection, "DELETE FROM finding WHERE source_id = ?", (source_id,))
