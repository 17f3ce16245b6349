"""One connection of a database driver: explicit transactions, statements written once with ``?`` for both drivers.

The program talks to sqlcipher3 and psycopg as they are (DB-API 2). SQLAlchemy describes the tables (``store.tables``)
and Alembic changes them (``store.migrate``); every statement is plain SQL, so that a night loads neither of the two:
SQLAlchemy alone was a third of its start.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from functools import lru_cache
from itertools import count
from typing import Any, Self

from kaa_bridge.store import probe


class Connection:
    """A connection in autocommit: what is not in ``begin`` stands by itself.

    Its errors are the driver's; ``kaa_bridge.store.failures.coded`` turns them into ours.

    Attributes:
        driver: the driver's own connection.
        is_sqlite: SQLite (plain or encrypted) rather than PostgreSQL.
    """

    def __init__(self, driver: Any, *, is_sqlite: bool, begin: str = "BEGIN") -> None:
        """Take the driver's connection, in autocommit, and the statement that begins each transaction."""
        self.is_sqlite = is_sqlite
        self.driver = driver
        self._begin = begin
        self._streams = count(1)

    @contextmanager
    def begin(self) -> Iterator[Self]:
        """One transaction: committed at the end, rolled back on an error, also one of the commit itself."""
        self.execute(self._begin).close()
        try:
            yield self
            with probe.around("COMMIT"):
                self.driver.commit()
        except BaseException:
            with suppress(Exception):  # a session that has ended has rolled back; the first error says why
                self.driver.rollback()
            raise

    @contextmanager
    def begin_nested(self) -> Iterator[Self]:
        """One part of the open transaction: an error takes back what was done in it, and nothing else."""
        self.execute("SAVEPOINT part").close()
        try:
            yield self
        except BaseException:
            self.execute("ROLLBACK TO SAVEPOINT part").close()
            raise
        finally:
            self.execute("RELEASE SAVEPOINT part").close()

    def execute(self, statement: str, values: Sequence[Any] = ()) -> Any:
        """Run one statement and return the driver's cursor; close it."""
        cursor = self.driver.cursor()
        with probe.around(statement):
            cursor.execute(self._worded(statement), values)
        return cursor

    def execute_many(self, statement: str, rows: Sequence[Sequence[Any]]) -> int:
        """Run one statement for many rows of values; return how many rows it changed, as the driver counts them."""
        cursor = self.driver.cursor()
        with probe.around(statement):
            cursor.executemany(self._worded(statement), rows)
        changed = int(cursor.rowcount)
        cursor.close()
        return changed

    def stream(self, statement: str, values: Sequence[Any] = ()) -> Any:
        """Run a query in a transaction, without the driver holding all its rows at once; return its cursor."""
        if self.is_sqlite:
            return self.execute(statement, values)
        cursor = self.driver.cursor(name=f"stream_{next(self._streams)}")
        with probe.around(statement):
            cursor.execute(_percent(statement), values)
        return cursor

    def close(self) -> None:
        """Close it; an open transaction is rolled back."""
        self.driver.close()

    def __enter__(self) -> Self:
        """Return the connection."""
        return self

    def __exit__(self, *_: object) -> None:
        """Close it."""
        self.close()

    def _worded(self, statement: str) -> str:
        return statement if self.is_sqlite else _percent(statement)


@lru_cache(maxsize=512)
def _percent(statement: str) -> str:
    """Translate ``?`` outside quotes to ``%s``, and double every ``%``."""
    parts = statement.replace("%", "%%").split("'")
    return "'".join(part if index % 2 else part.replace("?", "%s") for index, part in enumerate(parts))
