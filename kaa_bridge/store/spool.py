"""A place for more than memory should hold: items put in, in any order, and read back sorted, as often as one likes.

A file of its own in a folder that only its owner enters, encrypted with a key that is never written down; both go when
it is closed. What a crash leaves behind nobody can read.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from types import TracebackType

from sqlcipher3 import dbapi2

_AT_ONCE = 500
_OPENING = (
    "PRAGMA journal_mode = OFF",
    "PRAGMA synchronous = OFF",
    "PRAGMA cache_size = -8192",
    "PRAGMA temp_store = MEMORY",
    "CREATE TABLE item (place INTEGER, key TEXT, data BLOB, PRIMARY KEY (place, key)) WITHOUT ROWID",
)


class Spool:
    """Items by place and key, sorted so; a key is there once in a place."""

    def __init__(self) -> None:
        """Open an empty one."""
        self._folder = TemporaryDirectory(prefix="kaa-bridge-")
        self._connection = dbapi2.connect(str(Path(self._folder.name) / "spool"), isolation_level=None)
        self._connection.execute("PRAGMA cipher_log_level = NONE")
        self._connection.execute(f"PRAGMA key = \"x'{secrets.token_hex(32)}'\"")
        for statement in _OPENING:
            self._connection.execute(statement)
        self._waiting: list[tuple[int, str, bytes]] = []

    def add(self, place: int, key: str, data: bytes) -> None:
        """Put an item in."""
        self._waiting.append((place, key, data))
        if len(self._waiting) >= _AT_ONCE:
            self._flush()

    def items(self, first: int, last: int) -> Iterator[tuple[str, bytes]]:
        """Yield key and data of the items in these places, both inclusive, by place and key."""
        self._flush()
        statement = "SELECT key, data FROM item WHERE place BETWEEN ? AND ? ORDER BY place, key"
        yield from self._connection.execute(statement, (first, last))

    def close(self) -> None:
        """Throw everything away."""
        self._connection.close()
        self._folder.cleanup()

    def __enter__(self) -> Spool:
        """Return itself."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        """Close it."""
        self.close()

    def _flush(self) -> None:
        if self._waiting:
            self._connection.execute("BEGIN")
            self._connection.executemany("INSERT INTO item (place, key, data) VALUES (?, ?, ?)", self._waiting)
            self._connection.execute("COMMIT")
            self._waiting.clear()
