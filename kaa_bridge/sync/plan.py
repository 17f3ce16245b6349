"""The plan of one night, made in the open transaction: pull, guard, merge, decide, plan the notes.

Nothing leaves the machine here. The caller commits the transaction, or shows the plan and rolls it back.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import date, datetime
from hashlib import blake2b

from msgspec import Struct

from kaa_bridge.law import Outcome, ruleset
from kaa_bridge.store import runs, youths
from kaa_bridge.store.clock import iso
from kaa_bridge.store.connection import Connection
from kaa_bridge.store.engine import Store
from kaa_bridge.store.meta import get_meta, set_meta
from kaa_bridge.store.query import rows
from kaa_bridge.sync.bridge import Bridge
from kaa_bridge.sync.completeness import Completeness, completeness
from kaa_bridge.sync.dated import redo_what_lies_ahead
from kaa_bridge.sync.decide import Decided, Rules, decide_youths
from kaa_bridge.sync.guard import Breach
from kaa_bridge.sync.health import expected_health, source_health
from kaa_bridge.sync.holds import UNPROTECT, judge_notes, keep_holds
from kaa_bridge.sync.marks import Marks
from kaa_bridge.sync.newcomers import Settled
from kaa_bridge.sync.notes import NotePlanner
from kaa_bridge.sync.pulls import Pulls
from kaa_bridge.sync.removed import removed_sources
from kaa_bridge.sync.report import NightReport
from kaa_bridge.sync.secrets import Pseudonyms


class Person(Struct, frozen=True):
    """One youth to redo: what the store has of it, and the canonical number to ask the sources by, if it is known."""

    youths: frozenset[int]
    number: str | None

    def __repr__(self) -> str:
        """Show nothing of the person."""
        return "<Person>"


class Scope(Struct, frozen=True):
    """What a run takes on: a whole night, or the one person, source or period that a resync names.

    Attributes:
        since: everyone decided on or after this day is decided again.
        full: ask every source for everything, whatever was read before.
    """

    kind: str = "night"
    source: str | None = None
    person: Person | None = None
    since: date | None = None
    full: bool = False


def make_plan(
    connection: Connection,
    store: Store,
    bridge: Bridge,
    as_of: date,
    *,
    now: datetime,
    scope: Scope = Scope(),  # noqa: B008 - frozen
    on_decided: Callable[[Decided], None] | None = None,
) -> NightReport:
    """Make the plan in the open transaction and return what it holds.

    Args:
        connection: the run lock's connection, inside its transaction.
        store: the municipality's state.
        bridge: its systems, routine and law settings.
        as_of: the night's local date.
        now: UTC time for the run's row.
        scope: the part that is taken on.
        on_decided: called for each youth decided, for those who show the plan.
    """
    stamp = iso(now)
    report = NightReport(bridge.code, as_of.isoformat())
    report.run_id = runs.start_run(connection, scope.kind, report.as_of, stamp)
    redo_what_lies_ahead(connection, as_of, now)
    pseudonyms = Pseudonyms(store.keys.pseudonym)
    foreseen = None if on_decided else _rules(connection, bridge, as_of, _foreseen(connection, bridge, as_of))
    pulls = Pulls(connection, bridge, pseudonyms, as_of, full=scope.full, rules=foreseen)
    if scope.person is None:
        pulls.pull_all(only=scope.source)
    elif scope.person.number:
        pulls.pull_person(scope.person.number)
    report.sources = pulls.reports
    known = completeness(source_health(connection, bridge, as_of), as_of=as_of)
    report.known = known.as_text()
    report.removed = removed_sources(connection, bridge.table)
    rules = _rules(connection, bridge, as_of, known)
    if foreseen and foreseen.known != known:
        pulls.youths.update(pulls.settled.youths)
    pulls.settled.give_up(connection, pulls.youths)
    ids = _youths_to_decide(connection, bridge, pulls.youths, rules, scope)
    ids.difference_update(pulls.settled.youths)
    _count_settled(report, pulls.settled)
    planner = NotePlanner(connection, store.keys.note, bridge, as_of, report.run_id, stamp, known)
    unprotected = _decide(connection, ids, rules, report, planner, pulls, on_decided)
    report.breaches = [*pulls.breaches, *judge_notes(connection, bridge.table, report.run_id), *unprotected]
    report.open_holds = keep_holds(connection, report.breaches, pulls.judged, on=report.as_of, at=stamp)
    report.in_quarantine = int(rows(connection, "SELECT count(*) FROM quarantine WHERE released_at IS NULL")[0][0])
    return report


def _decide(
    connection: Connection,
    ids: Iterable[int],
    rules: Rules,
    report: NightReport,
    planner: NotePlanner,
    pulls: Pulls,
    on_decided: Callable[[Decided], None] | None,
) -> list[Breach]:
    """Decide everyone who is up, count, plan the notes; return a breach for each protection that is no longer told."""
    unprotected: list[Breach] = []
    held = {hold.subject for hold in runs.holds(connection) if hold.kind == UNPROTECT}
    for decided in decide_youths(connection, ids, rules, run_id=report.run_id, firsts=pulls.settled.firsts):
        _count(report, decided)
        planner.plan(decided)
        handle = decided.before.handle
        if decided.unprotected:
            unprotected.append(Breach(UNPROTECT, handle, 1, 0))
        if handle in held:
            pulls.judged.add((UNPROTECT, handle))
        if on_decided:
            on_decided(decided)
    report.plan.notes, report.plan.superseded = planner.counts, planner.superseded
    report.plan.uncomposed = planner.uncomposed
    return unprotected


def rules_fingerprint(bridge: Bridge) -> str:
    """Return a fingerprint of everything by which is decided: when it changes, everyone is decided again."""
    table = bridge.table
    choices = table.ranked_names(), table.retired, table.wait_for_start
    text = repr((bridge.law, bridge.routine.fingerprint, *choices))
    return blake2b(text.encode(), digest_size=16).hexdigest()


def current_rules(connection: Connection, bridge: Bridge, as_of: date, known: Completeness) -> Rules:
    """Return the rules of a day, for those who decide without a night (``explain``, ``worklist``)."""
    return _rules(connection, bridge, as_of, known)


def _foreseen(connection: Connection, bridge: Bridge, as_of: date) -> Completeness:
    """Return what will be known if every source that can be asked proves a whole tonight."""
    return completeness(expected_health(connection, bridge, as_of), as_of=as_of)


def _rules(connection: Connection, bridge: Bridge, as_of: date, known: Completeness) -> Rules:
    names = runs.source_names(connection)
    ranked = {name: place for place, name in enumerate(bridge.table.ranked_names())}
    removed = {source_id for source_id, name in names.items() if name not in ranked}
    released = {h.subject for h in runs.holds(connection) if h.kind == UNPROTECT and h.released_at is not None}
    return Rules(
        as_of=as_of,
        law=ruleset(bridge.code, as_of, bridge.law, frozen=known.leaves_frozen, remarked=known.frozen),
        routine=bridge.routine,
        known=known,
        rank={source_id: ranked.get(name, len(ranked)) for source_id, name in names.items()},
        names=names,
        released=frozenset(released),
        wait_for_start=bridge.table.wait_for_start,
        removed=frozenset(removed),
        missed=frozenset(one for one in removed if names[one] not in bridge.table.retired),
    )


def _youths_to_decide(connection: Connection, bridge: Bridge, ids: Marks, rules: Rules, scope: Scope) -> Marks:
    """Add to the youths whose facts changed those that are up for another reason, and return all of them."""
    if scope.person is not None:
        ids.update(scope.person.youths)
        return ids
    ids.update(youths.by_handle(connection, sorted(rules.released)))
    if scope.since is not None:
        ids.update(youths.decided_since(connection, scope.since.isoformat()))
    if scope.since is not None or scope.source is not None:
        return ids
    fingerprint = rules_fingerprint(bridge)
    if get_meta(connection, "rules") != fingerprint:
        set_meta(connection, "rules", fingerprint)
        set_meta(connection, "known", rules.known.as_text())
        ids.update(youths.all_youths(connection))
        return ids
    ids.update(youths.youths_up(connection, rules.as_of.isoformat()))
    before = Completeness.from_text(get_meta(connection, "known") or "")
    if rules.known.better_than(before):
        ids.update(youths.youths_with_outcome(connection, Outcome.INVESTIGATE.value))
    set_meta(connection, "known", rules.known.as_text())
    return ids


def _count(report: NightReport, decided: Decided) -> None:
    plan = report.plan
    plan.decided += 1
    plan.outcomes[decided.outcome] = plan.outcomes.get(decided.outcome, 0) + 1
    plan.begun += decided.is_new_case
    plan.ended += decided.is_ended_case
    plan.conflicts += bool(decided.merged.conflicts)
    plan.protected += decided.merged.youth.protection.is_protected


def _count_settled(report: NightReport, settled: Settled) -> None:
    report.plan.decided += len(settled.youths)
    report.plan.protected += len(settled.protected)
    report.plan.outcomes.update(settled.outcomes())
