"""Sending planned notes: recovery first, then window after window, each note with its intent on disk before it leaves.

A window is as many notes as are sent side by side. One transaction writes the answers that have come and the intents of
the notes that take their places; it is durable before the first byte of any of them leaves. So a crash leaves at most
one window undecided, and a note that is answered late keeps none but its own place. See
docs/explanation/send-protocol.md.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial

from kaa_bridge.contract.journal import CaseNote, Journal, JournalDescription, JournalLevel
from kaa_bridge.errors import KaaError
from kaa_bridge.journal.attempt import Answer, case_note, look_up, send
from kaa_bridge.journal.breaker import Breaker
from kaa_bridge.journal.holdfile import is_held
from kaa_bridge.journal.outbox import (
    PLANNED_AGAIN,
    Change,
    Youths,
    apply_changes,
    change,
    changed_meanwhile,
    of_youths,
    supersede_protected,
    write_books,
)
from kaa_bridge.journal.reconcile import close_epoch_by_listing
from kaa_bridge.journal.recovery import Recovery, decide_by_lookup
from kaa_bridge.journal.report import SendReport, count_states
from kaa_bridge.journal.resolve import RETRIED
from kaa_bridge.journal.settings import SendSettings
from kaa_bridge.journal.states import NoteState
from kaa_bridge.journal.workers import Task, Workers
from kaa_bridge.store.clock import Clock, SystemClock, age_seconds, iso
from kaa_bridge.store.connection import Connection
from kaa_bridge.store.epoch import Epoch, read_epoch
from kaa_bridge.store.lock import RunLock
from kaa_bridge.store.sql import Row, run, run_many

_GRACE_SECONDS = 5.0
_READ_AT_ONCE = 64
_MAY_BE_SENT = {RETRIED, PLANNED_AGAIN}
_NEXT = """SELECT id, attempt, epoch, code, reference, person_number, kind, heading, body, occurred_on
 FROM note WHERE state = 'PLANNED' AND journal = ?
 AND (fence IS NULL OR fence <> ?)
 AND EXISTS (SELECT 1 FROM youth WHERE youth.id = note.youth_id AND youth.protection = 'none')
 AND NOT EXISTS (SELECT 1 FROM note AS earlier WHERE earlier.youth_id = note.youth_id AND earlier.id < note.id
  AND earlier.journal = note.journal AND earlier.state IN ('PLANNED', 'INTENT')){whose} ORDER BY id LIMIT ?"""
_INTENT = """UPDATE note SET state = 'INTENT', attempt = attempt + 1, intent_at = ?, intent_clock = ?, fence = ?,
 epoch = ?, code = NULL WHERE id = ? AND state = 'PLANNED' AND attempt = ?"""


def never() -> bool:
    """Return ``False``: nobody asks to stop."""
    return False


def send_planned(
    held: RunLock,
    journal: Journal,
    settings: SendSettings,
    *,
    clock: Clock | None = None,
    stopping: Callable[[], bool] = never,
    youths: Youths = None,
) -> SendReport:
    """Settle what is in doubt, then send every planned note of this journal once.

    Args:
        held: the run's lock, entered.
        journal: where to; only notes planned for its name are touched.
        settings: times and parallelism, checked against the journal's description.
        clock: for tests.
        stopping: asked before each note, for example after SIGTERM; notes under way end, no new one begins.
        youths: whose notes are settled and sent; the report counts theirs alone.

    Raises:
        ConfigurationInvalid: the settle time is too short; nothing was sent.
        RunLocked: another run took over; what was sent is settled by it.
        StateUnusable: the state cannot be written; nothing more is sent, what was under way is in doubt.
    """
    described = journal.describe()
    settings.check(described)
    return _Sender(held, journal, described, settings, clock or SystemClock(), stopping, youths).run()


def recover(
    held: RunLock, journal: Journal, settings: SendSettings, *, clock: Clock | None = None, youths: Youths = None
) -> SendReport:
    """Settle what is in doubt, of these youths, and send nothing."""
    described = journal.describe()
    settings.check(described)
    return _Sender(held, journal, described, settings, clock or SystemClock(), never, youths).recover_only()


@dataclass(frozen=True, slots=True)
class _Due:
    """A planned note whose turn it is; ``retried`` when a person let it be sent once more, or it is planned again."""

    note_id: int
    attempt: int
    epoch: int
    note: CaseNote
    retried: bool


@dataclass(frozen=True, slots=True)
class _Sent:
    """A note with its intent, and what came back."""

    note_id: int
    attempt: int
    answer: Answer


@dataclass(slots=True)
class _Sender:
    held: RunLock
    journal: Journal
    described: JournalDescription
    settings: SendSettings
    clock: Clock
    stopping: Callable[[], bool]
    youths: Youths
    report: SendReport = field(default_factory=SendReport)
    breaker: Breaker = field(init=False)
    epoch: Epoch = field(init=False)
    due: deque[_Due] = field(default_factory=deque)
    under_way: dict[Task[Answer], _Due] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.breaker = Breaker(self.described.name, self.settings, self.clock)

    def run(self) -> SendReport:
        self._begin()
        self._recover()
        self._end_epoch()
        if self.report.stopped is None:
            with Workers[Answer](self.settings.parallel) as workers:
                self._send_windows(workers)
        return self._finish()

    def recover_only(self) -> SendReport:
        self._begin()
        self._recover()
        return self._finish()

    def _begin(self) -> None:
        with self.held.begin() as connection:
            self.report.superseded = supersede_protected(connection, at=self._now(), actor=self._actor)
            self.epoch = read_epoch(connection)
            self.report.stopped = self._asked_to_stop() or self.breaker.reason(connection)
        opened = (self.epoch.opened_at, self.epoch.opened_clock)
        if self.epoch.is_open and age_seconds(*opened, self.clock) <= self.settings.settle_seconds:
            self.report.stopped = self.report.stopped or "epoch"

    def _end_epoch(self) -> None:
        """Leave the recovery epoch where the journal's listing allows it."""
        if self.report.stopped is None and self.epoch.is_open and self.settings.alone:
            close_epoch_by_listing(self.held, self.journal, self.described, self.settings, self.clock)
            with self.held.begin() as connection:
                self.epoch = read_epoch(connection)

    def _recover(self) -> None:
        if self.report.stopped in {"hold", "shutdown", "breaker", "breaker_day"}:
            return
        recovery = Recovery(
            self.held, self.journal, self.described, self.settings, self.clock, self.breaker, self._asked_to_stop,
            self.youths,
        )  # fmt: skip
        self.report.recovered = recovery.run()
        self._note_breaker()

    def _send_windows(self, workers: Workers[Answer]) -> None:
        sent: list[_Sent] = []
        while True:
            deadline = self.clock.monotonic() + self.settings.deadline_seconds
            self.report.stopped = self.report.stopped or self._asked_to_stop()
            with self.held.begin() as connection:
                entries = self._settle(connection, sent)
                window = [] if self.report.stopped else self._next_window(connection)
                unsure = [one for one in window if self._is_asked_first(one)]
                sure = [one for one in window if not self._is_asked_first(one)]
                entries += self._write_intents(connection, sure)
                write_books(connection, entries)
            if not window and not self.under_way:
                return
            self._start(workers, sure, deadline)
            if unsure:
                self._start(workers, *self._asked_first(unsure))
            sent = self._answers(workers)

    def _start(self, workers: Workers[Answer], window: list[_Due], deadline: float) -> None:
        self.under_way.update(zip(workers.start(self._jobs(window, deadline)), window, strict=True))

    def _is_asked_first(self, one: _Due) -> bool:
        """Tell whether the note may have been sent in what a restored state has forgotten.

        After the epoch that holds for what a person lets be tried again, and for what is planned again after it was
        taken back: the look-up of the epoch asked only about what was planned.
        """
        return self.epoch.is_open or (one.retried and one.epoch < self.epoch.number)

    def _next_window(self, connection: Connection) -> list[_Due]:
        """Take the next planned notes for the free places; they are read many at once and change only in this run."""
        room = self.settings.parallel - len(self.under_way)
        if not self.due:
            self._read_due(connection)
        return [self.due.popleft() for _ in range(min(room, len(self.due)))]

    def _read_due(self, connection: Connection) -> None:
        whose, ids = of_youths(self.youths)
        statement, values = _NEXT.format(whose=whose), (self.described.name, self.held.fence, *ids, _READ_AT_ONCE)
        while not self.due and (rows := run(connection, statement, values).all()):
            unreadable: list[Change] = []
            for row in rows:
                if note := case_note(row):
                    self.due.append(_Due(row.id, row.attempt, row.epoch, note, row.code in _MAY_BE_SENT))
                else:
                    unreadable.append(
                        Change(row.id, row.attempt, NoteState.PLANNED, NoteState.QUARANTINED, "unreadable_note")
                    )
            change(connection, unreadable, at=self._now(), actor=self._actor)

    def _write_intents(self, connection: Connection, window: list[_Due]) -> list[Row]:
        now, boot, fence = self._now(), self.clock.boot(), self.held.fence
        rows = [(now, boot, fence, self.epoch.number, one.note_id, one.attempt) for one in window]
        if run_many(connection, _INTENT, rows) != len(window):
            raise changed_meanwhile()
        before, after = NoteState.PLANNED, NoteState.INTENT
        return [(one.note_id, now, before, after, one.attempt + 1, None, self._actor) for one in window]

    def _asked_first(self, window: list[_Due]) -> tuple[list[_Due], float]:
        """Look each note up; only those that are proven absent get an intent.

        A note that carries the epoch's number was asked about in it already, by us or by a person.
        """
        absent: list[_Due] = []
        decided: list[Change] = []
        for one in window:
            if one.epoch == self.epoch.number:
                absent.append(one)
                continue
            asks = self.described.level >= JournalLevel.LOOKUP_MAY_LAG
            receipts = look_up(self.journal, one.note.reference, self.described.name) if asks else ()
            if isinstance(receipts, KaaError):
                self.breaker.note(failed=True, cause=receipts)
                continue
            self.breaker.note(failed=False)
            found = decide_by_lookup(one.note_id, one.attempt, NoteState.PLANNED, receipts, self.described.level)
            absent.append(one) if found is None else decided.append(found)
        deadline = self.clock.monotonic() + self.settings.deadline_seconds
        self._note_breaker()
        with self.held.begin() as connection:
            tried = [(self.held.fence, one.note_id) for one in window]
            run_many(connection, "UPDATE note SET fence = ? WHERE id = ?", tried)
            change(connection, decided, at=self._now(), actor=self._actor)
            write_books(connection, self._write_intents(connection, absent))
        self.report.recovered.update(one.after for one in decided)
        return absent, deadline

    def _jobs(self, window: list[_Due], deadline: float) -> list[Callable[[], Answer]]:
        def may_send() -> bool:
            return self.clock.monotonic() < deadline and self._asked_to_stop() is None

        return [partial(send, self.journal, self.described, one.note, deadline, may_send) for one in window]

    def _answers(self, workers: Workers[Answer]) -> list[_Sent]:
        """Wait for an answer and take all that have come: while they are written, the other notes are under way."""
        if not self.under_way:
            return []
        limit = self.settings.deadline_seconds + self.settings.request_seconds + _GRACE_SECONDS
        until = min(task.started for task in self.under_way) + limit
        ended = workers.ended(until=until) or [task for task in self.under_way if task.started + limit <= until]
        pairs = [(self.under_way.pop(task), self._definite(task.value)) for task in ended if task in self.under_way]
        self._note_breaker()
        return [_Sent(one.note_id, one.attempt + 1, answer) for one, answer in pairs]

    def _definite(self, answer: Answer | None) -> Answer:
        if answer is None:
            self.report.stopped = "hung"
            answer = Answer(NoteState.IN_DOUBT, "journal_hung")
        if answer.code != "stopped_before_sending":
            self.breaker.note(failed=answer.state in {NoteState.PLANNED, NoteState.IN_DOUBT}, cause=answer.cause)
        return answer

    def _settle(self, connection: Connection, sent: list[_Sent]) -> list[Row]:
        changes = [
            Change(one.note_id, one.attempt, NoteState.INTENT, one.answer.state, one.answer.code, one.answer.journal_id)
            for one in sent
        ]
        self.report.sent.update(one.after for one in changes)
        return apply_changes(connection, changes, at=self._now(), actor=self._actor)

    def _note_breaker(self) -> None:
        if self.breaker.is_tripped and self.report.stopped is None:
            self.report.stopped = "breaker"

    def _asked_to_stop(self) -> str | None:
        if is_held(self.held.store.settings):
            return "hold"
        return "shutdown" if self.stopping() else None

    def _finish(self) -> SendReport:
        with self.held.begin() as connection:
            if self.breaker.is_tripped:
                self.breaker.open(connection)
            self.report.outbox = count_states(connection, self.described.name, self.youths)
        self.report.failure = self.breaker.cause
        return self.report

    def _now(self) -> str:
        return iso(self.clock.now())

    @property
    def _actor(self) -> str:
        return f"run {self.held.fence}"
