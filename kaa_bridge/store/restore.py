"""Restore of a state from a backup, into a recovery epoch; what was there is put aside, never deleted."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import chain, count
from pathlib import Path

from kaa_bridge.errors import StateUnusable
from kaa_bridge.store import postgres, sqlite
from kaa_bridge.store.clock import Clock, iso
from kaa_bridge.store.connection import Connection
from kaa_bridge.store.copy import copy_pages, copy_rows
from kaa_bridge.store.engine import Store, StoreSettings
from kaa_bridge.store.epoch import open_epoch
from kaa_bridge.store.failures import coded, written
from kaa_bridge.store.key import StoreKeys, derive_keys, read_key
from kaa_bridge.store.lock import file_lock, take_advisory
from kaa_bridge.store.meta import get_meta, set_meta
from kaa_bridge.store.private import half_made, make_private_directory, put_in_place, require_written_back
from kaa_bridge.store.settings import StoreKind
from kaa_bridge.store.sql import run
from kaa_bridge.store.verify import Verified, verify_file
from kaa_bridge.store.witness import seen_fence

_FENCE_LEAP = 1000
"""How far the fence is lifted: above every run that was made after the backup, on whichever machine."""


def restore(settings: StoreSettings, backup: Path, *, clock: Clock, replace: bool = False) -> Verified:
    """Make a verified backup the state, in a recovery epoch.

    Args:
        settings: where the state is to be.
        backup: a file that ``back_up`` wrote; it is left as it is.
        clock: when the epoch begins.
        replace: put a state that is there aside (``state.db.replaced-<time>``, or the schema renamed alike), never in
            the place of one put aside before.

    Returns:
        What the backup held.

    Raises:
        StateUnusable: the backup does not verify, there is no room, or there is a state and ``replace`` is false; what
            was there stays.
        RunLocked: a run is under way.
    """
    keys = derive_keys(read_key(settings.key), settings.municipality)
    verified = verify_file(backup, keys.database, settings.municipality)
    if verified.problems:
        raise StateUnusable(
            "backup_not_whole",
            f"The backup does not verify ({', '.join(verified.problems)}); nothing was restored.",
            remedy="Restore an earlier backup.",
        )
    make_private_directory(settings.directory)
    with file_lock(settings), coded(settings.municipality):
        if settings.kind is StoreKind.POSTGRESQL:
            _into_schema(settings, backup, keys, clock, replace)
        else:
            _into_file(settings, backup, keys, clock, replace)
    Store.open(settings).close()
    return verified


def _into_file(settings: StoreSettings, backup: Path, keys: StoreKeys, clock: Clock, replace: bool) -> None:
    if settings.file.exists() and not replace:
        raise _there_is_one(settings)
    with half_made(settings.file) as made:
        with _room_for(settings):
            _make(made, settings, backup, keys, clock)
        with written(settings.municipality):
            _put_aside(settings, clock)
            put_in_place(made, settings.file)


def _make(made: Path, settings: StoreSettings, backup: Path, keys: StoreKeys, clock: Clock) -> None:
    if settings.kind is StoreKind.SQLCIPHER:
        copy_pages(backup, made, keys.database)
    else:
        with (
            sqlite.open_file(backup, keys.database) as source,
            sqlite.open_file(made, None, create=True) as target,
            source.begin(),
            target.begin(),
        ):
            copy_rows(source, target)
    file_key = keys.database if settings.kind is StoreKind.SQLCIPHER else None
    with sqlite.open_file(made, file_key) as connection, connection.begin():
        _begin_epoch(connection, settings, clock)
    require_written_back(made)


@contextmanager
def _room_for(settings: StoreSettings) -> Iterator[None]:
    """Say of a file that cannot be written that nothing was restored: until it is whole, what was there stays."""
    try:
        with written(settings.municipality), coded(settings.municipality):
            yield
    except StateUnusable as error:
        if error.code != "state_not_written":
            raise
        raise StateUnusable(
            "state_not_written",
            f"The backup was not restored: {settings.directory} cannot be written (disk full, read-only or failing). "
            f"The state of {settings.municipality} was not touched, and no half-made file was left.",
            remedy="Make room there, as much as the backup takes and some more, then run the command again.",
        ) from None


def _put_aside(settings: StoreSettings, clock: Clock) -> None:
    """Rename the state with its write-ahead log; the log first, so that it never meets another state."""
    suffixes = ("-wal", "-shm", "")
    there = [suffix for suffix in suffixes if Path(f"{settings.file}{suffix}").exists()]
    wanted = f"{settings.file}.replaced-{iso(clock.now()).replace(':', '')}"
    aside = _free(wanted, lambda name: any(Path(f"{name}{suffix}").exists() for suffix in suffixes))
    for suffix in there:
        put_in_place(Path(f"{settings.file}{suffix}"), Path(f"{aside}{suffix}"))


def _free(wanted: str, is_taken: Callable[[str], bool]) -> str:
    """Return the name, or the first that nothing has when it is numbered: two restores can fall into one second."""
    names = chain([wanted], (f"{wanted}_{number}" for number in count(2)))
    return next(name for name in names if not is_taken(name))


def _into_schema(settings: StoreSettings, backup: Path, keys: StoreKeys, clock: Clock, replace: bool) -> None:
    schema = settings.schema
    with (
        sqlite.open_file(backup, keys.database) as source,
        postgres.open_schema(settings.url or "", schema) as target,
        source.begin(),
        target.begin(),
    ):
        take_advisory(target, settings.municipality, until="transaction")
        if postgres.has_schema(target, schema):
            if not replace:
                raise _there_is_one(settings)
            wanted = f"{schema}_replaced_{iso(clock.now()).replace(':', '').replace('-', '').lower()}"
            aside = _free(wanted, lambda name: postgres.has_schema(target, name))
            run(target, f"ALTER SCHEMA {schema} RENAME TO {aside}")
        run(target, f"CREATE SCHEMA {schema}")
        copy_rows(source, target)
        _begin_epoch(target, settings, clock)


def _begin_epoch(connection: Connection, settings: StoreSettings, clock: Clock) -> None:
    """Open the epoch, and lift the fence above everything this machine has seen."""
    open_epoch(connection, clock)
    fence = max(int(get_meta(connection, "fence") or 0), seen_fence(settings) or 0)
    set_meta(connection, "fence", str(fence + _FENCE_LEAP))


def _there_is_one(settings: StoreSettings) -> StateUnusable:
    return StateUnusable(
        "state_exists",
        f"There is a state of {settings.municipality} already; nothing was restored.",
        remedy="Look at it first (kaa-bridge state verify). To put it aside and restore: add --replace.",
    )
