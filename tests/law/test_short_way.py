"""The short way for plain youths: it is taken, and it answers as the general one, case by case."""

from __future__ import annotations

from datetime import date, timedelta
from itertools import product

import pytest
from msgspec.structs import replace

from kaa_bridge.domain.facts import Event, Placement, Residence, Youth
from kaa_bridge.domain.values import EventKind, LifeStatus, PlacementEnd, Protection, ResidenceBasis
from kaa_bridge.law import LawSettings, ruleset
from kaa_bridge.law.finding import MET, NOT_MET, UNKNOWN, Finding
from kaa_bridge.law.parameters import AttendanceLaw, HomeLaw
from kaa_bridge.law.question import Question
from kaa_bridge.law.rules.attendance import Attendance
from kaa_bridge.law.rules.residence import Home
from tests.law.youths import ELSEWHERE, HOME, PLAIN
from tests.rules.cases import Case, read_cases

DAY = date(2020, 1, 15)


def essence(found: Finding) -> tuple[object, ...]:
    """What of a finding must agree: ``since`` is exact for *met* only."""
    return found[0], found[1] if found[0] == MET else None, found[2], found[3], found[4]


def attendance(question: Question) -> Attendance:
    return Attendance(question, ruleset(HOME, question.day).version.law_of("not_in_gymnasial", AttendanceLaw))


def home(question: Question) -> Home:
    return Home(question, ruleset(HOME, question.day).version.law_of("home_municipality", HomeLaw))


@pytest.mark.parametrize("past_schooling", [True, False])
@pytest.mark.parametrize("case", read_cases(), ids=str)
def test_both_ways_agree(case: Case, past_schooling: bool) -> None:
    question = Question(case.municipality, case.as_of, case.settings, case.frozen)
    rule, place = attendance(question), home(question)
    short, general = rule.finding(case.youth, past_schooling), rule.in_general(case.youth, past_schooling)
    assert essence(short) == essence(general)
    assert essence(place.finding(case.youth)) == essence(place.in_general(case.youth))


def gy(start: date, end: date | None = None, form: str = "GY") -> Placement:
    return Placement(school_form=form, study_path="NA", start=start, end=end)


OLD, LAST, NEXT = date(2018, 8, 20), date(2019, 12, 19), date(2020, 2, 1)
SCHOOL = gy(date(2010, 8, 16), date(2016, 6, 10), "GR")
PLAIN_WAYS = {
    "nothing": (),
    "attends": (gy(OLD),),
    "attends until a day": (gy(OLD, NEXT),),
    "begins and ends today": (gy(DAY, DAY),),
    "has left": (SCHOOL, gy(OLD, LAST)),
    "left on the first day": (gy(LAST, LAST),),
    "left twice, the later first": (gy(date(2019, 10, 1), LAST), gy(OLD, date(2019, 5, 1))),
    "awaits": (SCHOOL, gy(NEXT)),
    "awaits a place of one day": (gy(NEXT, NEXT),),
    "awaits two, the later first": (gy(date(2020, 9, 1)), gy(NEXT)),
    "awaits two, the earlier first": (gy(NEXT), gy(date(2020, 9, 1))),
    "awaits two from the same day": (SCHOOL, gy(NEXT), gy(NEXT)),
    "attends, changes after a gap": (gy(OLD, DAY), gy(NEXT)),
    "only other forms": (gy(OLD, form="FHS"), gy(OLD, form="YH")),
    "anpassad": (gy(OLD, form="GYAN"),),
    "goes on with another form, has left": (gy(OLD, form="FHS"), gy(OLD, LAST)),
    "left on the day before": (gy(OLD, DAY - timedelta(days=1)),),
}


@pytest.mark.parametrize("name", PLAIN_WAYS)
@pytest.mark.parametrize("choice", ["investigate", "not_covered", "covered"])
def test_plain_youths_take_the_short_way(name: str, choice: str) -> None:
    rule = attendance(Question(HOME, DAY, LawSettings(still_in_compulsory_school=choice)))  # type: ignore[arg-type]
    youth = replace(PLAIN, placements=PLAIN_WAYS[name])
    for past_schooling in (True, False):
        short = rule._if_plain(youth, past_schooling)
        assert short is not None
        assert essence(short) == essence(rule.in_general(youth, past_schooling))


def test_a_pupil_in_compulsory_school_takes_the_short_way_while_skolplikt_lasts() -> None:
    rule = attendance(Question(HOME, DAY, LawSettings()))
    youth = replace(PLAIN, placements=(gy(OLD, form="GR"),))
    assert rule._if_plain(youth, False) is not None
    assert rule._if_plain(youth, True) is None


ODD_WAYS: dict[str, Youth] = {
    "two at once": replace(PLAIN, placements=(gy(OLD), gy(LAST))),
    "one after the other": replace(PLAIN, placements=(gy(OLD, DAY), gy(date(2020, 1, 16)))),
    "judged equivalent": replace(PLAIN, placements=(replace(gy(OLD, form="FHS"), equivalent=True),)),
    "no start": replace(PLAIN, placements=(replace(gy(OLD), start=None),)),
    "ended without a day": replace(PLAIN, placements=(replace(gy(OLD), ended_as=PlacementEnd.WITHDRAWN),)),
    "never begins": replace(PLAIN, placements=(gy(NEXT, DAY),)),
    "unknown form": replace(PLAIN, placements=(gy(OLD, LAST, "XQ7"),)),
}


@pytest.mark.parametrize("name", ODD_WAYS)
def test_odd_youths_take_the_general_way(name: str) -> None:
    assert attendance(Question(HOME, DAY, LawSettings()))._if_plain(ODD_WAYS[name], True) is None


@pytest.mark.parametrize("kind", EventKind)
def test_of_events_only_those_that_tell_of_leaving_ask_for_the_general_way(kind: EventKind) -> None:
    rule = attendance(Question(HOME, DAY, LawSettings()))
    youth = replace(PLAIN, placements=(gy(OLD),), events=(Event(kind=kind, on=DAY, consent=True),))
    leaves = kind in (EventKind.WITHDRAWAL_FORM, EventKind.CONSIDERED_LEFT)
    assert (rule._if_plain(youth, True) is None) == leaves
    assert essence(rule.finding(youth, True)) == essence(rule.in_general(youth, True))
    assert rule.finding(youth, True)[0] == (UNKNOWN if leaves else NOT_MET)


@pytest.mark.parametrize("end", [date(2020, 1, 14), DAY, None])
@pytest.mark.parametrize("start", [None, DAY, date(2020, 1, 16)])
@pytest.mark.parametrize("municipality", [HOME, ELSEWHERE])
@pytest.mark.parametrize("basis", ResidenceBasis)
@pytest.mark.parametrize("protection", Protection)
def test_one_home_both_ways(
    end: date | None, start: date | None, municipality: str, basis: ResidenceBasis, protection: Protection
) -> None:
    only = Residence(municipality=municipality, start=start, end=end, basis=basis)
    youth = replace(PLAIN, residence=(only,), protection=protection)
    rule = home(Question(HOME, DAY, LawSettings()))
    assert essence(rule.finding(youth)) == essence(rule.in_general(youth))


NEAR = [None, *(DAY + timedelta(days=days) for days in (-2, -1, 0, 1, 2))]
PERIODS = [
    Residence(municipality=municipality, start=start, end=end)
    for municipality, start, end in product((HOME, ELSEWHERE), NEAR, NEAR)
]


def test_two_homes_both_ways_wherever_they_begin_and_end() -> None:
    rule, short = home(Question(HOME, DAY, LawSettings())), 0
    for one, other in product(PERIODS, PERIODS):
        youth = replace(PLAIN, residence=(one, other))
        assert essence(rule.finding(youth)) == essence(rule.in_general(youth)), (one, other)
        short += rule._if_moved(youth) is not None
    assert short > 500


@pytest.mark.parametrize("basis", ResidenceBasis)
@pytest.mark.parametrize("protection", Protection)
@pytest.mark.parametrize("life", LifeStatus)
def test_a_move_both_ways(basis: ResidenceBasis, protection: Protection, life: LifeStatus) -> None:
    before = Residence(municipality=ELSEWHERE, end=DAY - timedelta(days=1), basis=basis)
    youth = replace(
        PLAIN, residence=(before, Residence(municipality=HOME, start=DAY)), protection=protection, life_status=life
    )
    rule = home(Question(HOME, DAY, LawSettings()))
    assert essence(rule.finding(youth)) == essence(rule.in_general(youth))


@pytest.mark.parametrize("name", [*PLAIN_WAYS, *ODD_WAYS])
@pytest.mark.parametrize("complete", [True, False, None])
@pytest.mark.parametrize("frozen", [True, False])
def test_unproven_placements_both_ways(name: str, complete: bool | None, frozen: bool) -> None:
    rule = attendance(Question(HOME, DAY, LawSettings(), frozen))
    known = PLAIN_WAYS.get(name) or ODD_WAYS.get(name, PLAIN).placements
    youth = replace(PLAIN, placements=known, placements_complete=complete)
    for past_schooling in (True, False):
        assert essence(rule.finding(youth, past_schooling)) == essence(rule.in_general(youth, past_schooling))


@pytest.mark.parametrize("name", ["nothing", "attends", "has left", "only other forms"])
def test_unproven_placements_take_the_short_way(name: str) -> None:
    youth = replace(PLAIN, placements=PLAIN_WAYS[name], placements_complete=None)
    assert attendance(Question(HOME, DAY, LawSettings()))._if_plain(youth, True) is not None
