"""One youth's rows in the five blocks, as values: dates and our own words, before any code of a layout."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date

from kaa_bridge.domain.dates import DAY
from kaa_bridge.domain.facts import Event, Youth
from kaa_bridge.domain.values import EventKind
from kaa_bridge.report.period import Period
from kaa_bridge.report.scb.fields import BlockKind
from kaa_bridge.report.scb.reasons import reason_for_coming, reason_for_ending
from kaa_bridge.report.scb.school import occupation_after, occupation_on
from kaa_bridge.report.scb.spells import Spell

Value = date | str | None
Values = dict[str, Value]


@dataclass(frozen=True, slots=True)
class Person:
    """What the rows are made from: one youth with spells in the half-year.

    Attributes:
        number: canonical, ``None`` where no source tells one.
        registered_on: by spell, in their order.
        until: the first day that is no longer reported on.
    """

    handle: str
    number: str | None
    protected: bool
    youth: Youth = field(repr=False)
    spells: tuple[Spell, ...]
    registered_on: tuple[date | None, ...]
    period: Period
    until: date

    def __repr__(self) -> str:
        """Show nothing of the person."""
        return "<Person>"


@dataclass(frozen=True, slots=True)
class Rows:
    """A youth's rows by block; ``outside`` counts contacts and measures on days without responsibility, left out."""

    blocks: dict[BlockKind, list[Values]]
    outside: int


def make_rows(person: Person, municipality: str) -> Rows:
    """Return the rows of one youth: one of identity, and one for each contact, measure and ended responsibility."""
    common: Values = {
        "person_number": person.number,
        "municipality": municipality,
        "period": str(person.period),
        "registered_on": person.registered_on[0],
        "covered_since": person.spells[0].first,
    }
    within = [event for event in person.youth.events if _reported(person, event)]
    events = [event for event in within if _in_spell(person, event)]
    blocks = {
        BlockKind.IDENTITY: [_identity(person)],
        BlockKind.CONTACTS: [_contact(person, event) for event in events if event.kind is EventKind.CONTACT],
        BlockKind.MEASURE_BEGINS: [_begins(person, one) for one in events if one.kind is EventKind.MEASURE_STARTED],
        BlockKind.MEASURE_ENDED: [_ended(person, one) for one in events if one.kind is EventKind.MEASURE_ENDED],
        BlockKind.RESPONSIBILITY_ENDED: list(_over(person)),
    }
    for number, kind in enumerate(BlockKind, 1):
        blocks[kind] = [{**common, "block": str(number), **values} for values in blocks[kind]]
    return Rows(blocks, len(within) - len(events))


def begin_of_measure(youth: Youth, ended: Event) -> Event | None:
    """Return the last begin of the same measure on or before its end, ``None`` where none is recorded."""
    begins = [
        event
        for event in youth.events
        if event.kind is EventKind.MEASURE_STARTED and event.measure == ended.measure and event.on <= ended.on
    ]
    return begins[-1] if begins else None


_TOLD = (EventKind.CONTACT, EventKind.MEASURE_STARTED, EventKind.MEASURE_ENDED)


def _reported(person: Person, event: Event) -> bool:
    return event.kind in _TOLD and person.period.first <= event.on < person.until


def _in_spell(person: Person, event: Event) -> bool:
    """Tell whether the responsibility held on the event's day; a measure may end on the day the responsibility does."""
    day = event.on - DAY if event.kind is EventKind.MEASURE_ENDED else event.on
    return any(spell.holds(day) or spell.holds(event.on) for spell in person.spells)


def _identity(person: Person) -> Values:
    spell, registered_on = person.spells[0], person.registered_on[0]
    return {
        "registration_reason": reason_for_coming(person.youth, spell),
        "occupation_at_registration": occupation_on(person.youth, registered_on),
    }


def _contact(person: Person, event: Event) -> Values:
    return {
        "contact_on": event.on,
        "contact_channel": event.channel,
        "contact_outcome": event.outcome,
        "occupation_at_contact": occupation_on(person.youth, event.on),
    }


def _begins(person: Person, event: Event) -> Values:
    return {
        "measure": event.measure,
        "measure_started_on": event.on,
        "occupation_before_measure": occupation_on(person.youth, event.on - DAY),
    }


def _ended(person: Person, event: Event) -> Values:
    begin = begin_of_measure(person.youth, event)
    return {
        "measure": event.measure,
        "measure_started_on": begin.on if begin else None,
        "measure_ended_on": event.on,
        "measure_end_reason": event.reason,
        "occupation_after_measure": occupation_after(person.youth, event.on, person.until),
    }


def _over(person: Person) -> Iterator[Values]:
    for spell, registered_on in zip(person.spells, person.registered_on, strict=True):
        if spell.over:
            yield {
                "covered_since": spell.first,
                "registered_on": registered_on,
                "ended_on": spell.ended_on,
                "end_reason": reason_for_ending(person.youth, spell),
            }
