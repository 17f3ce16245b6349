"""What it cost that nobody knew: days of responsibility, and deadlines of the routine that have passed. Pure."""

from __future__ import annotations

from datetime import date

from msgspec.structs import replace

from kaa_bridge.domain.facts import Event, Youth
from kaa_bridge.domain.values import EventKind
from kaa_bridge.reconcile.model import Lost, Passed
from kaa_bridge.routine import Routine, due_actions


def lost_since(youth: Youth, first_day: date, routine: Routine, as_of: date) -> Lost:
    """Return what has passed since the first day of the responsibility.

    Args:
        youth: everything known of the youth; what case officers have done already counts as done.
        first_day: the day on which the youth would have been registered, had it been known.
        routine: the municipality's own.
        as_of: the day; a deadline that ends on it has not passed.
    """
    events = tuple(event for event in youth.events if event.kind is not EventKind.REGISTERED)
    known = replace(youth, events=(*events, Event(kind=EventKind.REGISTERED, on=first_day)))
    passed = tuple(
        Passed(action.action, action.due, action.text)
        for action in due_actions(routine, known, as_of=as_of)
        if action.overdue and action.due is not None
    )
    return Lost(first_day, (as_of - first_day).days, passed)
