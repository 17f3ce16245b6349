"""One call to the journal, turned into a definite answer or a doubt. Nothing a plugin raises gets past this."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

from kaa_bridge.contract.journal import CaseNote, Found, Journal, JournalDescription, NoteKind, Receipt
from kaa_bridge.errors import KaaError, NoteNotSent, NoteRefused
from kaa_bridge.journal.states import NoteState
from kaa_bridge.store.probe import point
from kaa_bridge.store.sql import NamedRow

_CODE = re.compile(r"[A-Za-z][A-Za-z0-9_.:-]{0,59}|\d{3}")


@dataclass(frozen=True, slots=True)
class Answer:
    """What became of one attempt: the state that follows, the code, and the journal's id when it is confirmed."""

    state: NoteState
    code: str | None = None
    journal_id: str | None = None


def case_note(row: NamedRow) -> CaseNote | None:
    """Return the frozen note from its row in the outbox, ``None`` when the row is no note that may be sent."""
    if not (row.person_number and row.heading and row.body):
        return None
    try:
        kind, occurred_on = NoteKind(row.kind), date.fromisoformat(row.occurred_on)
    except ValueError:
        return None
    return CaseNote(
        reference=row.reference,
        person_number=row.person_number,
        kind=kind,
        heading=row.heading,
        text=row.body,
        occurred_on=occurred_on,
    )


def send(
    journal: Journal, described: JournalDescription, note: CaseNote, deadline: float, may_send: Callable[[], bool]
) -> Answer:
    """Write one note whose intent is durable.

    Only ``NoteNotSent`` means not sent, only a listed refusal means not stored, only a receipt with an id and the
    note's own reference means stored. Everything else, ``SystemExit`` from a plugin included, is doubt.

    Args:
        journal: where to.
        described: its description, read once.
        note: what.
        deadline: monotonic time after which no byte may leave; the journal checks it again before the first byte.
        may_send: asked at the last moment: kill switch, shutdown, deadline.
    """
    if not may_send():
        return Answer(NoteState.PLANNED, "stopped_before_sending")
    point("network:create_note:before")
    try:
        receipt = journal.create_note(note, deadline=deadline)
    except NoteNotSent as error:
        return Answer(NoteState.PLANNED, clean_code(error))
    except NoteRefused as error:
        listed = error.code in described.refusals
        return Answer(NoteState.REFUSED if listed else NoteState.IN_DOUBT, clean_code(error))
    except BaseException as error:
        return Answer(NoteState.IN_DOUBT, clean_code(error))
    finally:
        point("network:create_note:after")
    return _proved(receipt, note.reference)


def look_up(journal: Journal, reference: str) -> tuple[Receipt, ...] | None:
    """Ask the journal for a note by reference; ``None`` when it did not answer usably (nothing is concluded)."""
    point("network:find_note:before")
    try:
        found = journal.find_note(reference)
    except BaseException:
        return None
    finally:
        point("network:find_note:after")
    if not isinstance(found, Found) or not isinstance(found.receipts, tuple):
        return None
    if any(not _is_receipt(one) or one.reference != reference for one in found.receipts):
        return None
    return found.receipts


def clean_code(error: BaseException) -> str:
    """Return a code that cannot hold a person: an identifier or a three-digit status, else the error's class."""
    code = error.code if isinstance(error, KaaError) else ""
    return code if isinstance(code, str) and _CODE.fullmatch(code) else f"raised_{type(error).__name__[:40]}"


def _proved(receipt: object, reference: str) -> Answer:
    if not _is_receipt(receipt):
        return Answer(NoteState.IN_DOUBT, "no_receipt")
    assert isinstance(receipt, Receipt)
    if receipt.reference != reference:
        return Answer(NoteState.IN_DOUBT, "other_reference_echoed")
    return Answer(NoteState.CONFIRMED, None, receipt.journal_id)


def _is_receipt(receipt: object) -> bool:
    return (
        isinstance(receipt, Receipt)
        and isinstance(receipt.journal_id, str)
        and 0 < len(receipt.journal_id.strip()) <= 200
        and isinstance(receipt.reference, str)
    )
