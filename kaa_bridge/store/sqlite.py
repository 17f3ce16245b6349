"""Opening the state file: one driver (sqlcipher3) for the encrypted and the plain form.

The driver bundles its own SQLite, past the WAL-reset corruption bug (3.7.0 to 3.51.2); with an affected version the
rollback journal with ``synchronous = EXTRA`` is used instead. ``FULL`` or ``EXTRA`` is part of the send protocol: with
``NORMAL`` an intent is not on disk before the note leaves.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from sqlcipher3 import dbapi2

from kaa_bridge.store.connection import Connection

BUSY_SECONDS = 10.0
_FIXED_VERSION = (3, 51, 3)
_SETTINGS = (
    "PRAGMA foreign_keys = ON",
    "PRAGMA cache_size = -49152",
    "PRAGMA temp_store = MEMORY",
    "PRAGMA trusted_schema = OFF",
    "PRAGMA cell_size_check = ON",
    "PRAGMA journal_size_limit = 67108864",
)
PAGE_SIZE = 8192
"""Bytes of a page: a register that is written whole costs three in a hundred less than with 4096, a few changed records
no more."""
dbapi2.register_adapter(bytes, bytearray)
dbapi2.register_adapter(type(None), lambda nothing: nothing)
"""The driver looks for an adapter of each value that is neither text, number nor bytearray. To find one takes a sixth
of the time of finding none, and a register is written with some bytes and empty fields for each youth."""
WRITES = "BEGIN IMMEDIATE"
"""Begins a transaction that writes: the lock is taken at the start, never half-way."""


def journal_settings(version: tuple[int, ...]) -> tuple[str, str]:
    """Return journal mode and synchronous setting that are safe with this version of SQLite."""
    return ("WAL", "FULL") if version >= _FIXED_VERSION else ("DELETE", "EXTRA")


def connect(file: Path, key: bytes | None, *, create: bool = False, busy_seconds: float = BUSY_SECONDS) -> Any:
    """Open a connection of the driver: key, durability and limits set; the first page read.

    Args:
        file: the database; it is made only with ``create``.
        key: raw 32-byte key, or ``None`` for a plain file.
        create: make the file when it is missing.
        busy_seconds: how long a statement waits for another writer.
    """
    mode = "rwc" if create else "rw"
    connection = dbapi2.connect(
        f"file:{_quoted(file)}?mode={mode}",
        uri=True,
        isolation_level=None,
        timeout=busy_seconds,
        check_same_thread=False,
        cached_statements=256,
    )
    try:
        _configure(connection, key)
    except UnicodeDecodeError:  # SQLite quotes what it cannot read, and the driver cannot read the quotation
        connection.close()
        raise dbapi2.DatabaseError("database disk image is malformed") from None
    except BaseException:
        connection.close()
        raise
    return connection


def open_file(file: Path, key: bytes | None, *, create: bool = False, begin: str = "BEGIN") -> Connection:
    """Open a connection of ours; the arguments as in ``connect`` and ``Connection``."""
    return Connection(connect(file, key, create=create), is_sqlite=True, begin=begin)


def _configure(connection: Any, key: bytes | None) -> None:
    if key is not None:
        connection.execute("PRAGMA cipher_log_level = NONE")
        connection.execute(f"PRAGMA key = \"x'{key.hex()}'\"")
        connection.execute(f"PRAGMA cipher_page_size = {PAGE_SIZE}")
    else:
        connection.execute(f"PRAGMA page_size = {PAGE_SIZE}")  # of a new file; another keeps the size it has
    connection.execute("SELECT count(*) FROM sqlite_master").fetchone()
    mode, synchronous = journal_settings(dbapi2.sqlite_version_info)
    connection.execute(f"PRAGMA journal_mode = {mode}").fetchone()
    connection.execute(f"PRAGMA synchronous = {synchronous}")
    for setting in _SETTINGS:
        connection.execute(setting)


def _quoted(file: Path) -> str:
    return str(file.absolute()).replace("%", "%25").replace("?", "%3f").replace("#", "%23")
