"""Backup of a state: one encrypted file, verified by opening and counting before it gets its name."""

from __future__ import annotations

import os
from pathlib import Path

from kaa_bridge.errors import InputRefused, StateUnusable
from kaa_bridge.store import sqlite
from kaa_bridge.store.copy import copy_pages, copy_rows
from kaa_bridge.store.engine import Store
from kaa_bridge.store.failures import coded
from kaa_bridge.store.private import put_in_place
from kaa_bridge.store.settings import StoreKind
from kaa_bridge.store.verify import Verified, verify_file


def back_up(store: Store, target: Path) -> Verified:
    """Write a verified backup; a night may be under way, the backup then holds what was committed before it.

    Args:
        store: the open state.
        target: a file that does not exist yet, in a folder that does.

    Raises:
        InputRefused: the target exists, or its folder does not.
        StateUnusable: the state cannot be read, or the backup did not verify; no file with the name was left.
    """
    if target.exists() or target.is_symlink() or not target.parent.is_dir():
        raise InputRefused(
            "backup_target",
            f"The backup was not written: {target} exists already, or its folder does not.",
            remedy="Name a new file in a folder that exists, best on another disk.",
        )
    made = target.with_name(f".{target.name}.{os.getpid()}")
    made.unlink(missing_ok=True)
    try:
        os.close(os.open(made, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
        with coded(store.municipality):
            _copy(store, made)
        verified = verify_file(made, store.keys.database, store.municipality)
        if verified.problems:
            raise StateUnusable(
                "backup_not_whole",
                f"The backup of {store.municipality} did not verify ({', '.join(verified.problems)}); it was not kept.",
                remedy=f"kaa-bridge state verify --municipality {store.municipality}",
            )
        put_in_place(made, target)
    finally:
        made.unlink(missing_ok=True)
    return verified


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
