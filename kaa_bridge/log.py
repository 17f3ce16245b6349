"""The log: one allow-list of keys before any sink, so that no person can slip in by a forgotten argument."""

from __future__ import annotations

import logging
import sys
from collections.abc import MutableMapping
from typing import Any, Literal

import structlog

ALLOWED = frozenset(
    {
        "event", "level", "timestamp", "municipality", "source", "journal", "plugin", "code", "run", "night", "count",
        "read", "new", "changed", "unchanged", "gone", "quarantined", "held", "whole", "notes", "confirmed", "refused",
        "in_doubt", "seconds", "exit_code", "handle", "reference", "kind", "stage", "covered", "investigate", "dropped",
    }
)  # fmt: skip
"""Keys that may stand in a log line; every other key is dropped and only counted."""

log = structlog.get_logger("kaa_bridge")


def start_log(*, verbosity: int, quiet: bool, log_format: Literal["text", "json"] | str) -> None:
    """Send the log to stderr as text or JSON lines; libraries' own loggers stay at warning and without arguments."""
    level = logging.WARNING if quiet else logging.DEBUG if verbosity >= 2 else logging.INFO
    renderer: Any = (
        structlog.processors.JSONRenderer()
        if log_format == "json"
        else structlog.dev.ConsoleRenderer(colors=sys.stderr.isatty())
    )
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            _only_allowed,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            renderer,
        ],
        wrapper_class=structlog.make_filtering_bound_logger(level),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
        cache_logger_on_first_use=False,
    )
    for library in ("zeep", "urllib3", "requests", "sqlalchemy", "alembic"):
        logging.getLogger(library).setLevel(logging.ERROR)


def _only_allowed(_: Any, __: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    dropped = [key for key in event if key not in ALLOWED]
    for key in dropped:
        del event[key]
    if dropped:
        event["dropped"] = len(dropped)
    return event
