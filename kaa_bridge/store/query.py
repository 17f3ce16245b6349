"""Small helpers over ``store.connection``: rows as tuples, long results in parts, values in chunks."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from typing import Any, TypeVar

from kaa_bridge.store.connection import Connection

T = TypeVar("T")
CHUNK = 500
"""Values a statement compares with at once."""


def rows(connection: Connection, statement: str, parameters: Sequence[Any] = ()) -> list[Any]:
    """Return all rows of a query as tuples, as the driver makes them."""
    cursor = connection.execute(statement, parameters)
    found: list[Any] = cursor.fetchall()
    cursor.close()
    return found


def parts(
    connection: Connection, statement: str, parameters: Sequence[Any] = (), size: int = 2000
) -> Iterator[Sequence[Any]]:
    """Yield the rows of a query as tuples, in lists of ``size``, so that memory stays flat."""
    cursor = connection.stream(statement, parameters)
    while part := cursor.fetchmany(size):
        yield part
    cursor.close()


def execute(connection: Connection, statement: str, parameters: Sequence[Any] = ()) -> int:
    """Run one statement and return the number of rows it touched."""
    cursor = connection.execute(statement, parameters)
    touched = int(cursor.rowcount)
    cursor.close()
    return touched


def marks(count: int) -> str:
    """Return ``count`` placeholders for an ``IN (…)``."""
    return ",".join("?" * count)


def chunks(values: Iterable[T], size: int = CHUNK) -> Iterator[list[T]]:
    """Split values into lists of at most ``size``."""
    iterator = iter(values)
    while part := list(islice(iterator, size)):
        yield part
