"""Driver errors become coded errors here: a driver's own text may quote rows (psycopg DETAIL) or paths."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from kaa_bridge.errors import KaaError, RunLocked, StateUnusable

_RESTORE = "kaa-bridge state verify --municipality {0}; if it fails: kaa-bridge state restore --municipality {0} BACKUP"
_BUSY = {5, 6}
_DAMAGED = {11, 26}
_NO_ROOM = {8, 10, 13, 14}
_WORDS = {
    "database is locked": 5,
    "database table is locked": 6,
    "attempt to write a readonly database": 8,
    "disk I/O error": 10,
    "database disk image is malformed": 11,
    "database or disk is full": 13,
    "unable to open database file": 14,
    "file is not a database": 26,
}
"""SQLite's own words for its codes: when the driver copies pages it gives no code, and only these."""
_NOT_TEXT = "Could not decode to UTF-8"
"""How the driver begins to say that a text it stored can no longer be one."""


@contextmanager
def coded(municipality: str) -> Iterator[None]:
    """Turn whatever a database driver raises inside into ``RunLocked`` or ``StateUnusable``."""
    try:
        yield
    except Exception as error:
        if _is_driver_error(error):
            raise coded_error(error, municipality) from None
        raise


@contextmanager
def written(municipality: str) -> Iterator[None]:
    """Turn what the file system raises where a file of the state's folder is written into ``StateUnusable``."""
    try:
        yield
    except OSError:
        raise _not_written(municipality) from None


def coded_error(error: Exception, municipality: str) -> KaaError:
    """Return the coded error for a driver's: *locked* is never taken for *corrupt*."""
    cause = getattr(error, "orig", None) or error  # SQLAlchemy wraps the driver's, in an upgrade of the tables
    primary = _sqlite_code(cause)
    if primary is not None:
        return _sqlite(primary, municipality)
    state = getattr(cause, "sqlstate", None)
    if state is not None or _library(cause) == "psycopg":
        return _postgresql(state, municipality)
    return StateUnusable(
        "state_statement_failed",
        f"The state of {municipality} refused a statement ({type(error).__name__}); the transaction was rolled back.",
        remedy="This is a fault in kaa-bridge or a plugin: report it with the output of kaa-bridge --version.",
    )


def _is_driver_error(error: object) -> bool:
    return _library(error) in {"sqlcipher3", "psycopg", "sqlalchemy"}


def _library(error: object) -> str:
    """Tell whose error it is by where its class comes from: a library need not be installed, or loaded, for that."""
    return type(error).__module__.split(".")[0]


def _sqlite_code(error: Exception) -> int | None:
    code = getattr(error, "sqlite_errorcode", None)
    if code is None and _library(error) == "sqlcipher3":
        said = str(error)
        return 11 if said.startswith(_NOT_TEXT) else _WORDS.get(said)
    return None if code is None else int(code)


def _sqlite(code: int, municipality: str) -> KaaError:
    primary = code & 0xFF
    if primary in _BUSY:
        return RunLocked(
            "state_busy",
            f"Another process is writing the state of {municipality}; nothing was changed.",
            remedy=f"Wait for it (kaa-bridge status --municipality {municipality}), then run the command again.",
        )
    if primary in _DAMAGED:
        return StateUnusable(
            "state_damaged",
            f"The state of {municipality} is damaged, or the key is not the one it was made with; nothing was sent.",
            remedy="Check that store.key names the right key, then: " + _RESTORE.format(municipality),
        )
    if primary in _NO_ROOM:
        return _not_written(municipality)
    return StateUnusable(
        "state_statement_failed",
        f"The state of {municipality} refused a statement (SQLite code {code}); the transaction was rolled back.",
        remedy=_RESTORE.format(municipality),
    )


def _not_written(municipality: str) -> StateUnusable:
    return StateUnusable(
        "state_not_written",
        f"The state of {municipality} cannot be written (disk full, read-only or failing); nothing more was sent.",
        remedy="Make room or repair the disk, then run the command again: what was under way is recovered first.",
    )


def _postgresql(state: str | None, municipality: str) -> KaaError:
    if state in {"55P03", "40P01", "40001"}:
        return RunLocked(
            "state_busy",
            f"Another process is writing the state of {municipality}; nothing was changed.",
            remedy="Wait for it, then run the command again.",
        )
    if state is None or state[:2] in {"08", "57", "28", "3D"}:
        return StateUnusable(
            "state_unreachable",
            f"PostgreSQL does not serve the state of {municipality} (SQLSTATE {state}); nothing more was sent.",
            remedy="Check store.url, the server and its log, then run again: what was under way is recovered first.",
        )
    return StateUnusable(
        "state_statement_failed",
        f"PostgreSQL refused a statement for {municipality} (SQLSTATE {state}); the transaction was rolled back.",
        remedy=_RESTORE.format(municipality),
    )
