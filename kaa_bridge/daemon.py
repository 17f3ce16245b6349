"""The daemon: a small loop of its own around the nights, each in a process of its own.

A night belongs to a local date in Sweden. It is due when the configured time has passed on that date and the state of
the municipality holds no run of that date, so a change to or from summer time, a restart or a slept-through evening
gives neither two nights nor none.
"""

from __future__ import annotations

import json
import os
import time as clock_of_the_process
from collections.abc import Callable
from datetime import date, datetime, time
from pathlib import Path
from typing import Any

from kaa_bridge.apart import Asked, night_apart
from kaa_bridge.config import MunicipalityTable, Settings
from kaa_bridge.domain.dates import SWEDEN, swedish_date
from kaa_bridge.errors import ExitCode, KaaError, Stopped, worst
from kaa_bridge.health import health, heartbeat
from kaa_bridge.log import log
from kaa_bridge.metrics import metrics_text, write_metrics
from kaa_bridge.nights import Outcome
from kaa_bridge.store import runs
from kaa_bridge.store.clock import Clock, SystemClock, iso
from kaa_bridge.store.engine import Store
from kaa_bridge.sync.bridge import store_settings
from kaa_bridge.sync.dated import clock_breach
from kaa_bridge.sync.stop import StopRequest

_TICK_SECONDS = 30.0
_LOOK_SECONDS = 0.2
_RETRY_SECONDS = 900.0

Night = Callable[[MunicipalityTable, date], Outcome]
"""Runs the night of a municipality and a date."""


class Daemon:
    """Runs nights until it is told to stop."""

    def __init__(
        self,
        settings: Settings,
        *,
        clock: Clock | None = None,
        night: Night | None = None,
        verbosity: int = 0,
        quiet: bool = False,
        log_format: str = "text",
    ) -> None:
        """Prepare; nothing runs before ``serve``. How loudly the nights' processes log is passed on to them."""
        self._settings = settings
        self._clock = clock or SystemClock()
        self._stop = StopRequest()
        self._night = night or self._apart
        self._loudness = (verbosity, quiet, log_format)
        self._tried: dict[str, float] = {}
        self._done: dict[str, date] = {}
        self._doing = ("waiting", "")
        hour, minute = settings.configuration.daemon.at.split(":")
        self._at = time(int(hour), int(minute))

    def serve(self, *, once: bool = False) -> ExitCode:
        """Run what is due, wait, and again; ``once``: end after the first turn and return its worst outcome.

        SIGTERM and SIGINT end it: a night that still plans is rolled back, one that sends ends after the note that is
        under way; a second signal leaves at once. The log says which.
        """
        ended, code = "between nights", ExitCode.DONE
        try:
            with self._stop.listening(), self._stop.finishing():
                while not self._stop.was_asked():
                    outcomes = self.turn()
                    ended = next((f"{one.municipality} {one.ended}" for one in outcomes if one.ended), ended)
                    if once:
                        code = worst(*(one.exit_code for one in outcomes))
                        break
                    self._wait(_TICK_SECONDS)
        except Stopped:
            ended = "at once, when asked twice"
        self._doing = ("stopped", "")
        self._beat()
        log.info("daemon ended", stage=ended)
        return code

    def turn(self) -> list[Outcome]:
        """Run every municipality whose night is due; return what became of each, and whose state cannot be used."""
        now = self._clock.now().astimezone(SWEDEN)
        outcomes = []
        for table in self._settings.configuration.municipality:
            if self._stop.was_asked():
                break
            if outcome := self._attempt(table, now):
                outcomes.append(outcome)
        self._doing = ("waiting", "")
        self._beat()
        return outcomes

    def _attempt(self, table: MunicipalityTable, now: datetime) -> Outcome | None:
        try:
            if not self._is_due(table, now):
                return None
        except KaaError as error:
            log.error("state unusable", municipality=table.code, code=error.code)
            return Outcome(table.code, error.exit_code, code=error.code)
        self._tried[table.code] = self._clock.monotonic()
        return self._run(table, now.date())

    def _is_due(self, table: MunicipalityTable, now: datetime) -> bool:
        tried = self._tried.get(table.code)
        if tried is not None and self._clock.monotonic() - tried < _RETRY_SECONDS:
            return False
        if now.time() < self._at or self._done.get(table.code) == now.date():
            return False
        with Store.open(store_settings(self._settings, table.code)) as store, store.read() as connection:
            last = runs.last_run(connection)
        today = now.date().isoformat()
        if last is None or last[1] < today:
            return True
        if last[1] > today and self._lies_ahead(last, now):  # the night itself keeps the hold, and says what to do
            return True
        self._done[table.code] = now.date()
        return False

    def _lies_ahead(self, last: tuple[Any, ...], now: datetime) -> bool:
        _, local_date, started_at, ended_at, *_ = last
        return clock_breach(runs.RunTimes(local_date, started_at, ended_at), now, dates_count=True) is not None

    def _run(self, table: MunicipalityTable, day: date) -> Outcome:
        self._doing = ("night", table.code)
        self._beat()
        outcome = self._night(table, day)
        level = log.info if outcome.exit_code is ExitCode.DONE else log.warning
        level(
            "night ended", municipality=table.code, night=day.isoformat(), exit_code=int(outcome.exit_code),
            code=outcome.code or None, stage=outcome.ended or None,
        )  # fmt: skip
        return outcome

    def _apart(self, table: MunicipalityTable, day: date) -> Outcome:
        verbosity, quiet, log_format = self._loudness
        asked = Asked(table.code, day, verbosity=verbosity, quiet=quiet, log_format=log_format)
        return night_apart(self._settings, asked, stop=self._stop, beat=self._beat)

    def _wait(self, seconds: float) -> None:
        """Wait in small steps, since nothing wakes a sleep when a signal has come."""
        end = clock_of_the_process.monotonic() + seconds
        while not self._stop.was_asked() and clock_of_the_process.monotonic() < end:
            clock_of_the_process.sleep(_LOOK_SECONDS)

    def _beat(self) -> None:
        now = self._clock.now()
        doing, municipality = self._doing
        beat = {
            "at": iso(now),
            "local_date": swedish_date(now).isoformat(),
            "pid": os.getpid(),
            "doing": doing,
            "municipality": municipality or None,
        }
        path = self._settings.base_dir / self._settings.configuration.daemon.heartbeat
        temporary = Path(f"{path}.new")
        try:
            temporary.write_text(json.dumps(beat), encoding="ascii")
            temporary.replace(path)
        except OSError:
            log.error("heartbeat not written", code="heartbeat_unwritable")
        self._count(now)

    def _count(self, now: datetime) -> None:
        file = self._settings.configuration.daemon.metrics
        if file is None:
            return
        day = swedish_date(now)
        found = [health(self._settings, table, day) for table in self._settings.configuration.municipality]
        try:
            write_metrics(self._settings.base_dir / file, metrics_text(found, heartbeat(self._settings, now)))
        except KaaError as error:
            log.error("metrics not written", code=error.code)
