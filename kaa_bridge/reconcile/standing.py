"""What a source's own words say of a youth on a day: the law's findings, read as one word."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta

from kaa_bridge.domain.facts import Placement, Youth
from kaa_bridge.domain.values import EventKind, LifeStatus, Occupation
from kaa_bridge.law import RuleSet
from kaa_bridge.law.finding import ALWAYS, MET, NOT_MET, Finding
from kaa_bridge.law.parameters import AttendanceLaw
from kaa_bridge.reconcile.model import Kind, Standing

ADAPTED = frozenset({"GYS", "GYAN"})
"""School forms of anpassad gymnasieskola, old name and new (SS 12000)."""
_ATTENDING = frozenset({"attending", "equivalent"})
_AWAITING = frozenset({"awaiting", "unproven_awaiting"})
_GONE = {LifeStatus.DECEASED: Kind.DECEASED, LifeStatus.EMIGRATED: Kind.EMIGRATED}


def standing_of(youth: Youth, law: RuleSet, as_of: date) -> Standing:
    """Return what the youth's facts say on the day.

    Args:
        youth: facts of one source, or of several merged, taken as the whole that they know.
        law: the provisions in force on ``as_of``, for the municipality.
        as_of: the day.
    """
    age, schooling, home, attendance, exam, certificate, equivalent = law.findings(youth)
    if home[0] == NOT_MET:
        return _away(youth, as_of)
    if age[0] == NOT_MET:
        return Standing(kind=Kind.TURNED_20, lives_here=home[0] == MET)
    for finding in (exam, certificate, equivalent):
        if finding[0] == NOT_MET:
            held = youth.qualifications[finding[4]]
            return Standing(kind=Kind.EXAM, on=held.on, document=held.kind.value)
    if schooling[0] == NOT_MET:
        return _in_compulsory(youth, law, as_of) or Standing(kind=Kind.SCHOOLING, lives_here=home[0] == MET)
    return _by_attendance(youth, attendance, home[0] == MET, _occupation(youth, as_of))


def _by_attendance(youth: Youth, attendance: Finding, lives_here: bool, occupation: str) -> Standing:
    state, since, _, why, index = attendance
    if why.code in _ATTENDING:
        place = youth.placements[index]
        kind = Kind.ADAPTED if place.school_form in ADAPTED else Kind.ATTENDING
        return _of_place(kind, place, lives_here)
    if why.code == "compulsory":
        return _of_place(Kind.COMPULSORY, youth.placements[index], lives_here)
    if why.code in _AWAITING:
        return _of_place(Kind.AWAITING, youth.placements[index], lives_here, occupation=occupation)
    if state != MET:
        return Standing(kind=Kind.UNCLEAR, unclear=why.code, lives_here=lives_here, occupation=occupation)
    last = _ended_before(youth.placements, since)
    if last is None:
        return Standing(kind=Kind.NOTHING, lives_here=lives_here, occupation=occupation)
    return _of_place(Kind.ENDED, last, lives_here, occupation=occupation, free_since=since)


def _of_place(
    kind: Kind, place: Placement, lives_here: bool, *, occupation: str = "", free_since: date | None = None
) -> Standing:
    return Standing(
        kind=kind,
        on=place.start,
        free_since=free_since,
        lives_here=lives_here,
        place=(place.school_form, place.start),
        school_form=place.school_form,
        study_path=place.study_path or "",
        school_unit=place.school_unit or "",
        ended_as=place.ended_as.value if place.ended_as else "",
        occupation=occupation,
    )


def _ended_before(placements: Sequence[Placement], since: date) -> Placement | None:
    """Return the place whose last day lies just before the day, ``None`` when no end made the day."""
    if since == ALWAYS:
        return None
    last = since - timedelta(days=1)
    return next((place for place in placements if place.end == last), None)


def _in_compulsory(youth: Youth, law: RuleSet, as_of: date) -> Standing | None:
    forms = law.version.law_of("not_in_gymnasial", AttendanceLaw).compulsory
    for place in youth.placements:
        going = (place.start is None or place.start <= as_of) and (place.end is None or as_of <= place.end)
        if going and place.school_form in forms:
            return _of_place(Kind.COMPULSORY, place, lives_here=False)
    return None


def _away(youth: Youth, as_of: date) -> Standing:
    if gone := _GONE.get(youth.life_status):
        return Standing(kind=gone)
    here = next((one for one in youth.residence if _covers(one.start, one.end, as_of)), None)
    return Standing(kind=Kind.MOVED, on=here.start if here else None)


def _covers(start: date | None, end: date | None, day: date) -> bool:
    return (start is None or start <= day) and (end is None or day <= end)


def _occupation(youth: Youth, as_of: date) -> str:
    """Return the latest recorded occupation that goes on; none, and unknown, are no known occupation."""
    told = [one for one in youth.events if one.kind is EventKind.OCCUPATION and one.on <= as_of]
    if not told:
        return ""
    latest = max(told, key=lambda one: one.on)
    if latest.what in (None, Occupation.NONE, Occupation.UNKNOWN) or (latest.until and latest.until < as_of):
        return ""
    return latest.what.value
