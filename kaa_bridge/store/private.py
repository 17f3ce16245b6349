"""Folders and files that only their owner may read (reliability S8): 0700 and 0600, refused otherwise.

On Windows access is governed by the folder's access list, which the installation guide sets; modes are not checked.
"""

from __future__ import annotations

import errno
import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import BinaryIO

from kaa_bridge.errors import StateUnusable
from kaa_bridge.store import probe

_POSIX = os.name == "posix"


def make_private_directory(path: Path) -> None:
    """Create a folder with mode 0700 (parents too), or check one that exists.

    Raises:
        StateUnusable: it exists and others may enter it, or it cannot be made.
    """
    try:
        path.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        raise StateUnusable(
            "state_directory_unusable",
            f"The state folder {path} cannot be made ({error.strerror}).",
            remedy="Create it, owned by the user that runs kaa-bridge, with mode 0700.",
        ) from None
    require_private_directory(path)


def require_private_directory(path: Path) -> None:
    """Check that a folder is a real folder, ours, and closed to others.

    Raises:
        StateUnusable: with the command that puts it right.
    """
    try:
        found = path.lstat()
    except OSError:
        raise StateUnusable(
            "state_missing",
            f"The state folder {path} does not exist.",
            remedy=f"Restore it: kaa-bridge state restore --municipality {path.name} BACKUP. For a new municipality: "
            f"kaa-bridge state create --municipality {path.name}.",
        ) from None
    if not stat.S_ISDIR(found.st_mode) or (_POSIX and _open_to_others(found)):
        raise StateUnusable(
            "state_directory_open",
            f"The state folder {path} is a link, belongs to another user, or is open to others.",
            remedy=f"chown it to the user that runs kaa-bridge, then: chmod 700 {path}",
        )


def require_private_state(path: Path) -> None:
    """Check a state file or backup: a regular file, ours, closed to others.

    Raises:
        StateUnusable: with the command that puts it right.
    """
    found = path.lstat()
    if not stat.S_ISREG(found.st_mode) or (_POSIX and _open_to_others(found)):
        raise StateUnusable(
            "state_file_open",
            f"The file {path} is a link, belongs to another user, or may be read by others.",
            remedy=f"chown it to the user that runs kaa-bridge, then: chmod 600 {path}",
        )


def write_private(path: Path, content: bytes, *, replace: bool = True) -> None:
    """Write a file of mode 0600 whole or not at all: temporary file, fsync, rename, fsync of the folder.

    Raises:
        FileExistsError: it exists and ``replace`` is false.
    """
    if replace:
        with private_file(path) as file:
            file.write(content)
        return
    with _opened(path, os.O_EXCL) as file:
        file.write(content)
    _sync(path)
    _sync(path.parent)


@contextmanager
def private_file(path: Path) -> Iterator[BinaryIO]:
    """Give a file of mode 0600 to write into: whole under its name when the block ends, gone when it fails."""
    target = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        with _opened(target, os.O_TRUNC) as file:
            yield file
        put_in_place(target, path)
    finally:
        target.unlink(missing_ok=True)


def _opened(path: Path, how: int) -> BinaryIO:
    flags = os.O_RDWR | os.O_CREAT | how | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_BINARY", 0)
    return os.fdopen(os.open(path, flags, 0o600), "w+b")


@contextmanager
def half_made(path: Path) -> Iterator[Path]:
    """Give an empty file of mode 0600 to make a database in, for ``put_in_place``; otherwise nothing is left of it.

    What an earlier one left is removed first, SQLite's own files beside it too: a log would be read into the new one.
    """
    made = path.with_name(f"{path.name}.new")
    remove_database(made)
    try:
        os.close(os.open(made, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
        yield made
    finally:
        with suppress(OSError):
            remove_database(made)


def require_written_back(made: Path) -> None:
    """Check of a database that was closed that it is whole in its own file, before it gets its name without the others.

    Raises:
        OSError: what was committed still lies in its log: SQLite found no room to write it back, and does not say so.
    """
    if any(Path(f"{made}{suffix}").exists() for suffix in ("-wal", "-journal")):
        raise OSError(errno.ENOSPC, "the log was not written back")


def remove_database(file: Path) -> None:
    """Remove a half-made database with the files that SQLite makes beside it, as far as they are there."""
    for suffix in ("-wal", "-shm", "-journal", ""):
        Path(f"{file}{suffix}").unlink(missing_ok=True)


def put_in_place(made: Path, path: Path) -> None:
    """Give a finished file its name, durably: fsync of the file, rename, fsync of the folder."""
    _sync(made)
    probe.point(f"rename:{path.name}:before")
    made.replace(path)
    probe.point(f"rename:{path.name}:after")
    _sync(path.parent)


def _sync(path: Path) -> None:
    """Flush a file or folder to the disk; Windows opens no folder and needs no such call for it."""
    if path.is_dir() and not _POSIX:
        return
    descriptor = os.open(path, os.O_RDONLY if _POSIX else os.O_RDWR)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _open_to_others(found: os.stat_result) -> bool:
    return bool(found.st_mode & 0o077) or found.st_uid != os.geteuid()
