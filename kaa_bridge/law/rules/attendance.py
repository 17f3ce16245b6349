"""Criterion 3: does not undergo upper secondary or equivalent education (skollagen 29 kap. 9 §)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

from kaa_bridge.domain.facts import Placement, Youth
from kaa_bridge.domain.values import PlacementEnd
from kaa_bridge.law.finding import ALWAYS, MET, NEVER, NOT_MET, UNKNOWN, Finding, Why, day_after, run_around
from kaa_bridge.law.parameters import AttendanceLaw
from kaa_bridge.law.question import Question
from kaa_bridge.law.rules.left_school import left_from

FREE = Why("free", "/placements_complete")
AWAITING = Why("awaiting", "/placements/{at}/from", ("awaiting_start",))
PLACEMENTS_UNPROVEN = Why("placements_unproven", "/placements_complete")
PLACEMENTS_FROZEN = Why("placements_frozen", "/placements_complete")
UNPROVEN_AWAITING = Why("unproven_awaiting", "/placements_complete", ("awaiting_start",))
ATTENDING = Why("attending", "/placements/{at}")
EQUIVALENT = Why("equivalent", "/placements/{at}/equivalent")
COMPULSORY = Why("compulsory", "/placements/{at}/school_form", ("still_in_compulsory_school",))
FORM_UNKNOWN = Why("form_unknown", "/placements/{at}/school_form")
START_UNKNOWN = Why("start_unknown", "/placements/{at}/from")
END_UNKNOWN = Why("end_unknown", "/placements/{at}/to")
PATH_UNKNOWN = Why("path_unknown", "/placements/{at}/study_path")
LEFT_BUT_OPEN = Why("left_but_open", "/placements/{at}/to")

_BY_CHOICE = {"investigate": UNKNOWN, "not_covered": NOT_MET, "covered": MET}
_STRENGTH = {NOT_MET: 0, UNKNOWN: 1, MET: 2}

Meaning = tuple[str, Why]

Span = tuple[date, date, str, Why, int]
"""First day, first day no longer, state while it goes on, why, index of the placement."""


def state_while_on(place: Placement, law: AttendanceLaw, equivalent: frozenset[str], compulsory: str | None) -> Meaning:
    """Return what a placement means while it goes on; met and free where it says nothing.

    Args:
        place: the placement.
        law: which school forms exclude, in this version.
        equivalent: school forms that the municipality always counts as *motsvarande*.
        compulsory: what a place in compulsory school means, ``None`` while skolplikt is not done.
    """
    form = place.school_form
    if place.equivalent or form in equivalent:
        return NOT_MET, EQUIVALENT
    if form in law.excluding:
        return _upper_secondary(place, law)
    if form in law.compulsory:
        return (compulsory, COMPULSORY) if compulsory else (MET, FREE)
    return (MET, FREE) if form in law.other or form.startswith(law.other_prefixes) else (UNKNOWN, FORM_UNKNOWN)


def _upper_secondary(place: Placement, law: AttendanceLaw) -> Meaning:
    if law.introductory_excludes or place.school_form not in law.with_introductory:
        return NOT_MET, ATTENDING
    if place.study_path is None:
        return UNKNOWN, PATH_UNKNOWN
    return (MET, FREE) if place.study_path.startswith("IM") else (NOT_MET, ATTENDING)


def prepare_attendance(question: Question, law: AttendanceLaw) -> Callable[[Youth, bool], Finding]:
    """Met while no placement excludes: upper secondary school of any kind, or what was judged *motsvarande*.

    The rule takes the youth and whether skolplikt is done: only then does a place in compulsory school mean what the
    municipality has chosen. Silence proves nothing unless the placements are a proven whole.
    """
    day, settings = question.day, question.settings
    silence = PLACEMENTS_FROZEN if question.frozen else PLACEMENTS_UNPROVEN
    compulsory = _BY_CHOICE[settings.still_in_compulsory_school]
    awaiting = _BY_CHOICE[settings.awaiting_start]
    free: Finding = (MET, ALWAYS, NEVER, FREE, 0)
    unproven: Finding = (UNKNOWN, ALWAYS, NEVER, silence, 0)

    def rule(youth: Youth, past_schooling: bool) -> Finding:
        complete = bool(youth.placements_complete) and not question.frozen
        if not youth.placements:
            return free if complete else unproven
        spans = _spans(youth, compulsory if past_schooling else None)
        return run_around(lambda on: _on(on, spans, complete), _turns(spans), day)

    def _spans(youth: Youth, compulsory: str | None) -> list[Span]:
        spans: list[Span] = []
        for index, place in enumerate(youth.placements):
            meaning = state_while_on(place, law, settings.equivalent_school_forms, compulsory)
            if meaning[1] is not FREE:
                spans += _span(youth, place, index, meaning)
        return spans

    def _on(on: date, spans: list[Span], complete: bool) -> tuple[str, Why, int]:
        going = [span for span in spans if span[0] <= on < span[1]]
        strongest = min(going, key=lambda span: _STRENGTH[span[2]], default=None)
        if strongest and strongest[2] != MET:
            return strongest[2:]
        awaited = min((span for span in spans if span[0] > on and span[2] == NOT_MET), key=_start, default=None)
        if awaited:
            return _awaiting(awaited[4], complete)
        if not complete:
            return (UNKNOWN, silence, 0)
        return strongest[2:] if strongest else (MET, FREE, 0)

    def _awaiting(index: int, complete: bool) -> tuple[str, Why, int]:
        if awaiting == MET and not complete:
            return (UNKNOWN, UNPROVEN_AWAITING, index)
        return (awaiting, AWAITING, index)

    return rule


def _turns(spans: list[Span]) -> list[date]:
    return [span[0] for span in spans] + [span[1] for span in spans]


def _start(span: Span) -> date:
    return span[0]


def _span(youth: Youth, place: Placement, index: int, meaning: Meaning) -> list[Span]:
    state, why = meaning
    start, until = place.start, day_after(place.end)
    if start is None:
        known = (state, why) if state == MET else (UNKNOWN, START_UNKNOWN)
        return [(ALWAYS, until, *known, index)]
    if start >= until:
        return []
    if place.end is None and place.ended_as not in (None, PlacementEnd.UNKNOWN):
        return [(start, until, UNKNOWN, END_UNKNOWN, index)]
    left = left_from(youth, place) if youth.events and state == NOT_MET else None
    if left is None or left >= until:
        return [(start, until, state, why, index)]
    return [(start, left, state, why, index), (left, until, UNKNOWN, LEFT_BUT_OPEN, index)]
