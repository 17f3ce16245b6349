"""Stores for tests: every kind in a temporary folder, PostgreSQL in a schema of its own that is dropped afterwards."""

from __future__ import annotations

import os
import secrets
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from hashlib import blake2b
from pathlib import Path

import psycopg
import pytest

from kaa_bridge.store.engine import Store, StoreKind, StoreSettings
from kaa_bridge.store.key import make_key_file
from kaa_bridge.store.sql import run

POSTGRESQL = "postgresql://postgres@127.0.0.1:5432/postgres"
KINDS = [
    pytest.param(StoreKind.SQLCIPHER, id="sqlcipher"),
    pytest.param(StoreKind.SQLITE, id="sqlite"),
    pytest.param(StoreKind.POSTGRESQL, id="postgresql", marks=pytest.mark.postgresql),
]


class TestClock:
    """A clock that moves only when it is told to; the boot clock can be taken away."""

    __test__ = False

    def __init__(self, now: datetime = datetime(2026, 2, 2, 3, 30, tzinfo=UTC)) -> None:
        self.wall = now
        self.elapsed = 1000.0
        self.boot_id = "boot-a"

    def now(self) -> datetime:
        return self.wall

    def monotonic(self) -> float:
        return self.elapsed

    def boot(self) -> str:
        return f"{self.boot_id} {self.elapsed:.3f}" if self.boot_id else ""

    def advance(self, seconds: float) -> None:
        self.wall += timedelta(seconds=seconds)
        self.elapsed += seconds


def postgresql_answers() -> bool:
    try:
        socket.create_connection(("127.0.0.1", 5432), timeout=1).close()
    except OSError:
        return False
    return True


@contextmanager
def own_database() -> Iterator[str]:
    """Make a PostgreSQL database of this process's own and give its address; skip, and say so, where none can be."""
    if not postgresql_answers():
        pytest.skip("PostgreSQL does not answer on 127.0.0.1:5432 (user postgres, trust): this test needs it")
    name = f"kaa_test_{os.getpid()}_{secrets.token_hex(3)}"
    with psycopg.connect(POSTGRESQL, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name}".encode())
        try:
            yield POSTGRESQL.rsplit("/", 1)[0] + f"/{name}"
        finally:
            connection.execute(f"DROP DATABASE {name} WITH (FORCE)".encode())


@contextmanager
def store_settings(folder: Path, kind: StoreKind, municipality: str = "") -> Iterator[StoreSettings]:
    """Settings for a store that does not exist yet."""
    if kind is StoreKind.POSTGRESQL and not postgresql_answers():
        pytest.skip("PostgreSQL does not answer on 127.0.0.1:5432")
    code = municipality or f"{secrets.randbelow(10000):04d}"
    key = folder / "state.key"
    if not key.exists():
        make_key_file(key)
    url = POSTGRESQL if kind is StoreKind.POSTGRESQL else None
    try:
        yield StoreSettings(municipality=code, directory=folder / code, key=f"file:{key}", kind=kind, url=url)
    finally:
        if url is not None:
            with psycopg.connect(url, autocommit=True) as connection:
                found = connection.execute("SELECT nspname FROM pg_namespace WHERE nspname LIKE %s", (f"kaa_{code}%",))
                for (schema,) in found.fetchall():
                    connection.execute(f"DROP SCHEMA {schema} CASCADE".encode())


def add_youth(store: Store, pseudonym: bytes, *, number: str = "", protection: str | None = "none") -> int:
    """Put a youth into the store and return its id."""
    with store.write() as connection:
        return int(
            run(
                connection,
                "INSERT INTO youth (pseudonym, handle, number, protection, conflicts) VALUES (?, ?, ?, ?, 0) "
                "RETURNING id",
                (pseudonym, f"U-{blake2b(pseudonym, digest_size=6).hexdigest()}", number, protection),
            ).scalar_one()
        )


def add_run(store: Store) -> int:
    """Put a run into the store and return its id."""
    with store.write() as connection:
        return int(
            run(
                connection,
                "INSERT INTO run (kind, local_date, started_at) VALUES ('night', '2026-02-02', "
                "'2026-02-02T03:30:00Z') RETURNING id",
            ).scalar_one()
        )
