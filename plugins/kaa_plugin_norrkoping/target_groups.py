"""The target groups of Norrköping's action plan (Bilaga 5), as far as the register may hold what they rest on.

C and D are read from the occupation that a case officer has recorded as planned (förordning 2006:39 4 § 2: future
occupation), never guessed; E to L follow from facts. A and B are groups of ill health: not even their letter may be
held (5 §), so they are never given, and a youth without a letter may belong to one of them.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from datetime import date

from kaa_bridge.domain.facts import Youth
from kaa_bridge.domain.values import EventKind, Occupation, QualificationKind
from kaa_bridge.routine.clocks import STUDIES, latest_occupation, turns_on
from kaa_bridge.routine.situation import observe

MUNICIPALITY = "0581"
GROUPS = {
    "C": "Ungdomar där studier inte är primärt utan att en annan sysselsättning är en framgångsväg till en början",
    "D": "Ungdomar som vill studera",
    "E": "Ungdomar som man inte får kontakt med",
    "F": "Ungdomar som tidigare gått gymnasiesärskola",
    "G": "Ungdomar med skyddad identitet",
    "H": "Ungdomar i arbete",
    "I": "Ungdomar på folkhögskola",
    "J": "Ungdomar på vuxenutbildning",
    "K": "Ungdomar med studiebevis",
    "L": "Ungdomar 19 år",
}
"""The groups that can be told, as the plan words them."""
_OCCUPATIONS = {Occupation.WORK: "H", Occupation.FOLKHOGSKOLA: "I", Occupation.KOMVUX: "J"}
_OTHER_FIRST = frozenset({Occupation.WORK, Occupation.INTERNSHIP, Occupation.OTHER})
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
    found |= _planned(youth, as_of)
    turned_19 = turns_on(youth.birth_date, 19)
    if turned_19 is not None and turned_19 <= as_of:
        found.add("L")
    return tuple(sorted(found))


def _planned(youth: Youth, as_of: date) -> set[str]:
    """Return D for studies, C for something else first, by the planned occupation that comes first."""
    ahead = [event for event in youth.events if event.kind is EventKind.OCCUPATION and event.on > as_of]
    first = min((event.on for event in ahead), default=None)
    words = {event.what for event in ahead if event.on == first}
    return ({"D"} if words & STUDIES else set()) | ({"C"} if words & _OTHER_FIRST else set())


def target_group_cell(youth: Youth, as_of: date) -> str:
    """Return the work-list cell: the letters; empty for a youth who is known to live in another municipality."""
    return ", ".join(target_groups(youth, as_of)) if _may_live_here(youth) else ""


def target_group_counts(youths: Iterable[Youth], as_of: date) -> dict[str, int]:
    """Return how many stand in each group, one in several; empty where nobody is known to live in the municipality."""
    here = [one for one in youths if MUNICIPALITY in _homes(one)]
    found = Counter(letter for one in here for letter in target_groups(one, as_of))
    return {f"{letter}: {text}": found[letter] for letter, text in GROUPS.items() if letter != "G"} if here else {}


def _may_live_here(youth: Youth) -> bool:
    homes = _homes(youth)
    return not homes or MUNICIPALITY in homes


def _homes(youth: Youth) -> set[str | None]:
    return {one.municipality for one in youth.residence}
