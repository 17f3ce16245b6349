"""What the outbox holds of one youth: the notes by what they are about, and what they together say of the case.

A note that was taken back before it left says nothing. Of the others, the one that opened a case, those that said it
was over, and the corrections of either belong together by their causes, which come from the facts and not from the
nights that wrote them.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from kaa_bridge.contract.journal import NoteKind
from kaa_bridge.journal.outbox import TAKEN_BACK
from kaa_bridge.journal.states import NOT_LEFT, NoteState
from kaa_bridge.store.connection import Connection
from kaa_bridge.store.query import rows

_REGISTERED = NoteKind.REGISTERED.value
_OPENS = (f"{_REGISTERED} ", "reconcile ")
"""How the causes of notes that open a case begin: those of a night, and those a person has accepted."""


class Written(NamedTuple):
    """One note as the outbox holds it; ``occurred_on`` is the ISO day it is about."""

    key: bytes
    reference: str
    kind: str
    cause: str
    state: str
    code: str | None
    occurred_on: str

    @property
    def is_taken_back(self) -> bool:
        """Whether a night took it back before it left; what a person dropped is not."""
        return self.state == NoteState.SUPERSEDED.value and self.code in TAKEN_BACK

    @property
    def is_waiting(self) -> bool:
        """Whether it has not left, and can be taken back."""
        return self.state in NOT_LEFT


class Case(NamedTuple):
    """One case as the notes tell it.

    Attributes:
        opened: the note that opened it.
        closed: the note that says that it is over, or should never have been opened; ``None`` while it goes on.
        ended: the last note that said it was over, whether it was right or was corrected.
        reopened: the correction of the last note that wrongly said it was over.
        ends: which note that it is over would be the next (from 1), or is ``closed``.
    """

    opened: Written
    closed: Written | None = None
    ended: Written | None = None
    reopened: Written | None = None
    ends: int = 1

    @property
    def anchor(self) -> str:
        """What tells this opening from others."""
        return self.opened.cause.removeprefix(f"{_REGISTERED} ")

    @property
    def end(self) -> str:
        """The occurrence of the note that it is over: the first has the anchor's words, as it always had."""
        return self.anchor if self.ends == 1 else f"{self.anchor} #{self.ends}"


class CaseFile:
    """The notes of one youth."""

    def __init__(self, notes: list[Written]) -> None:
        """Sort notes, given in the order in which they were planned."""
        self._standing: dict[str, Written] = {}
        self._again: list[Written] = []
        for note in notes:
            if not note.is_taken_back:
                self._stand(note)
        self._taken_back = {note.cause: note for note in notes if note.is_taken_back}

    def holds(self, cause: str) -> bool:
        """Tell whether a note with this cause stands; one that was taken back does not."""
        return cause in self._standing

    def key_of(self, cause: str) -> bytes | None:
        """Return the key of the note that was taken back and would now be planned again."""
        note = self._taken_back.get(cause)
        return note.key if note else None

    def present(self, since: str | None) -> Case | None:
        """Return the open case whose opening is about ``since`` (ISO) or later; of any time without one."""
        for case in self._cases():
            if case.closed is None and case.opened.occurred_on >= (since or ""):
                return case
        return None

    def doubles(self, since: str | None) -> list[Written]:
        """Return what waits although another note says the same, or opens the same case (``since`` or later).

        It is so where two youths were found to be one: each had been written about.
        """
        cases = [one for one in self._cases() if one.closed is None and one.opened.occurred_on >= (since or "")]
        opened = [case.opened for case in cases]
        kept = next((note for note in opened if not note.is_waiting), opened[0] if opened else None)
        return [note for note in (*self._again, *opened) if note is not kept and note.is_waiting]

    def last(self) -> Case | None:
        """Return the case that was opened last, open or over."""
        return next(self._cases(), None)

    def was_taken_back(self, since: str) -> bool:
        """Tell whether an opening about ``since`` (ISO) or later never left."""
        return any(
            note.kind == _REGISTERED and note.occurred_on >= since and note.cause.startswith(_OPENS)
            for note in self._taken_back.values()
        )

    def next_opening(self, since: str) -> str:
        """Return the occurrence of the note that opens a case covered since a day: the first that none stands for."""
        number, occurrence = 1, since
        while self.holds(f"{_REGISTERED} {occurrence}"):
            number += 1
            occurrence = f"{since} {number}"
        return occurrence

    def waiting_actions(self) -> Iterator[Written]:
        """Yield the notes of the night's own steps that are planned; what a person has accepted is left alone."""
        kind = NoteKind.ACTION_DUE.value
        for note in self._standing.values():
            if note.kind == kind and note.state == NoteState.PLANNED.value and note.cause.startswith(f"{kind} "):
                yield note

    def _stand(self, note: Written) -> None:
        """Take in a note: of two with one cause the one that has left stands, else the later."""
        other = self._standing.pop(note.cause, None)
        if other is not None:
            note, other = (other, note) if note.is_waiting and not other.is_waiting else (note, other)
            self._again.append(other)
        self._standing[note.cause] = note

    def _cases(self) -> Iterator[Case]:
        """Yield the cases, the last opened first."""
        for note in reversed(self._standing.values()):
            if note.kind == _REGISTERED and note.cause.startswith(_OPENS):
                yield self._case(note)

    def _case(self, opened: Written) -> Case:
        case = Case(opened)
        if wrong := self._standing.get(f"{NoteKind.CORRECTION.value} {case.anchor}"):
            return case._replace(closed=wrong)
        while ended := self._standing.get(f"{NoteKind.ENDED.value} {case.end}"):
            corrected = self._standing.get(f"{NoteKind.CORRECTION.value} {correction_of_end(case.end)}")
            if corrected is None:
                return case._replace(closed=ended, ended=ended)
            case = case._replace(ended=ended, reopened=corrected, ends=case.ends + 1)
        return case


def correction_of_end(end: str) -> str:
    """Return the occurrence of the correction of a note that a case is over."""
    return f"{NoteKind.ENDED.value} {end}"


def read_case_file(connection: Connection, youth_id: int) -> CaseFile:
    """Read the notes of one youth."""
    statement = (
        "SELECT key, reference, kind, cause, state, code, occurred_on FROM note WHERE youth_id = ? "
        "ORDER BY planned_run, id"
    )
    return CaseFile([Written._make(row) for row in rows(connection, statement, (youth_id,))])
