"""The outbox: planning a note once, and changing its state only from the state it was in.

A note's key is a keyed hash of who, which rule and which occurrence. It is unique in the database, the same on every
computation, and printed as the opaque reference ``KAA-…`` that the journal stores. Target, person and text are frozen
with it: changed wording or a changed configuration never makes a second note. A note that a night took back before it
left is planned again, under the same key, when it is due again.
"""

from __future__ import annotations

import hashlib
import hmac
from base64 import b32encode
from collections.abc import Sequence
from datetime import date
from typing import Any

from msgspec import Struct

from kaa_bridge.contract.journal import NoteKind
from kaa_bridge.errors import StateUnusable
from kaa_bridge.journal.states import ALLOWED, NOT_LEFT, NoteState
from kaa_bridge.store.connection import Connection
from kaa_bridge.store.query import marks
from kaa_bridge.store.sql import Row, run, run_many

Youths = frozenset[int] | None
"""Ids of the youths whose notes are meant; ``None`` means everybody's."""
KEY_BYTES = 16
PROTECTED, NO_LONGER_DUE, DONE_BEFORE = "protected", "no_longer_due", "done_before"
TAKEN_BACK = (PROTECTED, NO_LONGER_DUE, DONE_BEFORE)
"""Why a night takes back a note that has not left; what a person has dropped carries another code, and stays."""
PLANNED_AGAIN = "planned_again"
"""Code of a note that was taken back and is planned again."""


def note_key(municipality_key: bytes, pseudonym: bytes, rule: str, occurrence: str) -> bytes:
    """Return the key of a note.

    Args:
        municipality_key: ``Store.keys.note``.
        pseudonym: keyed hash of the person's number.
        rule: what asks for the note, by its stable identifier.
        occurrence: which time, by what anchors it (a date, a clock's event); never by when it was computed.
    """
    parts = (pseudonym, rule.encode(), occurrence.encode())
    message = b"".join(len(part).to_bytes(4, "big") + part for part in parts)
    return hmac.digest(municipality_key, message, hashlib.sha256)[:KEY_BYTES]


def reference_of(key: bytes) -> str:
    """Return the opaque external reference: ``KAA-`` and 26 characters of base32."""
    return "KAA-" + b32encode(key).decode("ascii").rstrip("=")


class PlannedNote(Struct, frozen=True, kw_only=True):
    """A note to plan, frozen as it will be sent.

    Attributes:
        key: from ``note_key``.
        journal: configured name of the journal it goes to, whatever is configured later.
        cause: rule and occurrence in words that may be shown, at most 120 characters; one youth has one note a cause.
        person_number: canonical number.
        run_id: the run that plans it.
        planned_at: UTC ISO time.
    """

    key: bytes
    youth_id: int
    journal: str
    kind: NoteKind
    cause: str
    person_number: str
    heading: str
    body: str
    occurred_on: date
    run_id: int
    planned_at: str

    def __repr__(self) -> str:
        """Show the reference only."""
        return f"<PlannedNote {reference_of(self.key)}>"


_PLAN = """INSERT INTO note (key, reference, youth_id, journal, kind, cause, person_number, heading, body, occurred_on,
 state, planned_run, planned_at, attempt, epoch, journal_id, settled_at)
SELECT ?, ?, youth.id, ?, ?, ?, ?, ?, ?, ?,
 CASE WHEN listed.reference IS NULL THEN 'PLANNED' ELSE 'CONFIRMED' END, ?, ?, 0, 0, listed.journal_id, listed.found_at
FROM youth LEFT JOIN listed_note AS listed ON listed.reference = ?
WHERE youth.id = ? AND youth.protection = 'none'
 AND NOT EXISTS (SELECT 1 FROM note AS other WHERE other.youth_id = youth.id AND other.cause = ?)
ON CONFLICT DO NOTHING RETURNING id, state"""
_PLAN_AGAIN = """UPDATE note SET journal = ?, person_number = ?, heading = ?, body = ?, occurred_on = ?,
 planned_run = ?, planned_at = ?, state = 'PLANNED', code = ?, settled_at = NULL
WHERE key = ? AND youth_id = ? AND cause = ? AND state = 'SUPERSEDED' AND code IN (?, ?, ?)
 AND EXISTS (SELECT 1 FROM youth WHERE youth.id = note.youth_id AND youth.protection = 'none')
RETURNING id, attempt"""
_LEDGER = "INSERT INTO transition (note_id, at, before, after, attempt, code, actor) VALUES (?, ?, ?, ?, ?, ?, ?)"


def plan_note(connection: Connection, note: PlannedNote) -> bool:
    """Put a note into the outbox, in the caller's transaction; the youth's row must be written already.

    Nothing happens when the note exists, when the youth has one with the same cause (under an earlier number), or when
    the youth's protection is anything but a known ``none``: notes for protected persons never exist. A note that a
    night took back before it left is planned again in its own row, as it is composed now; where a restored state may
    have forgotten that it was sent, it is looked up first. A reference that the journal is known to hold
    (``listed_note``, after a restore) is planned as confirmed.

    Returns:
        Whether a note was added, or planned again.
    """
    reference = reference_of(note.key)
    first: Row = (note.key, reference, note.journal, note.kind.value, note.cause, note.person_number, note.heading)
    last: Row = (note.run_id, note.planned_at, reference, note.youth_id, note.cause)
    row = run(connection, _PLAN, (*first, note.body, note.occurred_on.isoformat(), *last)).one_or_none()
    if row is None:
        return _plan_again(connection, note)
    run(connection, _LEDGER, (row.id, note.planned_at, None, row.state, 0, None, f"run {note.run_id}"))
    return True


def is_of_another(connection: Connection, key: bytes, youth_id: int) -> bool:
    """Tell whether a note of another youth has the key.

    It is so where a number was presumed to be that youth's when the note was first planned, and is another's now.
    """
    statement = "SELECT 1 FROM note WHERE key = ? AND youth_id <> ?"
    return run(connection, statement, (key, youth_id)).one_or_none() is not None


def _plan_again(connection: Connection, note: PlannedNote) -> bool:
    text: Row = (note.journal, note.person_number, note.heading, note.body, note.occurred_on.isoformat())
    found: Row = (note.key, note.youth_id, note.cause, *TAKEN_BACK)
    row = run(connection, _PLAN_AGAIN, (*text, note.run_id, note.planned_at, PLANNED_AGAIN, *found)).one_or_none()
    if row is None:
        return False
    states = (NoteState.SUPERSEDED, NoteState.PLANNED)
    run(connection, _LEDGER, (row.id, note.planned_at, *states, row.attempt, PLANNED_AGAIN, f"run {note.run_id}"))
    return True


class Change(Struct, frozen=True):
    """One change of state.

    Attributes:
        attempt: the attempt the note was on; the change fails when it is on another.
        code: why, as a stable identifier without any person.
    """

    note_id: int
    attempt: int
    before: NoteState
    after: NoteState
    code: str | None = None
    journal_id: str | None = None


_CHANGE = """UPDATE note SET state = ?, code = ?, journal_id = coalesce(?, journal_id), settled_at = ?,
 resolved_by = coalesce(?, resolved_by) WHERE id = ? AND state = ? AND attempt = ?"""


def change(connection: Connection, changes: Sequence[Change], *, at: str, actor: str) -> None:
    """Make changes of state, each guarded by the state and attempt before, with their entries in the books.

    Args:
        connection: in a write transaction.
        changes: what to change; all or none.
        at: UTC ISO time.
        actor: ``run <fence>`` or the name of the person who decided.

    Raises:
        StateUnusable: a note was no longer in the state the change starts from; nothing may be committed.
    """
    write_books(connection, apply_changes(connection, changes, at=at, actor=actor))


def apply_changes(connection: Connection, changes: Sequence[Change], *, at: str, actor: str) -> list[Row]:
    """Make changes as ``change`` does, and return their entries for ``write_books`` in the same transaction."""
    for one in changes:
        if one.after not in ALLOWED[one.before]:
            raise ValueError(f"{one.before} never becomes {one.after}")
    person = None if actor.startswith("run ") else actor
    rows = [(c.after, c.code, c.journal_id, at, person, c.note_id, c.before, c.attempt) for c in changes]
    if run_many(connection, _CHANGE, rows) != len(changes):
        raise changed_meanwhile()
    return [(c.note_id, at, c.before, c.after, c.attempt, c.code, actor) for c in changes]


def write_books(connection: Connection, entries: Sequence[Row]) -> None:
    """Write entries (note id, at, before, after, attempt, code, actor) into the books."""
    run_many(connection, _LEDGER, entries)


def changed_meanwhile() -> StateUnusable:
    """Return the error for a note that was no longer in the state a change starts from."""
    return StateUnusable(
        "note_changed_meanwhile",
        "A note was changed by someone else at the same moment; this change was rolled back.",
        remedy="kaa-bridge outbox list, then run the command again.",
    )


def of_youths(youths: Youths) -> tuple[str, Row]:
    """Return the condition, with its parameters, by which a statement leaves out the notes of all others."""
    if youths is None:
        return "", ()
    return f" AND note.youth_id IN ({marks(len(youths)) or 'NULL'})", tuple(sorted(youths))


_WAITING = """SELECT count(*) AS total, sum(CASE WHEN note.planned_run = ? THEN 1 ELSE 0 END) AS of_run
 FROM note JOIN youth ON youth.id = note.youth_id AND youth.protection = 'none'
 WHERE note.state = 'PLANNED' AND note.journal = ?{whose} GROUP BY note.youth_id"""


class Waiting(Struct, frozen=True):
    """How many planned notes the next sending takes, and the most for one youth; the same of those a run planned."""

    total: int = 0
    for_one: int = 0
    of_run: int = 0
    of_run_for_one: int = 0


def count_waiting(connection: Connection, journal: str, run_id: int = 0, youths: Youths = None) -> Waiting:
    """Count the notes that wait to be sent to a journal."""
    whose, ids = of_youths(youths)
    found = run(connection, _WAITING.format(whose=whose), (run_id, journal, *ids)).all()
    total, of_run = [int(row.total) for row in found], [int(row.of_run) for row in found]
    return Waiting(sum(total), max(total, default=0), sum(of_run), max(of_run, default=0))


_SUPERSEDE = """UPDATE note SET state = 'SUPERSEDED', code = ?, settled_at = ?, person_number = '', heading = '',
 body = '' WHERE id = ? AND state = ?"""


def supersede(connection: Connection, reference: str, *, code: str, at: str, actor: str) -> bool:
    """Take back a note that is no longer due and has not left; its text is erased, its key stays.

    One that is held stands twice in the journal: it has left.
    """
    found = run(connection, "SELECT id, state, attempt FROM note WHERE reference = ?", (reference,)).one_or_none()
    if found is None or found.state not in NOT_LEFT:
        return False
    return bool(_erase(connection, [found], code, at, actor))


def supersede_protected(connection: Connection, *, at: str, actor: str) -> int:
    """Take back every note that has not left and whose youth has become protected; returns how many."""
    found = run(
        connection,
        "SELECT note.id, note.state, note.attempt FROM note JOIN youth ON youth.id = note.youth_id WHERE note.state IN "
        "('PLANNED', 'QUARANTINED') AND (youth.protection IS NULL OR youth.protection <> 'none')",
    ).all()
    return _erase(connection, found, PROTECTED, at, actor)


def _erase(connection: Connection, found: Sequence[Any], code: str, at: str, actor: str) -> int:
    count = run_many(connection, _SUPERSEDE, [(code, at, note_id, state) for note_id, state, _ in found])
    rows = [(note_id, at, state, NoteState.SUPERSEDED, attempt, code, actor) for note_id, state, attempt in found]
    run_many(connection, _LEDGER, rows)
    return count
