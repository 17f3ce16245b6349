"""Every youth is sorted, into one category, and only what a source has told counts against another."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kaa_bridge.law import Outcome
from kaa_bridge.reconcile.classify import Case, sort_case
from kaa_bridge.reconcile.model import Category, Freeze, Kind, Standing, Step

FREEZE = Freeze(date(2026, 6, 1), date(2026, 8, 31))
STEPS = {
    Category.AGREE: {Step.NONE},
    Category.AWAITING_START: {Step.NONE},
    Category.NUMBER_CHANGED: {Step.CORRECT},
    Category.CONFLICT: {Step.INVESTIGATE},
    Category.ENDED_IN_FREEZE: {Step.OPEN, Step.INVESTIGATE},
    Category.ONLY_LEFT: {Step.INVESTIGATE, Step.NONE},
    Category.ONLY_RIGHT: {Step.OPEN, Step.INVESTIGATE, Step.NONE},
    Category.EXAM_FOUND: {Step.CLOSE},
    Category.STILL_IN_SCHOOL: {Step.CLOSE},
    Category.ATTENDS_ELSEWHERE: {Step.CLOSE},
    Category.DECEASED: {Step.CLOSE, Step.CORRECT},
    Category.EMIGRATED: {Step.CLOSE, Step.CORRECT},
    Category.MOVED: {Step.CLOSE, Step.CORRECT},
}
DAYS = st.one_of(st.none(), st.dates(date(2025, 1, 1), date(2026, 9, 30)))
PLACES = st.sampled_from([None, ("GY", date(2025, 8, 18)), ("GR", date(2020, 8, 18)), ("GYAN", None)])
STANDINGS = st.builds(
    Standing,
    kind=st.sampled_from(Kind),
    on=DAYS,
    free_since=DAYS,
    place=PLACES,
    unclear=st.sampled_from(["", "left_but_open", "form_unknown"]),
    lives_here=st.booleans(),
)


@st.composite
def cases(draw: st.DrawFn) -> Case:
    left = draw(st.none() | STANDINGS)
    in_right = draw(st.booleans()) or left is None
    rest = draw(STANDINGS) if in_right else draw(st.none() | STANDINGS)
    is_open = rest is not None and rest.is_open
    return Case(
        left=left,
        in_right=in_right,
        rest=rest,
        outcome=draw(st.sampled_from(Outcome)) if is_open else Outcome.NOT_COVERED,
        right_differs=draw(st.booleans()) and rest is not None,
        numbers_differ=draw(st.booleans()) and left is not None and in_right,
    )


@given(cases())
def test_the_step_fits_the_category_and_what_was_told(case: Case) -> None:
    category, step = sort_case(case, FREEZE)
    assert step in STEPS[category]
    if step is Step.CLOSE:
        assert case.left is not None
        assert case.left.is_open
        assert case.rest is not None
        assert not case.rest.is_open
    if step is Step.OPEN:
        assert case.outcome is Outcome.COVERED
        assert case.left is None or not case.left.is_open
    if case.left is None:
        assert category not in {Category.ONLY_LEFT, Category.AGREE, Category.NUMBER_CHANGED}
    if not case.in_right:
        assert category not in {Category.ONLY_RIGHT, Category.AGREE, Category.NUMBER_CHANGED}


@given(STANDINGS)
def test_silence_proves_nothing(left: Standing) -> None:
    nothing = Standing(kind=Kind.NOTHING)
    case = Case(left=left, in_right=True, rest=nothing, outcome=Outcome.INVESTIGATE)
    assert sort_case(case, FREEZE) == (Category.AGREE, Step.NONE)
    alone = Case(left=left, in_right=False, rest=None, outcome=Outcome.NOT_COVERED)
    assert sort_case(alone, FREEZE)[1] in {Step.INVESTIGATE, Step.NONE}


GOING = Standing(kind=Kind.ATTENDING, on=date(2025, 8, 18), place=("GY", date(2025, 8, 18)))


def ended(free: str, start: str = "2025-08-18") -> Standing:
    return Standing(kind=Kind.ENDED, free_since=date.fromisoformat(free), place=("GY", date.fromisoformat(start)))


@pytest.mark.parametrize(
    ("free", "category"),
    [
        ("2026-05-31", Category.CONFLICT),
        ("2026-06-01", Category.ENDED_IN_FREEZE),
        ("2026-06-13", Category.ENDED_IN_FREEZE),
        ("2026-08-31", Category.ENDED_IN_FREEZE),
        ("2026-09-01", Category.ENDED_IN_FREEZE),
        ("2026-09-02", Category.CONFLICT),
    ],
)
def test_the_freeze_counts_by_the_first_day_without_school(free: str, category: Category) -> None:
    case = Case(left=GOING, in_right=True, rest=ended(free), outcome=Outcome.COVERED)
    assert sort_case(case, FREEZE)[0] is category


def test_a_place_that_began_after_the_end_is_no_conflict() -> None:
    newer = Standing(kind=Kind.ATTENDING, on=date(2026, 8, 18), place=("GY", date(2026, 8, 18)))
    case = Case(left=newer, in_right=True, rest=ended("2026-06-13"), outcome=Outcome.COVERED)
    assert sort_case(case, FREEZE) == (Category.AGREE, Step.NONE)


def test_another_place_that_ended_in_the_freeze_is_looked_into() -> None:
    case = Case(left=GOING, in_right=True, rest=ended("2026-07-01", "2025-08-20"), outcome=Outcome.COVERED)
    assert sort_case(case, FREEZE) == (Category.CONFLICT, Step.INVESTIGATE)


def test_what_is_not_proven_is_looked_into_before_it_is_new() -> None:
    case = Case(left=GOING, in_right=True, rest=ended("2026-07-01"), outcome=Outcome.INVESTIGATE)
    assert sort_case(case, FREEZE) == (Category.ENDED_IN_FREEZE, Step.INVESTIGATE)


def test_the_same_place_open_at_one_and_ended_at_the_other_is_a_conflict() -> None:
    case = Case(left=ended("2026-05-10"), in_right=True, rest=GOING, outcome=Outcome.NOT_COVERED)
    assert sort_case(case, FREEZE) == (Category.CONFLICT, Step.INVESTIGATE)


def test_who_is_said_to_have_moved_and_lives_here_is_a_conflict() -> None:
    here = Standing(kind=Kind.ENDED, free_since=date(2025, 1, 1), lives_here=True)
    case = Case(left=Standing(kind=Kind.MOVED), in_right=True, rest=here, outcome=Outcome.COVERED)
    assert sort_case(case, FREEZE) == (Category.CONFLICT, Step.INVESTIGATE)
