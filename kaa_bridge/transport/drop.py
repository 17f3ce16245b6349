"""A folder where a sender leaves files: which file is meant, and whether it is all there."""

from __future__ import annotations

import fnmatch
import hashlib
import os
import time
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, Literal

from pydantic import BaseModel, ConfigDict, Field

from kaa_bridge.errors import KaaError
from kaa_bridge.transport.opening import check_name, open_regular
from kaa_bridge.transport.problems import problem
from kaa_bridge.transport.settings import MIB, AnyPath

Encoding = Literal["utf-8", "utf-8-sig", "iso-8859-1", "cp1252"]
"""Encodings a file may be declared in; nothing is guessed."""
Delimiter = Literal[";", ",", "\t"]
"""What may stand between the columns of a text table."""
_PIECE = 1024 * 1024


class FileDrop(BaseModel):
    """Settings of a file drop.

    Attributes:
        folder: relative to the configuration's folder.
        pattern: shell pattern of plain file names, such as ``placements-*.csv``.
        pick: ``newest`` by name (the last in order), or ``only``: more than one match is refused.
        marker: suffix of the empty file that the sender writes last (``.klar`` for ``a.csv.klar``).
        stable_seconds: without a marker, how long size and content must stay the same.
        trailer: first cell of the last row, whose second cell is the number of records.
    """

    model_config = ConfigDict(strict=True, extra="forbid", frozen=True, defer_build=True)

    folder: AnyPath
    pattern: str = Field(min_length=1, max_length=200, pattern=r"^[^/\\\x00]+$")
    pick: Literal["newest", "only"] = "newest"
    marker: str | None = Field(default=None, pattern=r"^\.[A-Za-z0-9._-]{1,30}$")
    stable_seconds: float = Field(default=2.0, ge=0, le=600)
    encoding: Encoding = "utf-8"
    delimiter: Delimiter = ";"
    header: Literal["name", "position"] = "name"
    trailer: str | None = None
    sheet: str | None = None
    max_bytes: int = Field(default=512 * MIB, gt=0)


@dataclass(frozen=True, slots=True)
class DroppedFile:
    """A file that was all there.

    Attributes:
        sha256: digest of its content; ``still_same`` holds it against the file after reading.
        marked: the sender's complete-marker was there, so the file is proven to be the whole.
    """

    path: Path
    size: int
    sha256: str
    marked: bool

    def still_same(self) -> None:
        """Check after reading that the file is the one that was found.

        Raises:
            Unreachable: ``file_changed``.
        """
        try:
            now = _look(self.path, self.size)
        except KaaError:
            now = None
        if now != (self.size, self.sha256):
            raise problem("file_changed", name=self.path.name)


def find_file(
    drop: FileDrop, *, base_dir: str | Path = ".", sleep: Callable[[float], None] = time.sleep
) -> DroppedFile:
    """Return the file of the drop once it is complete.

    Raises:
        ConfigurationInvalid: ``folder_unusable``.
        Unreachable: ``file_missing``, ``file_incomplete``, ``file_changed``.
        InputRefused: ``file_ambiguous``, ``file_name_refused``, ``file_not_regular``, ``file_too_large``.
    """
    folder = Path(base_dir) / drop.folder
    names = _names(folder)
    path = folder / _pick(drop, names)
    if drop.marker is not None and path.name + drop.marker not in names:
        raise problem("file_incomplete", name=path.name, why=f"its marker {drop.marker} is not there")
    first = _look(path, drop.max_bytes)
    if drop.marker is None and drop.stable_seconds:
        sleep(drop.stable_seconds)
        if _look(path, drop.max_bytes) != first:
            raise problem("file_changed", name=path.name)
    if first[0] == 0:
        raise problem("file_incomplete", name=path.name, why="it is empty")
    return DroppedFile(path, first[0], first[1], drop.marker is not None)


def _names(folder: Path) -> list[str]:
    try:
        with os.scandir(folder) as entries:
            return sorted(entry.name for entry in entries)
    except OSError as error:
        why = "it does not exist" if isinstance(error, FileNotFoundError) else "it is not a readable folder"
        raise problem("folder_unusable", why=why) from None


def _pick(drop: FileDrop, names: list[str]) -> str:
    pattern = unicodedata.normalize("NFC", drop.pattern)
    found = [
        name
        for name in names
        if fnmatch.fnmatchcase(unicodedata.normalize("NFC", name), pattern)
        and not (drop.marker and name.endswith(drop.marker))
    ]
    if not found:
        raise problem("file_missing", pattern=drop.pattern)
    if drop.pick == "only" and len(found) > 1:
        raise problem("file_ambiguous", pattern=drop.pattern)
    check_name(found[-1])
    return found[-1]


def _look(path: Path, limit: int) -> tuple[int, str]:
    with open_regular(path, max_bytes=limit) as stream:
        return _fingerprint(stream)


def _fingerprint(stream: BinaryIO) -> tuple[int, str]:
    digest = hashlib.sha256()
    size = 0
    while piece := stream.read(_PIECE):
        digest.update(piece)
        size += len(piece)
    return size, digest.hexdigest()
