"""What deciding asks of the store: which youths are up, what sources say of them, and their new state."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from typing import NamedTuple

from kaa_bridge.store.connection import Connection
from kaa_bridge.store.handles import find_youth
from kaa_bridge.store.query import chunks, execute, marks, parts, rows
from kaa_bridge.store.sql import run_many, scalar

_COLUMNS = (
    "id, handle, number, protection, outcome, outcome_since, criteria, covered_since, next_review, next_action, "
    "registered_on, birth_date, conflicts, pseudonym"
)


class YouthState(NamedTuple):
    """A youth's row: the present decision and its dates, all ISO text, ``None`` where not yet decided."""

    id: int
    handle: str
    number: str | None
    protection: str | None
    outcome: str | None
    outcome_since: str | None
    criteria: str | None
    covered_since: str | None
    next_review: str | None
    next_action: str | None
    registered_on: str | None
    birth_date: str | None
    conflicts: int
    pseudonym: bytes


class Word(NamedTuple):
    """One present record of a youth: which source, since when unchanged, and the encoded facts.

    ``unheard`` is a word that could not be read: that the source told something more of the youth is all it says.
    """

    source_id: int
    changed_on: str
    facts: bytes
    unheard: bool = False


def _ids(connection: Connection, statement: str, parameters: Sequence[object] = ()) -> Iterator[int]:
    for part in parts(connection, statement, parameters):
        yield from (youth_id for (youth_id,) in part)


def youths_up(connection: Connection, on: str) -> Iterator[int]:
    """Return the youths whose decision or due actions can have changed by the day although no fact did."""
    statement = "SELECT id FROM youth WHERE next_review <= ? OR next_action <= ?"
    return _ids(connection, statement, (on, on))


def all_youths(connection: Connection) -> range:
    """Return every id that a youth has or had: when the rules themselves changed."""
    return range(1, int(scalar(connection, "SELECT coalesce(max(id), 0) FROM youth")) + 1)


def decided_since(connection: Connection, day: str) -> Iterator[int]:
    """Return the youths that were decided on or after the day."""
    return _ids(connection, "SELECT id FROM youth WHERE decided_on >= ?", (day,))


def youths_with_outcome(connection: Connection, outcome: str) -> Iterator[int]:
    """Return the youths with one outcome."""
    return _ids(connection, "SELECT id FROM youth WHERE outcome = ?", (outcome,))


def read_youths(connection: Connection, ids: Sequence[int]) -> Iterator[tuple[YouthState, list[Word]]]:
    """Yield each youth with the words of its present records, the unheard last, in order of id, some at a time."""
    for part in chunks(sorted(ids)):
        said: dict[int, list[Word]] = {}
        where, values = _where(part)
        told = f"SELECT youth_id, source_id, changed_on, facts FROM record WHERE gone_on IS NULL AND youth_id {where}"
        for youth_id, source_id, changed_on, facts in rows(connection, told, values):
            said.setdefault(youth_id, []).append(Word(source_id, changed_on, facts))
        unread = f"SELECT youth_id, source_id, since, facts FROM unheard WHERE youth_id {where} ORDER BY id"
        for youth_id, source_id, since, facts in rows(connection, unread, values):
            said.setdefault(youth_id, []).append(Word(source_id, since, facts, unheard=True))
        for row in rows(connection, f"SELECT {_COLUMNS} FROM youth WHERE id {where} ORDER BY id", values):
            state = YouthState._make(row)
            yield state, said.get(state.id, [])


def _where(ids: Sequence[int]) -> tuple[str, Sequence[int]]:
    """Return a condition on sorted ids: a range where they follow each other, as after a first night."""
    if ids[-1] - ids[0] == len(ids) - 1:
        return "BETWEEN ? AND ?", (ids[0], ids[-1])
    return f"IN ({marks(len(ids))})", ids


def by_handle(connection: Connection, handles: Sequence[str]) -> set[int]:
    """Return the youths with these handles."""
    return {found for handle in handles if (found := find_youth(connection, handle)) is not None}


def write_youths(connection: Connection, changed: list[tuple[object, ...]]) -> None:
    """Update decided youths; a tuple holds the columns in the order of the statement, the id last."""
    statement = (
        "UPDATE youth SET birth_date = ?, protection = ?, outcome = ?, outcome_since = ?, criteria = ?, "
        "covered_since = ?, next_review = ?, next_action = ?, registered_on = ?, decided_on = ?, conflicts = ? "
        "WHERE id = ?"
    )
    run_many(connection, statement, changed)


def resume_case(connection: Connection, youth_id: int, registered_on: str, next_action: date) -> None:
    """Let a case that was wrongly ended go on from the day on which it was opened (ISO); its steps are up on a day."""
    statement = "UPDATE youth SET registered_on = ?, next_action = ? WHERE id = ?"
    execute(connection, statement, (registered_on, next_action.isoformat(), youth_id))


def write_decisions(connection: Connection, many: list[tuple[object, ...]]) -> None:
    """Keep changes of decision: (youth_id, run_id, as_of, outcome, criteria, covered_since, remarks)."""
    statement = (
        "INSERT INTO decision (youth_id, run_id, as_of, outcome, criteria, covered_since, remarks) "
        "VALUES (?, ?, ?, ?, ?, ?, ?)"
    )
    run_many(connection, statement, many)
