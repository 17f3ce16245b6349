"""When the list of due actions can change by time alone, so that a night's work follows change."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, timedelta

from kaa_bridge.domain.dates import DAY
from kaa_bridge.domain.facts import Youth
from kaa_bridge.domain.values import EventKind, Protection
from kaa_bridge.routine.actions import DueAction
from kaa_bridge.routine.clocks import turns_on
from kaa_bridge.routine.compiled import Routine
from kaa_bridge.routine.due import due_actions
from kaa_bridge.routine.durations import Duration
from kaa_bridge.routine.situation import observe, registered_on

Snapshot = list[tuple[DueAction, bool]]
_SLACK = 4
_NONE, _REGISTERED = Protection.NONE, EventKind.REGISTERED


def next_change(
    routine: Routine,
    youth: Youth,
    *,
    as_of: date,
    wait_for_start: bool | None = None,
    unknown_criteria: Sequence[str] = (),
    listed: Sequence[DueAction] | None = None,
) -> date | None:
    """Return the first later date on which the list of due actions changes though no fact does; ``None`` if never.

    A change is an action that comes, goes, opens, becomes overdue, or gets another recipient or window. Dates of events
    that lie ahead count. Two deadlines run from the day asked about, and that is no change: the one action of a
    protected youth, and an investigation without a registration.
    ``wait_for_start`` and ``unknown_criteria`` as in ``due_actions``; ``listed`` is its answer for ``as_of`` where the
    caller has it.
    """
    if youth.protection is not _NONE:
        return None
    wait = routine.wait if wait_for_start is None else wait_for_start

    def list_on(day: date) -> list[DueAction]:
        return due_actions(routine, youth, as_of=day, wait_for_start=wait_for_start, unknown_criteria=unknown_criteria)

    now = _snapshot(list_on(as_of) if listed is None else listed, as_of)
    if unknown_criteria and registered_on(youth, as_of) is None:
        return min((e.on for e in youth.events if e.kind is _REGISTERED and e.on > as_of), default=None)
    for day in sorted([day for day in _candidates(routine, youth, as_of, now, wait) if day > as_of]):
        if _snapshot(list_on(day), day) != now:
            return day
    return None


def _snapshot(actions: Sequence[DueAction], day: date) -> Snapshot:
    return [(action, action.not_before <= day) for action in actions]


def _candidates(routine: Routine, youth: Youth, as_of: date, now: Snapshot, wait: Duration | bool) -> set[date]:
    days = {event.on for event in youth.events}
    for action, _ in now:
        days.add(action.not_before)
        if action.due is not None and action.due < date.max:
            days.add(action.due + DAY)
    if routine.by_time:
        situation = observe(youth, as_of, routine.elsewhere)
        for changes in routine.by_time:
            days.update(changes(situation))
    if routine.by_age:
        adult = turns_on(youth.birth_date, 18)
        if adult is not None:
            days.add(adult)
    for placement in youth.placements:
        if placement.start is not None and wait is not False:
            days.update(_waiting(placement.start, wait))
    return days


def _waiting(start: date, wait: Duration | bool) -> Iterator[date]:
    """Yield the day on which the routine stops to wait, and those around the day on which it begins to."""
    yield start
    if not isinstance(wait, bool):
        begins = Duration(-wait.months, -wait.days).after(start)
        for offset in range(-_SLACK, _SLACK + 1):
            if date.min + timedelta(days=_SLACK) <= begins <= date.max - timedelta(days=_SLACK):
                yield begins + timedelta(days=offset)
