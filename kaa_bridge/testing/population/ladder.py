"""Stories about what is due: each step of the outreach ladder, reached, declined, agreed, without a phone."""

from __future__ import annotations

from datetime import date

from kaa_bridge.domain.facts import Event
from kaa_bridge.domain.values import ContactChannel, ContactOutcome, EventKind, Occupation
from kaa_bridge.testing.population.desk import Desk, dropped, registered
from kaa_bridge.testing.population.model import Person


def contact(day: date, channel: ContactChannel, outcome: ContactOutcome, purpose: str | None = None) -> Event:
    """Return a contact attempt."""
    return Event(kind=EventKind.CONTACT, on=day, channel=channel, outcome=outcome, purpose=purpose)


def _ladder(desk: Desk, story: str, registered_ago: int, *events: Event, years: int = 18, **facts: object) -> Person:
    number = desk.born(years, 2 + desk.rng.randrange(8))
    places = (dropped(number, desk.ago(registered_ago + 5)),)
    history = tuple(sorted((registered(desk.ago(registered_ago)), *events), key=lambda event: event.on))
    handler = desk.rng.choice(["HL1", "HL2", "HL3"]) if events else None
    return desk.person(story, number, True, placements=places, events=history, handler=handler, **facts)


def _unreached(desk: Desk, registered_ago: int) -> tuple[Event, Event]:
    """Return the first week's attempts: a call and a text message without answer."""
    call = contact(desk.ago(registered_ago - 2), ContactChannel.PHONE, ContactOutcome.NO_ANSWER)
    text = contact(desk.ago(registered_ago - 4), ContactChannel.SMS, ContactOutcome.NO_ANSWER)
    return call, text


def _letter(desk: Desk, ago: int, purpose: str) -> Event:
    return contact(desk.ago(ago), ContactChannel.LETTER, ContactOutcome.SENT, purpose)


def dropout_new(desk: Desk) -> Person:
    """Left a national programme and was registered two days ago: the phone call is due."""
    return _ladder(desk, "dropout_new", 2)


def no_answer(desk: Desk) -> Person:
    """Did not answer the phone: the text message is due."""
    call = contact(desk.ago(2), ContactChannel.PHONE, ContactOutcome.NO_ANSWER)
    return _ladder(desk, "no_answer", 5, call)


def after_sms(desk: Desk) -> Person:
    """Answers neither call nor text: the first letter is due."""
    return _ladder(desk, "after_sms", 16, *_unreached(desk, 16))


def after_letter_1(desk: Desk) -> Person:
    """Has had the first letter: the second is due."""
    return _ladder(desk, "after_letter_1", 37, *_unreached(desk, 37), _letter(desk, 15, "letter_1"))


def after_letter_2(desk: Desk) -> Person:
    """Has had both letters: the postcard is due."""
    letters = (_letter(desk, 40, "letter_1"), _letter(desk, 10, "letter_2"))
    return _ladder(desk, "after_letter_2", 62, *_unreached(desk, 62), *letters)


def after_postcard(desk: Desk) -> Person:
    """Has had letters and postcard: the home visit is due."""
    letters = (_letter(desk, 55, "letter_1"), _letter(desk, 30, "letter_2"))
    card = contact(desk.ago(12), ContactChannel.POSTCARD, ContactOutcome.SENT)
    return _ladder(desk, "after_postcard", 78, *_unreached(desk, 78), *letters, card)


def minor_without_phone(desk: Desk) -> Person:
    """Is under 18 and no phone is known: the first letter within a week, to the guardian."""
    number = desk.born(17, 1)
    places = (dropped(number, desk.ago(9)),)
    events = (registered(desk.ago(3)),)
    return desk.person("minor_without_phone", number, True, placements=places, events=events, phone=False)


def reached_working(desk: Desk) -> Person:
    """Answered and works: follow-up within three months."""
    call = contact(desk.ago(50), ContactChannel.PHONE, ContactOutcome.REACHED)
    work = Event(kind=EventKind.OCCUPATION, on=desk.ago(50), what=Occupation.WORK)
    return _ladder(desk, "reached_working", 58, call, work)


def declined(desk: Desk) -> Person:
    """Answered and declined: still covered, follow-up within three months."""
    call = contact(desk.ago(30), ContactChannel.PHONE, ContactOutcome.REACHED)
    return _ladder(desk, "declined", 33, call, Event(kind=EventKind.DECLINED, on=desk.ago(30)))


def follow_up_agreed(desk: Desk) -> Person:
    """Answered and agreed on a day for the next talk."""
    call = contact(desk.ago(20), ContactChannel.PHONE, ContactOutcome.REACHED)
    idle = Event(kind=EventKind.OCCUPATION, on=desk.ago(20), what=Occupation.NONE)
    agreed = Event(kind=EventKind.FOLLOW_UP_AGREED, on=desk.ago(20), agreed_for=desk.ahead(10))
    return _ladder(desk, "follow_up_agreed", 25, call, idle, agreed)


def in_measure(desk: Desk) -> Person:
    """Wants help, has met a case officer and begun a measure."""
    call = contact(desk.ago(40), ContactChannel.PHONE, ContactOutcome.REACHED)
    wish = Event(kind=EventKind.WANTS_HELP, on=desk.ago(40))
    meeting = Event(kind=EventKind.FIRST_MEETING, on=desk.ago(34))
    measure = Event(kind=EventKind.MEASURE_STARTED, on=desk.ago(28), measure="studie- och yrkesvägledning")
    return _ladder(desk, "in_measure", 44, call, wish, meeting, measure)


def wants_help(desk: Desk) -> Person:
    """Wants help and has met a case officer, no measure yet: a measure is to be planned."""
    call = contact(desk.ago(14), ContactChannel.PHONE, ContactOutcome.REACHED)
    wish = Event(kind=EventKind.WANTS_HELP, on=desk.ago(14))
    return _ladder(desk, "wants_help", 17, call, wish, Event(kind=EventKind.FIRST_MEETING, on=desk.ago(6)))


def letters_returned(desk: Desk) -> Person:
    """Two letters came back, recipient unknown: the address is to be reported (Norrköping)."""
    given = Event(kind=EventKind.ALLOCATED, on=desk.ago(66))
    back = [contact(desk.ago(ago), ContactChannel.LETTER, ContactOutcome.RETURNED_UNKNOWN) for ago in (45, 20)]
    return _ladder(desk, "letters_returned", 70, given, *back)
