"""Youths of every kind for property tests: plain, odd, contradictory and nearly empty."""

from __future__ import annotations

from datetime import date

from hypothesis import strategies as st
from msgspec.structs import replace

from kaa_bridge.domain.facts import Absence, CompulsorySchooling, Event, Placement, Qualification, Residence, Youth
from kaa_bridge.domain.values import (
    AbsenceReason,
    EventKind,
    LifeStatus,
    PlacementEnd,
    Protection,
    QualificationKind,
    ResidenceBasis,
    SchoolingStatus,
)
from kaa_bridge.law import LawSettings, TermEnd

HOME, ELSEWHERE = "2303", "2361"
DAYS = st.dates(date(2015, 1, 1), date(2027, 12, 31))
"""Days to ask about: all versions of the law, and later."""
_NEAR = st.dates(date(2013, 1, 1), date(2029, 12, 31))
_OR_NONE = st.none() | _NEAR

placements = st.builds(
    Placement,
    school_form=st.sampled_from(["GY", "GY", "GY", "GYAN", "GYS", "GR", "SP", "VUXGY", "FHS", "AU", "XQ7"]),
    study_path=st.sampled_from([None, "NA", "IMA"]),
    start=_OR_NONE,
    end=_OR_NONE | st.just(date.max),
    ended_as=st.none() | st.sampled_from(PlacementEnd),
    equivalent=st.sampled_from([None, None, False, True]),
    first_term_start=st.none() | _NEAR,
)
residences = st.builds(
    Residence,
    municipality=st.sampled_from([HOME, HOME, ELSEWHERE]),
    start=_OR_NONE,
    end=_OR_NONE,
    basis=st.sampled_from(ResidenceBasis),
)
qualifications = st.builds(Qualification, kind=st.sampled_from(QualificationKind), on=_OR_NONE)
absences = st.builds(Absence, start=_NEAR, end=_OR_NONE, reason=st.sampled_from(AbsenceReason))
events = st.builds(
    Event,
    kind=st.sampled_from([EventKind.CONSIDERED_LEFT, EventKind.REGISTERED, EventKind.LEAVING_EXCEPTION]),
    on=_NEAR,
) | st.builds(Event, kind=st.just(EventKind.WITHDRAWAL_FORM), on=_NEAR, consent=st.sampled_from([None, False, True]))
schoolings = st.none() | st.builds(
    CompulsorySchooling, status=st.sampled_from(SchoolingStatus), on=_OR_NONE, expected_end=_OR_NONE
)
_PLAIN_HOME = st.just((Residence(municipality=HOME),))


def _some(strategy: st.SearchStrategy[object], most: int) -> st.SearchStrategy[tuple[object, ...]]:
    return st.lists(strategy, max_size=most).map(tuple)


PLAIN = Youth(
    ref="a-1",
    birth_date=date(2003, 5, 5),
    protection=Protection.NONE,
    life_status=LifeStatus.ALIVE,
    residence=(Residence(municipality=HOME),),
    first_registered=date(2003, 5, 5),
    compulsory_schooling=CompulsorySchooling(status=SchoolingStatus.ENDED, on=date(2016, 6, 10)),
    placements_complete=True,
    qualifications_complete=True,
)
"""Covered from 2016-06-11 to 2023-05-04."""

_wild = st.builds(
    Youth,
    ref=st.just("a-1"),
    birth_date=st.none() | st.dates(date(1995, 1, 1), date(2012, 12, 31)),
    protection=st.sampled_from([Protection.NONE, Protection.NONE, *Protection]),
    life_status=st.sampled_from([LifeStatus.ALIVE] * 4 + list(LifeStatus)),
    residence=_PLAIN_HOME | _some(residences, 3),
    first_registered=_OR_NONE,
    compulsory_schooling=st.just(CompulsorySchooling(status=SchoolingStatus.ENDED, on=date(2016, 6, 10))) | schoolings,
    placements=_some(placements, 4),
    placements_complete=st.sampled_from([None, False, True, True]),
    qualifications=st.just(()) | _some(qualifications, 3),
    qualifications_complete=st.sampled_from([None, False, True, True]),
    events=st.just(()) | _some(events, 3),
    absences=st.just(()) | _some(absences, 3),
)
_FIELDS = [name for name in Youth.__struct_fields__ if name != "ref"]


def _like_plain(wild: Youth, names: list[str]) -> Youth:
    return replace(PLAIN, **{name: getattr(wild, name) for name in names})


nearly_plain = st.builds(_like_plain, _wild, st.lists(st.sampled_from(_FIELDS), max_size=4))
"""Covered youths with some facts of their own."""

youths = nearly_plain | nearly_plain | _wild
"""Any youth the facts can describe, many of them covered."""

settings = st.just(LawSettings()) | st.builds(
    LawSettings,
    still_in_compulsory_school=st.sampled_from(["investigate", "not_covered", "covered"]),
    awaiting_start=st.sampled_from(["investigate", "not_covered", "covered"]),
    equivalent_school_forms=st.sampled_from([frozenset(), frozenset({"FHS"})]),
    term_ends=st.sampled_from([(), tuple(TermEnd(HOME, date(year, 6, 12)) for year in range(2010, 2030))]),
    registration_proves_life=st.booleans(),
    no_show_count=st.sampled_from(["calendar", "weekdays"]),
)
"""Any choices of a municipality."""
