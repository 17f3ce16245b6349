"""A whole state copied into one encrypted file, and back: the form of every backup, whatever the store's kind.

A backup is an SQLCipher database with the same tables, encrypted with the municipality's key. An encrypted state is
copied page by page by SQLite's backup API, another kind table by table inside one consistent view.
"""

from __future__ import annotations

from pathlib import Path

from kaa_bridge.store import sqlite
from kaa_bridge.store.connection import Connection
from kaa_bridge.store.create import create_tables, tables_in_order
from kaa_bridge.store.query import marks, parts
from kaa_bridge.store.sql import run, run_many

_ROWS = 1000


def copy_pages(source: Path, target: Path, key: bytes) -> None:
    """Copy an encrypted file to another encrypted with the same key, while the source may be in use."""
    origin = sqlite.connect(source, key)
    try:
        copy = sqlite.connect(target, key, create=True)
        try:
            origin.backup(copy, pages=2000)
            copy.execute("PRAGMA journal_mode = DELETE").fetchone()
        finally:
            copy.close()
    finally:
        origin.close()


def copy_rows(source: Connection, target: Connection) -> None:
    """Make the tables in an empty database and copy every row; both inside their transactions."""
    create_tables(target)
    for table in tables_in_order():
        columns = ", ".join(table.columns.keys())
        insert = f"INSERT INTO {table.name} ({columns}) VALUES ({marks(len(table.columns))})"
        for part in parts(source, f"SELECT {columns} FROM {table.name}", size=_ROWS):
            run_many(target, insert, part)
    set_sequences(target)


def set_sequences(target: Connection) -> None:
    """Let PostgreSQL's number sequences go on after the copied rows; SQLite needs nothing."""
    if target.is_sqlite:
        return
    for table in tables_in_order():
        if "id" in table.c:
            run(
                target,
                f"SELECT setval(pg_get_serial_sequence('{table.name}', 'id'), "
                f"(SELECT coalesce(max(id), 0) + 1 FROM {table.name}), false)",
            )
