"""The acceptance tables of the four municipalities, as cases that a case officer can read."""

from __future__ import annotations

from collections import Counter

import pytest

from kaa_bridge.routine import due_actions, load_routine
from tests.routine.case_files import Case, cases, shown

CASES = cases()


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case.routine}-{case.name}".replace(" ", "_"))
def test_case(case: Case) -> None:
    routine = load_routine(case.routine)
    found = due_actions(routine, case.youth, as_of=case.as_of, until=case.until, unknown_criteria=case.unknown)
    assert tuple(shown(action) for action in found) == case.expect


def test_there_are_enough_cases_and_none_stands_twice() -> None:
    assert len(CASES) >= 120
    names = Counter((case.routine, case.name) for case in CASES)
    assert [name for name, count in names.items() if count > 1] == []


@pytest.mark.parametrize("routine", ["ragunda", "norrkoping", "ist_kommun", "lekeberg"])
def test_every_step_is_listed_in_a_case_and_left_out_in_another(routine: str) -> None:
    listed = [{line.split()[0] for line in case.expect} for case in CASES if case.routine == routine]
    for step in load_routine(routine).steps:
        assert any(step.action in actions for actions in listed), step.action
        assert any(step.action not in actions for actions in listed), step.action
