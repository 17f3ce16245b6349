"""A decision as text: in short for a coordinator, with citations for a lawyer."""

from __future__ import annotations

from datetime import date

from kaa_bridge.domain.facts import Youth
from kaa_bridge.domain.values import EventKind
from kaa_bridge.law.decision import Decision, Reason
from kaa_bridge.law.finding import State
from kaa_bridge.law.leaving import considered_left, is_excepted
from kaa_bridge.law.ruleset import Outcome
from kaa_bridge.law.settings import DEFAULT, LawSettings

OUTCOMES = {
    Outcome.COVERED: "Omfattas av kommunens aktivitetsansvar",
    Outcome.NOT_COVERED: "Omfattas inte av kommunens aktivitetsansvar",
    Outcome.INVESTIGATE: "Ska utredas: uppgifterna räcker inte för att avgöra om aktivitetsansvaret gäller",
}
"""The outcomes as headings."""

REMARKS = {
    "awaiting_start": "Antagen, utbildningen har inte börjat. Enligt lagens ord gäller ansvaret tills den börjar.",
    "schooling_end_computed": "Skolpliktens slut är beräknat från födelseåret, inte hämtat från skolan.",
    "newcomer": "Nyanländ: folkbokförd i Sverige först när skolplikt inte längre gällde.",
    "source_frozen": "En källa uppdateras inte just nu. Ingen har tagits bort eller lagts till på grund av det.",
    "still_in_compulsory_school": "Går kvar i grundskolan eller motsvarande efter skolplikten. Lagen nämner inte det.",
}
"""The remarks in words."""

_MARKS = {State.MET: "[x]", State.NOT_MET: "[ ]", State.UNKNOWN: "[?]"}


def explain_lines(decision: Decision, *, citations: bool = False) -> list[str]:
    """Return the decision as lines of Swedish text.

    A coordinator gets what decided: every ground when covered, else what is not met or unknown. With ``citations`` a
    lawyer gets every criterion with provision, wording in force, act, proposition and the fact it rests on.
    """
    lines = [f"{OUTCOMES[decision.outcome]} ({decision.as_of})."]
    if decision.covered_since:
        lines.append(f"Omfattas sedan {decision.covered_since}.")
    for reason in decision.reasons:
        if citations or _decides(reason, decision.outcome):
            lines.append(f"{_MARKS[reason.state]} {reason.text}")
            if citations:
                lines.append(_citation(reason))
    lines += [f"Obs! {REMARKS[remark]}" for remark in decision.remarks]
    if decision.next_review:
        lines.append(f"Prövas igen senast {decision.next_review}.")
    return lines


def departure_lines(youth: Youth, *, as_of: date, settings: LawSettings = DEFAULT) -> list[str]:
    """Return when, and by which paragraph, a pupil counts as having left school on or before a day, in Swedish."""
    lines = []
    for left in considered_left(youth, as_of=as_of, settings=settings):
        attended = f", senast i skolan {left.last_attended}" if left.last_attended else ""
        ask = "" if left.certain else " Uppgifterna räcker inte: fråga skolan."
        cited = f"{left.provision}, {left.act}{attended}"
        lines.append(f"Räknas som att ha slutat {left.considered_ended} ({cited}). {left.text}{ask}")
    for event in youth.events:
        if event.kind is EventKind.CONSIDERED_LEFT and event.on <= as_of and not is_excepted(event.on, youth):
            why = f" ({event.reason})" if event.reason else ""
            lines.append(f"Räknas som att ha slutat {event.on}{why}.")
    return lines


def _decides(reason: Reason, outcome: Outcome) -> bool:
    if outcome is Outcome.NOT_COVERED:
        return reason.state is State.NOT_MET
    if outcome is Outcome.INVESTIGATE:
        return reason.state is State.UNKNOWN
    return True


def _citation(reason: Reason) -> str:
    see = f"; jfr {', '.join(reason.see)}" if reason.see else ""
    return (
        f"    {reason.provision}, lydelse från {reason.in_force} enligt {reason.act}, {reason.bill}{see}. "
        f"Uppgift: {reason.fact}"
    )
