"""Whether, and since when, a youth stood on the register in a spell of responsibility."""

from __future__ import annotations

from datetime import date

from kaa_bridge.domain.facts import Youth
from kaa_bridge.domain.values import EventKind
from kaa_bridge.report.scb.history import History
from kaa_bridge.report.scb.spells import Frame, Spell


def registered_on(youth: Youth, spell: Spell, history: History) -> date | None:
    """Return the source's own registration in a spell, else the night that opened it, ``None`` where neither is."""
    told = [event.on for event in youth.events if event.kind is EventKind.REGISTERED and spell.holds(event.on)]
    return told[0] if told else history.put_on_register(spell.first, spell.ended_on)


def was_worked_with(youth: Youth, spell: Spell) -> bool:
    """Tell whether a case officer recorded anything in a spell; that somebody moved in is no work."""
    return any(spell.holds(event.on) and event.kind is not EventKind.MOVED_IN for event in youth.events)


def days_in(frame: Frame, spells: tuple[Spell, ...]) -> int:
    """Return on how many days of the frame the responsibility held."""
    ends = (min(spell.ended_on or frame.until, frame.until) for spell in spells)
    starts = (max(spell.first, frame.first) for spell in spells)
    return sum((end - start).days for start, end in zip(starts, ends, strict=True))
