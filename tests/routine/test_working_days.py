"""Rolling a due date forward: the vectors of lag (1930:173) 2 §, as a municipality's choice."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kaa_bridge.domain.facts import Youth
from kaa_bridge.domain.values import Protection
from kaa_bridge.routine import due_actions
from kaa_bridge.routine.working_days import after_pause, is_working_day, next_working_day
from tests.routine.case_files import event
from tests.routine.routine_files import routine, step

ROLL = 'roll = "next_working_day"\n'


@pytest.mark.parametrize(
    ("day", "moved"),
    [
        ("2026-04-03", "2026-04-07"),
        ("2026-05-01", "2026-05-04"),
        ("2026-05-14", "2026-05-15"),
        ("2026-06-06", "2026-06-08"),
        ("2026-06-19", "2026-06-22"),
        ("2026-12-24", "2026-12-28"),
        ("2025-12-31", "2026-01-02"),
        ("2026-01-06", "2026-01-07"),
        ("2025-06-06", "2025-06-09"),
        ("2026-04-02", "2026-04-02"),
        ("2026-01-05", "2026-01-05"),
        ("2026-05-15", "2026-05-15"),
        ("2026-10-31", "2026-11-02"),
        ("2027-11-06", "2027-11-08"),
        ("2028-06-24", "2028-06-26"),
        ("2025-04-18", "2025-04-22"),
        ("2027-05-06", "2027-05-07"),
        ("2028-04-17", "2028-04-18"),
    ],
)
def test_rolls_as_the_vectors_say(day: str, moved: str) -> None:
    assert next_working_day(date.fromisoformat(day)) == date.fromisoformat(moved)


@given(st.dates(date(2015, 1, 1), date(2110, 12, 31)))
def test_ends_on_the_first_working_day(day: date) -> None:
    moved = next_working_day(day)
    assert is_working_day(moved)
    assert day <= moved <= day + timedelta(days=6)
    assert not any(is_working_day(day + timedelta(days=n)) for n in range((moved - day).days))


def test_a_pause_moves_what_falls_in_it_to_the_day_after() -> None:
    assert after_pause(date(2026, 7, 6), (7, 6), (7, 31)) == date(2026, 8, 1)
    assert after_pause(date(2026, 7, 31), (7, 6), (7, 31)) == date(2026, 8, 1)
    assert after_pause(date(2026, 7, 5), (7, 6), (7, 31)) == date(2026, 7, 5)
    assert after_pause(date(2026, 12, 24), (12, 20), (1, 6)) == date(2027, 1, 7)
    assert after_pause(date(2027, 1, 3), (12, 20), (1, 6)) == date(2027, 1, 7)
    assert after_pause(date(2027, 1, 7), (12, 20), (1, 6)) == date(2027, 1, 7)


def due_of(text: str, head: str, *steps: str) -> list[str]:
    youth = Youth(ref="a-1", protection=Protection.NONE, events=(event(text),))
    found = due_actions(routine(*steps, head=head), youth, as_of=date.fromisoformat(text.split()[0]))
    return [f"{action.not_before}..{action.due}" for action in found]


def test_the_routine_rolls_only_where_it_says_so() -> None:
    assert due_of("2026-03-27 registered", "") == ["2026-03-27..2026-04-03"]
    assert due_of("2026-03-27 registered", ROLL) == ["2026-03-27..2026-04-07"]


def test_a_step_of_one_day_moves_as_a_whole() -> None:
    assert due_of("2026-03-27 registered", ROLL, step(window='{ at = "P1W" }')) == ["2026-04-07..2026-04-07"]


def test_the_next_rung_opens_after_the_rolled_day() -> None:
    ladder = [step("a"), step("b", '{ within = "P8D" }', more='opens_after = "a"')]
    assert due_of("2026-03-27 registered", ROLL, *ladder) == ["2026-03-27..2026-04-07", "2026-04-08..2026-04-08"]


def test_a_pause_of_the_routine() -> None:
    pause = '\n[[pause]]\nfrom = "07-06"\nto = "07-31"\nreason = "Stängt"\n'
    assert due_of("2026-07-01 registered", "", step(), pause) == ["2026-07-01..2026-08-01"]
    assert due_of("2026-07-01 registered", ROLL, step(), pause) == ["2026-07-01..2026-08-03"]
