"""The formats of the official documents, also those that jsonschema checks only with another library beside it."""

from __future__ import annotations

import re
from datetime import datetime

from jsonschema import Draft202012Validator, FormatChecker

_RFC_3339 = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)", re.ASCII)


def official_formats() -> FormatChecker:
    """Return jsonschema's checks and ``date-time`` (RFC 3339 section 5.6: a ``T`` and a zone)."""
    checker = FormatChecker(())
    checker.checkers = dict(Draft202012Validator.FORMAT_CHECKER.checkers)
    checker.checks("date-time", raises=ValueError)(is_date_time)
    return checker


def is_date_time(value: object) -> bool:
    """Tell whether a value is a date-time, or no text: then its type is another check's matter."""
    if not isinstance(value, str):
        return True
    return bool(_RFC_3339.fullmatch(value) and datetime.fromisoformat(value))
