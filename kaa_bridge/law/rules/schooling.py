"""Criterion 2: skolplikt is fulfilled, or was past when first registered (skollagen 29 kap. 9 §, 7 kap. 10-16 §§)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

from kaa_bridge.domain.facts import Youth
from kaa_bridge.domain.values import SchoolingStatus
from kaa_bridge.law.finding import ALWAYS, MET, NEVER, NOT_MET, UNKNOWN, Finding, Why, day_after
from kaa_bridge.law.parameters import SchoolingLaw
from kaa_bridge.law.question import Question
from kaa_bridge.law.rules.residence import not_registered_run

ON = "/compulsory_schooling/on"
STATUS = "/compulsory_schooling/status"
COMPUTED = "schooling_end_computed"
ENDED = Why("schooling_ended", ON)
RUNS = Why("schooling_runs", ON)
ONGOING = Why("schooling_ongoing", STATUS)
EXPECTED_END_PASSED = Why("expected_end_passed", "/compulsory_schooling/expected_end")
COMPUTED_ENDED = Why("computed_ended", "/birth_date", (COMPUTED,))
COMPUTED_RUNS = Why("computed_runs", "/birth_date", (COMPUTED,))
TERM_END_UNKNOWN = Why("term_end_unknown", "/compulsory_schooling", (COMPUTED,))
NEWCOMER = Why("newcomer", "/first_registered", ("newcomer",))
NEWCOMER_COMPUTED = Why("newcomer_computed", "/first_registered", ("newcomer", COMPUTED))
NOT_YET_REGISTERED = Why("not_yet_registered", "/first_registered")
NEWCOMERS_OUTSIDE = Why("newcomers_outside", STATUS)
FIRST_REGISTERED_UNKNOWN = Why("first_registered_unknown", "/first_registered")
NOT_REGISTERED = Why("not_registered", "/residence")
SCHOOLING_UNKNOWN = Why("schooling_unknown", "/compulsory_schooling")

_UNKNOWN: Finding = (UNKNOWN, ALWAYS, NEVER, SCHOOLING_UNKNOWN, 0)
_JUNE = 6


def prepare_schooling(question: Question, law: SchoolingLaw) -> Callable[[Youth], Finding]:
    """Met from the day after the last day with skolplikt, or from the first registration of a newcomer.

    Args:
        question: the day, and the municipality's term ends.
        law: whether the second leg (registered when past skolplikt) is in force, and the normal age.
    """
    day = question.day
    term_ends = {
        end.last_day.year: end.last_day
        for end in question.settings.term_ends
        if end.municipality == question.municipality
    }

    def rule(youth: Youth) -> Finding:
        schooling = youth.compulsory_schooling
        if schooling is None:
            return _computed(youth)
        if schooling.status is SchoolingStatus.ENDED and schooling.on is not None:
            free = day_after(schooling.on)
            return (MET, free, NEVER, ENDED, 0) if day >= free else (NOT_MET, ALWAYS, free, RUNS, 0)
        if schooling.status is SchoolingStatus.ONGOING:
            return _ongoing(schooling.expected_end)
        if schooling.status is SchoolingStatus.NEVER:
            return _never(youth)
        return _computed(youth)

    def _ongoing(expected_end: date | None) -> Finding:
        passed = day_after(expected_end)
        if day < passed:
            return (NOT_MET, ALWAYS, passed, ONGOING, 0)
        return (UNKNOWN, ALWAYS, NEVER, EXPECTED_END_PASSED, 0)

    def _never(youth: Youth) -> Finding:
        if not law.newcomers:
            return (NOT_MET, ALWAYS, NEVER, NEWCOMERS_OUTSIDE, 0)
        first = youth.first_registered
        if first is not None:
            return _second_leg(first, NEWCOMER)
        outside, until = not_registered_run(youth, day)
        if outside:
            return (NOT_MET, ALWAYS, until, NOT_REGISTERED, 0)
        return (UNKNOWN, ALWAYS, until, FIRST_REGISTERED_UNKNOWN, 0)

    def _second_leg(first: date, why: Why) -> Finding:
        if day >= first:
            return (MET, first, NEVER, why, 0)
        return (NOT_MET, ALWAYS, first, NOT_YET_REGISTERED, 0)

    def _computed(youth: Youth) -> Finding:
        if youth.birth_date is None:
            return _UNKNOWN
        earliest, latest = _normal_end(youth, youth.birth_date)
        first = youth.first_registered
        if first is not None and first > latest:
            return _second_leg(first, NEWCOMER_COMPUTED) if law.newcomers else _outside()
        outside, until = not_registered_run(youth, day) if first is None else (False, NEVER)
        if outside:
            return (UNKNOWN, ALWAYS, until, SCHOOLING_UNKNOWN, 0)
        return _first_leg(day_after(earliest), day_after(latest))

    def _first_leg(possible: date, certain: date) -> Finding:
        if day >= certain:
            return (MET, certain, NEVER, COMPUTED_ENDED, 0)
        if day < possible:
            return (NOT_MET, ALWAYS, possible, COMPUTED_RUNS, 0)
        return (UNKNOWN, ALWAYS, certain, TERM_END_UNKNOWN, 0)

    def _outside() -> Finding:
        return (NOT_MET, ALWAYS, NEVER, NEWCOMERS_OUTSIDE, 0)

    def _normal_end(youth: Youth, birth_date: date) -> tuple[date, date]:
        year = birth_date.year + law.normal_age
        if any(place.school_form == "SP" and _goes_on(place.start, place.end, year) for place in youth.placements):
            year += 1
        known = term_ends.get(year)
        return (known, known) if known else (date(year, _JUNE, 1), date(year, _JUNE, 30))

    return rule


def _goes_on(start: date | None, end: date | None, year: int) -> bool:
    """Whether a place goes on at the turn of June, when a ten-year schooling would have ended."""
    return (start is None or start < date(year, _JUNE, 1)) and (end is None or end > date(year, _JUNE, 30))
