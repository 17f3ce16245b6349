"""What was decided of each youth, in order: the history of cases, for those who report on a past period."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from kaa_bridge.store.connection import Connection
from kaa_bridge.store.query import rows
from kaa_bridge.store.youths import Word, YouthState, read_youths

WINDOW = 1000
"""Youths that one statement looks at. A range of ids is flat on every database; a cursor is not on PostgreSQL."""


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


def histories(connection: Connection) -> Iterator[tuple[YouthState, list[Word], list[Kept]]]:
    """Yield each youth of whom a decision is kept, with its present words and its decisions, in order of id."""
    for ids in youth_windows(connection):
        kept = decisions_of(connection, ids)
        if kept:
            for state, words in read_youths(connection, list(kept)):
                yield state, words, kept[state.id]


def night_dates(connection: Connection, until: str) -> tuple[str, str] | None:
    """Return the local dates of the first and the last night up to a day, ``None`` when there was none."""
    statement = "SELECT min(local_date), max(local_date) FROM run WHERE kind = 'night' AND local_date <= ?"
    ((first, last),) = rows(connection, statement, (until,))
    return None if first is None else (str(first), str(last))


def nights(connection: Connection, first: str, last: str) -> int:
    """Return on how many dates between two, both included, a night was run."""
    statement = "SELECT count(DISTINCT local_date) FROM run WHERE kind = 'night' AND local_date BETWEEN ? AND ?"
    ((count,),) = rows(connection, statement, (first, last))
    return int(count)


def notes_by_state(connection: Connection, last: str) -> dict[str, int]:
    """Return how many notes about what happened up to a day stand in each state of the outbox."""
    statement = "SELECT state, count(*) FROM note WHERE occurred_on <= ? GROUP BY state"
    return {str(state): int(count) for state, count in rows(connection, statement, (last,))}
