"""The clocks a step can run by: each a date in the youth's situation, or none when it has not started.

A step whose clock has not started is not listed.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from functools import lru_cache
from operator import attrgetter
from types import MappingProxyType
from typing import NamedTuple

from kaa_bridge.contract.predicates import Situation
from kaa_bridge.domain.dates import birthday
from kaa_bridge.domain.facts import Event
from kaa_bridge.domain.values import ContactChannel, ContactOutcome, EventKind, Occupation

ATTEMPT_CHANNELS = frozenset({ContactChannel.PHONE, ContactChannel.SMS, ContactChannel.EMAIL, ContactChannel.LETTER})
"""Channels that count as an attempt to get in touch (Norrköping, Bilaga 3)."""
STUDIES = frozenset({Occupation.STUDIES, Occupation.KOMVUX, Occupation.FOLKHOGSKOLA})
"""Occupations that are studies outside the gymnasieskola."""
_DATE = attrgetter("on")
_ALLOCATED, _OCCUPIED, _DECLINED = EventKind.ALLOCATED, EventKind.OCCUPATION, EventKind.DECLINED
_RETURNED, _LETTER = ContactOutcome.RETURNED_UNKNOWN, ContactChannel.LETTER
_REACHED, _UNOCCUPIED = ContactOutcome.REACHED, Occupation.NONE
Find = Callable[[Situation], date | None]


class Clock(NamedTuple):
    """A clock: how its date is found, what it is called in the answer, and its meaning for the reference.

    ``excludes`` names the conditions under which it can never have started; ``called`` names it where that depends.
    """

    find: Find
    meaning: str
    excludes: frozenset[str] = frozenset()
    called: Callable[[Situation], str] | None = None


@lru_cache(maxsize=16384)
def turns_on(born: date | None, age: int) -> date | None:
    """Return the birthday on which the age is reached, ``None`` when the birth date is not known."""
    try:
        return None if born is None else birthday(born, age)
    except ValueError:
        return None


def distinct(events: list[Event]) -> list[Event]:
    """Return the contacts without exact doubles: an event that two systems have told counts once."""
    if len(events) < 2:
        return events
    return list({(e.on, e.channel, e.outcome, e.purpose): e for e in events}.values())


def attempts(situation: Situation) -> list[Event]:
    """Return the attempts by phone, sms, email or letter on or after the latest ``allocated`` event; none without.

    In order of date, an exact double once.
    """
    found = situation.remembered.get("attempts")
    if found is None:
        found = situation.remembered["attempts"] = []
        since = situation.latest.get(_ALLOCATED)
        if since is None:
            return found
        elsewhere, in_order = situation.elsewhere, True
        last = date.min
        for event in situation.contacts:
            on = event.on
            if on >= since and event.channel in ATTEMPT_CHANNELS and event.purpose not in elsewhere:
                found.append(event)
                if on <= last:
                    in_order = False
                last = on
        if not in_order:
            found[:] = sorted(distinct(found), key=_DATE)
    return found


def returned_letters(situation: Situation) -> list[date]:
    """Return the dates, in order, of letters that came back because the recipient is unknown."""
    found = []
    for event in situation.contacts:
        if event.outcome is _RETURNED and event.channel is _LETTER:
            found.append(event)  # noqa: PERF401 - most youths have none, and a plain loop is then the quickest
    return sorted(event.on for event in distinct(found)) if found else []


def latest_occupation(situation: Situation) -> list[Event]:
    """Return the occupation events of the latest day that has one, whenever it was; several when told together."""
    found = situation.remembered.get("occupation")
    if found is None:
        found = situation.remembered["occupation"] = []
        for event in situation.ever:
            if event.kind is _OCCUPIED:
                if found and event.on > found[0].on:
                    found.clear()
                if not found or event.on == found[0].on:
                    found.append(event)
    return found


def _first_attempt(situation: Situation) -> date | None:
    found = attempts(situation)
    return found[0].on if found else None


def _last_attempt(situation: Situation) -> date | None:
    found = attempts(situation)
    return found[-1].on if found else None


def _second_returned(situation: Situation) -> date | None:
    returned = returned_letters(situation)
    return returned[1] if len(returned) > 1 else None


def _occupation(situation: Situation) -> date | None:
    found = latest_occupation(situation)
    return found[0].on if found else None


def _unoccupied_since(situation: Situation) -> tuple[date, date] | None:
    """Return the day of the last word that was not ``none``, and the first day of ``none`` after it."""
    told = [event for event in situation.ever if event.kind is _OCCUPIED]
    other = max([event.on for event in told if event.what is not _UNOCCUPIED], default=date.min)
    first = min([event.on for event in told if event.what is _UNOCCUPIED and event.on > other], default=None)
    return None if first is None else (other, first)


def _contact(situation: Situation) -> date | None:
    """Return the contact that told that the youth has nothing to do; else the first that reached the youth."""
    unoccupied = _unoccupied_since(situation)
    if unoccupied is None or unoccupied[1] < (situation.reg or date.min):
        return situation.first_reached
    other, first = unoccupied
    told = [
        event.on
        for event in situation.contacts
        if event.outcome is _REACHED and other < event.on <= first and event.purpose not in situation.elsewhere
    ]
    return max(told, default=first)


def _declined_or_later(situation: Situation) -> date | None:
    declined = situation.latest.get(_DECLINED)
    return None if declined is None else situation.last_reached


def _declined_or_later_called(situation: Situation) -> str:
    same = situation.last_reached == situation.latest.get(_DECLINED)
    return "declined" if same else "last_contact"


_REACHES = frozenset({"not_reached"})
_TRIED = frozenset({"no_attempt"})


def _event(kind: EventKind, meaning: str, excludes: frozenset[str] = frozenset()) -> Clock:
    return Clock(lambda situation: situation.latest.get(kind), meaning, excludes)


def _birthday(age: int) -> Clock:
    return Clock(lambda situation: turns_on(situation.youth.birth_date, age), f"the {age}th birthday")


CLOCKS: Mapping[str, Clock] = MappingProxyType(
    {
        "reg": Clock(attrgetter("reg"), "the latest `registered` event"),
        "allocated": _event(EventKind.ALLOCATED, "the latest `allocated` event on or after `reg`"),
        "first_attempt": Clock(
            _first_attempt, "the first attempt (phone, sms, email, letter) since `allocated`", _TRIED
        ),
        "last_attempt": Clock(
            _last_attempt, "the latest attempt (phone, sms, email, letter) since `allocated`", _TRIED
        ),
        "second_returned_letter": Clock(_second_returned, "the second letter that came back, recipient unknown"),
        "reached": Clock(attrgetter("first_reached"), "the first day on which the youth was reached", _REACHES),
        "last_contact": Clock(attrgetter("last_reached"), "the latest day on which the youth was reached", _REACHES),
        "contact": Clock(_contact, "the contact that told that the youth lacks occupation", _REACHES),
        "occupation": Clock(_occupation, "the latest `occupation` event"),
        "declined": _event(EventKind.DECLINED, "the latest `declined` event since `reg`", _REACHES),
        "declined_or_later_contact": Clock(
            _declined_or_later, "`declined`, moved by every later contact", _REACHES, _declined_or_later_called
        ),
        "wants_help": _event(EventKind.WANTS_HELP, "the latest `wants_help` event since `reg`", _REACHES),
        "first_meeting": _event(EventKind.FIRST_MEETING, "the `first_meeting` event since `reg`", _REACHES),
        "measure_started": _event(EventKind.MEASURE_STARTED, "the latest start of a measure", _REACHES),
        "measure_ended": _event(EventKind.MEASURE_ENDED, "the latest end of a measure since `reg`"),
        "moved_in": _event(EventKind.MOVED_IN, "the latest `moved_in` event since `reg`"),
        "end_of_studies": Clock(lambda _: None, "`until` of the studies, else the end of the term they were told in"),
        "term_end": Clock(lambda _: None, "the end of the term that goes on, or comes next, on `reg`"),
        "birthday_18": _birthday(18),
        "birthday_19": _birthday(19),
        "birthday_20": _birthday(20),
    }
)
"""The closed list of clocks; those of ``terms.BY_TERMS`` are bound to the routine's term ends when it is compiled."""
