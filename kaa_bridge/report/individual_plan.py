"""The seven documentation items of SKOLFS 2015:61, for measures: what the facts tell, and what they lack.

The register holds that a measure began, ended and why, and an agreed follow-up (förordning 2006:39 4 § 3). Goals and
who answers for what (items 1 to 4) are text in the journal; the bridge never reads it and so never says that it is
missing.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from kaa_bridge.domain.facts import Event, Youth
from kaa_bridge.domain.values import EventKind

ITEMS = (
    "individuell planering och målet med insatserna",
    "insatser som den enskilde ansvarar för",
    "insatser som kommunen ansvarar för",
    "insatser som någon annan aktör ansvarar för",
    "datum då insatsen börjar och slutar",
    "orsaken till att insatsen har upphört",
    "tidpunkter för uppföljning och utvärdering",
)
"""SKOLFS 2015:61, items 1 to 7, each to be documented when it is relevant."""
_SHORT = {5: "slutdatum", 6: "orsak till att den upphört", 7: "tid för uppföljning"}
COLUMN = "Dokumentation saknas"
"""Heading of the work-list column."""


class ItemState(StrEnum):
    """What the facts say of an item."""

    TOLD = "told"
    MISSING = "missing"
    NOT_YET = "not_yet"
    IN_JOURNAL = "in_journal"


@dataclass(frozen=True, slots=True)
class MeasureRecord:
    """A measure and the state of its seven items, in order; ``end`` is the day it ended or is planned to."""

    measure: str
    start: date
    end: date | None
    running: bool
    items: tuple[ItemState, ...]

    @property
    def missing(self) -> tuple[int, ...]:
        """Numbers of the items that the sources could have told and have not."""
        return tuple(number for number, state in enumerate(self.items, 1) if state is ItemState.MISSING)


def measure_records(youth: Youth, as_of: date) -> tuple[MeasureRecord, ...]:
    """Return the measures that run on the day, and those that have ended without a reason; none for the protected.

    A start or end dated after ``as_of`` is a plan: an end ahead tells item 5, a start ahead is no measure yet.
    """
    if youth.protection.is_protected:
        return ()
    starts = sorted((e for e in youth.events if e.kind is EventKind.MEASURE_STARTED and e.on <= as_of), key=_order)
    found = [_record(youth, start, _end(youth, start, starts), as_of) for start in starts]
    return tuple(one for one in found if one.running or 6 in one.missing)


def plan_gaps(youth: Youth, as_of: date) -> Iterator[str]:
    """Yield one Swedish line for each measure that lacks something, for ``explain``."""
    for one in measure_records(youth, as_of):
        if one.missing:
            lacks = " och ".join(_SHORT[number] for number in one.missing)
            yield f"Insatsen {one.measure} (från {one.start}) saknar {lacks} (SKOLFS 2015:61)."


def plan_cell(youth: Youth, as_of: date) -> str:
    """Return the work-list cell: each measure with what it lacks; empty when nothing does."""
    lacking = [(one.measure, one.missing) for one in measure_records(youth, as_of) if one.missing]
    return "; ".join(f"{measure}: {', '.join(_SHORT[number] for number in missing)}" for measure, missing in lacking)


def _order(event: Event) -> tuple[date, str]:
    return event.on, event.measure or ""


def _end(youth: Youth, start: Event, starts: list[Event]) -> Event | None:
    """Return the first end of the same measure on or after its start and before it starts again."""
    again = min((e.on for e in starts if e.measure == start.measure and e.on > start.on), default=date.max)
    ends = (
        event
        for event in youth.events
        if event.kind is EventKind.MEASURE_ENDED
        and event.measure in (start.measure, None)
        and start.on <= event.on < again
    )
    return min(ends, key=lambda event: (event.on, event.reason is None, event.reason or ""), default=None)


def _record(youth: Youth, start: Event, end: Event | None, as_of: date) -> MeasureRecord:
    ended = end is not None and end.on <= as_of
    followed_up = any(
        event.kind is EventKind.FOLLOW_UP_AGREED
        and start.on <= event.on <= as_of
        and event.agreed_for is not None
        and event.agreed_for >= as_of
        for event in youth.events
    )
    reason = ItemState.NOT_YET
    if end is not None and ended:
        reason = ItemState.TOLD if end.reason else ItemState.MISSING
    follow_up = ItemState.NOT_YET if ended else ItemState.TOLD if followed_up else ItemState.MISSING
    dates = ItemState.TOLD if end is not None else ItemState.MISSING
    items = (*[ItemState.IN_JOURNAL] * 4, dates, reason, follow_up)
    return MeasureRecord(start.measure or "utan namn", start.on, end.on if end else None, not ended, items)
