"""Criterion 3: does not undergo upper secondary or equivalent education (skollagen 29 kap. 9 §)."""

from __future__ import annotations

from datetime import date

from kaa_bridge.domain.dates import DAY
from kaa_bridge.domain.facts import Placement, Youth
from kaa_bridge.domain.values import PlacementEnd
from kaa_bridge.law.finding import ALWAYS, MET, NEVER, NOT_MET, NOWHERE, UNKNOWN, Finding, Why, day_after, run_around
from kaa_bridge.law.leaving import first_day_left, tells_of_leaving
from kaa_bridge.law.likeness import is_introductory
from kaa_bridge.law.parameters import AttendanceLaw
from kaa_bridge.law.question import Question
from kaa_bridge.law.settings import LawSettings

AWAITING_START = "awaiting_start"
FREE = Why("free", "/placements_complete")
AWAITING = Why("awaiting", "/placements/{at}/from", (AWAITING_START,))
PLACEMENTS_UNPROVEN = Why("placements_unproven", "/placements_complete")
PLACEMENTS_FROZEN = Why("placements_frozen", "/placements_complete")
UNPROVEN_AWAITING = Why("unproven_awaiting", "/placements_complete", (AWAITING_START,))
ATTENDING = Why("attending", "/placements/{at}")
EQUIVALENT = Why("equivalent", "/placements/{at}/equivalent")
COMPULSORY = Why("compulsory", "/placements/{at}/school_form", ("still_in_compulsory_school",))
FORM_UNKNOWN = Why("form_unknown", "/placements/{at}/school_form")
START_UNKNOWN = Why("start_unknown", "/placements/{at}/from")
END_UNKNOWN = Why("end_unknown", "/placements/{at}/to")
PATH_UNKNOWN = Why("path_unknown", "/placements/{at}/study_path")
LEFT_BUT_OPEN = Why("left_but_open", "/placements/{at}/to")

_BY_CHOICE = {"investigate": UNKNOWN, "not_covered": NOT_MET, "covered": MET}
_EXCLUDES, _COMPULSORY, _SILENT = "excludes", "compulsory", "silent"
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
    introductory = is_introductory(place.study_path)
    if introductory is None:
        return UNKNOWN, PATH_UNKNOWN
    return (MET, FREE) if introductory else (NOT_MET, ATTENDING)


class Attendance:
    """Met while no placement excludes: upper secondary school of any kind, or what was judged *motsvarande*.

    Only when skolplikt is done does a place in compulsory school mean what the municipality has chosen. Silence proves
    nothing unless the placements are a proven whole.
    """

    __slots__ = (
        "_awaiting",
        "_compulsory",
        "_day",
        "_free",
        "_frozen",
        "_kinds",
        "_law",
        "_settings",
        "_silence",
        "_unproven",
    )

    def __init__(self, question: Question, law: AttendanceLaw) -> None:
        """Prepare the rule for a question."""
        self._day, self._frozen, self._settings, self._law = question.day, question.frozen, question.settings, law
        self._silence = PLACEMENTS_FROZEN if question.frozen else PLACEMENTS_UNPROVEN
        self._compulsory = _BY_CHOICE[question.settings.still_in_compulsory_school]
        self._awaiting = _BY_CHOICE[question.settings.awaiting_start]
        self._kinds = _well_known(law, question.settings.equivalent_school_forms)
        self._free: Finding = (MET, ALWAYS, NEVER, FREE, NOWHERE)
        self._unproven: Finding = (UNKNOWN, ALWAYS, NEVER, self._silence, NOWHERE)

    def finding(self, youth: Youth, past_schooling: bool) -> Finding:
        """Return the finding on a youth; ``past_schooling`` is whether skolplikt is done."""
        return self._if_plain(youth, past_schooling) or self.in_general(youth, past_schooling)

    def _if_plain(self, youth: Youth, past_schooling: bool) -> Finding | None:
        """Answer where all forms are well known, all dates too, and at most one place goes on."""
        day, kinds = self._day, self._kinds
        attending, awaited, starts = None, 0, NEVER
        for index, place in enumerate(youth.placements):
            try:
                kind = kinds[place.school_form]
            except KeyError:
                return None
            start, end = place.start, place.end
            if start is None or place.equivalent:
                return None
            if end is not None and end < day:
                continue
            if kind is _EXCLUDES:
                if place.ended_as or (end is not None and end < start) or tells_of_leaving(youth):
                    return None
                if start > day:
                    awaited, starts = (index, start) if start < starts else (awaited, starts)
                elif attending:
                    return None
                else:
                    attending = (NOT_MET, ALWAYS, NEVER if end is None else day_after(end), ATTENDING, index)
            elif kind is _COMPULSORY and past_schooling:
                return None
        if attending:
            return attending if starts is NEVER or starts > attending[2] else None
        if self._frozen or not youth.placements_complete:
            return self._unproven if starts is NEVER else None
        if starts is NEVER:
            return (MET, self._since_last(youth, past_schooling), NEVER, FREE, NOWHERE)
        if self._awaiting == MET:
            return (MET, self._since_last(youth, past_schooling), starts, AWAITING, awaited)
        return None

    def _since_last(self, youth: Youth, past_schooling: bool) -> date:
        """Return the day after the last place that excluded; every place is well known, and none goes on."""
        compulsory_counts = past_schooling and self._compulsory != MET
        last = ALWAYS
        for place in youth.placements:
            end, kind = place.end, self._kinds[place.school_form]
            if end is None or not last < end < self._day or (place.start or end) > end:
                continue
            if kind is _EXCLUDES or (kind is _COMPULSORY and compulsory_counts):
                last = end
        return last if last is ALWAYS else last + DAY

    def in_general(self, youth: Youth, past_schooling: bool) -> Finding:
        """Return the finding on any youth; ``finding`` takes the plain cases first."""
        proven = bool(youth.placements_complete) and not self._frozen
        spans = self._spans(youth, self._compulsory if past_schooling else None) if youth.placements else None
        if not spans:
            return self._free if proven else self._unproven
        return run_around(lambda on: self._on(on, spans, proven), _turns(spans), self._day)

    def _spans(self, youth: Youth, compulsory: str | None) -> list[Span]:
        spans: list[Span] = []
        for index, place in enumerate(youth.placements):
            meaning = state_while_on(place, self._law, self._settings.equivalent_school_forms, compulsory)
            if meaning[1] is not FREE:
                spans += _span(youth, index, meaning, self._settings)
        return spans

    def _on(self, on: date, spans: list[Span], proven: bool) -> tuple[str, Why, int]:
        going = [span for span in spans if span[0] <= on < span[1]]
        strongest = min(going, key=_weakness, default=None)
        if strongest and strongest[2] != MET:
            return strongest[2:]
        awaited = min((span for span in spans if span[0] > on and span[2] == NOT_MET), key=_start, default=None)
        if awaited:
            return self._before_start(awaited[4], proven)
        if not proven:
            return (UNKNOWN, self._silence, NOWHERE)
        return strongest[2:] if strongest else (MET, FREE, NOWHERE)

    def _before_start(self, index: int, proven: bool) -> tuple[str, Why, int]:
        if self._awaiting == MET and not proven:
            return (UNKNOWN, UNPROVEN_AWAITING, index)
        return (self._awaiting, AWAITING, index)


def _well_known(law: AttendanceLaw, equivalent: frozenset[str]) -> dict[str, str]:
    """Return the school forms whose meaning hangs on nothing but the day and, if compulsory, on skolplikt."""
    excluding = law.excluding if law.introductory_excludes else law.excluding - law.with_introductory
    kinds = dict.fromkeys(law.other, _SILENT) | dict.fromkeys(law.compulsory, _COMPULSORY)
    return {
        form: kind for form, kind in (kinds | dict.fromkeys(excluding, _EXCLUDES)).items() if form not in equivalent
    }


def _turns(spans: list[Span]) -> list[date]:
    return [span[0] for span in spans] + [span[1] for span in spans]


def _start(span: Span) -> date:
    return span[0]


def _weakness(span: Span) -> tuple[int, bool]:
    """Order what goes on at once: what excludes, then what is unknown; among equals so that order has no meaning."""
    _, _, state, why, _ = span
    return _STRENGTH[state], (why is COMPULSORY) == (state == NOT_MET)


def _span(youth: Youth, index: int, meaning: Meaning, settings: LawSettings) -> list[Span]:
    state, why = meaning
    place = youth.placements[index]
    start, until = place.start, day_after(place.end)
    if start is None:
        known = (state, why) if state == MET else (UNKNOWN, START_UNKNOWN)
        return [(ALWAYS, until, *known, index)]
    if start >= until:
        return []
    if place.end is None and place.ended_as not in (None, PlacementEnd.UNKNOWN):
        return [(start, until, UNKNOWN, END_UNKNOWN, index)]
    may_have_left = state == NOT_MET and tells_of_leaving(youth)
    left = first_day_left(youth, index, settings) if may_have_left else None
    if left is None or left >= until:
        return [(start, until, state, why, index)]
    return [(start, left, state, why, index), (left, until, UNKNOWN, LEFT_BUT_OPEN, index)]
