"""From when recorded facts say that a pupil has left although the placement is open (gymnasieförordningen 12 kap.)."""

from __future__ import annotations

from datetime import date

from kaa_bridge.domain.facts import Event, Placement, Youth
from kaa_bridge.domain.values import EventKind
from kaa_bridge.law.rules.age import birthday_or_never

_OF_AGE = 18


def left_from(youth: Youth, place: Placement) -> date | None:
    """Return the first day from which events contradict the open placement, ``None`` where none does."""
    start = place.start or date.min
    days = [event.on for event in youth.events if event.on >= start and _says_left(youth, event)]
    return min(days, default=None)


def _says_left(youth: Youth, event: Event) -> bool:
    if event.kind is EventKind.CONSIDERED_LEFT:
        return True
    return event.kind is EventKind.WITHDRAWAL_FORM and withdrawal_counts(youth, event)


def withdrawal_counts(youth: Youth, form: Event) -> bool:
    """Whether an own withdrawal has happened: under 18 only with guardian's consent (12 kap. 4 §)."""
    if form.consent:
        return True
    return youth.birth_date is not None and form.on >= birthday_or_never(youth.birth_date, _OF_AGE)
