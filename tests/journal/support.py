"""A journal in memory that can be told to misbehave, and notes to send to it."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from datetime import date

from kaa_bridge.contract.journal import (
    CaseNote,
    Found,
    Journal,
    JournalDescription,
    JournalLevel,
    NoteKind,
    Receipt,
)
from kaa_bridge.contract.source import CheckResult
from kaa_bridge.errors import Unreachable
from kaa_bridge.journal.outbox import PlannedNote, note_key, plan_note, reference_of
from kaa_bridge.journal.states import NoteState
from kaa_bridge.store.engine import Store
from kaa_bridge.store.sql import run
from tests.store.support import add_run, add_youth

NUMBER = "209001012384"
Deed = Callable[[CaseNote, "MemoryJournal"], Receipt]


class MemoryJournal(Journal):
    """Stores notes in a list; ``deeds`` says for the n-th call (from 0) what happens instead of storing."""

    def __init__(self, level: JournalLevel = JournalLevel.AUTHORITATIVE_LOOKUP, lateness: float = 10.0) -> None:
        self.level = level
        self.lateness = lateness
        self.stored: list[tuple[str, str]] = []
        self.deeds: dict[int, Deed] = {}
        self.calls = 0
        self.lookups = 0
        self.lookup_fails = False
        self.lists = False
        self._lock = threading.Lock()

    def describe(self) -> JournalDescription:
        return JournalDescription(
            name="treserva",
            system="memory",
            level=self.level,
            lateness_seconds=self.lateness,
            refusals=frozenset({"unknown_person"}),
            lists_notes=self.lists,
        )

    def check(self) -> CheckResult:
        return CheckResult(True, "in memory")

    def store(self, note: CaseNote) -> Receipt:
        with self._lock:
            self.stored.append((note.reference, note.text))
            return Receipt(f"J{len(self.stored)}", note.reference)

    def create_note(self, note: CaseNote, *, deadline: float) -> Receipt:
        with self._lock:
            number, self.calls = self.calls, self.calls + 1
        deed = self.deeds.get(number)
        return self.store(note) if deed is None else deed(note, self)

    def find_note(self, reference: str) -> Found:
        self.lookups += 1
        if self.lookup_fails:
            raise Unreachable("journal_down", "The journal does not answer.")
        held = [reference for known, _ in self.stored if known == reference]
        return Found(tuple(Receipt(f"J{number}", reference) for number, reference in enumerate(held, 1)))

    def list_notes(self, first: date, last: date) -> Iterator[Receipt]:
        for number, (reference, _) in enumerate(self.stored, 1):
            yield Receipt(f"J{number}", reference)


def plan(store: Store, count: int, *, rule: str = "registered", protection: str | None = "none") -> list[str]:
    """Plan one note for each of ``count`` new youths and return their references."""
    run_id = add_run(store)
    references = []
    for number in range(count):
        pseudonym = f"{rule}{number}".encode().ljust(16, b"-")[:16]
        youth_id = add_youth(store, pseudonym, number=NUMBER, protection=protection)
        note = planned(store, youth_id, pseudonym, run_id, rule=rule)
        with store.write() as connection:
            plan_note(connection, note)
        references.append(reference_of(note.key))
    return references


def planned(
    store: Store, youth_id: int, pseudonym: bytes, run_id: int, *, rule: str = "registered", occurrence: str = "1"
) -> PlannedNote:
    """Return a note ready to plan."""
    return PlannedNote(
        key=note_key(store.keys.note, pseudonym, rule, occurrence),
        youth_id=youth_id,
        journal="treserva",
        kind=NoteKind.REGISTERED,
        cause=f"{rule}:{occurrence}",
        person_number=NUMBER,
        heading="Ny i aktivitetsansvaret",
        body="Ungdomen omfattas av det kommunala aktivitetsansvaret.",
        occurred_on=date(2026, 2, 1),
        run_id=run_id,
        planned_at="2026-02-02T03:30:00Z",
    )


def states(store: Store) -> dict[str, NoteState]:
    """Return the state of each note by reference."""
    with store.read() as connection:
        rows = run(connection, "SELECT reference, state FROM note").all()
    return {row.reference: NoteState(row.state) for row in rows}
