"""The ``meta`` table: what the store is, its table version, its fence and its recovery epoch."""

from __future__ import annotations

from sqlalchemy import Column, Connection, MetaData, String, Table

from kaa_bridge.store.sql import run

FORMAT = "kaa-state/1"
HEAD = "0001"
"""The newest table version; equals the newest revision in ``migrations/versions``."""

version_table = Table("alembic_version", MetaData(), Column("version_num", String(32), primary_key=True))
"""Alembic's own table, made by hand for a new store so that opening one need not import Alembic."""


def first_values(municipality: str) -> list[dict[str, str]]:
    """Return the rows of a new store."""
    values = {"format": FORMAT, "municipality": municipality, "fence": "0", "epoch": "0"}
    return [{"key": key, "value": value} for key, value in values.items()]


def read_meta(connection: Connection) -> dict[str, str]:
    """Return every key with its value."""
    return {row.key: row.value for row in run(connection, "SELECT key, value FROM meta")}


def read_version(connection: Connection) -> str:
    """Return the table version."""
    return str(run(connection, "SELECT version_num FROM alembic_version").scalar_one())


def get_meta(connection: Connection, key: str) -> str | None:
    """Return one value, ``None`` when it is not set."""
    row = run(connection, "SELECT value FROM meta WHERE key = ?", (key,)).one_or_none()
    return None if row is None else str(row.value)


def set_meta(connection: Connection, key: str, value: str | None) -> None:
    """Set one value; ``None`` takes it away."""
    if value is None:
        run(connection, "DELETE FROM meta WHERE key = ?", (key,))
        return
    run(
        connection,
        "INSERT INTO meta (key, value) VALUES (?, ?) ON CONFLICT (key) DO UPDATE SET value = excluded.value",
        (key, value),
    )
