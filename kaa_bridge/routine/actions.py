"""What is due for a youth: the answer of ``due_actions``."""

from __future__ import annotations

from datetime import date
from typing import NamedTuple


class ClockStart(NamedTuple):
    """The clock an action runs by, and the day it started."""

    event: str
    on: date


class DueAction(NamedTuple):
    """Something that remains to be done for a youth.

    A named tuple, not a dataclass: a night makes many of them.

    Attributes:
        ref: the youth's opaque reference.
        action: the step's identifier in the routine, ``investigate`` or ``protected_routine``.
        not_before: first day on which it may be done.
        due: last day (inclusive); ``None`` only where the routine gives no end.
        overdue: whether ``due`` lies before the day asked about.
        responsible: ``case_officer``, ``coordinator`` or ``manager``.
        recipient: ``youth``, ``guardian``, ``school``, ``skatteverket``; ``None`` when there is none.
        rule: where the routine says so.
        text: plain Swedish for the work list.
    """

    ref: str
    action: str
    not_before: date
    due: date | None
    overdue: bool
    clock: ClockStart
    responsible: str
    recipient: str | None
    rule: str
    text: str


def due_order(action: DueAction) -> tuple[date, str, str]:
    """Return the sort key: due date (none last), reference, action."""
    return (action.due or date.max, action.ref, action.action)
