"""The organisation's calendar: the period that goes on, or the next one."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kaa_bridge.routine import bundled_routines, calendar_tasks, load_routine


@pytest.mark.parametrize(
    ("routine", "task", "as_of", "first", "last", "times"),
    [
        ("ragunda", "search_new", "2026-01-19", "2026-01-19", "2026-01-25", 1),
        ("ragunda", "search_new", "2026-01-25", "2026-01-19", "2026-01-25", 1),
        ("ragunda", "search_new", "2026-01-26", "2026-01-26", "2026-02-01", 1),
        ("ragunda", "scb_report", "2026-01-19", "2026-02-01", "2026-02-28", 1),
        ("ragunda", "scb_report", "2028-02-29", "2028-02-01", "2028-02-29", 1),
        ("ragunda", "scb_report", "2026-03-01", "2026-09-01", "2026-09-30", 1),
        ("ragunda", "scb_report", "2026-10-01", "2027-02-01", "2027-02-28", 1),
        ("ragunda", "evaluate", "2026-10-01", "2026-01-01", "2026-12-31", 1),
        ("norrkoping", "review_new", "2026-10-01", "2026-09-28", "2026-10-04", 1),
        ("norrkoping", "social_services_meeting", "2026-02-14", "2026-02-01", "2026-02-28", 1),
        ("norrkoping", "compare_with_ist", "2026-06-01", "2026-09-01", "", 1),
        ("norrkoping", "compare_with_ist", "2026-12-31", "2026-09-01", "", 1),
        ("lekeberg", "case_review", "2026-01-19", "2026-01-19", "2026-01-25", 1),
        ("lekeberg", "movers_in", "2026-01-18", "2026-01-05", "2026-01-18", 1),
        ("lekeberg", "movers_in", "2026-01-19", "2026-01-19", "2026-02-01", 1),
        ("lekeberg", "movers_in", "2026-01-04", "2025-12-22", "2026-01-04", 1),
        ("lekeberg", "cross_agency_meeting", "2026-01-19", "2026-01-19", "2026-02-01", 1),
        ("lekeberg", "scb_report", "2026-06-30", "2026-01-01", "2026-06-30", 1),
        ("lekeberg", "scb_report", "2026-07-01", "2026-07-01", "2026-12-31", 1),
        ("ist_kommun", "managers_meeting", "2026-02-01", "2026-01-01", "2026-06-30", 2),
        ("ist_kommun", "deregister", "2026-02-01", "2026-06-12", "2026-07-12", 1),
        ("ist_kommun", "deregister", "2026-07-13", "2027-06-12", "2027-07-12", 1),
    ],
)
def test_the_period(routine: str, task: str, as_of: str, first: str, last: str, times: int) -> None:
    found = {t.task: t for t in calendar_tasks(load_routine(routine), as_of=date.fromisoformat(as_of))}[task]
    assert (found.not_before.isoformat(), found.due.isoformat() if found.due else "", found.times) == (
        first,
        last,
        times,
    )


@pytest.mark.parametrize(
    ("routine", "tasks"),
    [
        ("ragunda", {"search_new", "scb_report", "evaluate"}),
        ("norrkoping", {"review_new", "social_services_meeting", "compare_with_ist"}),
        ("lekeberg", {"case_review", "cross_agency_meeting", "movers_in", "scb_report"}),
        ("ist_kommun", {"managers_meeting", "deregister"}),
    ],
)
def test_the_tasks_of_each_municipality(routine: str, tasks: set[str]) -> None:
    assert {entry.task for entry in load_routine(routine).calendar} == tasks


@given(st.sampled_from(bundled_routines()), st.dates(date(2015, 1, 1), date(2110, 1, 1)))
def test_a_task_is_never_over_and_comes_within_a_year(routine: str, as_of: date) -> None:
    found = calendar_tasks(load_routine(routine), as_of=as_of)
    for task in found:
        assert task.due is None or task.not_before <= task.due
        assert task.due is None or task.due >= as_of
        assert task.not_before <= as_of + timedelta(days=366)
    assert found == sorted(found, key=lambda task: (task.due or date.max, task.task))
