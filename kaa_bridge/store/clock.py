"""Time as an argument: wall clock for records, monotonic clock for durations, boot clock for ages across processes."""

from __future__ import annotations

import time
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Protocol

_BOOT_ID = Path("/proc/sys/kernel/random/boot_id")


class Clock(Protocol):
    """What the send protocol asks of time; tests give their own."""

    def now(self) -> datetime:
        """Return the wall clock, UTC and aware."""

    def monotonic(self) -> float:
        """Return seconds that never go back; the journal's deadline is on this scale."""

    def boot(self) -> str:
        """Return ``"<boot id> <seconds since boot, sleep included>"``, or ``""`` where the system has no such clock."""


class SystemClock:
    """The machine's clocks."""

    def now(self) -> datetime:
        """Return the wall clock, UTC and aware."""
        return datetime.now(UTC)

    def monotonic(self) -> float:
        """Return ``time.monotonic()``."""
        return time.monotonic()

    def boot(self) -> str:
        """Return boot id and seconds since boot (Linux), else ``""``."""
        clock = getattr(time, "CLOCK_BOOTTIME", None)
        if clock is None:
            return ""
        identity = _boot_id()
        return f"{identity} {time.clock_gettime(clock):.3f}" if identity else ""


@cache
def _boot_id() -> str:
    try:
        return _BOOT_ID.read_text("ascii").strip()
    except OSError:
        return ""


def iso(moment: datetime) -> str:
    """Return UTC ISO time to the second, as the store keeps it."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def age_seconds(since: str | None, since_boot: str | None, clock: Clock) -> float:
    """Return how long ago something was, never more than is certain.

    Within one boot of one machine the boot clock decides, which no correction of the wall clock moves. Otherwise the
    wall clock does; a wall clock that has gone back gives 0 (nothing has settled yet).
    """
    if since is None:
        return 0.0
    identity, _, seconds = (since_boot or "").partition(" ")
    here, _, now = clock.boot().partition(" ")
    if identity and identity == here:
        return max(0.0, float(now) - float(seconds))
    return max(0.0, (clock.now() - datetime.fromisoformat(since)).total_seconds())
