"""Criteria 4, 5 and 6: no exam, no certificate, no equivalent with an approved result (skollagen 29 kap. 9 §)."""

from __future__ import annotations

from kaa_bridge.domain.facts import Youth
from kaa_bridge.law.finding import ALWAYS, MET, NEVER, NOT_MET, NOWHERE, UNKNOWN, Finding, Why
from kaa_bridge.law.parameters import QualificationLaw
from kaa_bridge.law.question import Question

NOTHING_HELD = Why("nothing_held", "/qualifications_complete")
HELD = Why("held", "/qualifications/{at}")
HELD_FROM_UNKNOWN_DAY = Why("held_from_unknown_day", "/qualifications/{at}/on")
QUALIFICATIONS_UNPROVEN = Why("qualifications_unproven", "/qualifications_complete")
QUALIFICATIONS_FROZEN = Why("qualifications_frozen", "/qualifications_complete")


class Held:
    """Met when none of the kinds is held; studiebevis and gymnasieintyg are among no criterion's kinds (trap 2).

    A document counts from its date; one without a date is unknown, and silence proves nothing unless the sources that
    would know have proven their whole (trap 7).
    """

    __slots__ = ("_day", "_frozen", "_kinds", "_nothing", "_unproven")

    def __init__(self, question: Question, law: QualificationLaw) -> None:
        """Prepare the rule for a question."""
        self._day, self._frozen, self._kinds = question.day, question.frozen, law.kinds
        silence = QUALIFICATIONS_FROZEN if question.frozen else QUALIFICATIONS_UNPROVEN
        self._nothing: Finding = (MET, ALWAYS, NEVER, NOTHING_HELD, NOWHERE)
        self._unproven: Finding = (UNKNOWN, ALWAYS, NEVER, silence, NOWHERE)

    def finding(self, youth: Youth) -> Finding:
        """Return the finding on a youth."""
        proven = youth.qualifications_complete and not self._frozen
        silence = self._nothing if proven else self._unproven
        return self._with_held(youth, silence) if youth.qualifications else silence

    def _with_held(self, youth: Youth, silence: Finding) -> Finding:
        state, since, until, why, at = silence
        for index, held in enumerate(youth.qualifications):
            if held.kind not in self._kinds:
                continue
            if held.on is None:
                state, why, at = UNKNOWN, HELD_FROM_UNKNOWN_DAY, index
            elif held.on <= self._day:
                return (NOT_MET, ALWAYS, NEVER, HELD, index)
            else:
                until = min(until, held.on)
        return (state, since, until, why, at)
