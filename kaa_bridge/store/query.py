"""Small helpers over ``store.sql``: rows as tuples, long results in parts, values in chunks."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from typing import Any, TypeVar

from sqlalchemy import Connection

from kaa_bridge.store.sql import run

T = TypeVar("T")
CHUNK = 500
"""Values a statement compares with at once."""


def rows(connection: Connection, statement: str, parameters: Sequence[Any] = ()) -> Sequence[Any]:
    """Return all rows of a query as tuples, as the driver makes them: a named row costs as much as the reading."""
    result = run(connection, statement, tuple(parameters))
    assert result.cursor is not None
    found = result.cursor.fetchall()
    result.close()
    return found


def parts(
    connection: Connection, statement: str, parameters: Sequence[Any] = (), size: int = 2000
) -> Iterator[Sequence[Any]]:
    """Yield the rows of a query as tuples, in lists of ``size``, so that memory stays flat."""
    result = run(connection, statement, tuple(parameters))
    assert result.cursor is not None
    while part := result.cursor.fetchmany(size):
        yield part
    result.close()


def execute(connection: Connection, statement: str, parameters: Sequence[Any] = ()) -> int:
    """Run one statement and return the number of rows it touched."""
    return run(connection, statement, tuple(parameters)).rowcount


def marks(count: int) -> str:
    """Return ``count`` placeholders for an ``IN (…)``."""
    return ",".join("?" * count)


def chunks(values: Iterable[T], size: int = CHUNK) -> Iterator[list[T]]:
    """Split values into lists of at most ``size``."""
    iterator = iter(values)
    while part := list(islice(iterator, size)):
        yield part
