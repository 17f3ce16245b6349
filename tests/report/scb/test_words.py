"""Why a youth came and why it ended, and what it did on a day: told by facts, else not known."""

from __future__ import annotations

from datetime import date

import pytest
from msgspec.structs import replace

from kaa_bridge.domain.dates import DAY
from kaa_bridge.domain.facts import Placement, Qualification, Youth
from kaa_bridge.domain.values import LifeStatus, Occupation, PlacementEnd, QualificationKind
from kaa_bridge.law import CRITERIA
from kaa_bridge.report.scb.reasons import EndedBy, reason_for_coming, reason_for_ending
from kaa_bridge.report.scb.school import occupation_after, occupation_on
from kaa_bridge.report.scb.spells import Spell, find_spells
from tests.report.scb.people import BORN, LEFT, UNTIL, frame, gy, history, moved, occupied, youth

DAY_OF = date(2109, 3, 2)


def proof(kind: QualificationKind, on: date = DAY_OF) -> tuple[Qualification, ...]:
    return (Qualification(kind=kind, on=on),)


@pytest.mark.parametrize(
    ("one", "why"),
    [
        (youth(), "left_national_programme"),
        (youth(placements=(gy("IMS", date(2107, 8, 18), LEFT - DAY),)), "left_introductory_programme"),
        (youth(placements=(gy("IAIND", date(2107, 8, 18), LEFT - DAY, "GYAN"),)), "left_adapted_upper_secondary"),
        (youth(qualifications=proof(QualificationKind.STUDIEBEVIS, LEFT - DAY)), "studiebevis"),
        (youth(placements=()), "never_in_upper_secondary"),
        (
            youth(placements=(replace(gy("BA", date(2108, 8, 18), LEFT - DAY), ended_as=PlacementEnd.NO_SHOW),)),
            "never_in_upper_secondary",
        ),
        (youth(placements=(), placements_complete=None), None),
        (youth(placements=(Placement(school_form="GY", study_path="NA", end=LEFT - DAY),)), None),
        (youth(placements=(gy(None, date(2107, 8, 18), LEFT - DAY),)), None),
    ],
)
def test_why_a_youth_came(one: Youth, why: str | None) -> None:
    assert reason_for_coming(one, Spell(LEFT)) == why


def with_place(path: str | None, form: str = "GY") -> Youth:
    return youth(placements=(*youth().placements, gy(path, DAY_OF, form=form)))


@pytest.mark.parametrize(
    ("one", "why"),
    [
        (with_place("BA"), "national_programme"),
        (with_place("IMV"), "introductory_programme"),
        (with_place("IAIND", "GYAN"), "adapted_upper_secondary"),
        (with_place(None), None),
        (
            youth(placements=(*youth().placements, Placement(school_form="FHS", start=DAY_OF, equivalent=True))),
            "equivalent_begun",
        ),
        (moved(youth(), DAY_OF), "moved"),
        (youth(birth_date=date(2089, 3, 2)), "turned_20"),
        (youth(qualifications=proof(QualificationKind.GYMNASIEEXAMEN)), "gymnasieexamen"),
        (youth(qualifications=proof(QualificationKind.GYMNASIEBEVIS_ANPASSAD)), "gymnasiebevis"),
        (youth(qualifications=proof(QualificationKind.IB_DIPLOMA)), "equivalent_completed"),
        (
            youth(life_status=LifeStatus.DECEASED, residence=(replace(youth().residence[0], end=DAY_OF - DAY),)),
            "deceased",
        ),
        (
            youth(life_status=LifeStatus.EMIGRATED, residence=(replace(youth().residence[0], end=DAY_OF - DAY),)),
            "emigrated",
        ),
    ],
)
def test_why_it_ended(one: Youth, why: str | None) -> None:
    (spell,) = find_spells(one, history(), frame()).spells
    assert spell.ended_on == DAY_OF
    assert reason_for_ending(one, spell) == why


def test_a_move_is_told_by_an_address_elsewhere_and_not_by_a_night_alone() -> None:
    letters = "".join("n" if name == "home_municipality" else "m" for name in CRITERIA)
    assert reason_for_ending(youth(residence=()), Spell(LEFT, True, DAY_OF, letters)) is None


def test_an_exam_says_more_than_a_birthday_on_the_same_day() -> None:
    one = youth(birth_date=date(2089, 3, 2), qualifications=proof(QualificationKind.GYMNASIEEXAMEN))
    (spell,) = find_spells(one, history(), frame()).spells
    assert reason_for_ending(one, spell) is EndedBy.GYMNASIEEXAMEN


def test_no_reason_is_work_or_silence() -> None:
    assert not {"work", "declined", "unreachable", "unknown"} & {reason.value for reason in EndedBy}


@pytest.mark.parametrize(
    ("one", "what"),
    [
        (youth(), None),
        (youth(events=(occupied(date(2109, 1, 5), Occupation.WORK),)), "work"),
        (youth(events=(occupied(date(2109, 1, 5), Occupation.WORK, until=date(2109, 3, 1)),)), None),
        (youth(events=(occupied(date(2109, 1, 5), Occupation.WORK, until=DAY_OF),)), "work"),
        (youth(events=(occupied(DAY_OF + DAY, Occupation.WORK),)), None),
        (youth(events=(occupied(BORN, Occupation.WORK), occupied(DAY_OF, Occupation.NONE))), "none"),
        (youth(events=(occupied(DAY_OF, Occupation.UNKNOWN),)), "unknown"),
        (youth(placements=(Placement(school_form="VUXGY", start=date(2109, 1, 8)),)), "komvux"),
        (youth(placements=(Placement(school_form="FHS", start=date(2109, 1, 8)),)), "folkhogskola"),
        (youth(placements=(Placement(school_form="GR", start=date(2098, 8, 8)),)), "compulsory_school"),
        (with_place("IMA"), "introductory_programme"),
    ],
)
def test_what_a_youth_did_on_a_day(one: Youth, what: str | None) -> None:
    assert occupation_on(one, DAY_OF) == what


def test_what_was_known_before_a_measure_ended_says_nothing_of_the_time_after() -> None:
    before = youth(events=(occupied(date(2109, 1, 5), Occupation.NONE),))
    assert occupation_after(before, DAY_OF, UNTIL) is None
    later = replace(before, events=(*before.events, occupied(date(2109, 4, 9), Occupation.WORK)))
    assert occupation_after(later, DAY_OF, UNTIL) == "work"
    assert occupation_after(later, DAY_OF, date(2109, 4, 9)) is None
    assert occupation_after(replace(later, placements=(gy("BA", DAY_OF),)), DAY_OF, UNTIL) == "national_programme"
    school = replace(later, placements=(gy("BA", date(2109, 3, 30)),))
    assert occupation_after(school, DAY_OF, UNTIL) == "national_programme"
