"""One statement with positional ``?`` parameters, on either driver: its rows by name, one value, or many rows in."""

from __future__ import annotations

from collections import namedtuple
from collections.abc import Sequence
from functools import lru_cache
from typing import Any

from kaa_bridge.store.connection import Connection

Row = tuple[Any, ...]
NamedRow = Any
"""A row of ``run``: a named tuple with the columns of its statement."""


class Rows(list[NamedRow]):
    """All rows of one statement."""

    def all(self) -> list[NamedRow]:
        """Return them."""
        return self

    def one_or_none(self) -> NamedRow | None:
        """Return the only row, ``None`` when there is none."""
        return self.one() if self else None

    def one(self) -> NamedRow:
        """Return the only row; anything else is a fault of ours."""
        (row,) = self
        return row

    def scalar_one(self) -> Any:
        """Return the first value of the only row."""
        return self.one()[0]


def run(connection: Connection, statement: str, parameters: Row = ()) -> Rows:
    """Run one statement and read what it returns."""
    cursor = connection.execute(statement, parameters)
    columns = tuple(column[0] for column in cursor.description or ())
    found = Rows(map(_row_type(columns)._make, cursor.fetchall()) if columns else ())
    cursor.close()
    return found


def run_many(connection: Connection, statement: str, rows: Sequence[Row]) -> int:
    """Run one statement for many parameter tuples (``executemany``); no rows is no statement.

    Returns:
        The number of rows that were changed, as the driver counts them.
    """
    return connection.execute_many(statement, rows) if rows else 0


def scalar(connection: Connection, statement: str, parameters: Row = ()) -> Any:
    """Return the first value of the first row, ``None`` when there is none."""
    cursor = connection.execute(statement, parameters)
    row = cursor.fetchone()
    cursor.close()
    return None if row is None else row[0]


@lru_cache(maxsize=256)
def _row_type(columns: tuple[str, ...]) -> Any:
    return namedtuple("Row", columns, rename=True)
