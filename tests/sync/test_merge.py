"""Several sources, one youth: precedence, the most protective word, conflicts kept."""

from __future__ import annotations

from datetime import date, timedelta
from itertools import permutations
from typing import get_type_hints

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec import structs

from kaa_bridge.domain.facts import Event, Placement, Qualification, Residence
from kaa_bridge.domain.record import Identity, RecordFacts
from kaa_bridge.domain.values import (
    ContactChannel,
    ContactOutcome,
    EventKind,
    LifeStatus,
    PlacementEnd,
    Protection,
    QualificationKind,
)
from kaa_bridge.sync.completeness import Completeness
from kaa_bridge.sync.merge import Said, merge, trace

KNOWN = Completeness(placements=True, qualifications=True, frozen=False)
DAY = date(2026, 2, 1)
HINTS = get_type_hints(RecordFacts)


def said(source: str, **facts: object) -> Said:
    return Said(source, DAY, RecordFacts(**facts))  # type: ignore[arg-type]


def placement(**fields: object) -> Placement:
    return Placement(**({"school_form": "GY", "start": date(2024, 8, 19)} | fields))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("words", "result"),
    [
        ([Protection.NONE, Protection.NONE], Protection.NONE),
        ([Protection.NONE, None], Protection.NONE),
        ([None, None], Protection.UNKNOWN),
        ([], Protection.UNKNOWN),
        ([Protection.NONE, Protection.UNKNOWN], Protection.UNKNOWN),
        ([Protection.NONE, Protection.SEKRETESSMARKERING], Protection.SEKRETESSMARKERING),
        ([Protection.UNKNOWN, Protection.SKYDDAD_FOLKBOKFORING], Protection.SKYDDAD_FOLKBOKFORING),
        ([Protection.SEKRETESSMARKERING, Protection.SKYDDAD_FOLKBOKFORING], Protection.SKYDDAD_FOLKBOKFORING),
    ],
)
def test_the_most_protective_word_wins_whoever_says_it(words: list[Protection | None], result: Protection) -> None:
    for order in permutations(words):
        told = [said(f"s{number}", protection=word) for number, word in enumerate(order)]
        assert merge("u", told, known=KNOWN).youth.protection is result


def test_who_knows_a_protection_otherwise_is_a_conflict_that_changes_nothing() -> None:
    told = [
        said("ist", protection=Protection.NONE),
        said("qore", protection=Protection.SEKRETESSMARKERING),
        said("oedb", protection=None),
    ]
    merged = merge("u", told, known=KNOWN)
    assert merged.youth.protection is Protection.SEKRETESSMARKERING
    assert [(one.fact, one.sources) for one in merged.conflicts] == [("protection", ("qore", "ist"))]
    assert not merge("u", [*told[:1], said("oedb", protection=Protection.UNKNOWN)], known=KNOWN).conflicts


def test_precedence_decides_and_the_difference_is_kept() -> None:
    told = [said("ist", birth_date=date(2008, 1, 1)), said("qore", birth_date=date(2008, 1, 2))]
    merged = merge("u", told, known=KNOWN)
    assert merged.youth.birth_date == date(2008, 1, 1)
    assert [(one.fact, one.sources) for one in merged.conflicts] == [("birth_date", ("ist", "qore"))]


def test_an_unknown_life_status_yields_to_a_known_one() -> None:
    told = [said("ist", life_status=LifeStatus.UNKNOWN), said("qore", life_status=LifeStatus.ALIVE)]
    merged = merge("u", told, known=KNOWN)
    assert merged.youth.life_status is LifeStatus.ALIVE
    assert not merged.conflicts


def test_the_same_placement_told_twice_counts_once_and_a_different_end_is_a_conflict() -> None:
    going = placement(school_unit="1")
    ended = placement(end=date(2026, 1, 15), ended_as=PlacementEnd.WITHDRAWN)
    merged = merge("u", [said("qore", placements=(ended,)), said("ist", placements=(going,))], known=KNOWN)
    assert [one.end for one in merged.youth.placements] == [date(2026, 1, 15)]
    assert merged.youth.placements[0].source == "qore"
    assert merged.conflicts[0].fact == "placements"


def test_placements_and_exams_of_all_sources_count() -> None:
    first = said("qore", placements=(placement(end=date(2025, 6, 1)),))
    second = said(
        "ist",
        placements=(placement(start=date(2025, 8, 18)),),
        qualifications=(Qualification(kind=QualificationKind.STUDIEBEVIS, on=DAY),),
    )
    youth = merge("u", [first, second], known=KNOWN).youth
    assert [one.start for one in youth.placements] == [date(2024, 8, 19), date(2025, 8, 18)]
    assert len(youth.qualifications) == 1


def test_two_placements_of_one_source_with_the_same_start_are_both_kept() -> None:
    two = (placement(school_unit="1"), placement(school_unit="2"))
    assert len(merge("u", [said("ist", placements=two)], known=KNOWN).youth.placements) == 2


def test_homes_that_differ_in_dates_only_are_no_conflict() -> None:
    one = said("ist", residence=(Residence(municipality="2303"),))
    other = said("qore", residence=(Residence(municipality="2303", start=date(2008, 1, 1)),))
    assert not merge("u", [one, other], known=KNOWN).conflicts
    elsewhere = said("qore", residence=(Residence(municipality="0180"),))
    assert merge("u", [one, elsewhere], known=KNOWN).conflicts


def test_the_birth_date_is_read_from_the_number_only_when_nobody_tells_it() -> None:
    assert merge("u", [said("q", number="201001012382")], known=KNOWN).youth.birth_date == date(2010, 1, 1)
    assert merge("u", [said("q", number="200700852387")], known=KNOWN).youth.birth_date is None


def test_contact_details_are_known_ways_and_never_the_details() -> None:
    told = [said("a", identity=Identity(given_name="X")), said("b", identity=Identity(phone="070"))]
    merged = merge("u", told, known=KNOWN)
    assert merged.youth.contact_details is not None
    assert merged.youth.contact_details.phone is True
    assert merged.youth.contact_details.address is False
    assert merge("u", [said("a")], known=KNOWN).youth.contact_details is None


def test_each_fact_is_traced_to_its_teller() -> None:
    told = [said("ist", birth_date=date(2008, 1, 1)), said("qore", placements=(placement(),))]
    merged = merge("u", told, known=KNOWN)
    found = trace(told, merged.youth)
    assert found["/birth_date"].source == "ist"
    assert found["/placements/0"].source == "qore"


def test_a_birth_date_that_only_the_number_tells_is_traced_to_who_told_the_number() -> None:
    told = [said("exams"), said("ist", number="201001012382"), said("qore", number="201001012382")]
    found = trace(told, merge("u", told, known=KNOWN).youth)["/birth_date"]
    assert (found.source, found.also) == ("ist", ("qore",))


def test_a_placement_that_others_fill_is_still_told_by_its_source() -> None:
    told = [said("ist", placements=(placement(),)), said("qore", placements=(placement(study_path="NA"),))]
    merged = merge("u", told, known=KNOWN)
    assert merged.youth.placements[0].study_path == "NA"
    assert trace(told, merged.youth)["/placements/0"].source == "ist"


CALL = Event(
    kind=EventKind.CONTACT, on=DAY, channel=ContactChannel.PHONE, outcome=ContactOutcome.NO_ANSWER, purpose="phone"
)


def test_a_contact_that_two_systems_tell_alike_counts_once_and_names_both() -> None:
    told = [said("oedb", events=(CALL,)), said("treserva", events=(CALL,)), said("treserva", events=(CALL,))]
    merged = merge("u", told, known=KNOWN)
    assert merged.youth.events == (CALL,)
    found = trace(told, merged.youth)["/events/0"]
    assert (found.source, found.also) == ("oedb", ("treserva",))
    assert merge("u", told[1:], known=KNOWN).youth.events == (CALL,), "it stands while one of them tells it"


@pytest.mark.parametrize(
    "other",
    [
        {"on": DAY - timedelta(days=1)},
        {"channel": ContactChannel.SMS},
        {"outcome": ContactOutcome.REACHED},
        {"purpose": None},
    ],
)
def test_contacts_that_differ_in_anything_both_count(other: dict[str, object]) -> None:
    told = [said("oedb", events=(CALL,)), said("treserva", events=(structs.replace(CALL, **other),))]
    merged = merge("u", told, known=KNOWN)
    assert len(merged.youth.events) == 2
    assert all(not one.also for one in trace(told, merged.youth).values())


@given(st.builds(RecordFacts, **{name: st.from_type(HINTS[name]) for name in RecordFacts.__struct_fields__}))
def test_a_single_word_is_merged_as_one_of_several(facts: RecordFacts) -> None:
    """The short way gives what the general way gives beside a source that is silent."""
    alone = merge("U-1", [Said("ist", DAY, facts)], known=KNOWN)
    beside = merge("U-1", [Said("ist", DAY, facts), Said("qore", DAY, RecordFacts())], known=KNOWN)
    assert alone.youth == beside.youth
    assert (alone.identity, alone.handler) == (beside.identity, beside.handler)
    assert alone.conflicts == beside.conflicts == []
    assert alone.sources == ("ist",)


@pytest.mark.parametrize("others", [(), (said("ist", placements=(), qualifications=()),)])
def test_a_source_that_would_know_and_does_not_say_proves_nothing(others: tuple[Said, ...]) -> None:
    known = structs.replace(KNOWN, tellers=frozenset({("qualifications", "exams"), ("placements", "ist")}))
    youth = merge("u", [said("exams"), *others], known=known).youth
    assert (youth.placements_complete, youth.qualifications_complete) == (True, False)
    exam = (Qualification(kind=QualificationKind.STUDIEBEVIS, on=DAY),)
    assert merge("u", [said("exams", qualifications=exam), *others], known=known).youth.qualifications_complete
    assert not merge(
        "u", [said("exams", qualifications=exam), said("exams")], known=known
    ).youth.qualifications_complete
    assert merge("u", [said("treserva"), *others], known=known).youth.qualifications_complete, "it would not know"
