"""One municipality's state: opened as it is, or refused with the command that restores it; never started fresh."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import Connection, Engine, inspect, text

from kaa_bridge.errors import StateUnusable
from kaa_bridge.store import postgres, sqlite
from kaa_bridge.store.failures import coded
from kaa_bridge.store.key import StoreKeys, derive_keys, read_key
from kaa_bridge.store.meta import FORMAT, HEAD, first_values, read_meta, read_version, version_table
from kaa_bridge.store.private import (
    make_private_directory,
    put_in_place,
    require_private_directory,
    require_private_state,
)
from kaa_bridge.store.settings import StoreKind, StoreSettings

__all__ = ["Store", "StoreKind", "StoreSettings"]


class Store:
    """The open state of one municipality.

    Use ``read()`` and ``write()`` for short transactions from the command line; a run writes through the connection
    of its ``RunLock`` (``kaa_bridge.store.lock``). Close it, or use it as a context manager.

    Attributes:
        settings: what it was opened with.
        engine: SQLAlchemy engine; errors that leave ``read`` and ``write`` are coded, those of the bare engine are not.
        keys: keys derived for this municipality.
    """

    def __init__(self, settings: StoreSettings, engine: Engine, keys: StoreKeys) -> None:
        """Use ``Store.open`` or ``Store.create``."""
        self.settings = settings
        self.engine = engine
        self.keys = keys

    @classmethod
    def open(cls, settings: StoreSettings, *, create: bool = False, any_version: bool = False) -> Store:
        """Open the state that exists.

        Args:
            settings: where it is.
            create: make it when there is none; only ``state create`` and ``demo`` ask for that.
            any_version: open tables of another version as well; only the upgrade asks for that.

        Raises:
            StateUnusable: missing, damaged, wrong key, another version or municipality, or open to other users.
            RunLocked: it is locked at this moment (which is not damage).
            ConfigurationInvalid: the key cannot be read.
        """
        if create and not cls._exists(settings):
            return cls.create(settings)
        require_private_directory(settings.directory)
        if settings.kind is not StoreKind.POSTGRESQL:
            if not settings.file.exists():
                raise missing(settings)
            for file in (settings.file, Path(f"{settings.file}-wal"), Path(f"{settings.file}-shm")):
                if file.exists():
                    require_private_state(file)
        store = cls._over(settings)
        try:
            store._check(any_version)
        except BaseException:
            store.close()
            raise
        return store

    @classmethod
    def create(cls, settings: StoreSettings) -> Store:
        """Make a new, empty state where there is none.

        Raises:
            StateUnusable: there is one already; it was left as it is.
        """
        make_private_directory(settings.directory)
        if cls._exists(settings):
            raise StateUnusable(
                "state_exists",
                f"There is a state of {settings.municipality} already; it was left as it is.",
                remedy=f"kaa-bridge state show --municipality {settings.municipality}",
            )
        store = cls._over(settings)
        with coded(settings.municipality):
            if settings.kind is StoreKind.POSTGRESQL:
                with store.engine.begin() as connection:
                    connection.execute(text(f"CREATE SCHEMA {settings.schema}"))
                    fill(connection, settings.municipality)
            else:
                _make_file(settings, store.file_key)
        return store

    @property
    def municipality(self) -> str:
        """The four-digit code."""
        return self.settings.municipality

    @property
    def file_key(self) -> bytes | None:
        """The raw key of the state file, ``None`` for a plain file."""
        return self.keys.database if self.settings.kind is StoreKind.SQLCIPHER else None

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """One consistent view (SQLite: one snapshot); nothing may be written in it."""
        with coded(self.municipality), self.engine.connect() as connection, connection.begin():
            yield connection

    @contextmanager
    def write(self) -> Iterator[Connection]:
        """One transaction that takes the write lock at its start; committed at the end, rolled back on an error.

        Raises:
            RunLocked: another process is writing, for example a run in its planning.
        """
        with (
            coded(self.municipality),
            self.engine.connect().execution_options(**sqlite.WRITES) as connection,
            connection.begin(),
        ):
            yield connection

    def close(self) -> None:
        """Release what the engine holds."""
        self.engine.dispose()

    def __enter__(self) -> Store:
        """Return the store."""
        return self

    def __exit__(self, *_: object) -> None:
        """Close it."""
        self.close()

    @classmethod
    def _over(cls, settings: StoreSettings) -> Store:
        keys = derive_keys(read_key(settings.key), settings.municipality)
        if settings.kind is StoreKind.POSTGRESQL:
            return cls(settings, postgres.make_engine(settings.url or "", settings.schema), keys)
        encrypted = settings.kind is StoreKind.SQLCIPHER
        return cls(settings, sqlite.make_engine(settings.file, keys.database if encrypted else None), keys)

    @classmethod
    def _exists(cls, settings: StoreSettings) -> bool:
        if settings.kind is not StoreKind.POSTGRESQL:
            return settings.file.exists()
        with coded(settings.municipality), cls._over(settings).engine.connect() as connection:
            return inspect(connection).has_schema(settings.schema)

    def _check(self, any_version: bool) -> None:
        with self.read() as connection:
            inspected = inspect(connection)
            schema = self.settings.schema if self.settings.kind is StoreKind.POSTGRESQL else None
            if schema and not inspected.has_schema(schema):
                raise missing(self.settings)
            known = inspected.has_table("meta", schema=schema) and inspected.has_table("alembic_version", schema=schema)
            values = read_meta(connection) if known else {}
            version = read_version(connection) if known else ""
        check_meta(values, self.municipality)
        if not any_version:
            check_version(version, self.municipality)


def _make_file(settings: StoreSettings, key: bytes | None) -> None:
    """Make the file under another name, so that a crash half-way leaves no half state."""
    made = settings.directory / "state.db.new"
    made.unlink(missing_ok=True)
    os.close(os.open(made, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
    engine = sqlite.make_engine(made, key)
    with engine.begin() as connection:
        fill(connection, settings.municipality)
    engine.dispose()
    put_in_place(made, settings.file)


def missing(settings: StoreSettings) -> StateUnusable:
    """Return the error for a state that is not there."""
    code = settings.municipality
    return StateUnusable(
        "state_missing",
        f"There is no state of {code} where the configuration says; nothing was pulled or sent. Without it nobody "
        "knows which notes have been written.",
        remedy=f"kaa-bridge state restore --municipality {code} BACKUP. Only for a municipality that has never run: "
        f"kaa-bridge state create --municipality {code}",
    )


def fill(connection: Connection, municipality: str) -> None:
    """Make the tables of the present version in an empty database, and say what it is."""
    from kaa_bridge.store.tables import metadata  # only a new state needs it, and it takes time

    metadata.create_all(connection)
    version_table.create(connection)
    connection.execute(version_table.insert(), {"version_num": HEAD})
    connection.execute(metadata.tables["meta"].insert(), first_values(municipality))


def check_meta(values: dict[str, str], municipality: str) -> None:
    """Refuse a state that is not of this program or not of this municipality.

    Raises:
        StateUnusable: with what was found.
    """
    restore = f"kaa-bridge state restore --municipality {municipality} BACKUP"
    if values.get("format") != FORMAT:
        raise StateUnusable("state_foreign", f"The state of {municipality} is not one of kaa-bridge.", remedy=restore)
    if values.get("municipality") != municipality:
        raise StateUnusable(
            "state_other_municipality",
            f"The state that is to be {municipality}'s belongs to another municipality; nothing was done.",
            remedy="Check state_dir and store.url in the configuration, or: " + restore,
        )


def check_version(version: str, municipality: str) -> None:
    """Refuse a state whose tables are of another version.

    Raises:
        StateUnusable: with the command that upgrades an older one.
    """
    if version != HEAD:
        raise StateUnusable(
            "state_version",
            f"The state of {municipality} has table version {version}, this program needs {HEAD}; nothing was done.",
            remedy=f"An older one: kaa-bridge state upgrade --municipality {municipality}. A newer one: install the "
            "newer kaa-bridge; a state never goes back.",
        )
