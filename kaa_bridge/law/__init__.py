"""Who is covered: skollagen 29 kap. 9 § as dated, cited, three-valued data. Pure: no clock, no network, no state.

``decide`` gives the full answer with reasons; ``judge`` gives the same verdict without texts; for a whole population
take ``ruleset(...).judge`` once. ``considered_left`` tells when a pupil counts as having left school.
"""

from __future__ import annotations

from kaa_bridge.law.absence import left_by_absence
from kaa_bridge.law.decision import Decision, Reason, decide
from kaa_bridge.law.explain import departure_lines, explain_lines
from kaa_bridge.law.finding import State
from kaa_bridge.law.leaving import Departure, considered_left
from kaa_bridge.law.provisions import CRITERIA, version_on, versions
from kaa_bridge.law.ruleset import Outcome, RuleSet, Verdict, judge, ruleset
from kaa_bridge.law.settings import DEFAULT, LawSettings, TermEnd

__all__ = [
    "CRITERIA",
    "DEFAULT",
    "Decision",
    "Departure",
    "LawSettings",
    "Outcome",
    "Reason",
    "RuleSet",
    "State",
    "TermEnd",
    "Verdict",
    "considered_left",
    "decide",
    "departure_lines",
    "explain_lines",
    "judge",
    "left_by_absence",
    "ruleset",
    "version_on",
    "versions",
]
