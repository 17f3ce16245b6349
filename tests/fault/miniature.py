"""A municipality in miniature and in virtual time: its outbox and store are the real ones, its journal is a list.

Used by the stateful model and by the soak. The journal obeys its declaration: whatever it stores late is stored within
the declared lateness.
"""

from __future__ import annotations

import shutil
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from kaa_bridge.contract.journal import CaseNote, Found, JournalLevel, Receipt
from kaa_bridge.errors import KaaError, NoteInDoubt, NoteNotSent, NoteRefused, Unreachable
from kaa_bridge.journal.outbox import plan_note, reference_of
from kaa_bridge.journal.reconcile import compare_listing, equation
from kaa_bridge.journal.report import SendReport
from kaa_bridge.journal.resolve import Decision, drop, resolve_absent, resolve_present, retry
from kaa_bridge.journal.send import send_planned
from kaa_bridge.journal.settings import SendSettings
from kaa_bridge.journal.states import NoteState
from kaa_bridge.store import probe
from kaa_bridge.store.backup import back_up
from kaa_bridge.store.engine import Store, StoreSettings
from kaa_bridge.store.epoch import close_epoch, read_epoch
from kaa_bridge.store.lock import RunLock
from kaa_bridge.store.restore import restore
from kaa_bridge.store.sql import run
from tests.fault.points import Points
from tests.journal.support import MemoryJournal, planned
from tests.store.support import TestClock

ANSWERS = ("ok", "lost", "stored_unseen", "late", "not_sent", "refused", "nonsense")
WHO = Decision("Karin", "såg efter i journalen")
SETTLED = 901.0


class Crash(BaseException):
    """The process ends here."""


class ForgetfulJournal(MemoryJournal):
    """Answers as it is told, and stores late notes as time passes."""

    def __init__(self, level: JournalLevel, clock: TestClock) -> None:
        super().__init__(level, lateness=10.0)
        self.clock = clock
        self.answers: list[str] = []
        self.pending: list[tuple[float, CaseNote]] = []
        self.delay = self.lateness
        self.lists = level >= JournalLevel.AUTHORITATIVE_LOOKUP

    def create_note(self, note: CaseNote, *, deadline: float) -> Receipt:
        self.land()
        match self.answers.pop(0) if self.answers else "ok":
            case "ok":
                if self.level is JournalLevel.IDEMPOTENT_CREATE and note.reference in {one for one, _ in self.stored}:
                    return Receipt("J-again", note.reference)
                return self.store(note)
            case "lost":
                raise NoteInDoubt("timed_out", "x")
            case "stored_unseen":
                self.store(note)
                raise NoteInDoubt("timed_out", "x")
            case "late":
                self.pending.append((self.clock.elapsed + self.delay, note))
                raise NoteInDoubt("timed_out", "x")
            case "not_sent":
                raise NoteNotSent("connect_refused", "x")
            case "refused":
                raise NoteRefused("unknown_person", "x")
            case _:
                raise RuntimeError("Anna Andersson 209001012384")

    def find_note(self, reference: str) -> Found:
        self.land()
        if self.answers and self.answers[0] == "down":
            self.answers.pop(0)
            raise Unreachable("journal_down", "x")
        return super().find_note(reference)

    def list_notes(self, first: date, last: date) -> Iterator[Receipt]:
        self.land()
        return super().list_notes(first, last)

    def land(self) -> None:
        """Store what is late and due."""
        due = [note for at, note in self.pending if at <= self.clock.elapsed]
        self.pending = [(at, note) for at, note in self.pending if at > self.clock.elapsed]
        for note in due:
            self.store(note)


@dataclass(slots=True)
class Wanted:
    """A note that is due, and what the model knows of it."""

    youth: int
    occurrence: str
    reference: str
    dropped: bool = False


class Miniature:
    """One municipality: youths with what is due for them, nights, faults, crashes, restores, a person."""

    def __init__(self, settings: StoreSettings, level: JournalLevel) -> None:
        self.settings = settings
        self.clock = TestClock()
        self.journal = ForgetfulJournal(level, self.clock)
        self.wanted: dict[str, Wanted] = {}
        self.youths: dict[int, bool] = {}
        self.backups: list[Path] = []
        Store.create(settings).close()

    def comes(self, count: int = 1) -> None:
        """New youths, each with one note due."""
        for _ in range(count):
            youth = len(self.youths) + 1
            self.youths[youth] = False
            self.falls_due(youth)

    def falls_due(self, youth: int) -> None:
        """One more note is due for a youth."""
        occurrence = str(sum(one.youth == youth for one in self.wanted.values()))
        with Store.open(self.settings) as store:
            reference = reference_of(planned(store, youth, self.pseudonym(youth), 1, occurrence=occurrence).key)
        self.wanted[reference] = Wanted(youth, occurrence, reference)

    @staticmethod
    def pseudonym(youth: int) -> bytes:
        return youth.to_bytes(16, "big")

    def protect(self, youth: int) -> None:
        """The youth gets a protected identity, from the next night on."""
        self.youths[youth] = True

    def unprotect(self, youth: int) -> None:
        """The youth's identity is openly unprotected, from the next night on: what is due is planned again."""
        self.youths[youth] = False

    def night(self, answers: Sequence[str] = (), *, crash_at: int = 0, parallel: int = 1) -> SendReport | None:
        """Plan what is due and send; ``None`` when it crashed or was refused."""
        self.journal.answers = list(answers)
        if crash_at:
            probe.watch(Points(crash_at, act=self._crash, only=lambda name: name.startswith("sql:")))
        try:
            with Store.open(self.settings) as store, RunLock(store, clock=self.clock) as held:
                self._plan(store, held)
                return send_planned(held, self.journal, SendSettings(parallel=parallel), clock=self.clock)
        except (Crash, KaaError):
            return None
        finally:
            probe.watch(None)

    def back_up(self) -> None:
        """Keep a backup."""
        path = self.settings.directory.parent / f"backup-{len(self.backups)}"
        with Store.open(self.settings) as store:
            back_up(store, path)
        self.backups.append(path)

    def restore(self, number: int) -> None:
        """Go back to a backup."""
        restore(self.settings, self.backups[number % len(self.backups)], clock=self.clock, replace=True)
        for aside in self.settings.directory.glob("state.db.replaced-*"):
            aside.unlink()

    def person_resolves(self, *, retries: bool) -> None:
        """A person looks into the journal and says truthfully what is there."""
        self.journal.land()
        counts = Counter(reference for reference, _ in self.journal.stored)
        with Store.open(self.settings) as store:
            for reference, state in self._states(store).items():
                try:
                    with store.write() as connection:
                        if state is NoteState.IN_DOUBT and counts[reference] == 1:
                            resolve_present(connection, reference, "J", WHO, self.clock)
                        elif state is NoteState.IN_DOUBT:
                            resolve_absent(connection, reference, WHO, self.clock, settle_seconds=900.0)
                        elif state is NoteState.REFUSED and retries:
                            retry(connection, reference, WHO, self.clock)
                        elif state is NoteState.REFUSED:
                            drop(connection, reference, WHO, self.clock)
                except KaaError:
                    continue

    def person_reconciles(self) -> None:
        """A person has compared journal and outbox, resolved what was open, and ends the epoch."""
        self.clock.advance(SETTLED)
        self.night()
        self.person_resolves(retries=False)
        self.night()
        with Store.open(self.settings) as store, store.write() as connection:
            if read_epoch(connection).is_open:
                close_epoch(connection)

    def settle_everything(self) -> None:
        """Quiet nights with a healthy journal and a person, until nothing moves."""
        for _ in range(5):
            self.clock.advance(86400.0)
            self.night()
            self.person_resolves(retries=True)

    def check(self) -> None:
        """What must hold at every moment."""
        counts = Counter(reference for reference, _ in self.journal.stored)
        assert max(counts.values(), default=0) <= 1, "a note stands twice in the journal"
        assert counts.keys() <= self.wanted.keys(), "a note that nobody planned"
        with Store.open(self.settings) as store, store.read() as connection:
            found = equation(connection)
            assert found.holds, found

    def check_end(self) -> None:
        """What must hold when everything has come to rest."""
        self.check()
        self.journal.land()
        self.check()
        stored = {reference for reference, _ in self.journal.stored}
        with Store.open(self.settings) as store:
            states, extra = self._states(store), self._listed_only(store)
            with store.read() as connection:
                hidden = {
                    row.reference for row in run(connection, "SELECT reference FROM note WHERE code = 'protected'")
                }
        for reference, one in self.wanted.items():
            if self.youths[one.youth]:
                continue
            assert reference not in hidden, f"{reference} was taken back for a protection that is no more, and is lost"
            settled = states[reference] in {NoteState.CONFIRMED, NoteState.SUPERSEDED}
            assert settled, f"{reference} is left {states[reference]}"
            if states[reference] is NoteState.SUPERSEDED and reference in stored:
                assert reference in extra, f"{reference} was given up, is in the journal, and no comparison says so"
            else:
                assert (states[reference] is NoteState.CONFIRMED) == (reference in stored), f"{reference} is lost"

    def close(self) -> None:
        """Take everything away."""
        shutil.rmtree(self.settings.directory.parent, ignore_errors=True)

    def _plan(self, store: Store, held: RunLock) -> None:
        with held.begin() as connection:
            run_id = run(
                connection,
                "INSERT INTO run (kind, local_date, started_at) VALUES ('night', '2026-02-02', 't') RETURNING id",
            ).scalar_one()
            for youth, protected in self.youths.items():
                run(
                    connection,
                    "INSERT INTO youth (id, pseudonym, handle, protection, conflicts) VALUES (?, ?, ?, ?, 0) "
                    "ON CONFLICT (id) DO UPDATE SET protection = excluded.protection",
                    (youth, self.pseudonym(youth), f"U-{youth}", "sekretessmarkering" if protected else "none"),
                )
            for one in self.wanted.values():
                plan_note(
                    connection,
                    planned(store, one.youth, self.pseudonym(one.youth), run_id, occurrence=one.occurrence),
                )

    def _states(self, store: Store) -> dict[str, NoteState]:
        with store.read() as connection:
            rows = run(connection, "SELECT reference, state FROM note").all()
        return {row.reference: NoteState(row.state) for row in rows}

    def _listed_only(self, store: Store) -> frozenset[str]:
        """What the comparison with the journal says that the outbox does not hold for sent.

        A backup may be of another past than the one that sent a note: it then says that a person gave it up.
        """
        today = self.clock.now().date()
        with store.read() as connection:
            listed = self.journal.list_notes(today, today)
            return compare_listing(connection, "treserva", listed, today, today).extra

    @staticmethod
    def _crash(_name: str) -> None:
        raise Crash
