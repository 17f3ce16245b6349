"""The truth planted in the population is the law's: two readings of 29 kap. 9 §, made apart, must agree."""

from __future__ import annotations

from datetime import date

import pytest

from kaa_bridge.law import decide
from kaa_bridge.testing.population import Population, build, build_large, evolve
from kaa_bridge.testing.population.large import LARGE_AS_OF

OUTCOME = {True: "covered", False: "not_covered", None: "investigate"}
DAYS = [date(year, month, 15) for year in (2024, 2025, 2026, 2027) for month in range(1, 13)]


def disagreements(population: Population) -> list[str]:
    """Return the stories on which the law answers something else."""
    return [
        person.story
        for person in population
        if decide(person.youth(), municipality=population.municipality, as_of=population.as_of).outcome.value
        != OUTCOME[person.covered]
    ]


@pytest.mark.parametrize("day", DAYS)
def test_law_agrees_with_the_planted_truth(day: date) -> None:
    assert disagreements(build(1, as_of=day, size=60)) == []


@pytest.mark.parametrize("day", [date(2026, 2, 2), date(2026, 2, 9), date(2026, 3, 20)])
def test_law_agrees_after_time_has_passed(day: date) -> None:
    assert disagreements(evolve(build(1, as_of=date(2026, 2, 1), size=60), day)) == []


def test_law_agrees_with_the_large_population() -> None:
    for person in build_large(1, 400):
        outcome = decide(person.youth(), municipality="2303", as_of=LARGE_AS_OF).outcome.value
        assert outcome == OUTCOME[person.covered], person
