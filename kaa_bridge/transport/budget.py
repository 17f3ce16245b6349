"""What one call may use of time and bytes; the monotonic clock counts."""

from __future__ import annotations

import time
from contextvars import ContextVar

from msgspec import Struct

from kaa_bridge.errors import KaaError
from kaa_bridge.transport.address import Origin
from kaa_bridge.transport.problems import problem


class Budget(Struct):
    """What one call may still use.

    Attributes:
        deadline: ``time.monotonic()`` value after which nothing is waited for.
        connect: longest time to connect, seconds.
        idle: longest silence, seconds.
        limit: most bytes of body; the head may add a megabyte.
        fresh: a connection was opened for the request at hand, so that a reset cannot be an idle one's end.
    """

    deadline: float
    total: float
    connect: float
    idle: float
    limit: int
    received: int = 0
    fresh: bool = False

    def begin_answer(self) -> None:
        """Start counting the bytes of a new answer."""
        self.received = 0


CURRENT: ContextVar[Budget] = ContextVar("kaa_bridge_transport_budget")
"""The budget of the call that this thread is making."""


def patience(budget: Budget, origin: Origin, system: str | None) -> float:
    """Return how long the next system call may take; raise when the time is over."""
    left = budget.deadline - time.monotonic()
    if left <= 0:
        raise problem("slow", system, host=str(origin), seconds=_seconds(budget.total))
    return min(left, budget.idle)


def late(budget: Budget, origin: Origin, system: str | None) -> KaaError:
    """Return why waiting ended: the whole time is over, or only the longest silence."""
    if time.monotonic() >= budget.deadline:
        return problem("slow", system, host=str(origin), seconds=_seconds(budget.total))
    return problem("silent", system, host=str(origin), seconds=_seconds(budget.idle))


def _seconds(value: float) -> str:
    return f"{value:g}"
