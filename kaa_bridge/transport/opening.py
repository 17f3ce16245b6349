"""Foreign files are opened here: regular files only, no link followed, no device waited for, a name that is a name."""

from __future__ import annotations

import os
import re
import stat
from pathlib import Path
from typing import BinaryIO

from kaa_bridge.transport.problems import problem

_FLAGS = os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)
_FORBIDDEN = r'[\x00-\x1f\x7f/\\:*?"<>|]|^\.|[. ]$|\.\.'
_DEVICES = r"(?i)(con|prn|aux|nul|conin\$|conout\$|com[0-9]|lpt[0-9])(\..*)?"


def check_name(name: str) -> None:
    """Refuse a name that is not a plain file name on every system.

    Raises:
        InputRefused: ``file_name_refused``.
    """
    if not name or len(name.encode("utf-8", "surrogatepass")) > 255:
        raise problem("file_name_refused", why="empty or too long")
    if re.search(_FORBIDDEN, name) or re.fullmatch(_DEVICES, name):
        raise problem("file_name_refused", why="a path, a device or a character that is not allowed")
    if any("\ud800" <= sign <= "\udfff" for sign in name):
        raise problem("file_name_refused", why="not UTF-8")


def open_regular(path: Path, *, max_bytes: int) -> BinaryIO:
    """Open a regular file for reading; a link in its last part is not followed.

    Args:
        path: the file; a name that came from outside has passed ``check_name``.
        max_bytes: the largest size accepted.

    Raises:
        Unreachable: ``file_missing``.
        ConfigurationInvalid: ``file_unreadable``.
        InputRefused: ``file_not_regular``, ``file_too_large``.
    """
    name = path.name
    if path.is_symlink():
        raise problem("file_not_regular", name=name)
    try:
        handle = os.open(path, _FLAGS)
    except FileNotFoundError:
        raise problem("file_missing", pattern=name) from None
    except PermissionError:
        raise problem("file_unreadable", name=name) from None
    except (OSError, ValueError):
        raise problem("file_not_regular", name=name) from None
    try:
        _check_state(os.fstat(handle), name, max_bytes)
        return os.fdopen(handle, "rb")
    except BaseException:
        os.close(handle)
        raise


def _check_state(state: os.stat_result, name: str, max_bytes: int) -> None:
    if not stat.S_ISREG(state.st_mode):
        raise problem("file_not_regular", name=name)
    if state.st_size > max_bytes:
        raise problem("file_too_large", name=name, limit=max_bytes, why="")
