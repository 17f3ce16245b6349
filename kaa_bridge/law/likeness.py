"""What makes two youths the same to the law: a register holds many, and the law need answer only once."""

from __future__ import annotations

from functools import lru_cache

from kaa_bridge.domain.record import RecordFacts

Likeness = tuple[object, ...]
_INTRODUCTORY = "IM"


@lru_cache(maxsize=1024)
def is_introductory(study_path: str | None) -> bool | None:
    """Tell whether a study path is an introductory programme; all that the law reads of a path."""
    return None if study_path is None else study_path.startswith(_INTRODUCTORY)


def likeness(facts: RecordFacts) -> Likeness | None:
    """Return what two records must share for the law to decide them alike, the source and the day being the same.

    That is everything but who it is, which school unit the place is at, and the name of the study path.

    Returns:
        ``None`` for what is seldom shared: no birth date told, no place or several.
    """
    places = facts.placements
    if facts.birth_date is None or not places or len(places) > 1:
        return None
    place = places[0]
    return (
        facts.birth_date,
        facts.protection,
        facts.life_status,
        facts.residence,
        facts.first_registered,
        facts.compulsory_schooling,
        facts.qualifications,
        facts.events,
        place.school_form,
        is_introductory(place.study_path),
        place.start,
        place.end,
        place.ended_as,
        place.equivalent,
        place.first_term_start,
    )
