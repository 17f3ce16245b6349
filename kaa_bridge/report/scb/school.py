"""School and occupation as the survey tells them apart: the kind of a place, and what a youth did on a day."""

from __future__ import annotations

from datetime import date
from enum import StrEnum

from kaa_bridge.domain.facts import Event, Placement, Youth
from kaa_bridge.domain.values import EventKind, Occupation

_ADAPTED = ("GYS", "GYAN")
_ADULT = ("VUX", "KOMVUX", "SARVUX")
_COMPULSORY = ("GR", "GRS", "GRAN", "SP", "SAM", "TR")


class Occupied(StrEnum):
    """What a youth is occupied with, school told apart as the published statistics do. Our words, not SCB's codes."""

    NATIONAL_PROGRAMME = "national_programme"
    INTRODUCTORY_PROGRAMME = "introductory_programme"
    ADAPTED_UPPER_SECONDARY = "adapted_upper_secondary"
    COMPULSORY_SCHOOL = "compulsory_school"
    KOMVUX = "komvux"
    FOLKHOGSKOLA = "folkhogskola"
    STUDIES = "studies"
    WORK = "work"
    INTERNSHIP = "internship"
    NONE = "none"
    OTHER = "other"
    UNKNOWN = "unknown"


def is_upper_secondary(place: Placement) -> bool:
    """Tell whether a place is in gymnasieskola or anpassad gymnasieskola, under their old names too."""
    return place.school_form == "GY" or place.school_form in _ADAPTED


def programme_of(place: Placement) -> Occupied | None:
    """Return the kind of upper secondary place; ``None`` where the study path that would tell is not known."""
    if place.school_form in _ADAPTED:
        return Occupied.ADAPTED_UPPER_SECONDARY
    if place.school_form != "GY" or place.study_path is None:
        return None
    introductory = place.study_path.startswith("IM")
    return Occupied.INTRODUCTORY_PROGRAMME if introductory else Occupied.NATIONAL_PROGRAMME


def occupation_on(youth: Youth, day: date | None) -> Occupied | None:
    """Return the occupation on a day, ``None`` where nothing tells.

    A place in upper secondary school goes first, then what a case officer has recorded last and still holds, then other
    schools.
    """
    if day is None:
        return None
    going = [place for place in youth.placements if _goes_on(place, day)]
    for place in going:
        if is_upper_secondary(place):
            return programme_of(place)
    told = [event for event in youth.events if event.kind is EventKind.OCCUPATION and event.on <= day]
    if told and (told[-1].until is None or told[-1].until >= day):
        return _told(told[-1])
    return next((kind for place in going if (kind := _other_school(place))), None)


def occupation_after(youth: Youth, day: date | None, until: date) -> Occupied | None:
    """Return the first occupation that began or was recorded on the day or later, before ``until``.

    What was recorded before the day says nothing of the time after it.
    """
    if day is None:
        return None
    begun = [
        (place.start, programme_of(place))
        for place in youth.placements
        if is_upper_secondary(place) and place.start and day <= place.start < until
    ]
    told = [
        (event.on, _told(event))
        for event in youth.events
        if event.kind is EventKind.OCCUPATION and day <= event.on < until
    ]
    return min([*begun, *told], key=lambda found: found[0], default=(day, None))[1]


def _told(event: Event) -> Occupied:
    return Occupied((event.what or Occupation.UNKNOWN).value)


def _goes_on(place: Placement, day: date) -> bool:
    return place.start is not None and place.start <= day and (place.end is None or day <= place.end)


def _other_school(place: Placement) -> Occupied | None:
    if place.school_form.startswith(_ADULT):
        return Occupied.KOMVUX
    if place.school_form == "FHS":
        return Occupied.FOLKHOGSKOLA
    return Occupied.COMPULSORY_SCHOOL if place.school_form in _COMPULSORY else None
