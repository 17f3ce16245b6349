"""Before anything new is sent, what an earlier run left undecided is settled.

An intent of an earlier run is in doubt: its note may have been stored or not. A doubt older than the settle time is
resolved by asking the journal, as far as the journal's level allows; the rest waits for a person.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass

from kaa_bridge.contract.journal import Journal, JournalDescription, JournalLevel, Receipt
from kaa_bridge.errors import KaaError
from kaa_bridge.journal.attempt import look_up
from kaa_bridge.journal.breaker import Breaker
from kaa_bridge.journal.outbox import Change, Youths, change, of_youths
from kaa_bridge.journal.settings import SendSettings
from kaa_bridge.journal.states import NoteState
from kaa_bridge.store.clock import Clock, age_seconds, iso
from kaa_bridge.store.connection import Connection
from kaa_bridge.store.lock import RunLock
from kaa_bridge.store.sql import NamedRow, run

DUPLICATE = "duplicate_in_journal"
ABSENT = "absent_needs_person"


@dataclass(frozen=True, slots=True)
class Recovery:
    """Resolves the doubts of one journal in one run.

    Attributes:
        held: the run's lock; everything is written on its connection.
        stop: asked between look-ups: kill switch or shutdown.
        youths: whose doubts are asked about.
    """

    held: RunLock
    journal: Journal
    described: JournalDescription
    settings: SendSettings
    clock: Clock
    breaker: Breaker
    stop: Callable[[], str | None]
    youths: Youths = None

    def run(self) -> Counter[NoteState]:
        """Settle what can be settled; returns how many notes went to which state."""
        moved: Counter[NoteState] = Counter()
        with self.held.begin() as connection:
            moved[NoteState.IN_DOUBT] += self._doubt_old_intents(connection)
        if self.described.level < JournalLevel.LOOKUP_MAY_LAG:
            return +moved
        for row in self._doubts():
            if self.stop() or self.breaker.is_tripped:
                break
            receipts = look_up(self.journal, row.reference, self.described.name)
            if isinstance(receipts, KaaError):
                self.breaker.note(failed=True, cause=receipts)
                continue
            self.breaker.note(failed=False)
            moved.update(self._settle(row, receipts))
        return +moved

    def _settle(self, row: NamedRow, receipts: tuple[Receipt, ...]) -> list[NoteState]:
        decided = decide_by_lookup(row.id, row.attempt, NoteState.IN_DOUBT, receipts, self.described.level)
        with self.held.begin() as connection:
            if decided is None:
                run(connection, "UPDATE note SET code = ? WHERE id = ? AND state = 'IN_DOUBT'", (ABSENT, row.id))
                return []
            change(connection, [decided], at=iso(self.clock.now()), actor=f"run {self.held.fence}")
        return [decided.after]

    def _doubt_old_intents(self, connection: Connection) -> int:
        rows = run(
            connection,
            "SELECT id, attempt FROM note WHERE state = 'INTENT' AND journal = ?",
            (self.described.name,),
        ).all()
        changes = [
            Change(row.id, row.attempt, NoteState.INTENT, NoteState.IN_DOUBT, "run_ended_before_answer") for row in rows
        ]
        change(connection, changes, at=iso(self.clock.now()), actor=f"run {self.held.fence}")
        return len(changes)

    def _doubts(self) -> list[NamedRow]:
        whose, ids = of_youths(self.youths)
        with self.held.begin() as connection:
            rows = run(
                connection,
                "SELECT id, attempt, reference, intent_at, intent_clock FROM note WHERE state = 'IN_DOUBT' "  # noqa: S608 - placeholders only
                f"AND journal = ?{whose} ORDER BY id",
                (self.described.name, *ids),
            ).all()
        settle = self.settings.settle_seconds
        return [row for row in rows if age_seconds(row.intent_at, row.intent_clock, self.clock) > settle]


def decide_by_lookup(
    note_id: int,
    attempt: int,
    before: NoteState,
    receipts: tuple[Receipt, ...],
    level: JournalLevel,
) -> Change | None:
    """Say what a look-up means for a note that may have been sent.

    One receipt confirms; two or more are an incident that a person looks into, never a choice. None means *absent*
    only where the look-up is authoritative; below that it means that a person has to look.

    Returns:
        The change, or ``None`` when nothing changes.
    """
    if len(receipts) == 1:
        return Change(note_id, attempt, before, NoteState.CONFIRMED, None, receipts[0].journal_id)
    if receipts:
        return Change(note_id, attempt, before, NoteState.HELD, DUPLICATE)
    if level >= JournalLevel.AUTHORITATIVE_LOOKUP:
        absent = Change(note_id, attempt, before, NoteState.PLANNED, "absent_in_journal")
        return absent if before is NoteState.IN_DOUBT else None
    if before is NoteState.IN_DOUBT:
        return None
    return Change(note_id, attempt, before, NoteState.IN_DOUBT, ABSENT)
