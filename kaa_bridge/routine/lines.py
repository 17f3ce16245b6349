"""The rows a step gives, remembered per clock date: a night asks for the same few dates a hundred thousand times."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

from kaa_bridge.contract.predicates import Situation
from kaa_bridge.domain.values import EventKind
from kaa_bridge.routine.actions import ClockStart
from kaa_bridge.routine.steps import CompiledStep, Span

_REMEMBERED = 4096
_AGREED = EventKind.FOLLOW_UP_AGREED
Row = tuple[str, date, date | None, bool, ClockStart, str, str | None, str, str]
"""A due action without its reference."""


class Rows:
    """Every row that one window of a step can give.

    Attributes:
        sort_by: the due date, ``date.max`` when there is none.
        in_time, late: for the recipient of the step, before and after the due date has passed.
        by_age: per ``overdue`` (as an index): to the guardian, to the guardian of someone who has turned 18 since, and
            to a youth whose birth date is not known; ``None`` where age does not matter.
    """

    __slots__ = ("by_age", "due", "in_time", "late", "sort_by")

    def __init__(self, step: CompiledStep, span: Span) -> None:
        """Make the rows of a step for one window."""
        self.due = span.due
        self.sort_by = span.due or date.max
        self.in_time = _row(step, span, False, step.recipient, step.text)
        self.late = _row(step, span, True, step.recipient, step.text)
        self.by_age: tuple[tuple[Row, Row, Row], ...] | None = None
        if step.by_age:
            self.by_age = tuple(
                (
                    _row(step, span, overdue, "guardian", step.text_guardian),
                    _row(step, span, overdue, "guardian", step.text_turned),
                    _row(step, span, overdue, step.recipient, step.text_age_unknown),
                )
                for overdue in (False, True)
            )

    def pick(self, as_of: date, adult: date | None) -> Row:
        """Return the row on a day, for a youth who turns 18 on ``adult`` (``None``: not known).

        Age counts on the due date, or on the day asked about when there is no due date.
        """
        overdue = self.sort_by < as_of
        if self.by_age is None or (adult is not None and (self.due or as_of) >= adult):
            return self.late if overdue else self.in_time
        guardian, turned, unknown = self.by_age[overdue]
        if adult is None:
            return unknown
        return guardian if as_of < adult else turned


class Line:
    """A step whose conditions hold, with what it gave for each clock date so far.

    Attributes:
        plain: the clock's date alone decides the rows; they may then be looked up in ``known``.
        idle: without any contact the step cannot have been done.
    """

    __slots__ = ("action", "beyond", "by_age", "clock", "done", "idle", "known", "mask", "plain", "step")

    def __init__(self, step: CompiledStep, mask: int) -> None:
        """Bind a step to the conditions that hold (``mask``)."""
        self.step = step
        self.mask = mask
        self.action = step.action
        self.clock: Callable[[Situation], date | None] = step.clock
        self.done = step.done
        self.idle = step.done_by_contact_only
        self.by_age = step.by_age
        self.beyond = step.beyond
        self.plain = not step.beyond and not step.agreed_date
        self.known: dict[object, Rows] = {}

    def rows(self, on: date, situation: Situation) -> Rows:
        """Return the rows for the clock's date."""
        step = self.step
        if step.agreed_date and _AGREED in situation.latest:
            return Rows(step, step.span(on, self.mask, situation))
        key = (on, *[other(situation) for other in self.beyond]) if self.beyond else on
        found = self.known.get(key)
        if found is None:
            if len(self.known) >= _REMEMBERED:
                self.known.clear()
            found = self.known[key] = Rows(step, step.span(on, self.mask, situation))
        return found


def _row(step: CompiledStep, span: Span, overdue: bool, recipient: str | None, text: str) -> Row:
    return step.action, span.not_before, span.due, overdue, span.clock, step.responsible, recipient, step.rule, text
