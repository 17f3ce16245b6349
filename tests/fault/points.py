"""Every place where the process may be stopped: SQL statements, commits, renames, socket calls, named points."""

from __future__ import annotations

import mmap
import os
import signal
import socket
import threading
from collections.abc import Callable
from typing import Any

from kaa_bridge.store import probe

_NAME = 8
_SHARED = 200


class Points:
    """Counts points, and does something at one of them.

    Count and name lie in memory that is shared with the parent, so that they outlive a child that is killed.

    Args:
        at: the number of the point, from 1; 0 only counts.
        act: what to do there; the default kills the process as a power cut would.
        only: count only points whose name this accepts.
    """

    def __init__(
        self, at: int = 0, act: Callable[[str], None] | None = None, only: Callable[[str], bool] | None = None
    ) -> None:
        self.at = at
        self.names: list[str] = []
        self._act = act or _kill
        self._only = only
        self._lock = threading.RLock()
        self._shared = mmap.mmap(-1, _SHARED)

    @property
    def count(self) -> int:
        """How many points were passed, in this process or a child of it."""
        return int.from_bytes(self._shared[:_NAME], "little")

    @property
    def reached(self) -> str:
        """The name of the point where something was done; empty when the work ended before it."""
        return bytes(self._shared[_NAME:]).rstrip(b"\0").decode()

    def __call__(self, name: str) -> None:
        if self._only is not None and not self._only(name):
            return
        with self._lock:
            count = self.count + 1
            self._shared[:_NAME] = count.to_bytes(_NAME, "little")
            if self.at == 0:
                self.names.append(name)
            elif count == self.at:
                label = name.encode()[: _SHARED - _NAME]
                self._shared[_NAME : _NAME + len(label)] = label
                self._act(name)

    def watch(self) -> None:
        """Begin to count, in this process only; stores that are opened from now on report their statements."""
        probe.watch(self)
        _wrap(socket.socket, "connect", "socket:connect", self)
        _wrap(socket.socket, "send", "socket:send", self)
        _wrap(socket.socket, "recv_into", "socket:receive", self)
        _wrap(os, "replace", "rename", self)
        _wrap(os, "rename", "rename", self)


def _kill(_name: str) -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def _wrap(owner: Any, name: str, label: str, points: Points) -> None:
    inner = getattr(owner, name)

    def wrapped(*args: Any, **given: Any) -> Any:
        points(f"{label}:before")
        result = inner(*args, **given)
        points(f"{label}:after")
        return result

    setattr(owner, name, wrapped)
