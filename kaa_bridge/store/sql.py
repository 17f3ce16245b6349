"""Hot statements: plain SQL with ``?`` for every database, tuples in, tuples out.

Core's parameter handling costs more than the work itself for a whole register, so the statements of a night are text;
everything else goes through SQLAlchemy Core as usual.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import lru_cache
from itertools import islice
from typing import Any, TypeVar

from sqlalchemy import Connection

T = TypeVar("T")
CHUNK = 500
"""Values a statement compares with at once."""


def rows(connection: Connection, statement: str, parameters: Sequence[Any] = ()) -> Sequence[Any]:
    """Return all rows of a query as tuples."""
    return connection.exec_driver_sql(_dialect(statement, connection.dialect.name), tuple(parameters)).fetchall()


def stream(connection: Connection, statement: str, parameters: Sequence[Any] = (), size: int = 2000) -> Iterator[Any]:
    """Yield the rows of a query as tuples, ``size`` at a time, so that memory stays flat."""
    result = connection.exec_driver_sql(
        _dialect(statement, connection.dialect.name), tuple(parameters), {"stream_results": True}
    )
    while part := result.fetchmany(size):
        yield from part


def execute(connection: Connection, statement: str, parameters: Sequence[Any] = ()) -> int:
    """Run one statement and return the number of rows it touched."""
    return connection.exec_driver_sql(_dialect(statement, connection.dialect.name), tuple(parameters)).rowcount


def execute_many(connection: Connection, statement: str, many: list[tuple[Any, ...]]) -> None:
    """Run one statement for each tuple; nothing happens for an empty list."""
    if many:
        connection.exec_driver_sql(_dialect(statement, connection.dialect.name), many)


def marks(count: int) -> str:
    """Return ``count`` placeholders for an ``IN (…)``."""
    return ",".join("?" * count)


def chunks(values: Sequence[T] | Iterator[T], size: int = CHUNK) -> Iterator[list[T]]:
    """Split values into lists of at most ``size``."""
    iterator = iter(values)
    while part := list(islice(iterator, size)):
        yield part


@lru_cache(maxsize=256)
def _dialect(statement: str, dialect: str) -> str:
    return statement if dialect == "sqlite" else statement.replace("?", "%s")
