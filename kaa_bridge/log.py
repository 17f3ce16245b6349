"""The log: one allow-list of keys before any sink, so that no person can slip in by a forgotten argument."""

from __future__ import annotations

import logging
import sys
from collections.abc import MutableMapping
from typing import Any, Literal, TextIO

ALLOWED = frozenset(
    {
        "event", "level", "timestamp", "municipality", "source", "journal", "plugin", "code", "run", "night", "count",
        "read", "new", "changed", "unchanged", "gone", "quarantined", "held", "whole", "notes", "confirmed", "refused",
        "in_doubt", "seconds", "exit_code", "handle", "reference", "kind", "stage", "covered", "investigate", "dropped",
    }
)  # fmt: skip
"""Keys that may stand in a log line; every other key is dropped and only counted."""


class Log:
    """The program's log. structlog is imported with the first line that is to be written: a quiet start is a fast one.

    Attributes:
        level: lines below it are not written.
        json: JSON lines instead of text.
        stream: where to; standard error as it is at the time when ``None``.
    """

    def __init__(self) -> None:
        """Begin as text, from level info."""
        self.level = logging.INFO
        self.json = False
        self.stream: TextIO | None = None
        self._logger: Any = None
        self._bound: TextIO | None = None

    def info(self, event: str, **fields: Any) -> None:
        """Write what happened as it should."""
        self._write(logging.INFO, "info", event, fields)

    def warning(self, event: str, **fields: Any) -> None:
        """Write what somebody should look at."""
        self._write(logging.WARNING, "warning", event, fields)

    def error(self, event: str, **fields: Any) -> None:
        """Write what failed."""
        self._write(logging.ERROR, "error", event, fields)

    def _write(self, level: int, name: str, event: str, fields: dict[str, Any]) -> None:
        if level < self.level:
            return
        stream = self.stream or sys.stderr
        if self._logger is None or stream is not self._bound:
            self._logger, self._bound = _logger(self.level, stream, json=self.json), stream
        getattr(self._logger, name)(event, **fields)

    def start(self, level: int, *, json: bool) -> None:
        """Write from a level on, as text or JSON lines."""
        self.level, self.json, self._logger = level, json, None


log = Log()


def start_log(*, verbosity: int, quiet: bool, log_format: Literal["text", "json"] | str) -> None:
    """Send the log to stderr as text or JSON lines; libraries' own loggers stay at warning and without arguments."""
    level = logging.WARNING if quiet else logging.DEBUG if verbosity >= 2 else logging.INFO
    log.start(level, json=log_format == "json")
    for library in ("zeep", "urllib3", "requests", "sqlalchemy", "alembic"):
        logging.getLogger(library).setLevel(logging.ERROR)


def _logger(level: int, stream: TextIO, *, json: bool) -> Any:
    import structlog

    renderer: Any = (
        structlog.processors.JSONRenderer() if json else structlog.dev.ConsoleRenderer(colors=stream.isatty())
    )
    return structlog.wrap_logger(
        structlog.PrintLogger(stream),
        processors=[
            structlog.processors.add_log_level,
            _only_allowed,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            renderer,
        ],
        wrapper_class=structlog.make_filtering_bound_logger(level),
        cache_logger_on_first_use=False,
    )


def _only_allowed(_: Any, __: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    dropped = [key for key in event if key not in ALLOWED]
    for key in dropped:
        del event[key]
    if dropped:
        event["dropped"] = len(dropped)
    return event
