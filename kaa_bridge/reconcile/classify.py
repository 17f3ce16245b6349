"""Sorts one youth: what two sources say beside each other, and what is proposed. Pure.

Only what a source has told counts against another; that it does not mention a youth, a place or an exam proves nothing.
"""

from __future__ import annotations

from dataclasses import dataclass

from kaa_bridge.law import Outcome
from kaa_bridge.reconcile.model import Category, Freeze, Kind, Standing, Step

_CLOSES = {
    Kind.DECEASED: Category.DECEASED,
    Kind.EMIGRATED: Category.EMIGRATED,
    Kind.MOVED: Category.MOVED,
    Kind.EXAM: Category.EXAM_FOUND,
    Kind.COMPULSORY: Category.STILL_IN_SCHOOL,
    Kind.ADAPTED: Category.STILL_IN_SCHOOL,
    Kind.SCHOOLING: Category.STILL_IN_SCHOOL,
    Kind.ATTENDING: Category.ATTENDS_ELSEWHERE,
}
_LEFT_THE_REGISTER = frozenset({Kind.DECEASED, Kind.EMIGRATED, Kind.MOVED})
_SETTLED = _LEFT_THE_REGISTER | {Kind.EXAM, Kind.TURNED_20}
_IN_SCHOOL = frozenset({Kind.COMPULSORY, Kind.ADAPTED, Kind.ATTENDING, Kind.SCHOOLING})
_SAYS_LEFT = frozenset({"left_but_open", "end_unknown"})
_OPENS = {
    Outcome.COVERED: Step.OPEN,
    Outcome.INVESTIGATE: Step.INVESTIGATE,
    Outcome.NOT_COVERED: Step.NONE,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """One youth as it is sorted.

    Attributes:
        left: what the left source says; ``None`` when it does not know the youth.
        in_right: whether the right source knows the youth.
        rest: what all sources but the left one say together; facts that they leave out, places apart, are filled in
            from the left source. ``None`` when only the left source knows the youth.
        outcome: the law's word on the same facts, on the day.
        right_differs: the right source itself says otherwise than the more trusted ones about a place in school.
        numbers_differ: the two sources know the youth by different numbers.
    """

    left: Standing | None
    in_right: bool
    rest: Standing | None
    outcome: Outcome
    right_differs: bool = False
    numbers_differ: bool = False


Sorted = tuple[Category, Step]


def sort_case(case: Case, freeze: Freeze) -> Sorted:
    """Return the category and the proposed step."""
    if case.right_differs and case.rest is not None and case.rest.kind not in _SETTLED:
        return Category.CONFLICT, Step.INVESTIGATE
    if case.left is None:
        return _only_right(case, freeze)
    if case.rest is None:
        return Category.ONLY_LEFT, Step.INVESTIGATE if case.left.is_open else Step.NONE
    if case.left.is_open:
        return _open_left(case, case.left, case.rest)
    return _closed_left(case, case.left, case.rest, freeze)


def _only_right(case: Case, freeze: Freeze) -> Sorted:
    rest = case.rest
    assert rest is not None
    step = _OPENS[case.outcome]
    if rest.kind is Kind.AWAITING:
        return Category.AWAITING_START, Step.NONE
    if rest.kind is Kind.ENDED and freeze.holds(rest.free_since) and step is not Step.NONE:
        return Category.ENDED_IN_FREEZE, step
    return Category.ONLY_RIGHT, step


def _open_left(case: Case, left: Standing, rest: Standing) -> Sorted:
    if rest.kind is Kind.AWAITING:
        return Category.AWAITING_START, Step.NONE
    if rest.kind is Kind.ATTENDING and left.kind is Kind.ENDED and left.place == rest.place:
        return Category.CONFLICT, Step.INVESTIGATE
    if category := _CLOSES.get(rest.kind):
        return category, Step.CLOSE
    if rest.kind is Kind.TURNED_20 or (rest.kind is Kind.UNCLEAR and left.kind is not Kind.UNCLEAR):
        return Category.CONFLICT, Step.INVESTIGATE
    if not case.in_right:
        return Category.ONLY_LEFT, Step.INVESTIGATE
    return _same(case)


def _closed_left(case: Case, left: Standing, rest: Standing, freeze: Freeze) -> Sorted:
    if rest.kind in _LEFT_THE_REGISTER and rest.kind is not left.kind:
        return _CLOSES[rest.kind], Step.CORRECT
    if left.kind in _IN_SCHOOL:
        if found := _school_against(case, left, rest, freeze):
            return found
    elif left.kind in _LEFT_THE_REGISTER and rest.lives_here:
        return Category.CONFLICT, Step.INVESTIGATE
    if not case.in_right:
        return Category.ONLY_LEFT, Step.NONE
    return _same(case)


def _school_against(case: Case, left: Standing, rest: Standing, freeze: Freeze) -> Sorted | None:
    """Sort who is in school by the left source, where the rest says otherwise; ``None`` where it does not."""
    if rest.kind is Kind.UNCLEAR and rest.unclear in _SAYS_LEFT:
        return Category.CONFLICT, Step.INVESTIGATE
    if rest.kind is Kind.AWAITING and left.place != rest.place:
        return Category.AWAITING_START, Step.NONE
    if rest.kind is not Kind.ENDED or _is_newer(left, rest):
        return None
    same_place = left.kind is Kind.SCHOOLING or left.place == rest.place
    if same_place and freeze.holds(rest.free_since) and case.outcome is not Outcome.NOT_COVERED:
        return Category.ENDED_IN_FREEZE, _OPENS[case.outcome]
    if same_place and left.kind is not Kind.SCHOOLING:
        return Category.CONFLICT, Step.INVESTIGATE
    return (Category.CONFLICT, Step.INVESTIGATE) if freeze.holds(rest.free_since) else None


def _is_newer(left: Standing, rest: Standing) -> bool:
    """Whether the left source tells of a place that began after the one that ended."""
    return left.on is not None and rest.free_since is not None and left.on >= rest.free_since


def _same(case: Case) -> Sorted:
    if case.numbers_differ:
        return Category.NUMBER_CHANGED, Step.CORRECT
    return Category.AGREE, Step.NONE
