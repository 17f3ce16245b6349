"""When two sources tell the same placement, and when what they tell stays two: the wrong one costs a youth a case."""

from __future__ import annotations

from datetime import date
from itertools import permutations

import pytest

from kaa_bridge.domain.facts import Placement
from kaa_bridge.domain.values import PlacementEnd
from kaa_bridge.sync.conflict import APART, Conflict
from kaa_bridge.sync.placements import merge_placements

START = date(2106, 8, 19)
LEFT = date(2108, 1, 15)


def placement(**fields: object) -> Placement:
    return Placement(**({"school_form": "GY", "start": START} | fields))  # type: ignore[arg-type]


def merged(*said: tuple[str, tuple[Placement, ...]]) -> tuple[tuple[Placement, ...], list[tuple[str, tuple[str, ...]]]]:
    conflicts: list[Conflict] = []
    found = merge_placements(said, conflicts)
    return found, [(one.fact, one.sources) for one in conflicts]


def of_two(trusted: Placement, other: Placement) -> tuple[int, set[str]]:
    found, conflicts = merged(("qore", (trusted,)), ("ist", (other,)))
    assert found[0].end == trusted.end or len(found) == 2
    assert all(sources == ("qore", "ist") for _, sources in conflicts)
    return len(found), {fact for fact, _ in conflicts}


OVER = placement(end=LEFT, ended_as=PlacementEnd.WITHDRAWN)
DAY_AFTER = {"start": date(2106, 8, 20)}
FIRST_OF_JULY = {"start": date(2106, 7, 1)}
HERE, THERE = {"school_unit": "12345678"}, {"school_unit": "87654321"}


@pytest.mark.parametrize(
    ("trusted", "other", "conflicts"),
    [
        (OVER, OVER, set()),
        (OVER, placement(), {"placements"}),
        (placement(), OVER, {"placements"}),
        (OVER, placement(**DAY_AFTER), {"placements", "placement_start"}),
        (OVER, placement(**DAY_AFTER, **HERE), {"placements", "placement_start"}),
        (placement(**HERE), placement(**HERE, **FIRST_OF_JULY), {"placement_start"}),
        (OVER, placement(end=LEFT, ended_as=PlacementEnd.COMPLETED), {"ended_as"}),
        (OVER, placement(end=LEFT, ended_as=PlacementEnd.UNKNOWN), set()),
        (placement(study_path="NA"), placement(study_path="IMA"), {"study_path"}),
        (placement(study_path="NA"), placement(study_path="NANAV"), set()),
        (placement(equivalent=True), placement(equivalent=False), {"equivalent"}),
    ],
)
def test_what_plainly_is_the_same_counts_once_and_the_difference_is_kept(
    trusted: Placement, other: Placement, conflicts: set[str]
) -> None:
    assert of_two(trusted, other) == (1, conflicts)


@pytest.mark.parametrize(
    ("trusted", "other", "conflicts"),
    [
        pytest.param(OVER, placement(school_form="FHS"), set(), id="another form"),
        pytest.param(OVER, placement(start=date(2108, 1, 16)), set(), id="one after the other"),
        pytest.param(
            placement(end=date(2106, 8, 26)), placement(start=date(2106, 8, 24)), set(), id="changed school in August"
        ),
        pytest.param(placement(end=date(2106, 8, 30)), placement(**DAY_AFTER), {APART}, id="or changed and told late"),
        pytest.param(
            placement(end=date(2106, 10, 30)), placement(start=date(2106, 9, 8)), {APART}, id="changed in autumn"
        ),
        pytest.param(placement(**HERE, end=LEFT), placement(**THERE), {APART}, id="two schools from one day"),
        pytest.param(placement(**HERE, end=LEFT), placement(**THERE, **DAY_AFTER), {APART}, id="two schools"),
        pytest.param(
            placement(end=LEFT, study_path="NA"), placement(study_path="EK", **DAY_AFTER), {APART}, id="two programmes"
        ),
        pytest.param(OVER, placement(start=None), {APART}, id="nobody knows when it began"),
        pytest.param(placement(**HERE), placement(**THERE), set(), id="two schools, and both go on"),
    ],
)
def test_what_may_be_two_stays_two_and_is_shown_where_it_tells_otherwise(
    trusted: Placement, other: Placement, conflicts: set[str]
) -> None:
    assert of_two(trusted, other) == (2, conflicts)
    assert of_two(other, trusted) == (2, conflicts)


def test_two_of_one_source_are_never_joined_with_each_other() -> None:
    two = (OVER, placement(**DAY_AFTER))
    assert merged(("ist", two))[0] == tuple(placement_of("ist", one) for one in two)
    found, conflicts = merged(("qore", ()), ("ist", (OVER,)), ("ist", (placement(**DAY_AFTER),)))
    assert (len(found), conflicts) == (2, [])


def placement_of(source: str, one: Placement) -> Placement:
    return Placement(source=source, school_form=one.school_form, start=one.start, end=one.end, ended_as=one.ended_as)


def test_where_it_could_be_either_nothing_is_joined() -> None:
    two = (placement(end=LEFT, study_path="NA"), placement(start=date(2106, 8, 18), study_path="EK"))
    found, conflicts = merged(("qore", two), ("ist", (placement(start=date(2106, 8, 20)),)))
    assert len(found) == 3
    assert conflicts == [(APART, ("qore", "ist"))]


def test_each_finds_its_own_in_whatever_order_they_are_told() -> None:
    told = (
        placement(study_path="NA", end=LEFT, **HERE),
        placement(study_path="EK", **THERE),
        placement(school_form="GR", start=date(2097, 8, 20), end=date(2106, 6, 12)),
    )
    for order in permutations(told):
        found, conflicts = merged(("qore", told), ("ist", order))
        assert (len(found), conflicts) == (3, [])


def test_what_the_trusted_source_leaves_out_is_filled() -> None:
    other = placement(end=LEFT, ended_as=PlacementEnd.NO_SHOW, study_path="NA", equivalent=True, **HERE)
    ((found,), conflicts) = merged(("qore", (placement(end=LEFT),)), ("ist", (other,)))
    assert (found.source, found.ended_as, found.study_path) == ("qore", PlacementEnd.NO_SHOW, "NA")
    assert (found.equivalent, found.school_unit, conflicts) == (True, "12345678", [])


def test_a_reason_to_have_left_is_not_given_to_a_placement_that_goes_on() -> None:
    ((found,), _) = merged(("qore", (placement(),)), ("ist", (OVER,)))
    assert (found.end, found.ended_as) == (None, None)


def test_a_third_source_meets_what_the_first_two_agree_on() -> None:
    found, conflicts = merged(("qore", (OVER,)), ("ist", (OVER,)), ("oedb", (placement(**DAY_AFTER),)))
    assert len(found) == 1
    assert conflicts == [("placements", ("qore", "oedb")), ("placement_start", ("qore", "oedb"))]
