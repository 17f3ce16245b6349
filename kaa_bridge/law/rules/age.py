"""Criterion 1: has not turned 20 (skollagen 29 kap. 9 §)."""

from __future__ import annotations

from datetime import date

from kaa_bridge.domain.dates import birthday
from kaa_bridge.domain.facts import Youth
from kaa_bridge.law.finding import ALWAYS, MET, NEVER, NOT_MET, NOWHERE, UNKNOWN, Finding, Why
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


class Age:
    """Covered through the day before the birthday, day-exact: no term, half-year or calendar year (trap 5)."""

    __slots__ = ("_age", "_day", "_known")

    def __init__(self, question: Question, law: AgeLaw) -> None:
        """Prepare the rule for a question."""
        self._day, self._age = question.day, law.age
        unknown: Finding = (UNKNOWN, ALWAYS, NEVER, BIRTH_DATE_UNKNOWN, NOWHERE)
        self._known: dict[date | None, Finding] = {None: unknown}

    def finding(self, youth: Youth) -> Finding:
        """Return the finding on a youth; a population shares its few thousand birth dates, so they are kept."""
        return self._known.get(youth.birth_date) or self._born(youth.birth_date)

    def _born(self, birth_date: date | None) -> Finding:
        assert birth_date is not None
        turns = birthday_or_never(birth_date, self._age)
        younger: Finding = (MET, ALWAYS, turns, YOUNGER, NOWHERE)
        found = younger if self._day < turns else (NOT_MET, ALWAYS, NEVER, AGE_REACHED, NOWHERE)
        self._known[birth_date] = found
        return found
