"""Which notes a night plans: a case begun, a case ended, an action due, an earlier note that no longer holds.

A journal is never edited. When the facts as they stand now show that a case should never have been opened, the note
that opened it is taken back if it has not left, and corrected by a new note if it has.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import NamedTuple

from msgspec import Struct, field

from kaa_bridge.contract.journal import NoteKind
from kaa_bridge.domain.dates import birthday
from kaa_bridge.journal.compose import (
    Composed,
    compose_action_due,
    compose_correction,
    compose_ended,
    compose_registered,
)
from kaa_bridge.journal.outbox import PlannedNote, note_key, plan_note, reference_of, supersede
from kaa_bridge.journal.states import NoteState
from kaa_bridge.journal.vocabulary import CorrectionCause
from kaa_bridge.law import Decision, Outcome, decide
from kaa_bridge.routine import DueAction
from kaa_bridge.store.connection import Connection
from kaa_bridge.store.query import rows
from kaa_bridge.sync.bridge import Bridge
from kaa_bridge.sync.completeness import Completeness
from kaa_bridge.sync.decide import Decided

_NOT_LEFT = {NoteState.PLANNED.value, NoteState.HELD.value, NoteState.QUARANTINED.value}
_TOO_OLD = 20
_OWN_CLOCK = "reg"
"""The routine's clock that a night starts itself, where no source tells a registration."""


class _Opening(NamedTuple):
    """The note that opened a case."""

    reference: str
    state: str
    anchor: str


class NotePlanner(Struct):
    """Plans the notes of one run into the outbox, in the open transaction.

    Attributes:
        known: what the sources together prove tonight.
        counts: notes planned, by kind.
        superseded: notes that had not left and are no longer due.
        uncomposed: notes left out because a label or a routine's text is not fit for a case file.
    """

    connection: Connection
    key: bytes
    bridge: Bridge
    as_of: date
    run_id: int
    stamp: str
    known: Completeness
    counts: dict[str, int] = field(default_factory=dict)
    superseded: int = 0
    uncomposed: int = 0

    def plan(self, decided: Decided) -> None:
        """Plan what follows from one youth's decision; nothing for a protected youth or without a journal."""
        if self.bridge.table.journal is None or decided.merged.youth.protection.is_protected:
            return
        if decided.is_ended_case:
            self._ended(decided)
        elif decided.registered_on and NoteKind.REGISTERED in self.bridge.table.notes:
            self._registered(decided)
        if NoteKind.ACTION_DUE in self.bridge.table.notes and decided.registered_on:
            self._actions(decided)

    def _registered(self, decided: Decided) -> None:
        """Plan the note that opens the case, once; also later, where it could not be written on the first night."""
        if self._opening(decided, decided.registered_on) is not None:
            return
        decision = self._decision(decided)
        if decision.outcome is Outcome.COVERED:
            self._add(
                decided,
                NoteKind.REGISTERED,
                self._anchor(decided),
                lambda reference: compose_registered(
                    decision,
                    reference=reference,
                    as_of=self.as_of,
                    source_label=self._labels(decided),
                    wording=self._wording(NoteKind.REGISTERED),
                ),
            )

    def _ended(self, decided: Decided) -> None:
        opened_on = str(decided.before.registered_on)
        opened = self._opening(decided, opened_on)
        self._take_back_actions(decided, set())
        if opened is not None and opened.state in _NOT_LEFT:
            self.superseded += self._supersede(opened.reference, "no_longer_due")
            return
        decision = self._decision(decided)
        if opened is not None and self._was_never_covered(decided, date.fromisoformat(opened_on)):
            self._correct(decided, opened, opened_on, decision)
            return
        self._add(
            decided,
            NoteKind.ENDED,
            opened.anchor if opened else opened_on,
            lambda reference: compose_ended(
                decision,
                reference=reference,
                as_of=self.as_of,
                source_label=self._labels(decided),
                ended_on=self._ended_on(decided),
                wording=self._wording(NoteKind.ENDED),
            ),
        )

    def _correct(self, decided: Decided, opened: _Opening, opened_on: str, decision: Decision) -> None:
        self._add(
            decided,
            NoteKind.CORRECTION,
            opened.anchor,
            lambda reference: compose_correction(
                reference=reference,
                as_of=self.as_of,
                corrected_reference=opened.reference,
                corrected_kind=NoteKind.REGISTERED,
                corrected_on=date.fromisoformat(opened_on),
                cause=CorrectionCause.FACT_CHANGED,
                outcome=decision.outcome,
                wording=self._wording(NoteKind.CORRECTION),
            ),
        )

    def _actions(self, decided: Decided) -> None:
        """Note what has fallen due since the case was opened; what was late before stands on the work list only."""
        opened_on = date.fromisoformat(str(decided.registered_on))
        fallen_due = [
            action for action in decided.actions if opened_on <= (action.due or action.not_before) <= self.as_of
        ]
        opened = self._opening(decided, decided.registered_on) if fallen_due else None
        occurrences = [_occurrence(action, opened_on, opened) for action in fallen_due]
        for action, occurrence in zip(fallen_due, occurrences, strict=True):
            self._add(
                decided,
                NoteKind.ACTION_DUE,
                occurrence,
                lambda reference, action=action: compose_action_due(  # type: ignore[misc]
                    action, reference=reference, as_of=self.as_of, wording=self._wording(NoteKind.ACTION_DUE)
                ),
            )
        self._take_back_actions(decided, {_cause(NoteKind.ACTION_DUE, occurrence) for occurrence in occurrences})

    def _take_back_actions(self, decided: Decided, still_due: set[str]) -> None:
        """Take back what the routine asked for and asks for no more; what a person has accepted is left alone."""
        statement = "SELECT reference, cause FROM note WHERE youth_id = ? AND kind = ? AND state = ?"
        key = (decided.before.id, NoteKind.ACTION_DUE.value, NoteState.PLANNED.value)
        for reference, cause in rows(self.connection, statement, key):
            if cause.startswith(f"{NoteKind.ACTION_DUE.value} ") and cause not in still_due:
                self.superseded += self._supersede(reference, "done_before")

    def _supersede(self, reference: str, code: str) -> bool:
        return supersede(self.connection, reference, code=code, at=self.stamp, actor=f"run {self.run_id}")

    def _was_never_covered(self, decided: Decided, day: date) -> bool:
        """Tell whether the facts as they stand now say that the case should not have been opened."""
        youth = decided.merged.youth
        then = decide(youth, municipality=self.bridge.code, as_of=day, settings=self.bridge.law)
        return then.outcome is Outcome.NOT_COVERED

    def _ended_on(self, decided: Decided) -> date | None:
        birth_date = decided.merged.youth.birth_date
        if birth_date is not None and birthday(birth_date, _TOO_OLD) <= self.as_of:
            return birthday(birth_date, _TOO_OLD)
        return None

    def _opening(self, decided: Decided, opened_on: str | None) -> _Opening | None:
        """Return the note that opened the present case, if there is one."""
        statement = (
            "SELECT reference, state, cause FROM note WHERE youth_id = ? AND kind = ? AND occurred_on >= ? "
            "ORDER BY id DESC LIMIT 1"
        )
        kind = NoteKind.REGISTERED.value
        found = rows(self.connection, statement, (decided.before.id, kind, opened_on))
        return (
            _Opening(str(found[0][0]), str(found[0][1]), str(found[0][2]).removeprefix(f"{kind} ")) if found else None
        )

    def _anchor(self, decided: Decided) -> str:
        """Return what tells this opening from others: since when the facts say that the youth is covered.

        Not the night that found it: after a restore another night finds the same case, and its note must get the key
        that it had.
        """
        since = str(decided.verdict.covered_since or decided.registered_on)
        statement = "SELECT count(*) FROM note WHERE youth_id = ? AND kind = ? AND cause LIKE ?"
        kind = NoteKind.REGISTERED.value
        earlier = int(rows(self.connection, statement, (decided.before.id, kind, f"{kind} {since}%"))[0][0])
        return f"{since} {earlier + 1}" if earlier else since

    def _decision(self, decided: Decided) -> Decision:
        return decide(
            decided.merged.youth,
            municipality=self.bridge.code,
            as_of=self.as_of,
            settings=self.bridge.law,
            frozen=self.known.leaves_frozen,
            remarked=self.known.frozen,
        )

    def _wording(self, kind: NoteKind) -> str | None:
        return self.bridge.wordings.get(kind)

    def _labels(self, decided: Decided) -> list[str]:
        labels = {table.name: table.label or table.name for table in self.bridge.table.source}
        return [labels.get(name, name) for name in decided.merged.sources]

    def _add(self, decided: Decided, kind: NoteKind, occurrence: str, compose: Callable[[str], Composed]) -> None:
        journal = self.bridge.table.journal
        number = decided.merged.number
        if kind not in self.bridge.table.notes or journal is None or not number:
            return
        key = note_key(self.key, decided.before.pseudonym, kind.value, occurrence)
        try:
            composed = compose(reference_of(key))
        except ValueError:  # a label or a routine's text that does not belong in a case file must not stop the night
            self.uncomposed += 1
            return
        note = PlannedNote(
            key=key,
            youth_id=decided.before.id,
            journal=journal.name,
            kind=kind,
            cause=_cause(kind, occurrence),
            person_number=number,
            heading=composed.heading,
            body=composed.text,
            occurred_on=self.as_of,
            run_id=self.run_id,
            planned_at=self.stamp,
        )
        if plan_note(self.connection, note):
            self.counts[kind.value] = self.counts.get(kind.value, 0) + 1


def _cause(kind: NoteKind, occurrence: str) -> str:
    return f"{kind.value} {occurrence}"


def _occurrence(action: DueAction, opened_on: date, opened: _Opening | None) -> str:
    """Return what tells this action from others of its kind.

    Where a night of the bridge started its clock, the opening's anchor stands for that day, for the same reason.
    """
    clock, since = action.clock, (action.not_before - action.clock.on).days
    if opened is not None and (clock.event, clock.on) == (_OWN_CLOCK, opened_on):
        return f"{action.action} {clock.event} {opened.anchor} +{since}"
    return f"{action.action} {clock.event} {clock.on.isoformat()} {action.not_before.isoformat()}"
