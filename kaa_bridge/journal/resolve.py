"""What a person does with notes: look, say what the journal holds, let one be tried again, or drop it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from kaa_bridge.errors import InputRefused
from kaa_bridge.journal.outbox import Change, change
from kaa_bridge.journal.states import NoteState
from kaa_bridge.store.clock import Clock, age_seconds, iso
from kaa_bridge.store.connection import Connection
from kaa_bridge.store.epoch import read_epoch
from kaa_bridge.store.sql import run

_LIST = """SELECT reference, journal, kind, state, attempt, code, journal_id, occurred_on, planned_at, intent_at,
 settled_at, resolved_by, (SELECT handle FROM youth WHERE youth.id = note.youth_id) AS handle
 FROM note WHERE (? = '' OR state = ?) ORDER BY id DESC LIMIT ?"""
_FIND = """SELECT id, reference, journal, kind, state, attempt, code, journal_id, occurred_on, planned_at, intent_at,
 intent_clock, settled_at, resolved_by, (SELECT handle FROM youth WHERE youth.id = note.youth_id) AS handle
 FROM note WHERE reference = ?"""

RETRIED = "retry_by_person"
"""Code of a note that a person lets be sent once more."""


@dataclass(frozen=True, slots=True)
class Decision:
    """Who decided and why; both are kept with the note."""

    by: str
    reason: str

    @property
    def actor(self) -> str:
        """One text for the books."""
        return f"{self.by}: {self.reason}"


def list_notes(connection: Connection, state: NoteState | None = None, limit: int = 200) -> list[dict[str, Any]]:
    """Return notes, newest first, without person and text."""
    wanted = state.value if state else ""
    rows = run(connection, _LIST, (wanted, wanted, limit)).all()
    return [_public(row._asdict()) for row in rows]


def show_note(connection: Connection, reference: str) -> dict[str, Any]:
    """Return one note with the history of its states, without person and text.

    Raises:
        InputRefused: there is no such note.
    """
    row = _find(connection, reference)
    statement = "SELECT at, before, after, attempt, code, actor FROM transition WHERE note_id = ? ORDER BY id"
    history = [one._asdict() for one in run(connection, statement, (row["id"],))]
    return {**_public(row), "history": history}


def next_step(state: str, code: str | None, reference: str) -> str:
    """Return the command to run next for a note in a state, in plain words; empty when nothing needs doing."""
    look = f"Look for {reference} in the journal, then: kaa-bridge outbox resolve {reference} "
    match NoteState(state):
        case NoteState.IN_DOUBT:
            return look + "--present --journal-id ID, or --absent, with --reason TEXT."
        case NoteState.HELD:
            return look + f"--present --journal-id ID once one note is left, or --drop ({code or 'held'})."
        case NoteState.REFUSED | NoteState.QUARANTINED:
            return (
                f"Correct what {code or 'the journal'} says, then: kaa-bridge outbox retry {reference} --reason TEXT; "
                f"or drop it: kaa-bridge outbox resolve {reference} --drop --reason TEXT."
            )
        case NoteState.PLANNED:
            return "It is sent by the next run: kaa-bridge run."
        case NoteState.INTENT:
            return "A run is sending it, or died doing so: the next run settles it."
    return ""


def resolve_present(connection: Connection, reference: str, journal_id: str, decision: Decision, clock: Clock) -> None:
    """Say that the journal holds the note, once, under an id.

    Raises:
        InputRefused: the note is not in doubt or held, or the id is empty.
    """
    if not journal_id.strip():
        raise InputRefused(
            "journal_id_needed", "The journal's own id of the note is needed.", remedy="Add --journal-id ID."
        )
    row = _in_state(connection, reference, {NoteState.IN_DOUBT, NoteState.HELD})
    _change(connection, row, NoteState.CONFIRMED, "present_by_person", decision, clock, journal_id.strip())


def resolve_absent(
    connection: Connection, reference: str, decision: Decision, clock: Clock, *, settle_seconds: float
) -> None:
    """Say that the journal does not hold the note; it is sent by the next run.

    Raises:
        InputRefused: the note is not in doubt, or the settle time has not passed (it may still land).
    """
    row = _in_state(connection, reference, {NoteState.IN_DOUBT})
    age = age_seconds(row["intent_at"], row["intent_clock"], clock)
    if row["intent_at"] is not None and age <= settle_seconds:
        raise InputRefused(
            "not_settled",
            f"The note {reference} left {age:.0f} s ago and may still be stored; nothing was changed.",
            remedy=f"Look again in the journal in {settle_seconds - age:.0f} s, then run the command again.",
        )
    _change(connection, row, NoteState.PLANNED, "absent_by_person", decision, clock)
    run(connection, "UPDATE note SET epoch = ? WHERE id = ?", (read_epoch(connection).number, row["id"]))


def retry(connection: Connection, reference: str, decision: Decision, clock: Clock) -> None:
    """Let a refused, quarantined or held note be sent by the next run.

    Raises:
        InputRefused: it is in another state; a note in doubt must be resolved, not retried.
    """
    row = _in_state(connection, reference, {NoteState.REFUSED, NoteState.QUARANTINED, NoteState.HELD})
    if row["state"] == NoteState.HELD and row["attempt"]:
        raise _wrong_state(reference, row["state"], row["code"])
    _change(connection, row, NoteState.PLANNED, RETRIED, decision, clock)


def drop(connection: Connection, reference: str, decision: Decision, clock: Clock) -> None:
    """Give a note up; its key stays, so that it is never planned again.

    Raises:
        InputRefused: it is confirmed, planned or being sent.
    """
    allowed = {NoteState.REFUSED, NoteState.QUARANTINED, NoteState.HELD, NoteState.IN_DOUBT}
    _change(connection, _in_state(connection, reference, allowed), NoteState.SUPERSEDED, "dropped", decision, clock)


def _change(
    connection: Connection,
    row: dict[str, Any],
    after: NoteState,
    code: str,
    decision: Decision,
    clock: Clock,
    journal_id: str | None = None,
) -> None:
    one = Change(row["id"], row["attempt"], NoteState(row["state"]), after, code, journal_id)
    change(connection, [one], at=iso(clock.now()), actor=decision.actor)


def _find(connection: Connection, reference: str) -> dict[str, Any]:
    row = run(connection, _FIND, (reference,)).one_or_none()
    if row is None:
        raise InputRefused(
            "note_unknown",
            f"There is no note {reference[:40]!r}; nothing was changed.",
            remedy="kaa-bridge outbox list",
        )
    found: dict[str, Any] = row._asdict()
    return found


def _in_state(connection: Connection, reference: str, allowed: set[NoteState]) -> dict[str, Any]:
    row = _find(connection, reference)
    if row["state"] not in allowed:
        raise _wrong_state(reference, row["state"], row["code"])
    return row


def _wrong_state(reference: str, state: str, code: str | None) -> InputRefused:
    return InputRefused(
        "note_state",
        f"The note {reference} is {state}; that cannot be done with it, and nothing was changed.",
        remedy=next_step(state, code, reference) or "Nothing needs to be done with it.",
    )


def _public(row: Any) -> dict[str, Any]:
    hidden = {"id", "intent_clock"}
    found = {key: value for key, value in dict(row).items() if key not in hidden}
    found["next"] = next_step(found["state"], found["code"], found["reference"])
    return found
