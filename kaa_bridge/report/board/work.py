"""What was done for a youth while it was on the register, and how it came and left: by which events. Pure.

Only what a source has told as a dated event counts. What stands in the journal as text is never read, so a talk that
nobody recorded as a contact is not seen here; the report says so.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from kaa_bridge.domain.dates import DAY
from kaa_bridge.domain.facts import Event, Youth
from kaa_bridge.domain.values import ContactOutcome, EventKind, Occupation, QualificationKind
from kaa_bridge.report.board.spells import Spell

STEPS = ("measure", "offered", "reached", "attempted", "untried")
"""How far the work has come, the farthest first; a case stands at one of them."""
CAUSES = ("left_school", "finished_without_exam", "after_compulsory", "moved_in", "other_cause")
"""Why a case began; a case has one."""
DELAYS = {"days_7": 7, "days_30": 30, "days_90": 90, "days_more": None, "days_unknown": None}
"""How long after the coverage began a case was registered: the most days of each class, inclusive."""
AGE = ("age_work", "age_studies", "age_other", "age_unknown")
"""Turned 20, parted by what the youth was occupied with."""
GROUNDS = ("exam", "equivalent", "studies", "away", *AGE, "other_ground")
"""Why a case ended; a case has one."""
_OFFERS = {EventKind.DECLINED, EventKind.WANTS_HELP}
_GROUND_OF = (
    ("no_gymnasieexamen", "exam"),
    ("no_gymnasiebevis", "exam"),
    ("no_equivalent", "equivalent"),
    ("not_in_gymnasial", "studies"),
    ("home_municipality", "away"),
)
_OCCUPIED = {
    Occupation.WORK: "age_work",
    Occupation.INTERNSHIP: "age_work",
    Occupation.STUDIES: "age_studies",
    Occupation.KOMVUX: "age_studies",
    Occupation.FOLKHOGSKOLA: "age_studies",
    Occupation.OTHER: "age_other",
}
_NO_EXAM = {QualificationKind.STUDIEBEVIS, QualificationKind.GYMNASIEINTYG}


def between(youth: Youth, first: date, last: date) -> Iterator[Event]:
    """Yield what happened from one day to another, both included."""
    return (event for event in youth.events if first <= event.on <= last)


def step_of(youth: Youth, spell: Spell, day: date) -> str:
    """Return how far the work with a case has come at the end of a day (or when the case closed, if before)."""
    last = min(day, spell.closed or day)
    found = "untried"
    for event in between(youth, spell.began, last):
        step = _step(event)
        if step and STEPS.index(step) < STEPS.index(found):
            found = step
    return found


def _step(event: Event) -> str | None:
    if event.kind is EventKind.MEASURE_STARTED:
        return "measure"
    if event.kind in _OFFERS:
        return "offered"
    if event.kind is EventKind.FIRST_MEETING:
        return "reached"
    if event.kind is EventKind.CONTACT:
        return "reached" if event.outcome is ContactOutcome.REACHED else "attempted"
    return None


def contacted(youth: Youth, spell: Spell, first: date, last: date) -> bool:
    """Tell whether a contact was recorded within the days and the case, reached or not."""
    end = min(last, spell.closed or last)
    kinds = (EventKind.CONTACT, EventKind.FIRST_MEETING)
    return any(event.kind in kinds for event in between(youth, max(first, spell.began), end))


def delay_of(youth: Youth, spell: Spell, began: date) -> int | None:
    """Return the days from the first day of coverage to the registration.

    A source's own registration within the coverage counts when it is earlier than the night. ``None`` where the
    coverage's first day is not known, and for who was covered already when the bridge began and no source tells.
    """
    since = spell.covered_since
    if since is None:
        return None
    told = [event.on for event in between(youth, since, spell.opened) if event.kind is EventKind.REGISTERED]
    if not told and spell.opened == began and since < began:
        return None
    return max((min([*told, spell.opened]) - since).days, 0)


def delay_class(days: int | None) -> str:
    """Return the class of ``DELAYS`` that a number of days falls in."""
    if days is None:
        return "days_unknown"
    return next((name for name, most in DELAYS.items() if most is not None and days <= most), "days_more")


def cause_of(youth: Youth, spell: Spell, municipality: str) -> str:
    """Return why the case began: what happened on the first day of the coverage, or on the day before it."""
    since = spell.covered_since
    if since is None:
        return "other_cause"
    ended = [place for place in youth.placements if place.end is not None and place.end + DAY == since]
    if ended:
        without = any(one.kind in _NO_EXAM and (one.on is None or one.on <= since) for one in youth.qualifications)
        return "finished_without_exam" if without else "left_school"
    if any(home.municipality == municipality and home.start == since for home in youth.residence):
        return "moved_in"
    schooling = youth.compulsory_schooling
    if schooling is not None and schooling.on is not None and schooling.on + DAY == since:
        return "after_compulsory"
    return "other_cause"


def has_form(youth: Youth, spell: Spell, day: date) -> bool:
    """Tell whether the school's avbrottsblankett has come in for a case by a day."""
    first = (spell.covered_since or spell.opened) - _FORM_BEFORE
    return any(event.kind is EventKind.WITHDRAWAL_FORM for event in between(youth, first, day))


def ground_of(youth: Youth, spell: Spell) -> str:
    """Return why a closed case ended: exam first, then studies, moving, and age; age is parted by known occupation."""
    for criterion, ground in _GROUND_OF:
        if criterion in spell.grounds:
            return ground
    if "under_20" not in spell.grounds or spell.closed is None:
        return "other_ground"
    return occupation_on(youth, spell.closed)


def occupation_on(youth: Youth, day: date) -> str:
    """Return what a youth who turned 20 was occupied with, by the latest word on it that still holds on the day."""
    told = [e for e in youth.events if e.kind is EventKind.OCCUPATION and e.on <= day]
    if not told:
        return "age_unknown"
    last = max(told, key=lambda event: event.on)
    if last.what is None or (last.until is not None and last.until < day):
        return "age_unknown"
    return _OCCUPIED.get(last.what, "age_unknown")


_FORM_BEFORE = 31 * DAY
"""How long before the first day without school a school may have told of it."""
