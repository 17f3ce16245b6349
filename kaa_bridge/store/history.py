"""What was decided of each youth, in order: the history of cases, for those who report on a past period."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from kaa_bridge.store.connection import Connection
from kaa_bridge.store.query import rows

WINDOW = 1000
"""Youths that one statement looks at; a range of ids is flat on every database."""


class Kept(NamedTuple):
    """One kept decision; dates are ISO text, ``remarks`` words with blanks between."""

    as_of: str
    outcome: str
    criteria: str
    covered_since: str | None
    remarks: str


def youth_windows(connection: Connection) -> Iterator[range]:
    """Yield ranges of ids that together hold every youth, in order."""
    ((first, last),) = rows(connection, "SELECT coalesce(min(id), 1), coalesce(max(id), 0) FROM youth")
    for start in range(int(first), int(last) + 1, WINDOW):
        yield range(start, min(start + WINDOW, int(last) + 1))


def decisions_of(connection: Connection, ids: range) -> dict[int, list[Kept]]:
    """Return the kept decisions of the youths with these ids, the oldest first."""
    statement = (
        "SELECT youth_id, as_of, outcome, criteria, covered_since, remarks FROM decision "
        "WHERE youth_id BETWEEN ? AND ? ORDER BY youth_id, as_of, id"
    )
    found: dict[int, list[Kept]] = {}
    for youth_id, *kept in rows(connection, statement, (ids[0], ids[-1])):
        found.setdefault(int(youth_id), []).append(Kept(*kept))
    return found
