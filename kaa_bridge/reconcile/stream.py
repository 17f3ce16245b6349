"""The state as sorted streams: a thousand youths in memory at a time, in order of id, however many there are."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import groupby
from typing import Any, NamedTuple

from kaa_bridge.store.connection import Connection
from kaa_bridge.store.history import youth_windows
from kaa_bridge.store.query import marks, rows
from kaa_bridge.store.youths import Word


class YouthMark(NamedTuple):
    """What the merge needs of a youth's own row; dates are ISO text."""

    handle: str
    protection: str | None
    registered_on: str | None


def youth_marks(connection: Connection) -> Iterator[tuple[int, YouthMark]]:
    """Yield every youth's marks in order of id."""
    statement = "SELECT id, handle, protection, registered_on FROM youth WHERE id BETWEEN ? AND ? ORDER BY id"
    for ids in youth_windows(connection):
        for youth_id, *mark in rows(connection, statement, (ids[0], ids[-1])):
            yield int(youth_id), YouthMark(*mark)


def found_beside(
    connection: Connection, source_ids: Sequence[int], first: str, last: str
) -> Iterator[tuple[int, YouthMark]]:
    """Yield the unprotected who came onto the register on these days (ISO, inclusive) and whom no such source knows."""
    statement = (
        "SELECT y.id, y.handle, y.protection, y.registered_on FROM youth y WHERE y.id BETWEEN ? AND ? "  # noqa: S608 - placeholders only
        "AND y.registered_on BETWEEN ? AND ? AND y.protection = 'none' AND NOT EXISTS (SELECT 1 FROM record r "
        f"WHERE r.youth_id = y.id AND r.gone_on IS NULL AND +r.source_id IN ({marks(len(source_ids))})) ORDER BY y.id"
    )
    for ids in youth_windows(connection):
        for youth_id, *mark in rows(connection, statement, (ids[0], ids[-1], first, last, *source_ids)):
            yield int(youth_id), YouthMark(*mark)


def words_of(
    connection: Connection, source_ids: Sequence[int], *, others: bool = False
) -> Iterator[tuple[int, list[Word]]]:
    """Yield the youths that sources know, with the words of their present records, in order of id.

    Args:
        connection: a consistent view of the state.
        source_ids: the sources.
        others: all sources but these.
    """
    # The plus keeps the planner from taking the index on the source: it would read a whole source for each window.
    which = f"+r.source_id {'NOT IN' if others else 'IN'} ({marks(len(source_ids))})"
    statement = (
        "SELECT r.youth_id, r.source_id, r.changed_on, r.facts FROM record r "  # noqa: S608 - placeholders only
        f"WHERE r.youth_id BETWEEN ? AND ? AND r.gone_on IS NULL AND {which} ORDER BY r.youth_id, r.id"
    )
    for ids in youth_windows(connection):
        found = rows(connection, statement, (ids[0], ids[-1], *source_ids))
        for youth_id, group in groupby(found, key=_youth_id):
            yield youth_id, [Word(source_id, changed_on, facts) for _, source_id, changed_on, facts in group]


def unheard_sources(connection: Connection) -> Iterator[tuple[int, list[int]]]:
    """Yield the youths of whom a source told something that could not be read, with these sources, in order of id."""
    statement = (
        "SELECT DISTINCT youth_id, source_id FROM unheard WHERE youth_id BETWEEN ? AND ? ORDER BY youth_id, source_id"
    )
    for ids in youth_windows(connection):
        for youth_id, group in groupby(rows(connection, statement, (ids[0], ids[-1])), key=_youth_id):
            yield youth_id, [int(source_id) for _, source_id in group]


def _youth_id(row: Any) -> int:
    return int(row[0])
