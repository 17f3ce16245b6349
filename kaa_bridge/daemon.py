"""The daemon: a small loop of its own around ``run_night``.

A night belongs to a local date in Sweden. It is due when the configured time has passed on that date and the state of
the municipality holds no run of that date, so a change to or from summer time, a restart or a slept-through evening
gives neither two nights nor none.
"""

from __future__ import annotations

import json
import os
import signal
import threading
from datetime import date, datetime, time
from pathlib import Path
from types import FrameType
from zoneinfo import ZoneInfo

from kaa_bridge.config import MunicipalityTable, Settings
from kaa_bridge.errors import ExitCode, KaaError
from kaa_bridge.host import PluginHost
from kaa_bridge.log import log
from kaa_bridge.store import runs
from kaa_bridge.store.clock import Clock, SystemClock, iso
from kaa_bridge.store.engine import Store
from kaa_bridge.sync.bridge import make_bridge, store_settings
from kaa_bridge.sync.night import run_night

_SWEDEN = ZoneInfo("Europe/Stockholm")
_TICK_SECONDS = 30.0
_RETRY_SECONDS = 900.0


class Daemon:
    """Runs nights until it is told to stop."""

    def __init__(self, settings: Settings, host: PluginHost, *, clock: Clock | None = None) -> None:
        """Prepare; nothing runs before ``serve``."""
        self._settings = settings
        self._host = host
        self._clock = clock or SystemClock()
        self._stop = threading.Event()
        self._tried: dict[str, float] = {}
        self._done: dict[str, date] = {}
        hour, minute = settings.configuration.daemon.at.split(":")
        self._at = time(int(hour), int(minute))

    def serve(self, *, once: bool = False) -> None:
        """Run what is due, wait, and again; SIGTERM and SIGINT end it after the note that is under way."""
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, self._asked_to_stop)
        while not self._stop.is_set():
            self.turn()
            if once:
                return
            self._stop.wait(_TICK_SECONDS)

    def turn(self) -> list[str]:
        """Run every municipality whose night is due; return their codes."""
        now = self._clock.now().astimezone(_SWEDEN)
        due = [table for table in self._settings.configuration.municipality if self._is_due(table, now)]
        for table in due:
            if self._stop.is_set():
                break
            self._tried[table.code] = self._clock.monotonic()
            self._night(table, now.date())
        self._beat(now)
        return [table.code for table in due]

    def _is_due(self, table: MunicipalityTable, now: datetime) -> bool:
        tried = self._tried.get(table.code)
        if tried is not None and self._clock.monotonic() - tried < _RETRY_SECONDS:
            return False
        if now.time() < self._at or self._done.get(table.code) == now.date():
            return False
        try:
            with Store.open(store_settings(self._settings, table.code)) as store, store.read() as connection:
                last = runs.last_run(connection)
        except KaaError as error:
            log.error("state unusable", municipality=table.code, code=error.code)
            return False
        if last is not None and last[1] >= now.date().isoformat():
            self._done[table.code] = now.date()
            return False
        return True

    def _night(self, table: MunicipalityTable, day: date) -> None:
        try:
            with Store.open(store_settings(self._settings, table.code)) as store:
                bridge = make_bridge(self._settings, table, self._host)
                bridge.stopping = self._stop.is_set
                try:
                    exit_code = run_night(store, bridge, day).report.exit_code
                finally:
                    bridge.close()
        except KaaError as error:
            log.error("night failed", municipality=table.code, code=error.code)
            return
        except Exception as error:
            log.error("night failed", municipality=table.code, code=type(error).__name__)
            return
        level = log.info if exit_code is ExitCode.DONE else log.warning
        level("night done", municipality=table.code, night=day.isoformat(), exit_code=int(exit_code))

    def _beat(self, now: datetime) -> None:
        path = self._settings.base_dir / self._settings.configuration.daemon.heartbeat
        beat = {"at": iso(self._clock.now()), "local_date": now.date().isoformat(), "pid": os.getpid()}
        temporary = Path(f"{path}.new")
        try:
            temporary.write_text(json.dumps(beat), encoding="ascii")
            temporary.replace(path)
        except OSError:
            log.error("heartbeat not written", code="heartbeat_unwritable")

    def _asked_to_stop(self, _: int, __: FrameType | None) -> None:
        log.info("stopping", stage="after the note under way")
        self._stop.set()
