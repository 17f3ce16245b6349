"""Why a youth came on the register, and why the responsibility ended: as facts and law tell, else not known."""

from __future__ import annotations

from datetime import date
from enum import StrEnum

from kaa_bridge.domain.facts import Placement, Youth
from kaa_bridge.domain.values import LifeStatus, PlacementEnd, QualificationKind
from kaa_bridge.law import CRITERIA
from kaa_bridge.report.scb.school import Occupied, is_upper_secondary, programme_of
from kaa_bridge.report.scb.spells import Spell

_NOT_MET = "n"


class CameBy(StrEnum):
    """Why a youth is on the register. Our words; the labels that are known from published statistics are coarser."""

    STUDIEBEVIS = "studiebevis"
    LEFT_NATIONAL_PROGRAMME = "left_national_programme"
    LEFT_INTRODUCTORY_PROGRAMME = "left_introductory_programme"
    LEFT_ADAPTED_UPPER_SECONDARY = "left_adapted_upper_secondary"
    NEVER_IN_UPPER_SECONDARY = "never_in_upper_secondary"


class EndedBy(StrEnum):
    """Why the responsibility ended (skollagen 29 kap. 6 and 9 §§). Work, a refusal or silence never ends it."""

    DECEASED = "deceased"
    EMIGRATED = "emigrated"
    MOVED = "moved"
    GYMNASIEEXAMEN = "gymnasieexamen"
    GYMNASIEBEVIS = "gymnasiebevis"
    EQUIVALENT_COMPLETED = "equivalent_completed"
    TURNED_20 = "turned_20"
    NATIONAL_PROGRAMME = "national_programme"
    INTRODUCTORY_PROGRAMME = "introductory_programme"
    ADAPTED_UPPER_SECONDARY = "adapted_upper_secondary"
    EQUIVALENT_BEGUN = "equivalent_begun"
    COMPULSORY_SCHOOL = "compulsory_school"


_LEFT = {
    Occupied.NATIONAL_PROGRAMME: CameBy.LEFT_NATIONAL_PROGRAMME,
    Occupied.INTRODUCTORY_PROGRAMME: CameBy.LEFT_INTRODUCTORY_PROGRAMME,
    Occupied.ADAPTED_UPPER_SECONDARY: CameBy.LEFT_ADAPTED_UPPER_SECONDARY,
}
_BY_CRITERION = (
    ("no_gymnasieexamen", EndedBy.GYMNASIEEXAMEN),
    ("no_gymnasiebevis", EndedBy.GYMNASIEBEVIS),
    ("no_equivalent", EndedBy.EQUIVALENT_COMPLETED),
    ("under_20", EndedBy.TURNED_20),
)


def reason_for_coming(youth: Youth, spell: Spell) -> CameBy | None:
    """Return why the youth came on the register with a spell, ``None`` where the facts do not tell."""
    proofs = (one.on for one in youth.qualifications if one.kind is QualificationKind.STUDIEBEVIS)
    if any(on is not None and on <= spell.first for on in proofs):
        return CameBy.STUDIEBEVIS
    before = [place for place in youth.placements if is_upper_secondary(place) and _began_before(place, spell.first)]
    if before:
        kind = programme_of(max(before, key=lambda place: place.start or date.min))
        return _LEFT.get(kind) if kind else None
    dated = all(place.start for place in youth.placements if is_upper_secondary(place))
    return CameBy.NEVER_IN_UPPER_SECONDARY if youth.placements_complete and dated else None


def reason_for_ending(youth: Youth, spell: Spell) -> EndedBy | None:
    """Return why the responsibility ended with a spell, ``None`` where it goes on or nothing tells.

    Where several grounds came on the same day the first of ``EndedBy`` counts: death, emigration, a move and an exam
    say more than a birthday or a place.
    """
    if not spell.over:
        return None
    if not spell.criteria:
        return EndedBy.DECEASED if youth.life_status is LifeStatus.DECEASED else EndedBy.EMIGRATED
    letters = dict(zip(CRITERIA, spell.criteria, strict=True))
    if letters["home_municipality"] == _NOT_MET:
        return _why_gone(youth, spell)
    for criterion, reason in _BY_CRITERION:
        if letters[criterion] == _NOT_MET:
            return reason
    return _studies(youth, spell) if letters["not_in_gymnasial"] == _NOT_MET else None


def _why_gone(youth: Youth, spell: Spell) -> EndedBy | None:
    """Tell a move from the rest: only an address elsewhere proves one, the letter alone does not."""
    day = spell.ended_on
    elsewhere = (home for home in youth.residence if day and (home.start or day) <= day <= (home.end or day))
    return EndedBy.MOVED if any(elsewhere) else None


def _studies(youth: Youth, spell: Spell) -> EndedBy | None:
    day = spell.ended_on
    going = [place for place in youth.placements if day and place.start and place.start <= day <= (place.end or day)]
    for place in going:
        if is_upper_secondary(place):
            kind = programme_of(place)
            return EndedBy(kind.value) if kind else None
    if any(place.equivalent for place in going):
        return EndedBy.EQUIVALENT_BEGUN
    return EndedBy.COMPULSORY_SCHOOL if any(place.school_form.startswith(("GR", "S")) for place in going) else None


def _began_before(place: Placement, day: date) -> bool:
    """Tell whether a place was begun; one to which nobody came never was (gymnasieförordningen 12 kap. 3 §)."""
    return place.start is not None and place.start < day and place.ended_as is not PlacementEnd.NO_SHOW
