"""Criterion 1: has not turned 20 (skollagen 29 kap. 9 §)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

from kaa_bridge.domain.dates import birthday
from kaa_bridge.domain.facts import Youth
from kaa_bridge.law.finding import ALWAYS, MET, NEVER, NOT_MET, UNKNOWN, Finding, Why
from kaa_bridge.law.parameters import AgeLaw
from kaa_bridge.law.question import Question

YOUNGER = Why("younger", "/birth_date")
AGE_REACHED = Why("age_reached", "/birth_date")
BIRTH_DATE_UNKNOWN = Why("birth_date_unknown", "/birth_date")


def birthday_or_never(birth_date: date, age: int) -> date:
    """Return the day the age is reached; ``NEVER`` where the calendar ends before it."""
    try:
        return birthday(birth_date, age)
    except ValueError:
        return NEVER


def prepare_age(question: Question, law: AgeLaw) -> Callable[[Youth], Finding]:
    """Covered through the day before the birthday, day-exact: no term, half-year or calendar year (trap 5)."""
    day = question.day
    unknown: Finding = (UNKNOWN, ALWAYS, NEVER, BIRTH_DATE_UNKNOWN, 0)
    reached: Finding = (NOT_MET, ALWAYS, NEVER, AGE_REACHED, 0)

    def rule(youth: Youth) -> Finding:
        birth_date = youth.birth_date
        if birth_date is None:
            return unknown
        turns = birthday_or_never(birth_date, law.age)
        return (MET, ALWAYS, turns, YOUNGER, 0) if day < turns else reached

    return rule
