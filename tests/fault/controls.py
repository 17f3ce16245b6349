"""Negative controls: five senders that are known to be wrong. A harness that does not catch them proves nothing.

Each is tried twice with the same fault: as it is (the bridge must come out clean), and with the mistake built in (the
verifier must see a double or a loss).
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import requests

import kaa_bridge.journal.send as sending
import kaa_bridge.sync.night as night
import kaa_plugin_treserva.journal as treserva
from kaa_bridge.contract.journal import CaseNote, Journal, Receipt
from kaa_bridge.errors import NoteInDoubt
from kaa_bridge.journal.attempt import case_note
from kaa_bridge.journal.outbox import Change, change
from kaa_bridge.journal.recovery import Recovery
from kaa_bridge.journal.report import SendReport, count_states
from kaa_bridge.journal.send import _Sender
from kaa_bridge.journal.settings import SendSettings
from kaa_bridge.journal.states import NoteState
from kaa_bridge.store.lock import RunLock
from kaa_bridge.store.probe import point
from kaa_bridge.store.sql import run
from kaa_bridge.testing.simulators.journal_faults import FaultKind
from kaa_bridge.transport.http import HttpClient
from tests.fault.bench import Bench, nothing
from tests.fault.points import Points
from tests.fault.verify import Verdict


@dataclass(frozen=True, slots=True)
class Control:
    """A known mistake, and the fault that brings it out.

    Attributes:
        mutate: builds the mistake in, inside a child process.
        fault: plans the fault in the world; ``None`` kills the process after the fourth writing instead.
        late: the fault leaves notes under way, which land before a right recovery and after a hasty one.
    """

    name: str
    mutate: Callable[[], None]
    fault: Callable[[Bench], None] | None = None
    late: bool = False

    def trial(self, bench: Bench, *, mistaken: bool) -> Verdict:
        """Run the night with the fault and judge it, with the mistake or without."""
        bench.template("night")
        bench.begin("night")
        if self.fault is not None:
            self.fault(bench)
        mutate = self.mutate if mistaken else nothing

        def work() -> int:
            points = Points(4, only=lambda name: name == "network:create_note:after") if self.fault is None else None
            mutate()
            return bench.run("night", points)

        bench.child(work)
        if self.late and not mistaken:
            bench.world.land()
        return bench.judge("night", mutate, late=self.late and mistaken)


def _naive() -> None:
    def send_then_mark(held: RunLock, journal: Journal, _settings: SendSettings, **_: Any) -> SendReport:
        report = SendReport()
        with held.begin() as connection:
            rows = run(connection, "SELECT * FROM note WHERE state = 'PLANNED' ORDER BY id").all()
        for row in rows:
            note = case_note(row)
            assert note
            receipt = journal.create_note(note, deadline=time.monotonic() + 5)
            point("network:create_note:after")
            with held.begin() as connection:
                for before, after in (("PLANNED", "INTENT"), ("INTENT", "CONFIRMED")):
                    one = Change(row.id, row.attempt, NoteState(before), NoteState(after), None, receipt.journal_id)
                    change(connection, [one], at="2026-02-02T03:30:00Z", actor="run naive")
        with held.begin() as connection:
            report.outbox = count_states(connection)
        return report

    for module in (sending, night):
        module.__dict__["send_planned"] = send_then_mark


def _without_lookup() -> None:
    def forget(self: Recovery, connection: Any) -> int:
        rows = run(connection, "SELECT id, attempt FROM note WHERE state = 'INTENT'").all()
        changes = [Change(row.id, row.attempt, NoteState.INTENT, NoteState.PLANNED) for row in rows]
        change(connection, changes, at="2026-02-02T03:30:00Z", actor="run x")
        return 0

    Recovery._doubt_old_intents = forget  # type: ignore[method-assign]


def _settle_zero() -> None:
    inner = _Sender.__post_init__

    def impatient(self: _Sender) -> None:
        self.settings = replace(self.settings, settle_seconds=0.0)
        inner(self)

    _Sender.__post_init__ = impatient  # type: ignore[method-assign]


def _redirects_on() -> None:
    inner, usual = HttpClient.send_once, treserva.TreservaJournal.create_note

    def follow(self: HttpClient, *args: Any, **given: Any) -> Any:
        answer = inner(self, *args, **given)
        if answer.status == 302 and requests.get(answer.headers["location"], timeout=5).ok:
            raise _Delivered
        return answer

    def trusting(self: Any, note: CaseNote, *, deadline: float) -> Receipt:
        try:
            return usual(self, note, deadline=deadline)
        except _Delivered:
            return Receipt("200", note.reference)

    HttpClient.send_once = follow  # type: ignore[method-assign]
    treserva.TreservaJournal.create_note = trusting  # type: ignore[method-assign]


class _Delivered(BaseException):
    pass


def _retry_on_send() -> None:
    inner = HttpClient.send_once

    def again(self: HttpClient, *args: Any, **given: Any) -> Any:
        try:
            return inner(self, *args, **given)
        except NoteInDoubt:
            return inner(self, *args, **{**given, "deadline": time.monotonic() + 5})

    HttpClient.send_once = again  # type: ignore[method-assign]


CONTROLS = (
    Control("naive sender", _naive),
    Control("intent without lookup", _without_lookup),
    Control(
        "settle 0",
        _settle_zero,
        lambda bench: bench.world.fault(FaultKind.LATE_LANDING, times=3, seconds=3600.0),
        late=True,
    ),
    Control("redirects on", _redirects_on, lambda bench: bench.world.redirect_once()),
    Control("retry on send", _retry_on_send, lambda bench: bench.world.fault(FaultKind.RESET, times=2)),
)
