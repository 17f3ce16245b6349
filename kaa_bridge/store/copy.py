"""A whole state copied into one encrypted file, and back: the form of every backup, whatever the store's kind.

A backup is an SQLCipher database with the same tables, encrypted with the municipality's key. An encrypted state is
copied page by page by SQLite's backup API, another kind table by table inside one consistent view.
"""

from __future__ import annotations

from pathlib import Path

from sqlalchemy import Connection, Engine, Table, insert, select, text

from kaa_bridge.store import sqlite
from kaa_bridge.store.meta import version_table
from kaa_bridge.store.tables import metadata

_ROWS = 1000


def tables_in_order() -> list[Table]:
    """Return every table, those that others refer to first."""
    return [version_table, *metadata.sorted_tables]


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
    version_table.create(target)
    metadata.create_all(target)
    for table in tables_in_order():
        result = source.execution_options(stream_results=True, yield_per=_ROWS).execute(select(table))
        for part in result.partitions(_ROWS):
            target.execute(insert(table), [dict(row._mapping) for row in part])
    set_sequences(target)


def set_sequences(target: Connection) -> None:
    """Let PostgreSQL's number sequences go on after the copied rows; SQLite needs nothing."""
    if target.dialect.name != "postgresql":
        return
    for table in metadata.sorted_tables:
        if "id" in table.c:
            target.execute(
                text(
                    f"SELECT setval(pg_get_serial_sequence('{table.name}', 'id'), "
                    f'(SELECT coalesce(max(id), 0) + 1 FROM "{table.name}"), false)'
                )
            )


def file_engine(file: Path, key: bytes | None) -> Engine:
    """Return an engine over a file that is made when it is missing."""
    sqlite.connect(file, key, create=True).close()
    return sqlite.make_engine(file, key)
