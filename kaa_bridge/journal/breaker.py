"""The breaker: after repeated failures sending pauses, and after repeated pauses it waits for the next day.

It is kept in the store, so that a run started again a minute later does not begin afresh.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from datetime import datetime

from kaa_bridge.errors import KaaError, NoteInDoubt, SendingMisconfigured, Unreachable, worst
from kaa_bridge.journal.settings import SendSettings
from kaa_bridge.store.clock import Clock, age_seconds, iso
from kaa_bridge.store.connection import Connection
from kaa_bridge.store.meta import get_meta, set_meta

_BY_EXIT_CODE: dict[int, type[KaaError]] = {kind.exit_code: kind for kind in (SendingMisconfigured, NoteInDoubt)}


@dataclass(frozen=True, slots=True)
class _Pause:
    day: str = ""
    count: int = 0
    at: str = ""
    boot: str = ""
    cause: tuple[int, str, str, str] | None = None
    """Exit code, code, message and remedy."""


@dataclass(slots=True)
class Breaker:
    """Counts consecutive failures of one journal, and keeps what a person must know of them.

    Attributes:
        cause: the worst answer, the last of several; of a pause that is not over, what made it. ``None`` without one.
    """

    journal: str
    settings: SendSettings
    clock: Clock
    failures: int = 0
    cause: KaaError | None = None

    def note(self, *, failed: bool, cause: KaaError | None = None) -> None:
        """Count one answer; any definite one starts the count again."""
        self.failures = self.failures + 1 if failed else 0
        if cause is not None and (self.cause is None or _is_as_bad(cause, self.cause)):
            self.cause = cause

    @property
    def is_tripped(self) -> bool:
        """Whether the failures in a row have reached the limit."""
        return self.failures >= self.settings.breaker_failures

    def open(self, connection: Connection) -> None:
        """Keep that sending pauses from now on."""
        now, before = self.clock.now(), self._read(connection)
        count = before.count + 1 if before.day == _day(now) else 1
        kept = _Pause(_day(now), count, iso(now), self.clock.boot(), _kept(self.cause))
        set_meta(connection, self._name, json.dumps(asdict(kept)))

    def reason(self, connection: Connection) -> str | None:
        """Return why nothing is sent now (``breaker``, ``breaker_day``), ``None`` when it may be."""
        pause = self._read(connection)
        if pause.day == _day(self.clock.now()) and pause.count >= self.settings.breaker_openings:
            why = "breaker_day"
        elif pause.at and age_seconds(pause.at, pause.boot, self.clock) < self.settings.breaker_seconds:
            why = "breaker"
        else:
            return None
        self.cause = _recalled(pause.cause, self.journal)
        return why

    @property
    def _name(self) -> str:
        return f"breaker:{self.journal}"[:40]

    def _read(self, connection: Connection) -> _Pause:
        kept = get_meta(connection, self._name)
        return _Pause(**json.loads(kept)) if kept else _Pause()


def _is_as_bad(one: KaaError, other: KaaError) -> bool:
    return worst(one.exit_code, other.exit_code) is one.exit_code


def _kept(cause: KaaError | None) -> tuple[int, str, str, str] | None:
    return None if cause is None else (int(cause.exit_code), cause.code, cause.message, cause.remedy)


def _recalled(kept: tuple[int, str, str, str] | None, system: str) -> KaaError | None:
    if kept is None:
        return None
    exit_code, code, message, remedy = kept
    return _BY_EXIT_CODE.get(exit_code, Unreachable)(code, message, remedy=remedy, system=system)


def _day(now: datetime) -> str:
    return iso(now)[:10]


def close_breaker(connection: Connection, journal: str) -> None:
    """Let sending begin again at once: a person says that the journal is well."""
    set_meta(connection, f"breaker:{journal}"[:40], None)
