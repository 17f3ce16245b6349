"""When a pupil counts as having left upper secondary school (gymnasieförordningen 12 kap. 3, 4 and 4 a §§).

A pupil who only risks leaving has not left: nothing may be registered about them. Where the facts cannot tell, the
departure is marked as not certain, and a person asks the school.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta

from msgspec import Struct

from kaa_bridge.domain.dates import DAY, add_months
from kaa_bridge.domain.facts import Absence, Placement, Youth
from kaa_bridge.domain.values import AbsenceReason, EventKind
from kaa_bridge.law.finding import NEVER
from kaa_bridge.law.leaving_law import LeavingRule, leaving_law
from kaa_bridge.law.rules.age import birthday_or_never
from kaa_bridge.law.settings import DEFAULT, LawSettings

UPPER_SECONDARY = frozenset({"GY", "GYS", "GYAN"})
"""School forms that gymnasieförordningen 12 kap. governs."""

EXCUSED = frozenset({AbsenceReason.SICKNESS, AbsenceReason.LEAVE})
"""Reasons that never let a pupil count as having left."""
_SATURDAY = 5
_LEFT, _EXCEPTED = EventKind.CONSIDERED_LEFT, EventKind.LEAVING_EXCEPTION
_FORM, _INVALID = EventKind.WITHDRAWAL_FORM, AbsenceReason.INVALID
LEAVING_EVENTS = frozenset({_LEFT, _EXCEPTED, _FORM})
"""The only events that the law reads: all others tell of the municipality's work."""


class Departure(Struct, frozen=True, kw_only=True):
    """A pupil counts as having left a placement.

    Attributes:
        placement: index of the placement among the youth's.
        provision: short citation; ``act`` the act that gave the wording (SFS number).
        last_attended: last day in school, ``None`` where no fact tells it.
        considered_ended: first day on which the pupil counts as having left.
        certain: whether the facts settle it; else the school must be asked.
        text: Swedish, for a coordinator.
    """

    placement: int
    provision: str
    act: str
    last_attended: date | None
    considered_ended: date
    certain: bool
    text: str


def considered_left(youth: Youth, *, as_of: date, settings: LawSettings = DEFAULT) -> tuple[Departure, ...]:
    """Return the departures that have taken effect on a day, the earliest first."""
    found = (
        departure
        for index, place in enumerate(youth.placements)
        if place.school_form in UPPER_SECONDARY
        for departure in departures(youth, index, settings)
        if departure.considered_ended <= as_of
    )
    return tuple(sorted(found, key=lambda one: (one.considered_ended, one.placement)))


def departures(youth: Youth, index: int, settings: LawSettings) -> Iterator[Departure]:
    """Yield every departure from one placement that the facts lead to, on whatever day it takes effect.

    A no-show or a withdrawal comes before the month of absence, which only concerns a pupil who began and did not
    withdraw (12 kap. 4 a §).
    """
    place = youth.placements[index]
    end = place.end or NEVER
    earlier = [*_withdrawals(youth, index, place), *_no_shows(youth, index, place, settings)]
    own = earlier or [*_absences(youth, index, place)]
    yield from (one for one in own if one.considered_ended <= end)


def tells_of_leaving(youth: Youth) -> bool:
    """Whether any fact could lead to a departure: most events say nothing of school."""
    if youth.absences:
        return True
    for event in youth.events:  # noqa: SIM110 - a plain loop costs half of any() here
        if event.kind is _FORM or event.kind is _LEFT:
            return True
    return False


def first_day_left(youth: Youth, index: int, settings: LawSettings) -> date | None:
    """Return the first day from which facts say that the pupil has left an open placement, ``None`` where none does.

    An event ``considered_left`` counts from its day, whoever recorded it, unless rektor has decided otherwise.
    """
    start = youth.placements[index].start or date.min
    days = [one.considered_ended for one in departures(youth, index, settings)]
    recorded = [one.on for one in youth.events if one.kind is _LEFT and one.on >= start]
    days += [on for on in recorded if not is_excepted(on, youth)]
    return min(days, default=None)


def is_excepted(left: date, youth: Youth) -> bool:
    """Whether rektor decided otherwise (12 kap. 4 a §), at the earliest when the month of absence began."""
    decided = [one.on for one in youth.events if one.kind is _EXCEPTED]
    return any(month_has_passed(on) >= left for on in decided)


def month_has_passed(begins: date) -> date:
    """Return the first day on which an absence has lasted more than a month in a row (12 kap. 4 a §)."""
    return NEVER if begins.year == NEVER.year else add_months(begins, leaving_law().absence.months) + DAY


def _withdrawals(youth: Youth, index: int, place: Placement) -> Iterator[Departure]:
    rule = leaving_law().withdrawal
    for form in youth.events:
        if form.kind is not _FORM or form.on < (place.start or date.min):
            continue
        known_age = youth.birth_date is not None
        of_age = youth.birth_date is not None and form.on >= birthday_or_never(youth.birth_date, rule.of_age)
        if form.consent or of_age or not known_age:
            yield _departure(index, rule, None, form.on, certain=bool(form.consent) or known_age)


def _no_shows(youth: Youth, index: int, place: Placement, settings: LawSettings) -> Iterator[Departure]:
    begins = place.first_term_start or (None if _has_begun_before(youth, place) else place.start)
    if begins is None or begins.year == NEVER.year:
        return
    deadline = days_after(begins, settings)
    for run in _runs(youth.absences):
        if run.start <= begins and (run.end is None or run.end >= deadline):
            certain = run.reason is _INVALID and place.first_term_start is not None
            yield _departure(index, leaving_law().no_show, None, deadline + DAY, certain=certain)


def _has_begun_before(youth: Youth, place: Placement) -> bool:
    """Whether an earlier place in upper secondary school shows that this one begins no first term."""
    starts = [other.start for other in youth.placements if other.school_form in UPPER_SECONDARY and other is not place]
    return place.start is None or any(start is None or start < place.start for start in starts)


def _absences(youth: Youth, index: int, place: Placement) -> Iterator[Departure]:
    rule = leaving_law().absence
    exceptions = [one.on for one in youth.events if one.kind is _EXCEPTED]
    for run in _runs(youth.absences):
        begins = max(run.start, place.start or date.min)
        ended = month_has_passed(begins)
        excepted = any(day >= begins for day in exceptions)
        if ended is not NEVER and not excepted and (run.end is None or run.end >= ended):
            yield _departure(index, rule, run.last_attended, ended, certain=run.reason is _INVALID)


def _departure(index: int, rule: LeavingRule, attended: date | None, ended: date, *, certain: bool) -> Departure:
    return Departure(
        placement=index,
        provision=rule.provision,
        act=rule.act,
        last_attended=attended,
        considered_ended=ended,
        certain=certain,
        text=rule.text,
    )


def _runs(absences: tuple[Absence, ...]) -> list[Absence]:
    """Join unexcused absences that follow on each other, weekends between them apart; sickness and leave break them."""
    runs: list[Absence] = []
    for one in sorted((one for one in absences if one.reason not in EXCUSED), key=lambda one: one.start):
        last = runs[-1] if runs else None
        if last is None or (last.end is not None and one.start > _next_weekday(last.end)):
            runs.append(one)
            continue
        end = None if last.end is None or one.end is None else max(last.end, one.end)
        reason = last.reason if last.reason is one.reason else AbsenceReason.UNKNOWN
        runs[-1] = Absence(start=last.start, end=end, reason=reason, last_attended=last.last_attended)
    return runs


def _next_weekday(day: date) -> date:
    following = day + DAY
    while following.weekday() >= _SATURDAY:
        following += DAY
    return following


def days_after(begins: date, settings: LawSettings) -> date:
    """Return the last day on which a pupil whose first term has begun can still come (12 kap. 3 §)."""
    if settings.no_show_count == "calendar":
        return begins + timedelta(days=settings.no_show_days)
    day = begins
    for _ in range(settings.no_show_days):
        day = _next_weekday(day)
    return day
