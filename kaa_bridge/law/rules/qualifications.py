"""Criteria 4, 5 and 6: no exam, no certificate, no equivalent with an approved result (skollagen 29 kap. 9 §)."""

from __future__ import annotations

from collections.abc import Callable

from kaa_bridge.domain.facts import Youth
from kaa_bridge.law.finding import ALWAYS, MET, NEVER, NOT_MET, UNKNOWN, Finding, Why
from kaa_bridge.law.parameters import QualificationLaw
from kaa_bridge.law.question import Question

NOTHING_HELD = Why("nothing_held", "/qualifications_complete")
HELD = Why("held", "/qualifications/{at}")
HELD_FROM_UNKNOWN_DAY = Why("held_from_unknown_day", "/qualifications/{at}/on")
QUALIFICATIONS_UNPROVEN = Why("qualifications_unproven", "/qualifications_complete")
QUALIFICATIONS_FROZEN = Why("qualifications_frozen", "/qualifications_complete")


def prepare_qualification(question: Question, law: QualificationLaw) -> Callable[[Youth], Finding]:
    """Met when none of the kinds is held; studiebevis and gymnasieintyg are among no criterion's kinds (trap 2).

    A document counts from its date; one without a date is unknown, and silence proves nothing unless the sources that
    would know have proven their whole (trap 7).
    """
    day, kinds = question.day, law.kinds
    silence = QUALIFICATIONS_FROZEN if question.frozen else QUALIFICATIONS_UNPROVEN
    nothing: Finding = (MET, ALWAYS, NEVER, NOTHING_HELD, 0)
    unproven: Finding = (UNKNOWN, ALWAYS, NEVER, silence, 0)

    def rule(youth: Youth) -> Finding:
        found = nothing if youth.qualifications_complete and not question.frozen else unproven
        return _with_held(youth, found) if youth.qualifications else found

    def _with_held(youth: Youth, found: Finding) -> Finding:
        for index, held in enumerate(youth.qualifications):
            if held.kind not in kinds:
                continue
            if held.on is None:
                found = (UNKNOWN, ALWAYS, found[2], HELD_FROM_UNKNOWN_DAY, index)
            elif held.on <= day:
                return (NOT_MET, ALWAYS, NEVER, HELD, index)
            else:
                found = (found[0], found[1], min(found[2], held.on), found[3], found[4])
        return found

    return rule
