"""Text that is safe to open in a spreadsheet: never read as a formula, never breaking out of its cell."""

from __future__ import annotations

import re

_CONTROL = re.compile(r"[\x00-\x08\x0a-\x1f\x7f\u0085\u2028\u2029]")
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def safe(text: str) -> str:
    """Return the text so that no spreadsheet takes it for a formula (OWASP: CSV injection).

    A cell that begins with ``=``, ``+``, ``-``, ``@``, tab or carriage return, blanks before it or not, and in the
    full-width forms too, gets an apostrophe before it; other control characters become blanks.
    """
    begins = text.lstrip(" \u00a0\u3000").translate(_FULL_WIDTH)
    cleaned = _CONTROL.sub(" ", text)
    return "'" + cleaned if text.startswith(_FORMULA) or begins.startswith(_FORMULA) else cleaned


_FULL_WIDTH = {0xFF1D: "=", 0xFF0B: "+", 0xFF0D: "-", 0xFF20: "@"}
