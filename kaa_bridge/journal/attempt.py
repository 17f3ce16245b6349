"""One call to the journal, turned into a definite answer or a doubt. Nothing a plugin raises gets past this."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

from kaa_bridge.contract.journal import CaseNote, Found, Journal, JournalDescription, NoteKind, Receipt
from kaa_bridge.errors import KaaError, NoteInDoubt, NoteNotSent, NoteRefused
from kaa_bridge.host.errors import coded, contract_broken, without_numbers
from kaa_bridge.journal.states import NoteState
from kaa_bridge.store.probe import point
from kaa_bridge.store.sql import NamedRow
from kaa_bridge.transport.problems import in_doubt

_CODE = re.compile(r"[A-Za-z][A-Za-z0-9_.:-]{0,59}|\d{3}")


@dataclass(frozen=True, slots=True)
class Answer:
    """What became of one attempt.

    Attributes:
        state: the state that follows.
        code: why, as it is kept with the note.
        journal_id: the journal's id when it is confirmed.
        cause: the same as a person reads it, ``None`` when it is confirmed or was not tried.
    """

    state: NoteState
    code: str | None = None
    journal_id: str | None = None
    cause: KaaError | None = None


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
        return Answer(NoteState.PLANNED, clean_code(error), cause=coded(error, described.name))
    except NoteRefused as error:
        if error.code not in described.refusals:
            unlisted = contract_broken(described.name, "refuses a note with a code that it does not list")
            return _doubt(clean_code(error), unlisted, described.name)
        return Answer(NoteState.REFUSED, clean_code(error), cause=_refusal(error, described.name))
    except BaseException as error:
        return _doubt(clean_code(error), error, described.name)
    finally:
        point("network:create_note:after")
    return _proved(receipt, note.reference, described.name)


def look_up(journal: Journal, reference: str, system: str) -> tuple[Receipt, ...] | KaaError:
    """Ask the journal, named ``system``, for a note by reference.

    Returns:
        Its receipts, or the error when it did not answer usably: nothing is concluded then.
    """
    point("network:find_note:before")
    try:
        found = journal.find_note(reference)
    except BaseException as error:
        return coded(error, system)
    finally:
        point("network:find_note:after")
    if not isinstance(found, Found) or not isinstance(found.receipts, tuple):
        return contract_broken(system, "answers a look-up with something that holds no receipts")
    if any(not _is_receipt(one) or one.reference != reference for one in found.receipts):
        return contract_broken(system, "answers a look-up with what is no receipt of that note")
    return found.receipts


def clean_code(error: BaseException) -> str:
    """Return a code that cannot hold a person: an identifier or a three-digit status, else the error's class."""
    code = error.code if isinstance(error, KaaError) else ""
    return code if isinstance(code, str) and _CODE.fullmatch(code) else f"raised_{type(error).__name__[:40]}"


def _doubt(code: str, error: BaseException, system: str) -> Answer:
    cause = coded(error, system)
    return Answer(NoteState.IN_DOUBT, code, cause=cause if isinstance(cause, NoteInDoubt) else in_doubt(cause))


def _refusal(error: NoteRefused, system: str) -> NoteRefused:
    """Return a listed refusal with its texts cleaned: its code is the journal's own and may have any form."""
    message, remedy = without_numbers(error.message), without_numbers(error.remedy)
    return NoteRefused(clean_code(error), message, remedy=remedy, system=system)


def _proved(receipt: object, reference: str, system: str) -> Answer:
    if not _is_receipt(receipt):
        return _doubt("no_receipt", contract_broken(system, "answers a note with something that is no receipt"), system)
    assert isinstance(receipt, Receipt)
    if receipt.reference != reference:
        broken = contract_broken(system, "answers a note with the receipt of another")
        return _doubt("other_reference_echoed", broken, system)
    return Answer(NoteState.CONFIRMED, None, receipt.journal_id)


def _is_receipt(receipt: object) -> bool:
    return (
        isinstance(receipt, Receipt)
        and isinstance(receipt.journal_id, str)
        and 0 < len(receipt.journal_id.strip()) <= 200
        and isinstance(receipt.reference, str)
    )
