"""Which notes a night plans: a case begun, a case ended, an action due, an earlier note that no longer holds.

A journal is never edited. When the facts as they stand now show that a case should never have been opened, or that it
was not over, the note that said so is taken back if it has not left, and corrected by a new note if it has.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta

from msgspec import Struct, field

from kaa_bridge.contract.journal import NoteKind
from kaa_bridge.domain.dates import birthday
from kaa_bridge.domain.values import Protection
from kaa_bridge.journal.compose import (
    Composed,
    compose_action_due,
    compose_correction,
    compose_ended,
    compose_registered,
)
from kaa_bridge.journal.outbox import (
    DONE_BEFORE,
    NO_LONGER_DUE,
    PlannedNote,
    is_of_another,
    note_key,
    plan_note,
    reference_of,
    supersede,
)
from kaa_bridge.journal.vocabulary import CorrectionCause
from kaa_bridge.law import Decision, Outcome, decide
from kaa_bridge.routine import DueAction
from kaa_bridge.store.connection import Connection
from kaa_bridge.store.youths import resume_case
from kaa_bridge.sync.bridge import Bridge
from kaa_bridge.sync.case_file import CaseFile, Written, correction_of_end, read_case_file
from kaa_bridge.sync.completeness import Completeness
from kaa_bridge.sync.decide import Decided

_TOO_OLD = 20
_OWN_CLOCK = "reg"
"""The routine's clock that a night starts itself, where no source tells a registration."""


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
        if not (decided.registered_on or decided.is_ended_case or _was_hidden(decided)):
            return
        file, kinds = self._file(decided), self.bridge.table.notes
        if decided.registered_on is None:
            self._ended(decided, file)
            return
        opens = NoteKind.REGISTERED in kinds and file.present(decided.registered_on) is None
        if opens and not self._registered(decided, file):
            return
        if NoteKind.ACTION_DUE in kinds:
            self._actions(decided, self._file(decided) if opens else file)

    def _registered(self, decided: Decided, file: CaseFile) -> bool:
        """Plan the note that opens the case, once; also later, where it could not be written on the first night.

        Returns whether the routine's steps go by tonight's decision: not where an earlier case goes on.
        """
        decision = self._decision(decided)
        if decision.outcome is not Outcome.COVERED:
            return True
        if self._goes_on(decided, file, decision):
            return False
        since = str(decided.verdict.covered_since or decided.registered_on)
        self._add(
            decided,
            file,
            NoteKind.REGISTERED,
            file.next_opening(since),
            lambda reference: compose_registered(
                decision,
                reference=reference,
                as_of=self.as_of,
                source_label=self._labels(decided),
                wording=self._wording(NoteKind.REGISTERED),
            ),
        )
        return True

    def _goes_on(self, decided: Decided, file: CaseFile, decision: Decision) -> bool:
        """Take back or correct the note that the last case was over, where the facts now say that it never was.

        The case then keeps its day on the register, and with it the routine's clock.
        """
        case = file.last()
        if case is None or case.closed is None or decision.covered_since is None:
            return False
        if decision.covered_since > date.fromisoformat(case.closed.occurred_on):
            return False
        if case.closed.is_waiting:
            self._take_back(case.closed, NO_LONGER_DUE)
        elif case.closed is case.ended and NoteKind.CORRECTION in self.bridge.table.notes:
            self._correct(decided, file, case.ended, correction_of_end(case.end), decision.covered_since)
        else:
            return False
        resume_case(self.connection, decided.before.id, case.opened.occurred_on, self.as_of + timedelta(days=1))
        return True

    def _ended(self, decided: Decided, file: CaseFile) -> None:
        """Plan the note that the case is over, or that it should not have been opened.

        A youth who was protected when the case ended has it told when the protection is gone.
        """
        opened_on = decided.before.registered_on
        self._take_back_actions(file, set())
        case = file.present(opened_on)
        if case is None:
            if opened_on is not None and not file.was_taken_back(opened_on):
                self._add_ended(decided, file, opened_on)
        elif decided.verdict.outcome is not Outcome.NOT_COVERED:
            return
        elif case.opened.is_waiting:
            self._take_back(case.opened, NO_LONGER_DUE)
        elif case.reopened and case.ended and case.reopened.is_waiting and self._was_not_covered(decided, case.ended):
            self._take_back(case.reopened, NO_LONGER_DUE)
        elif NoteKind.CORRECTION in self.bridge.table.notes and self._was_not_covered(decided, case.opened):
            self._correct(decided, file, case.opened, case.anchor)
        else:
            self._add_ended(decided, file, case.end)

    def _add_ended(self, decided: Decided, file: CaseFile, occurrence: str) -> None:
        decision = self._decision(decided)
        self._add(
            decided,
            file,
            NoteKind.ENDED,
            occurrence,
            lambda reference: compose_ended(
                decision,
                reference=reference,
                as_of=self.as_of,
                source_label=self._labels(decided),
                ended_on=self._ended_on(decided),
                wording=self._wording(NoteKind.ENDED),
            ),
        )

    def _correct(
        self, decided: Decided, file: CaseFile, wrong: Written, occurrence: str, unbroken_since: date | None = None
    ) -> None:
        self._add(
            decided,
            file,
            NoteKind.CORRECTION,
            occurrence,
            lambda reference: compose_correction(
                reference=reference,
                as_of=self.as_of,
                corrected_reference=wrong.reference,
                corrected_kind=NoteKind(wrong.kind),
                corrected_on=date.fromisoformat(wrong.occurred_on),
                cause=CorrectionCause.FACT_CHANGED,
                outcome=decided.verdict.outcome,
                unbroken_since=unbroken_since,
                wording=self._wording(NoteKind.CORRECTION),
            ),
        )

    def _actions(self, decided: Decided, file: CaseFile) -> None:
        """Note what has fallen due since the case was opened; what was late before stands on the work list only."""
        opened_on = date.fromisoformat(str(decided.registered_on))
        fallen_due = [
            action for action in decided.actions if opened_on <= (action.due or action.not_before) <= self.as_of
        ]
        case = file.present(decided.registered_on) if fallen_due else None
        anchor = case.anchor if case else None
        occurrences = [_occurrence(action, opened_on, anchor) for action in fallen_due]
        for action, occurrence in zip(fallen_due, occurrences, strict=True):
            self._add(
                decided,
                file,
                NoteKind.ACTION_DUE,
                occurrence,
                lambda reference, action=action: compose_action_due(  # type: ignore[misc]
                    action, reference=reference, as_of=self.as_of, wording=self._wording(NoteKind.ACTION_DUE)
                ),
            )
        self._take_back_actions(file, {_cause(NoteKind.ACTION_DUE, occurrence) for occurrence in occurrences})

    def _take_back_actions(self, file: CaseFile, still_due: set[str]) -> None:
        """Take back what the routine asked for and asks for no more."""
        for note in file.waiting_actions():
            if note.cause not in still_due:
                self._take_back(note, DONE_BEFORE)

    def _take_back(self, note: Written, code: str) -> None:
        actor = f"run {self.run_id}"
        self.superseded += supersede(self.connection, note.reference, code=code, at=self.stamp, actor=actor)

    def _file(self, decided: Decided) -> CaseFile:
        """Read the youth's notes, once what waits beside another that says the same is taken back."""
        file = read_case_file(self.connection, decided.before.id)
        if doubles := file.doubles(decided.before.registered_on):
            for note in doubles:
                self._take_back(note, NO_LONGER_DUE)
            file = read_case_file(self.connection, decided.before.id)
        return file

    def _was_not_covered(self, decided: Decided, note: Written) -> bool:
        """Tell whether the facts as they stand now say that the youth was not covered on the day of a note."""
        day = date.fromisoformat(note.occurred_on)
        then = decide(decided.merged.youth, municipality=self.bridge.code, as_of=day, settings=self.bridge.law)
        return then.outcome is Outcome.NOT_COVERED

    def _ended_on(self, decided: Decided) -> date | None:
        birth_date = decided.merged.youth.birth_date
        if birth_date is not None and birthday(birth_date, _TOO_OLD) <= self.as_of:
            return birthday(birth_date, _TOO_OLD)
        return None

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

    def _add(
        self, decided: Decided, file: CaseFile, kind: NoteKind, occurrence: str, compose: Callable[[str], Composed]
    ) -> None:
        """Plan a note, if none stands for the same cause, under a key that no other youth's note has."""
        cause = _cause(kind, occurrence)
        if kind not in self.bridge.table.notes or not decided.before.number or file.holds(cause):
            return
        before, times = decided.before, 1
        key = file.key_of(cause) or note_key(self.key, before.pseudonym, kind.value, occurrence)
        while not self._put(decided, kind, cause, key, compose) and is_of_another(self.connection, key, before.id):
            times += 1
            key = note_key(self.key, before.pseudonym, kind.value, f"{occurrence} ={times}")

    def _put(
        self, decided: Decided, kind: NoteKind, cause: str, key: bytes, compose: Callable[[str], Composed]
    ) -> bool:
        """Put a note under a key into the outbox; return whether it was planned."""
        journal, number = self.bridge.table.journal, decided.before.number  # a source may tell one that was left behind
        assert journal is not None
        assert number is not None
        try:
            composed = compose(reference_of(key))
        except ValueError:  # a label or a routine's text that does not belong in a case file must not stop the night
            self.uncomposed += 1
            return False
        note = PlannedNote(
            key=key,
            youth_id=decided.before.id,
            journal=journal.name,
            kind=kind,
            cause=cause,
            person_number=number,
            heading=composed.heading,
            body=composed.text,
            occurred_on=self.as_of,
            run_id=self.run_id,
            planned_at=self.stamp,
        )
        if not plan_note(self.connection, note):
            return False
        self.counts[kind.value] = self.counts.get(kind.value, 0) + 1
        return True


def _cause(kind: NoteKind, occurrence: str) -> str:
    return f"{kind.value} {occurrence}"


def _was_hidden(decided: Decided) -> bool:
    """Tell whether the youth was protected until now: what ended meanwhile has not been told."""
    return decided.before.protection not in (None, Protection.NONE.value)


def _occurrence(action: DueAction, opened_on: date, anchor: str | None) -> str:
    """Return what tells this action from others of its kind.

    Where a night of the bridge started its clock, the opening's anchor stands for that day, for the same reason.
    """
    clock, since = action.clock, (action.not_before - action.clock.on).days
    if anchor is not None and (clock.event, clock.on) == (_OWN_CLOCK, opened_on):
        return f"{action.action} {clock.event} {anchor} +{since}"
    return f"{action.action} {clock.event} {clock.on.isoformat()} {action.not_before.isoformat()}"
