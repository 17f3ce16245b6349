"""Every place where the process may be stopped: SQL statements, commits, renames, socket calls, named points."""

from __future__ import annotations

import os
import signal
import socket
from collections.abc import Callable
from typing import Any

from kaa_bridge.store import probe


class Points:
    """Counts points, and does something at one of them.

    Args:
        at: the number of the point, from 1; 0 only counts.
        act: what to do there; the default kills the process as a power cut would.
        only: count only points whose name this accepts.
    """

    def __init__(
        self, at: int = 0, act: Callable[[str], None] | None = None, only: Callable[[str], bool] | None = None
    ) -> None:
        self.at = at
        self.count = 0
        self.names: list[str] = []
        self._act = act or _kill
        self._only = only

    def __call__(self, name: str) -> None:
        if self._only is not None and not self._only(name):
            return
        self.count += 1
        if self.at == 0:
            self.names.append(name)
        elif self.count == self.at:
            self._act(name)

    def watch(self) -> None:
        """Begin to count, in this process only; stores that are opened from now on report their statements."""
        probe.watch(self)
        _wrap(socket.socket, "connect", "socket:connect", self)
        _wrap(socket.socket, "sendall", "socket:send", self)
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
