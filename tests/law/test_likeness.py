"""Who is alike to the law is decided alike: nothing that it reads is left out."""

from __future__ import annotations

from datetime import date
from typing import get_type_hints

from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from kaa_bridge.domain.facts import Placement, Youth
from kaa_bridge.domain.record import Identity, RecordFacts
from kaa_bridge.law import judge
from kaa_bridge.law.likeness import is_introductory, likeness
from tests.law.youths import DAYS, HOME, placements, youths

OF_A_RECORD = {
    "birth_date", "protection", "life_status", "residence", "first_registered", "compulsory_schooling",
    "qualifications", "events",
}  # fmt: skip
OF_A_PLACE = {"school_form", "start", "end", "ended_as", "equivalent", "first_term_start"}
PLACE = Placement(school_form="GY")
FACTS = RecordFacts(birth_date=date(2008, 1, 1), placements=(PLACE,))


def test_every_field_is_part_of_it_or_known_not_to_matter() -> None:
    """A new field is put in one of the sets; where it can matter, in the likeness too."""
    who = {"number", "replaces", "identity", "handler", "placements"}
    assert set(get_type_hints(RecordFacts)) == OF_A_RECORD | who
    assert set(get_type_hints(Placement)) == OF_A_PLACE | {"source", "study_path", "school_unit"}


@given(st.data())
def test_a_difference_in_what_matters_makes_two_unlike(data: st.DataObject) -> None:
    hints = get_type_hints(RecordFacts)
    name = data.draw(st.sampled_from(sorted(OF_A_RECORD)))
    other = replace(FACTS, **{name: data.draw(st.from_type(hints[name]))})
    assert (likeness(FACTS) == likeness(other)) == (getattr(FACTS, name) == getattr(other, name))


@given(placements, placements)
def test_places_are_alike_when_only_their_names_differ(one: Placement, other: Placement) -> None:
    same = all(getattr(one, name) == getattr(other, name) for name in OF_A_PLACE)
    same = same and is_introductory(one.study_path) is is_introductory(other.study_path)
    assert (likeness(replace(FACTS, placements=(one,))) == likeness(replace(FACTS, placements=(other,)))) == same


def test_of_a_study_path_it_matters_whether_it_is_introductory() -> None:
    paths = ("NA", "EK", "IMA", "IMV", None)
    natural, economics, one, other, unknown = (
        likeness(replace(FACTS, placements=(replace(PLACE, study_path=path),))) for path in paths
    )
    assert natural == economics
    assert one == other
    assert len({natural, one, unknown}) == 3


def test_what_is_seldom_shared_has_none() -> None:
    assert likeness(FACTS) is not None
    assert likeness(replace(FACTS, birth_date=None)) is None
    for places in (None, (), (PLACE, PLACE)):
        assert likeness(replace(FACTS, placements=places)) is None


def test_who_it_is_does_not_matter() -> None:
    other = replace(FACTS, number="209001010009", replaces=("209001020008",), identity=Identity(), handler="H")
    assert likeness(other) == likeness(FACTS)


@given(youths, DAYS, st.sampled_from([{"IMA": "IMV"}, {"NA": "EK"}]), st.text(max_size=8))
def test_the_law_reads_nothing_of_a_place_that_the_likeness_leaves_out(
    youth: Youth, day: date, renamed: dict[str, str], name: str
) -> None:
    places = tuple(
        replace(place, source=name, school_unit=name, study_path=renamed.get(place.study_path or "", place.study_path))
        for place in youth.placements
    )
    other = replace(youth, ref="another", placements=places)
    assert judge(other, municipality=HOME, as_of=day) == judge(youth, municipality=HOME, as_of=day)
