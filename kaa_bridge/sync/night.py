"""One night of one municipality: lock, recover, plan in one transaction, commit, send, book.

Killed before the commit, nothing has happened; killed after it, the outbox knows what remains. A dry run makes the same
plan, shows it and rolls it back.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any

from msgspec import Struct, field

from kaa_bridge.errors import KaaError, StateUnusable
from kaa_bridge.store import runs
from kaa_bridge.store.clock import iso
from kaa_bridge.store.connection import Connection
from kaa_bridge.store.engine import Store
from kaa_bridge.store.lock import RunLock
from kaa_bridge.store.query import rows
from kaa_bridge.sync.bridge import Bridge
from kaa_bridge.sync.collector import rare_collections
from kaa_bridge.sync.dated import check_date
from kaa_bridge.sync.decide import Decided
from kaa_bridge.sync.plan import Scope, make_plan
from kaa_bridge.sync.report import NightReport
from kaa_bridge.sync.sending import foresee, send, settle_doubts


class _RolledBack(Exception):
    """Ends a dry run's transaction."""


class Plan(Struct):
    """A plan as it is shown: the same inputs give the same plan, byte for byte."""

    report: NightReport
    notes: list[dict[str, Any]] = field(default_factory=list)


def run_night(
    store: Store,
    bridge: Bridge,
    as_of: date,
    *,
    scope: Scope = Scope(),  # noqa: B008 - frozen
    dry_run: bool = False,
    on_decided: Callable[[Decided], None] | None = None,
) -> Plan:
    """Run one night (or the part that ``scope`` names) and return its plan and what came of it.

    Args:
        store: the municipality's state.
        bridge: its systems and rules.
        as_of: the night's local date (Europe/Stockholm).
        scope: the whole night, or a resync.
        dry_run: make the plan and roll it back; nothing is stored or sent.
        on_decided: called for each youth decided.

    Raises:
        RunLocked: another run of the municipality is under way.
        StateUnusable: the state cannot be used.
        GuardHold: the clock lies behind the last run, or of those whom a resync redoes something is in doubt.
        Stopped: ``bridge.stop`` was asked before the plan was kept, or a second time while notes were sent.
    """
    now = bridge.clock.now()
    with RunLock(store, clock=bridge.clock) as lock:
        if not dry_run:
            check_date(lock, as_of, now)
            if scope.kind == "resync":
                settle_doubts(lock, bridge, scope)
        plan = _plan(lock, store, bridge, as_of, now, scope, dry_run, on_decided)
        if not dry_run:
            with bridge.stop.finishing():
                send(lock, bridge, scope, plan.report)
                if scope.kind == "night":
                    _compare(lock, bridge, plan.report)
                with lock.begin() as connection:
                    _balance(connection, plan.report)
                    _book(connection, plan.report, iso(bridge.clock.now()))
        return plan


def _plan(
    lock: RunLock,
    store: Store,
    bridge: Bridge,
    as_of: date,
    now: datetime,
    scope: Scope,
    dry_run: bool,
    on_decided: Callable[[Decided], None] | None,
) -> Plan:
    plan: Plan | None = None
    try:
        with rare_collections(), lock.begin() as connection:
            report = make_plan(connection, store, bridge, as_of, now=now, scope=scope, on_decided=on_decided)
            report.dry_run = dry_run
            plan = Plan(report, _planned_notes(connection, report.run_id))
            if dry_run:
                foresee(connection, bridge, scope, report)
                raise _RolledBack
            _book(connection, report, None)
    except _RolledBack:
        pass
    assert plan is not None
    return plan


def _planned_notes(connection: Connection, run_id: int) -> list[dict[str, Any]]:
    statement = (
        "SELECT n.reference, y.handle, n.kind, n.cause, n.occurred_on, n.state FROM note n "
        "JOIN youth y ON y.id = n.youth_id WHERE n.planned_run = ? ORDER BY y.handle, n.kind, n.cause"
    )
    names = ("reference", "handle", "kind", "cause", "occurred_on", "state")
    return [dict(zip(names, row, strict=True)) for row in rows(connection, statement, (run_id,))]


def _compare(lock: RunLock, bridge: Bridge, report: NightReport) -> None:
    """Compare the journal's own listing with the outbox, where it can list and nothing else is wrong with it."""
    table, journal, sent = bridge.table.journal, bridge.journal, report.sent
    if table is None or journal is None or not table.compare_listing or sent.error or sent.stopped:
        return
    described = journal.describe()
    if not described.lists_notes:
        return
    from kaa_bridge.journal.listing import NIGHTLY_DAYS, Compared, counted, listed_notes
    from kaa_bridge.journal.reconcile import compare_listing
    from kaa_bridge.store.epoch import read_epoch

    with lock.begin() as connection:
        if read_epoch(connection).is_open:
            return
    last = bridge.clock.now().date()
    first = last - timedelta(days=NIGHTLY_DAYS)
    try:
        listed = listed_notes(journal, first, last)
    except KaaError as error:
        sent.listing = Compared(error=error)
        return
    with lock.begin() as connection:
        sent.listing = counted(compare_listing(connection, described.name, listed, first, last))


def _balance(connection: Connection, report: NightReport) -> None:
    """Set the notes that this run planned against the states they are in; a sum that does not agree fails the run."""
    if not report.plan.notes_planned:
        return
    from kaa_bridge.journal.reconcile import equation

    books = equation(connection, report.run_id)
    report.balance = {"planned": books.planned, **{state.value: count for state, count in sorted(books.states.items())}}
    if not books.holds and report.error is None:
        report.error = StateUnusable(
            "books_unbalanced",
            f"This run planned {books.planned} notes and finds {sum(books.states.values())} of them in the outbox of "
            f"{report.municipality}: the state has lost or gained notes.",
            remedy="Stop sending (kaa-bridge outbox stop), then: kaa-bridge state verify",
        )


def _book(connection: Connection, report: NightReport, ended_at: str | None) -> None:
    runs.end_run(
        connection,
        report.run_id,
        ended_at=ended_at,
        exit_code=int(report.exit_code),
        summary=report.summary(),
    )
