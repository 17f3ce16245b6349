"""An absence that a source tells and forgets leads to the same departure as one that stands in a facts file."""

from __future__ import annotations

from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from kaa_bridge.domain.facts import Absence, Event, Placement
from kaa_bridge.domain.record import AbsenceTold
from kaa_bridge.domain.values import AbsenceReason, EventKind
from kaa_bridge.law import LawSettings, considered_left, judge, left_by_absence
from kaa_bridge.law.leaving import first_day_left
from tests.law.youths import PLAIN

LONG_AGO, START = date(2024, 8, 19), date(2026, 1, 7)
INVALID = AbsenceReason.INVALID
DAYS = st.dates(date(2025, 12, 1), date(2026, 4, 30))


@given(DAYS, st.none() | DAYS, st.sampled_from(AbsenceReason), DAYS, st.booleans(), st.sampled_from((1, 3)))
def test_the_two_ways_agree(
    start: date, end: date | None, reason: AbsenceReason, as_of: date, first_term: bool, days: int
) -> None:
    settings = LawSettings(no_show_days=days)
    begun = start if first_term else LONG_AGO
    place = Placement(school_form="GY", start=begun, first_term_start=begun)
    youth = replace(PLAIN, placements=(place,), absences=(Absence(start=start, end=end, reason=reason),))
    told = AbsenceTold(start=start, end=end, reason=reason, first_term_start=start if first_term else None)
    found = left_by_absence(told, as_of=as_of, settings=settings)
    expected = [(one.considered_ended, one.provision) for one in considered_left(youth, as_of=as_of, settings=settings)]
    assert expected[:1] == ([(found.on, (found.reason or "").partition(",")[0])] if found else [])


def test_the_reason_says_what_a_case_officer_needs() -> None:
    known = AbsenceTold(start=START, reason=INVALID, last_attended=date(2025, 12, 19))
    left = left_by_absence(known, as_of=date(2026, 2, 8))
    assert left == Event(
        kind=EventKind.CONSIDERED_LEFT,
        on=date(2026, 2, 8),
        reason="gymnasieförordningen 12:4 a, senast i skolan 2025-12-19",
    )
    asked = left_by_absence(AbsenceTold(start=START), as_of=date(2026, 2, 8))
    assert asked
    assert asked.reason == "gymnasieförordningen 12:4 a, orsaken är inte känd"


def test_who_came_back_in_time_has_not_left() -> None:
    def left(end: date, first_term: date | None = None) -> date | None:
        told = AbsenceTold(start=START, end=end, reason=INVALID, first_term_start=first_term)
        found = left_by_absence(told, as_of=date(2026, 6, 1))
        return found.on if found else None

    assert left(date(2026, 2, 7)) is None, "exactly a month"
    assert left(date(2026, 2, 8)) == date(2026, 2, 8)
    assert left(date(2026, 1, 9), START) is None, "came on the third day after the start"
    assert left(date(2026, 1, 10), START) == date(2026, 1, 11)


def test_rektors_exception_and_the_end_of_the_calendar_lead_to_nothing() -> None:
    assert left_by_absence(AbsenceTold(start=START, reason=INVALID, excepted=True), as_of=date(2026, 6, 1)) is None
    far = AbsenceTold(start=date.max, first_term_start=date.max, reason=INVALID)
    assert left_by_absence(far, as_of=date(2026, 6, 1)) is None


def test_an_exception_takes_a_recorded_departure_back_once_the_absence_had_begun() -> None:
    left = Event(kind=EventKind.CONSIDERED_LEFT, on=date(2026, 2, 8))
    pupil = replace(PLAIN, placements=(Placement(school_form="GY", start=LONG_AGO),))

    def first(*events: Event) -> date | None:
        return first_day_left(replace(pupil, events=events), 0, LawSettings())

    def exception(on: date) -> Event:
        return Event(kind=EventKind.LEAVING_EXCEPTION, on=on)

    assert first(left) == date(2026, 2, 8)
    assert first(left, exception(START - timedelta(days=1))) == date(2026, 2, 8), "decided before the absence"
    assert first(left, exception(START)) is None
    assert first(left, exception(date(2026, 3, 1))) is None
    assert first(left, exception(date.max)) is None
    other = replace(left, on=date(2026, 4, 8))
    assert first(left, other, exception(START)) == date(2026, 4, 8), "an exception is for one absence"
    verdict = judge(replace(pupil, events=(left, exception(START))), municipality="2303", as_of=date(2026, 2, 9))
    assert verdict.criteria[3] == "n"
