"""The ``meta`` table: what the store is, its table version, its fence and its recovery epoch."""

from __future__ import annotations

from kaa_bridge.store.connection import Connection
from kaa_bridge.store.query import execute, rows
from kaa_bridge.store.sql import scalar

FORMAT = "kaa-state/1"
HEAD = "0001"
"""The newest table version; equals the newest revision in ``migrations/versions``."""


def has_tables(connection: Connection) -> bool:
    """Tell whether the database holds a store at all."""
    found = "SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = ?"
    statement = found if connection.is_sqlite else "SELECT to_regclass(?)"
    return all(scalar(connection, statement, (name,)) is not None for name in ("meta", "alembic_version"))


def read_meta(connection: Connection) -> dict[str, str]:
    """Return every key with its value."""
    return dict(rows(connection, "SELECT key, value FROM meta"))


def read_version(connection: Connection) -> str:
    """Return the table version."""
    return str(scalar(connection, "SELECT version_num FROM alembic_version"))


def get_meta(connection: Connection, key: str) -> str | None:
    """Return one value, ``None`` when it is not set."""
    value = scalar(connection, "SELECT value FROM meta WHERE key = ?", (key,))
    return None if value is None else str(value)


def set_meta(connection: Connection, key: str, value: str | None) -> None:
    """Set one value; ``None`` takes it away."""
    if value is None:
        execute(connection, "DELETE FROM meta WHERE key = ?", (key,))
        return
    execute(
        connection,
        "INSERT INTO meta (key, value) VALUES (?, ?) ON CONFLICT (key) DO UPDATE SET value = excluded.value",
        (key, value),
    )
