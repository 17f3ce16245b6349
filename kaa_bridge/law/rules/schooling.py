"""Criterion 2: skolplikt is fulfilled, or was past when first registered (skollagen 29 kap. 9 §, 7 kap. 10-16 §§)."""

from __future__ import annotations

from datetime import date

from kaa_bridge.domain.facts import Youth
from kaa_bridge.domain.values import SchoolingStatus
from kaa_bridge.law.finding import ALWAYS, MET, NEVER, NOT_MET, NOWHERE, UNKNOWN, Finding, Why, day_after, run_around
from kaa_bridge.law.parameters import SchoolingLaw
from kaa_bridge.law.question import Question
from kaa_bridge.law.rules.residence import Answer, stays_unregistered, tells_of_stays, turns

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
NOT_YET_REGISTERED_COMPUTED = Why("not_yet_registered", "/first_registered", (COMPUTED,))
NEWCOMERS_OUTSIDE = Why("newcomers_outside", STATUS)
NEWCOMERS_OUTSIDE_COMPUTED = Why("newcomers_outside", "/first_registered", (COMPUTED,))
FIRST_REGISTERED_UNKNOWN = Why("first_registered_unknown", "/first_registered")
NOT_REGISTERED = Why("not_registered", "/residence")
SCHOOLING_UNKNOWN = Why("schooling_unknown", "/compulsory_schooling")

_UNKNOWN: Finding = (UNKNOWN, ALWAYS, NEVER, SCHOOLING_UNKNOWN, NOWHERE)
_ENDED, _ONGOING, _NEVER_HAD = SchoolingStatus.ENDED, SchoolingStatus.ONGOING, SchoolingStatus.NEVER
_JUNE = 6
_LAST_YEAR = NEVER.year - 1


class Schooling:
    """Met from the day after the last day with skolplikt, or from the first registration of a newcomer."""

    __slots__ = ("_day", "_known", "_law", "_normal", "_normal_age", "_term_ends")

    def __init__(self, question: Question, law: SchoolingLaw) -> None:
        """Prepare the rule: the day, the municipality's term ends, and whether newcomers are covered."""
        self._day = question.day
        self._law, self._normal_age = law, law.normal_age
        self._known: dict[date, Finding] = {}
        self._normal: dict[int, Finding] = {}
        known = question.settings.term_ends
        self._term_ends = {
            end.last_day.year: end.last_day for end in known if end.municipality == question.municipality
        }

    def finding(self, youth: Youth) -> Finding:
        """Return the finding on a youth."""
        schooling = youth.compulsory_schooling
        if schooling is None:
            return self._computed(youth)
        last = schooling.on
        if schooling.status is _ENDED and last is not None:
            return self._known.get(last) or self._ended(last)
        if schooling.status is _ONGOING:
            return self._ongoing(schooling.expected_end)
        if schooling.status is _NEVER_HAD:
            return self._never(youth)
        return self._computed(youth)

    def _ended(self, last: date) -> Finding:
        """Answer for a last day with skolplikt; a population shares its few last days, so they are kept."""
        free = day_after(last)
        over: Finding = (MET, free, NEVER, ENDED, NOWHERE)
        found = over if last < self._day else (NOT_MET, ALWAYS, free, RUNS, NOWHERE)
        self._known[last] = found
        return found

    def _ongoing(self, expected_end: date | None) -> Finding:
        passed = day_after(expected_end)
        if self._day < passed:
            return (NOT_MET, ALWAYS, passed, ONGOING, NOWHERE)
        return (UNKNOWN, ALWAYS, NEVER, EXPECTED_END_PASSED, NOWHERE)

    def _never(self, youth: Youth) -> Finding:
        if not self._law.newcomers:
            return (NOT_MET, ALWAYS, NEVER, NEWCOMERS_OUTSIDE, NOWHERE)
        if youth.first_registered is not None:
            return self._second_leg(youth.first_registered, NEWCOMER, NOT_YET_REGISTERED)
        if not tells_of_stays(youth):
            return (UNKNOWN, ALWAYS, NEVER, FIRST_REGISTERED_UNKNOWN, NOWHERE)
        return run_around(lambda on: self._never_on(youth, on), turns(youth), self._day)

    def _never_on(self, youth: Youth, on: date) -> Answer:
        if stays_unregistered(youth, on):
            return (NOT_MET, NOT_REGISTERED, NOWHERE)
        return (UNKNOWN, FIRST_REGISTERED_UNKNOWN, NOWHERE)

    def _second_leg(self, first: date, past: Why, before: Why) -> Finding:
        if self._day >= first:
            return (MET, first, NEVER, past, NOWHERE)
        return (NOT_MET, ALWAYS, first, before, NOWHERE)

    def _computed(self, youth: Youth) -> Finding:
        if youth.birth_date is None:
            return _UNKNOWN
        year = self._normal_year(youth, youth.birth_date)
        first = youth.first_registered
        if first is None:
            if tells_of_stays(youth):
                free = self._free_from(year)
                return run_around(lambda on: self._first_leg(youth, on, *free), [*free, *turns(youth)], self._day)
        elif first > self._normal_end(year)[1]:
            if self._law.newcomers:
                return self._second_leg(first, NEWCOMER_COMPUTED, NOT_YET_REGISTERED_COMPUTED)
            return (NOT_MET, ALWAYS, NEVER, NEWCOMERS_OUTSIDE_COMPUTED, NOWHERE)
        return self._normal.get(year) or self._normally(year)

    def _normally(self, year: int) -> Finding:
        """Answer for the year of a normal end; a population shares a few of them, so they are kept."""
        free = self._free_from(year)
        found = run_around(lambda on: _by_normal_end(on, *free), free, self._day)
        self._normal[year] = found
        return found

    def _first_leg(self, youth: Youth, on: date, possible: date, certain: date) -> Answer:
        if stays_unregistered(youth, on):
            return (UNKNOWN, SCHOOLING_UNKNOWN, NOWHERE)
        return _by_normal_end(on, possible, certain)

    def _normal_year(self, youth: Youth, birth_date: date) -> int:
        """Return the year in which skolplikt ends in the normal case: a year later in specialskolan."""
        year = birth_date.year + self._normal_age
        if year > _LAST_YEAR:  # written out: min() would cost twice as much
            year = _LAST_YEAR
        for place in youth.placements:
            if place.school_form == "SP" and _goes_on(place.start, place.end, year):
                return year + 1
        return year

    def _free_from(self, year: int) -> tuple[date, date]:
        """Return the first day that may be, and the first that surely is, without skolplikt."""
        earliest, latest = self._normal_end(year)
        return day_after(earliest), day_after(latest)

    def _normal_end(self, year: int) -> tuple[date, date]:
        """Return the first and the last day on which skolplikt can end that year, equal where the day is known."""
        known = self._term_ends.get(year)
        return (known, known) if known else (date(year, _JUNE, 1), date(year, _JUNE, 30))


def _by_normal_end(on: date, possible: date, certain: date) -> Answer:
    if on >= certain:
        return (MET, COMPUTED_ENDED, NOWHERE)
    return (NOT_MET, COMPUTED_RUNS, NOWHERE) if on < possible else (UNKNOWN, TERM_END_UNKNOWN, NOWHERE)


def _goes_on(start: date | None, end: date | None, year: int) -> bool:
    """Whether a place goes on at the turn of June, when a ten-year schooling would have ended."""
    return (start is None or start < date(year, _JUNE, 1)) and (end is None or end > date(year, _JUNE, 30))
