"""The part of a run that reaches journals: whose notes go, what is in doubt before a resync, and what came of sending.

A resync of one person sends that person's notes and no others; every other run sends all that wait. A dry run counts
those of earlier runs that would go along, so that a plan shows all that applying it sends.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from kaa_bridge.config import JournalTable, UpdatesTable
from kaa_bridge.contract import Journal
from kaa_bridge.errors import GuardHold, KaaError
from kaa_bridge.journal.outbox import Youths, count_waiting
from kaa_bridge.journal.states import NoteState
from kaa_bridge.log import log
from kaa_bridge.store.connection import Connection
from kaa_bridge.store.lock import RunLock
from kaa_bridge.store.query import rows
from kaa_bridge.sync.bridge import Bridge, send_settings
from kaa_bridge.sync.holds import sending_is_held
from kaa_bridge.sync.plan import Person, Scope
from kaa_bridge.sync.report import NightReport, SentCounts

if TYPE_CHECKING:
    from kaa_bridge.journal.report import SendReport
    from kaa_bridge.journal.settings import SendSettings

Written = tuple[JournalTable | UpdatesTable, Journal | None]


def settle_doubts(lock: RunLock, bridge: Bridge, scope: Scope) -> None:
    """Settle by look-up what is in doubt of those whom a resync redoes, before anything is planned for them.

    What the resync would plan rests on what the journal holds: a correction of a note that was never stored corrects
    nothing.

    Raises:
        GuardHold: ``resync_in_doubt``; a look-up could not settle all of it, and nothing may be planned.
    """
    youths = scope.person.youths if scope.person else None
    if not _count_doubts(lock, youths):
        return
    from kaa_bridge.journal.send import recover  # a night without a journal needs none of it

    for table, journal in _written(bridge):
        if journal is not None:
            try:
                recover(lock, journal, _settings(bridge, table), clock=bridge.clock, youths=youths)
            except KaaError as error:
                log.warning("doubts not settled", journal=table.name, code=error.code)
    if left := _count_doubts(lock, youths):
        raise _in_doubt(bridge.code, left, one=scope.person is not None)


def send(lock: RunLock, bridge: Bridge, scope: Scope, report: NightReport) -> None:
    """Send what waits, to the journal and to a register that takes accepted steps, and count what came of it."""
    youths: Youths = None
    if scope.person is not None:
        with lock.begin() as connection:
            youths = _whose(connection, scope.person, report.run_id)
    for (table, journal), counts in zip(_written(bridge), _counts(bridge, report), strict=True):
        _send_to(lock, bridge, journal, table, counts, youths)


def foresee(connection: Connection, bridge: Bridge, scope: Scope, report: NightReport) -> None:
    """Count for a dry run what the outbox holds of earlier runs: what would go along, and what is in doubt."""
    youths = _whose(connection, scope.person, report.run_id) if scope.person is not None else None
    for (table, _), counts in zip(_written(bridge), _counts(bridge, report), strict=True):
        waiting = count_waiting(connection, table.name, report.run_id, youths)
        counts.waiting = waiting.total - waiting.of_run
        counts.in_doubt = _doubts(connection, table.name, youths)


def _written(bridge: Bridge) -> Iterator[Written]:
    """Yield what the municipality writes to, ``None`` for one that could not be made."""
    if bridge.table.journal is not None:
        yield bridge.table.journal, bridge.journal
    if bridge.table.updates is not None:
        yield bridge.table.updates, bridge.updates


def _counts(bridge: Bridge, report: NightReport) -> Iterator[SentCounts]:
    """Yield the counts of the same."""
    if bridge.table.journal is not None:
        yield report.sent
    if bridge.table.updates is not None:
        report.updates = SentCounts()
        yield report.updates


def _whose(connection: Connection, person: Person, run_id: int) -> frozenset[int]:
    """Return whose notes the resync of one person sends: the person's, and of whom it planned one for."""
    planned = rows(connection, "SELECT DISTINCT youth_id FROM note WHERE planned_run = ?", (run_id,))
    return person.youths | {int(youth_id) for (youth_id,) in planned}


def _count_doubts(lock: RunLock, youths: Youths) -> int:
    with lock.begin() as connection:
        return _doubts(connection, None, youths)


def _doubts(connection: Connection, journal: str | None, youths: Youths) -> int:
    from kaa_bridge.journal.report import count_states  # as above

    states = count_states(connection, journal, youths)
    return states[NoteState.INTENT] + states[NoteState.IN_DOUBT]


def _settings(bridge: Bridge, table: JournalTable | UpdatesTable) -> SendSettings:
    return send_settings(table.send, alone=bridge.table.updates is None)


def _send_to(
    lock: RunLock,
    bridge: Bridge,
    journal: Journal | None,
    table: JournalTable | UpdatesTable,
    counts: SentCounts,
    youths: Youths,
) -> None:
    if journal is None:
        counts.error = bridge.broken.get(table.name)
        return
    from kaa_bridge.journal.send import recover, send_planned  # as above

    with lock.begin() as connection:
        held = sending_is_held(connection)
    try:
        settings = _settings(bridge, table)
        if held:
            sent = recover(lock, journal, settings, clock=bridge.clock, youths=youths)
        else:
            stopping = bridge.stop.was_asked
            sent = send_planned(lock, journal, settings, clock=bridge.clock, stopping=stopping, youths=youths)
        _count_sent(counts, sent)
    except KaaError as error:
        counts.error = error
        log.warning("notes not sent", journal=table.name, code=error.code)


def _count_sent(counts: SentCounts, sent: SendReport) -> None:
    counts.confirmed = (sent.sent + sent.recovered)[NoteState.CONFIRMED]
    counts.stopped = sent.stopped
    counts.refused = sent.outbox[NoteState.REFUSED]
    counts.in_doubt = sent.outbox[NoteState.IN_DOUBT] + sent.outbox[NoteState.INTENT]
    counts.held = sent.outbox[NoteState.HELD] + sent.outbox[NoteState.QUARANTINED]
    counts.waiting = sent.outbox[NoteState.PLANNED]
    counts.exit_code = sent.exit_code
    counts.failure = sent.failure


def _in_doubt(municipality: str, count: int, *, one: bool) -> GuardHold:
    whose = "of the youth" if one else f"of {municipality}"
    return GuardHold(
        "resync_in_doubt",
        f"{count} note(s) {whose} are in doubt: the journal may hold them or not, and no look-up has settled it yet. "
        "What a resync plans rests on that, so nothing was asked of the sources, stored or sent.",
        remedy=f"kaa-bridge outbox list --municipality {municipality}, which says what to do with each; then run the "
        "same command again.",
    )
