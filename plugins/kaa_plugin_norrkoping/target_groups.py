"""The target groups of Norrköping's action plan (Bilaga 5), as far as the facts of the register tell them.

E to L follow from facts. A to D rest on a case officer's judgement of health and wishes: the register has no field for
them (förordning 2006:39 4 §), so they are never given here, and a youth without a letter may belong to one of them.
"""

from __future__ import annotations

from datetime import date

from kaa_bridge.domain.facts import Youth
from kaa_bridge.domain.values import Occupation, QualificationKind
from kaa_bridge.routine.clocks import latest_occupation, turns_on
from kaa_bridge.routine.situation import observe

MUNICIPALITY = "0581"
GROUPS = {
    "E": "Ungdomar som man inte får kontakt med",
    "F": "Ungdomar som tidigare gått gymnasiesärskola",
    "G": "Ungdomar med skyddad identitet",
    "H": "Ungdomar i arbete",
    "I": "Ungdomar på folkhögskola",
    "J": "Ungdomar på vuxenutbildning",
    "K": "Ungdomar med studiebevis",
    "L": "Ungdomar 19 år",
}
"""The groups that can be told from facts, as the plan words them."""
_OCCUPATIONS = {Occupation.WORK: "H", Occupation.FOLKHOGSKOLA: "I", Occupation.KOMVUX: "J"}
_ANPASSAD = frozenset({"GYS", "GYAN"})
_ATTEMPTS = 2


def target_groups(youth: Youth, as_of: date) -> tuple[str, ...]:
    """Return the letters that the facts tell, in order; a protected youth is in G and nothing else is said."""
    if youth.protection.is_protected:
        return ("G",)
    situation = observe(youth, as_of, frozenset())
    found = {_OCCUPATIONS[e.what] for e in latest_occupation(situation) if e.what in _OCCUPATIONS}
    if situation.last_reached is None and len(situation.contacts) >= _ATTEMPTS:
        found.add("E")
    if any(one.school_form in _ANPASSAD and (one.start or as_of) <= as_of for one in youth.placements):
        found.add("F")
    if any(q.kind is QualificationKind.STUDIEBEVIS and (q.on or as_of) <= as_of for q in youth.qualifications):
        found.add("K")
    turned_19 = turns_on(youth.birth_date, 19)
    if turned_19 is not None and turned_19 <= as_of:
        found.add("L")
    return tuple(sorted(found))


def target_group_cell(youth: Youth, as_of: date) -> str:
    """Return the work-list cell: the letters; empty for a youth who is known to live in another municipality."""
    homes = {one.municipality for one in youth.residence}
    return "" if homes and MUNICIPALITY not in homes else ", ".join(target_groups(youth, as_of))
