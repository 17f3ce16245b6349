"""Where the next delta starts, and whether it may be a delta at all."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import msgspec

OVERLAP = timedelta(minutes=5)
"""``meta.modified.after`` is exclusive and clocks drift; Skolverket's own client reads again from 5 minutes before."""


class Cursor(msgspec.Struct, frozen=True):
    """What one pull leaves for the next.

    Attributes:
        since: when the pull began by the server's clock, less the overlap (RFC 3339).
        full_on: the day of the last whole pull.
        context: fingerprint of organisations and programmes then, hexadecimal.
    """

    since: datetime
    full_on: date
    context: str

    def written(self) -> str:
        """Return the cursor as text."""
        return msgspec.json.encode(self).decode()

    def allows_delta(self, as_of: date, every_days: int, context: bytes) -> bool:
        """Tell whether a delta will do: the last whole pull is recent and every record would still read the same."""
        return self.context == context.hex() and 0 <= (as_of - self.full_on).days < every_days


def read_cursor(text: str | None) -> Cursor | None:
    """Return the cursor, ``None`` (a whole pull) when there is none or it is not one of ours."""
    try:
        found = msgspec.json.decode(text, type=Cursor) if text else None
    except msgspec.MsgspecError:
        return None
    return found if found and found.since.tzinfo else None
