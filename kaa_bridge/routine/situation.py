"""Reads a youth's events once, as they stood on a day. This is the hot path of a night: plain loops on purpose."""

from __future__ import annotations

from datetime import date

from kaa_bridge.contract.predicates import Situation
from kaa_bridge.domain.facts import Event, Youth
from kaa_bridge.domain.values import ContactOutcome, EventKind

REACHED_KINDS = frozenset(
    {
        EventKind.OCCUPATION,
        EventKind.DECLINED,
        EventKind.WANTS_HELP,
        EventKind.FIRST_MEETING,
        EventKind.MEASURE_STARTED,
    }
)
"""Events that tell that the youth was reached, beside a contact with outcome ``reached``."""
_REGISTERED = EventKind.REGISTERED
_CONTACT = EventKind.CONTACT
_OCCUPATION = EventKind.OCCUPATION
_FORM = EventKind.WITHDRAWAL_FORM
_REACHED = ContactOutcome.REACHED


def registered_on(youth: Youth, as_of: date) -> date | None:
    """Return the date of the latest ``registered`` event on or before ``as_of``."""
    found: date | None = None
    for event in youth.events:
        on = event.on
        if event.kind is _REGISTERED and on <= as_of and (found is None or on > found):
            found = on
    return found


def reaches(event: Event, elsewhere: frozenset[str]) -> bool:
    """Tell whether the event shows that the youth was reached."""
    if event.kind is _CONTACT:
        return event.outcome is _REACHED and event.purpose not in elsewhere
    return event.kind in REACHED_KINDS


def observe(youth: Youth, as_of: date, elsewhere: frozenset[str]) -> Situation:
    """Return the situation on the day; see ``Situation`` for what it holds."""
    found = Situation(youth, as_of, elsewhere)
    events, contacts = youth.events, found.contacts
    reg: date | None = None
    for event in events:
        kind = event.kind
        if kind is _REGISTERED:
            if event.on <= as_of and (reg is None or event.on > reg):
                reg = event.on
        elif (kind is _OCCUPATION or kind is _FORM) and event.on <= as_of:
            found.ever.append(event)
    found.reg = reg
    since = reg or date.min
    latest = found.latest
    first: date | None = None
    last: date | None = None
    for event in events:
        on = event.on
        if on < since or on > as_of:
            continue
        kind = event.kind
        if kind is _CONTACT:
            contacts.append(event)
            if event.outcome is not _REACHED or event.purpose in elsewhere:
                continue
        elif kind is _REGISTERED:
            continue
        else:
            known = latest.get(kind)
            if known is None or on > known:
                latest[kind] = on
            if kind not in REACHED_KINDS:
                continue
        if first is None or on < first:
            first = on
        if last is None or on > last:
            last = on
    found.first_reached, found.last_reached = first, last
    return found
