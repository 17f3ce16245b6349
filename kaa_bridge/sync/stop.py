"""A request to end the run: SIGTERM, SIGINT, or whoever calls ``ask``.

Before the plan is kept, leaving at once loses nothing: the transaction rolls back. While notes are sent the note under
way is finished first; a second request leaves at once, and what had an intent is in doubt until the journal is asked.
"""

from __future__ import annotations

import signal
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

from kaa_bridge.errors import Stopped

_SIGNALS = (signal.SIGTERM, signal.SIGINT)
_SAME_SECONDS = 1.0
"""Two signals closer than this are one request: a service manager and a parent process may both pass it on."""


class StopRequest:
    """Whether the run shall end, and how quickly."""

    def __init__(self) -> None:
        """Nobody has asked."""
        self._asked_at: float | None = None
        self._finishing = False

    def was_asked(self) -> bool:
        """Tell whether the run shall end: no new note is begun."""
        return self._asked_at is not None

    @contextmanager
    def listening(self) -> Iterator[None]:
        """Take SIGTERM and SIGINT as requests in this block; only the main thread of a process can."""
        here = threading.current_thread() is threading.main_thread()
        before = {number: signal.signal(number, self._signalled) for number in _SIGNALS if here}
        try:
            yield
        finally:
            for number, handler in before.items():
                signal.signal(number, handler)

    def ask(self) -> None:
        """Ask the run to end.

        Raises:
            Stopped: leaving at once loses nothing, or it was asked before.
        """
        before, self._asked_at = self._asked_at, time.monotonic()
        first = before is None
        if first and self._finishing:
            return  # nothing is logged here: the signal may have come in the middle of a log line
        if first or time.monotonic() - (before or 0.0) > _SAME_SECONDS:
            raise Stopped

    @contextmanager
    def finishing(self) -> Iterator[None]:
        """Let what is in this block come to its end after a first request."""
        before, self._finishing = self._finishing, True
        try:
            yield
        finally:
            self._finishing = before

    def _signalled(self, _: int, __: FrameType | None) -> None:
        self.ask()
