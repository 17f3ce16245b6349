"""The clock ``term_end``: the term that goes on, or comes next, when the youth was registered."""

from __future__ import annotations

from datetime import date

import pytest

from kaa_bridge.domain.facts import Event, Youth
from kaa_bridge.domain.values import EventKind, Protection
from kaa_bridge.routine import due_actions, next_change, parse_routine
from tests.routine.routine_files import HEAD, step

TERMS = '\n[terms]\nspring_ends = "06-12"\nautumn_ends = "12-20"\nexact = [2026-06-10]\n'
ROUTINE = parse_routine((HEAD + step(clock="term_end", window='{ within = "P2W" }') + TERMS).encode())


def registered(day: date) -> Youth:
    return Youth(ref="a-1", protection=Protection.NONE, events=(Event(kind=EventKind.REGISTERED, on=day),))


@pytest.mark.parametrize(
    ("reg", "opens", "due"),
    [
        (date(2026, 2, 2), date(2026, 6, 10), date(2026, 6, 24)),
        (date(2026, 6, 10), date(2026, 6, 10), date(2026, 6, 24)),
        (date(2026, 6, 11), date(2026, 12, 20), date(2027, 1, 3)),
        (date(2026, 12, 21), date(2027, 6, 12), date(2027, 6, 26)),
    ],
)
def test_the_step_runs_from_the_end_of_the_term(reg: date, opens: date, due: date) -> None:
    (action,) = due_actions(ROUTINE, registered(reg), as_of=reg)
    assert (action.not_before, action.due, action.clock) == (opens, due, ("term_end", opens))
    if opens > reg:
        assert next_change(ROUTINE, registered(reg), as_of=reg) == opens


def test_without_a_registration_it_has_not_started() -> None:
    youth = Youth(ref="a-1", protection=Protection.NONE)
    assert due_actions(ROUTINE, youth, as_of=date(2026, 2, 2)) == []
