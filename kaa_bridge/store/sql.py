"""Hot statements, written once with ``?`` and run by either driver without SQLAlchemy's parameter handling."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import Any

from sqlalchemy import Connection, CursorResult

from kaa_bridge.store import probe

Row = tuple[Any, ...]


def run(connection: Connection, statement: str, parameters: Row = ()) -> CursorResult[Any]:
    """Run one statement with positional ``?`` parameters."""
    return connection.exec_driver_sql(_for(connection, statement), parameters or None)


def run_many(connection: Connection, statement: str, rows: Sequence[Row]) -> int:
    """Run one statement for many parameter tuples (``executemany``); no rows is no statement.

    It goes to the driver itself: SQLAlchemy's handling costs more than a few rows do.

    Returns:
        The number of rows that were changed, as the driver counts them.
    """
    if not rows:
        return 0
    cursor = _cursor(connection)
    with probe.around(statement):
        cursor.executemany(_for(connection, statement), list(rows))
    count = int(cursor.rowcount)
    cursor.close()
    return count


def scalar(connection: Connection, statement: str, parameters: Row = ()) -> Any:
    """Return the first value of the first row, ``None`` when there is none; by the driver itself, as ``run_many``."""
    cursor = _cursor(connection)
    with probe.around(statement):
        cursor.execute(_for(connection, statement), parameters)
    row = cursor.fetchone()
    cursor.close()
    return None if row is None else row[0]


def is_sqlite(connection: Connection) -> bool:
    """Tell whether the connection is to SQLite (plain or encrypted) rather than PostgreSQL."""
    return connection.dialect.name == "sqlite"


def _cursor(connection: Connection) -> Any:
    if not connection.in_transaction():
        connection.begin()
    return connection.connection.cursor()


def _for(connection: Connection, statement: str) -> str:
    return statement if connection.dialect.paramstyle == "qmark" else _percent(statement)


@lru_cache(maxsize=512)
def _percent(statement: str) -> str:
    """Translate ``?`` outside quotes to ``%s``, and double every ``%``."""
    parts = statement.replace("%", "%%").split("'")
    return "'".join(part if index % 2 else part.replace("?", "%s") for index, part in enumerate(parts))
