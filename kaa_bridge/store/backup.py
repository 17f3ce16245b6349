"""Backup of a state: one encrypted file, verified by opening and counting before it gets its name."""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path

from kaa_bridge.errors import InputRefused, StateUnusable
from kaa_bridge.store import sqlite
from kaa_bridge.store.copy import copy_pages, copy_rows
from kaa_bridge.store.engine import Store
from kaa_bridge.store.failures import coded
from kaa_bridge.store.private import put_in_place, remove_database, require_written_back
from kaa_bridge.store.settings import StoreKind
from kaa_bridge.store.verify import Verified, verify_file


def back_up(store: Store, target: Path) -> Verified:
    """Write a verified backup; a night may be under way, the backup then holds what was committed before it.

    Args:
        store: the open state.
        target: a file that does not exist yet, in a folder that does.

    Raises:
        InputRefused: the target exists, or its folder does not or cannot be written.
        StateUnusable: the state cannot be read, there is no room, or the backup did not verify; no file with the name
            was left.
    """
    made = target.with_name(f".{target.name}.{os.getpid()}")
    _begin(made, target)
    try:
        verified = _verified(store, made)
        require_written_back(made)
        put_in_place(made, target)
    except OSError:
        raise _no_room(target) from None
    finally:
        with suppress(OSError):
            remove_database(made)
    return verified


def _begin(made: Path, target: Path) -> None:
    """Make the file that becomes the backup, empty and with mode 0600."""
    try:
        if not target.exists() and not target.is_symlink():
            remove_database(made)
            os.close(os.open(made, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
            return
    except OSError:
        pass
    raise InputRefused(
        "backup_target",
        f"The backup was not written: {target} exists already, or its folder cannot be written.",
        remedy="Name a new file in a folder that exists and is yours, best on another disk.",
    )


def _verified(store: Store, made: Path) -> Verified:
    try:
        with coded(store.municipality):
            _copy(store, made)
    except StateUnusable as error:
        if error.code == "state_not_written":
            raise _no_room(made) from None
        raise
    try:
        verified = verify_file(made, store.keys.database, store.municipality)
    except StateUnusable:
        raise _not_kept(store.municipality, "it cannot be opened") from None
    if verified.problems:
        raise _not_kept(store.municipality, ", ".join(verified.problems))
    return verified


def _not_kept(municipality: str, problems: str) -> StateUnusable:
    return StateUnusable(
        "backup_not_whole",
        f"The backup of {municipality} did not verify ({problems}); it was not kept.",
        remedy=f"kaa-bridge state verify --municipality {municipality}",
    )


def _no_room(target: Path) -> StateUnusable:
    return StateUnusable(
        "backup_not_written",
        f"The backup cannot be written to {target.parent} (disk full or failing); no file was left. The "
        "state was not touched.",
        remedy="Make room there, or name a file on another disk.",
    )


def _copy(store: Store, made: Path) -> None:
    if store.settings.kind is StoreKind.SQLCIPHER:
        copy_pages(store.settings.file, made, store.keys.database)
        return
    with (
        store.connect(snapshot=True) as source,
        sqlite.open_file(made, store.keys.database, create=True) as target,
        source.begin(),
        target.begin(),
    ):
        copy_rows(source, target)
