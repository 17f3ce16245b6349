"""Writes youths and records that are thought to be new, and finds out by writing whether they are.

A question per key and number costs more than the rows themselves. Here an insert that meets a known key does nothing,
the counts tell, and a block that was not all new is taken out again: on every database, without an error and without a
savepoint.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from msgspec import Struct, field

from kaa_bridge.store.connection import Connection
from kaa_bridge.store.query import execute
from kaa_bridge.store.records import NEW_YOUTH, Blob, RecordRow, YouthRow, new_record
from kaa_bridge.store.sql import run_many

SettledRow = tuple[int, Blob, str, str | None, str | None, str, str, str | None]
"""id, pseudonym, handle, number, birth_date, protection, criteria, next_review."""


class Newcomers(Struct):
    """One block of new records, each of a new youth of its own; ids ascend from the two first ones.

    Attributes:
        settled: the youths who are decided already, by outcome; the ``undecided`` ones are decided later.
    """

    first_youth: int
    first_record: int
    settled: dict[str, list[SettledRow]] = field(default_factory=dict)
    undecided: list[YouthRow] = field(default_factory=list)
    records: list[RecordRow] = field(default_factory=list)


def add_newcomers(connection: Connection, source_id: int, new: Newcomers, on: str) -> bool:
    """Insert a block whole; ``False``, and nothing inserted, where one of its youths or records is known already."""
    added = sum(_add(connection, _settled(outcome, on), youths) for outcome, youths in new.settled.items())
    added += _add(connection, NEW_YOUTH, new.undecided)
    if added == len(new.records):
        if _add(connection, new_record(source_id, on), new.records) == len(new.records):
            return True
        execute(connection, "DELETE FROM record WHERE id >= ?", (new.first_record,))
    execute(connection, "DELETE FROM youth WHERE id >= ?", (new.first_youth,))
    return False


def forget_decisions(connection: Connection, youths: Iterable[int]) -> None:
    """Take back the decisions that settled youths were stored with: they count as not yet decided."""
    statement = (
        "UPDATE youth SET birth_date = NULL, protection = NULL, criteria = NULL, next_review = NULL, outcome = NULL, "
        "outcome_since = NULL, decided_on = NULL WHERE id = ?"
    )
    run_many(connection, statement, [(youth_id,) for youth_id in youths])


def _add(connection: Connection, statement: str, rows: Sequence[tuple[object, ...]]) -> int:
    return run_many(connection, f"{statement} ON CONFLICT DO NOTHING", rows)


def _settled(outcome: str, on: str) -> str:
    """Return the statement for youths decided on the day; what is the same for all is written once."""
    columns = (
        "id, pseudonym, handle, number, birth_date, protection, criteria, next_review, outcome, outcome_since, "
        "decided_on, conflicts"
    )
    return f"INSERT INTO youth ({columns}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, '{outcome}', '{on}', '{on}', 0)"
