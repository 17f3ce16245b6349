"""Generated youths: any events and placements in a few years, in any order."""

from __future__ import annotations

from datetime import date

from hypothesis import strategies as st

from kaa_bridge.domain.facts import ContactDetails, Event, Placement, Youth
from kaa_bridge.domain.values import (
    ContactChannel,
    ContactOutcome,
    EventKind,
    LifeStatus,
    Occupation,
    PlacementEnd,
    Protection,
)
from kaa_bridge.routine import load_routine

ROUTINES = {name: load_routine(name) for name in ("ragunda", "norrkoping", "ist_kommun", "lekeberg")}
PURPOSES = sorted({step.action for routine in ROUTINES.values() for step in routine.steps})
OUTREACH = {
    "phone", "sms", "letter_1", "letter_2", "postcard", "home_visit", "first_contact", "second_contact", "recontact",
}  # fmt: skip
days = st.dates(date(2025, 11, 1), date(2026, 7, 31))
routines = st.sampled_from(sorted(ROUTINES)).map(ROUTINES.__getitem__)
PLAIN = [
    EventKind.REGISTERED, EventKind.ALLOCATED, EventKind.DECLINED, EventKind.WANTS_HELP, EventKind.FIRST_MEETING,
    EventKind.MEASURE_STARTED, EventKind.MEASURE_ENDED, EventKind.WITHDRAWAL_FORM, EventKind.MOVED_IN,
]  # fmt: skip
events = st.one_of(
    st.builds(Event, kind=st.sampled_from(PLAIN), on=days),
    st.builds(Event, kind=st.just(EventKind.REGISTERED), on=days),
    st.builds(
        Event,
        kind=st.just(EventKind.CONTACT),
        on=days,
        channel=st.sampled_from(ContactChannel),
        outcome=st.sampled_from(ContactOutcome),
        purpose=st.none() | st.sampled_from(PURPOSES),
    ),
    st.builds(
        Event,
        kind=st.just(EventKind.OCCUPATION),
        on=days,
        what=st.sampled_from(Occupation),
        until=st.none() | days,
    ),
    st.builds(Event, kind=st.just(EventKind.FOLLOW_UP_AGREED), on=days, agreed_for=days),
)
placements = st.builds(
    Placement,
    school_form=st.sampled_from(["GY", "GYS", "GR", "FHS"]),
    start=st.none() | days,
    end=st.none() | days,
    ended_as=st.none() | st.sampled_from(PlacementEnd),
)
youths = st.builds(
    Youth,
    ref=st.just("a-1"),
    birth_date=st.none() | st.dates(date(2006, 1, 1), date(2010, 12, 31)),
    protection=st.just(Protection.NONE),
    life_status=st.just(LifeStatus.ALIVE),
    contact_details=st.none() | st.builds(ContactDetails, phone=st.none() | st.booleans()),
    events=st.lists(events, max_size=8).map(tuple),
    placements=st.lists(placements, max_size=2).map(tuple),
)
