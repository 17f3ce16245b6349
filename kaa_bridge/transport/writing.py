"""Writing to a socket so that nothing leaves late: the clock is looked at right before each write, and no write waits.

A process may be stopped at any step, and wake up when another has taken its work. ``sendall`` on a socket with a
time-out waits first, and lets the other threads run before it writes: whoever is stopped there writes when it wakes up,
whatever the time. So here the waiting comes first, then the look at the clock, then a write that does not wait.
"""

from __future__ import annotations

import socket
import ssl
import time
from collections.abc import Callable

from urllib3.util import wait_for_read, wait_for_write

from kaa_bridge.errors import KaaError
from kaa_bridge.transport.address import Origin
from kaa_bridge.transport.budget import CURRENT, late
from kaa_bridge.transport.problems import problem

_PIECE = 16 * 1024
"""One record of TLS: a longer one would be several system calls with no look at the clock between them."""


class Writing:
    """One request on its way out.

    Attributes:
        has_begun: a byte of it may have left.
    """

    def __init__(self, sock: socket.socket, origin: Origin, system: str | None, begin_by: float) -> None:
        """Take over the socket, and leave it non-blocking.

        Args:
            begin_by: monotonic time from which on the first byte may not leave.
        """
        self._sock, self._origin, self._system, self._begin_by = sock, origin, system, begin_by
        self._budget = CURRENT.get()
        self.has_begun = False

    def write(self, data: bytes | bytearray) -> None:
        """Write all of it: the first byte before ``begin_by``, the rest within the budget.

        Raises:
            Unreachable: ``deadline_passed`` (nothing has left), ``slow``, ``silent``.
            OSError: as the socket says.
        """
        rest = memoryview(data)
        wait: Callable[..., bool] = wait_for_write
        self._sock.setblocking(False)
        while rest:
            if not wait(self._sock, timeout=self._patience()):
                raise self._too_late()
            try:
                rest = rest[self._write_now(rest[:_PIECE]) :]
                wait = wait_for_write
            except (BlockingIOError, ssl.SSLWantWriteError):
                wait = wait_for_write
            except ssl.SSLWantReadError:
                wait = wait_for_read

    def _write_now(self, piece: memoryview) -> int:
        """Write what the system takes at once.

        Between the clock and the system call no other thread is called or waited for, and no step is taken that can be
        taken before.
        """
        write, until, had_begun = self._sock.send, self._until, self.has_begun
        if time.monotonic() >= until:
            raise self._too_late()
        self.has_begun = True
        try:
            return write(piece)
        except BlockingIOError:  # a plain socket took nothing; one with TLS may have let go a part of a record
            self.has_begun = had_begun
            raise

    @property
    def _until(self) -> float:
        return self._budget.deadline if self.has_begun else min(self._begin_by, self._budget.deadline)

    def _patience(self) -> float:
        return max(0.0, min(self._until - time.monotonic(), self._budget.idle))

    def _too_late(self) -> KaaError:
        if not self.has_begun and time.monotonic() >= self._begin_by:
            return problem("deadline_passed", self._system, host=str(self._origin))
        return late(self._budget, self._origin, self._system)
