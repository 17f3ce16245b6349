"""Steps bound to their clocks, conditions (as bits) and windows."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date
from typing import NamedTuple

from msgspec import Struct

from kaa_bridge.contract.predicates import Situation
from kaa_bridge.domain.dates import DAY
from kaa_bridge.domain.facts import Event
from kaa_bridge.domain.values import ContactOutcome, EventKind
from kaa_bridge.routine.actions import ClockStart
from kaa_bridge.routine.clocks import Find
from kaa_bridge.routine.durations import Duration
from kaa_bridge.routine.model import Done
from kaa_bridge.routine.working_days import Adjust

_REACHED, _AGREED = ContactOutcome.REACHED, EventKind.FOLLOW_UP_AGREED


class Span(NamedTuple):
    """First day, last day (``None``: no end) and the clock that gave them."""

    not_before: date
    due: date | None
    clock: ClockStart


class Frame(NamedTuple):
    """A window with its durations read: ``opens`` from the clock, ``closes`` from the clock or from ``to_clock``."""

    opens: Duration
    closes: Duration | None
    to_clock: Find | None


class CompiledStep(Struct):
    """One step, bound to its clock, its conditions and its windows."""

    action: str
    clock: Find
    clock_name: str
    clock_called: Callable[[Situation], str] | None
    frames: Sequence[tuple[int, Frame]]
    opens_after: CompiledStep | None
    agreed_date: bool
    done: Callable[[Situation, date], bool] | None
    responsible: str
    recipient: str | None
    by_age: bool
    rule: str
    text: str
    text_guardian: str
    text_turned: str
    text_age_unknown: str
    adjust: Adjust | None
    needs: int = 0

    done_by_contact_only: bool = False

    @property
    def beyond(self) -> tuple[Callable[[Situation], object], ...]:
        """What decides the window beside the clock's date and the conditions; agreed days apart."""
        others = [frame.to_clock for _, frame in self.frames if frame.to_clock is not None]
        return (*others, self.clock_called) if self.clock_called is not None else tuple(others)

    def span(self, on: date, mask: int, situation: Situation) -> Span:
        """Return the window that starts from the clock's date, given the conditions that hold (``mask``)."""
        frame = next(frame for needs, frame in self.frames if needs & mask == needs)
        opens = frame.opens.after(on)
        if self.opens_after is not None:
            before = self.opens_after.span(on, mask, situation).due
            opens = opens if before is None or before == date.max else before + DAY
        name = self.clock_called(situation) if self.clock_called else self.clock_name
        if frame.closes is None:
            return Span(opens, None, ClockStart(name, on))
        base = frame.to_clock(situation) if frame.to_clock else on
        due = frame.closes.after(base) if base else None
        if due is not None and self.agreed_date:
            agreed = _agreed(situation, after=on, until=due)
            if agreed is not None:
                return Span(agreed, agreed, ClockStart("agreed", agreed))
        one_day = opens == due
        if due is not None and self.adjust is not None:
            due = self.adjust(due)
            opens = due if one_day else opens
        if due is not None and due < opens:
            due = opens
        return Span(opens, due, ClockStart(name, on))


def _agreed(situation: Situation, *, after: date, until: date) -> date | None:
    """Return the agreed day of the latest agreement, when it lies after the last contact and not beyond the limit."""
    latest: tuple[date, date] | None = None
    since = situation.reg or date.min
    for event in situation.youth.events:
        day = event.agreed_for
        if event.kind is not _AGREED or day is None or not since <= event.on <= situation.as_of:
            continue
        if latest is None or event.on > latest[0] or (event.on == latest[0] and day < latest[1]):
            latest = (event.on, day)
    return latest[1] if latest is not None and after < latest[1] <= until else None


def ends(done: Done, action: str) -> Callable[[Situation, date], bool]:
    """Return the test whether a step has been done since a date (inclusive)."""
    kinds = tuple(done.events)
    by_contact = _contact_ends(done, action) if done.channel is not None or done.purpose else None
    from_reg = done.since == "reg"
    if by_contact is not None and not kinds and not from_reg:
        return by_contact
    if by_contact is None and len(kinds) == 1 and not from_reg:
        return _event_ends(kinds[0])

    def test(situation: Situation, since: date) -> bool:
        if from_reg:
            since = situation.reg or date.min
        for kind in kinds:
            on = situation.latest.get(kind)
            if on is not None and on >= since:
                return True
        return by_contact is not None and by_contact(situation, since)

    return test


def _event_ends(kind: EventKind) -> Callable[[Situation, date], bool]:
    def test(situation: Situation, since: date) -> bool:
        on = situation.latest.get(kind)
        return on is not None and on >= since

    return test


def _contact_ends(done: Done, action: str) -> Callable[[Situation, date], bool]:
    channel = done.channel
    outcomes = frozenset(done.outcomes) if done.outcomes is not None else None

    def fits(contact: Event, since: date) -> bool:
        if contact.on < since or (channel is not None and contact.channel is not channel):
            return False
        return outcomes is None or contact.outcome in outcomes

    def by_purpose(situation: Situation, since: date) -> bool:
        for contact in situation.contacts:  # noqa: SIM110 - a plain loop costs half of any() here
            if contact.purpose == action and fits(contact, since):
                return True
        return False

    def by_channel(situation: Situation, since: date) -> bool:
        for contact in situation.contacts:  # noqa: SIM110
            if contact.channel is channel and fits(contact, since):
                return True
        return False

    return by_purpose if done.purpose else by_channel


def renewed(find: Find, action: str) -> Find:
    """Return the clock, started anew by a contact that reached the youth with the step as its purpose."""

    def later(situation: Situation) -> date | None:
        on = find(situation)
        if on is None:
            return None
        for contact in situation.contacts:
            if contact.purpose == action and contact.outcome is _REACHED and contact.on > on:
                on = contact.on
        return on

    return later
