"""One municipality's state: opened as it is, or refused with the command that restores it; never started fresh."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from kaa_bridge.errors import StateUnusable
from kaa_bridge.store import postgres, sqlite
from kaa_bridge.store.connection import Connection
from kaa_bridge.store.failures import coded, written
from kaa_bridge.store.key import StoreKeys, derive_keys, read_key
from kaa_bridge.store.meta import FORMAT, HEAD, has_tables, read_meta, read_version
from kaa_bridge.store.private import (
    half_made,
    make_private_directory,
    put_in_place,
    require_private_directory,
    require_private_state,
    require_written_back,
)
from kaa_bridge.store.settings import StoreKind, StoreSettings
from kaa_bridge.store.sql import run

__all__ = ["Store", "StoreKind", "StoreSettings"]


class Store:
    """The open state of one municipality.

    Use ``read()`` and ``write()`` for short transactions from the command line; a run writes through the connection
    of its ``RunLock`` (``kaa_bridge.store.lock``). Close it, or use it as a context manager.

    Attributes:
        settings: what it was opened with.
        keys: keys derived for this municipality.
    """

    def __init__(self, settings: StoreSettings) -> None:
        """Use ``Store.open`` or ``Store.create``."""
        self.settings = settings
        self.keys: StoreKeys = derive_keys(read_key(settings.key), settings.municipality)

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
        store = cls(settings)
        store._check(any_version)
        return store

    @classmethod
    def create(cls, settings: StoreSettings) -> Store:
        """Make a new, empty state where there is none.

        Raises:
            StateUnusable: there is one already; it was left as it is.
        """
        from kaa_bridge.store.create import fill  # with SQLAlchemy, which only a new state needs

        store = cls(settings)
        make_private_directory(settings.directory)
        if cls._exists(settings):
            raise StateUnusable(
                "state_exists",
                f"There is a state of {settings.municipality} already; it was left as it is.",
                remedy=f"kaa-bridge state show --municipality {settings.municipality}",
            )
        with coded(settings.municipality), written(settings.municipality):
            if settings.kind is StoreKind.POSTGRESQL:
                with store.connect() as connection, connection.begin():
                    run(connection, f"CREATE SCHEMA {settings.schema}")
                    fill(connection, settings.municipality)
            else:
                with half_made(settings.file) as made:
                    with sqlite.open_file(made, store.file_key) as connection, connection.begin():
                        fill(connection, settings.municipality)
                    require_written_back(made)
                    put_in_place(made, settings.file)
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
        with coded(self.municipality), self.connect() as connection, connection.begin():
            yield connection

    @contextmanager
    def write(self) -> Iterator[Connection]:
        """One transaction that takes the write lock at its start; committed at the end, rolled back on an error.

        Raises:
            RunLocked: another process is writing, for example a run in its planning.
        """
        with coded(self.municipality), self.connect(writes=True) as connection, connection.begin():
            yield connection

    def connect(self, *, writes: bool = False, snapshot: bool = False) -> Connection:
        """Open a connection; close it, and use it inside ``coded``: its errors are the driver's.

        Args:
            writes: its transactions take the write lock at their start.
            snapshot: its transactions see one state, whatever others commit (SQLite: they always do).
        """
        settings = self.settings
        if settings.kind is StoreKind.POSTGRESQL:
            begin = postgres.SNAPSHOT if snapshot else "BEGIN"
            return postgres.open_schema(settings.url or "", settings.schema, begin=begin)
        return sqlite.open_file(settings.file, self.file_key, begin=sqlite.WRITES if writes else "BEGIN")

    def close(self) -> None:
        """End its use; between transactions a store holds nothing open."""

    def __enter__(self) -> Store:
        """Return the store."""
        return self

    def __exit__(self, *_: object) -> None:
        """Close it."""
        self.close()

    @classmethod
    def _exists(cls, settings: StoreSettings) -> bool:
        if settings.kind is not StoreKind.POSTGRESQL:
            return settings.file.exists()
        with cls(settings).read() as connection:
            return postgres.has_schema(connection, settings.schema)

    def _check(self, any_version: bool) -> None:
        with self.read() as connection:
            if not (connection.is_sqlite or postgres.has_schema(connection, self.settings.schema)):
                raise missing(self.settings)
            known = has_tables(connection)
            values = read_meta(connection) if known else {}
            version = read_version(connection) if known else ""
        check_meta(values, self.municipality)
        if not any_version:
            check_version(version, self.municipality)


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
