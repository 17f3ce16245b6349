"""Judges the objectives: fulfilled, partly, not, or not to be seen. Nothing is guessed."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from kaa_bridge.report.audit.model import Area, Objective, Standard, Test
from kaa_bridge.report.audit.queries import FACTS, Count, Setting, ask
from kaa_bridge.report.board.published import Published, per_cent
from kaa_bridge.report.suppress import LEAST


class Verdict(StrEnum):
    """How an objective stands."""

    FULFILLED = "fulfilled"
    PARTLY = "partly"
    NOT = "not"
    UNSEEN = "unseen"


LEVEL = {Verdict.FULFILLED: 3, Verdict.PARTLY: 2, Verdict.NOT: 1}
"""The ring of the radar chart; what cannot be seen has none."""


@dataclass(frozen=True, slots=True)
class JudgedTest:
    """A test and what it found; ``count`` for a share, ``fact`` for yes or no.

    Attributes:
        why: why there is no verdict: ``nothing`` to count, or too ``few`` to tell without telling of somebody.
    """

    test: Test
    verdict: Verdict
    count: Count | None = None
    fact: bool | None = None
    why: str = ""

    @property
    def share(self) -> int | None:
        """The share in whole per cent, where both numbers are shown."""
        count = self.count
        if count is None or count.part is None or not count.whole:
            return None
        return per_cent(count.part, count.whole)


@dataclass(frozen=True, slots=True)
class JudgedObjective:
    """An objective and how it stands."""

    objective: Objective
    verdict: Verdict
    tests: tuple[JudgedTest, ...]


@dataclass(frozen=True, slots=True)
class JudgedArea:
    """An area and how it stands, by those of its objectives that can be seen."""

    area: Area
    verdict: Verdict
    objectives: tuple[JudgedObjective, ...]


@dataclass(frozen=True, slots=True)
class Judged:
    """One municipality's self-check."""

    published: Published
    standard: Standard
    areas: tuple[JudgedArea, ...]


def judge(published: Published, setting: Setting, standard: Standard) -> Judged:
    """Hold a municipality's figures against the control objectives."""
    return Judged(published, standard, tuple(_area(area, published, setting) for area in standard.area))


def _area(area: Area, published: Published, setting: Setting) -> JudgedArea:
    found = tuple(_objective(one, published, setting) for one in area.objective)
    return JudgedArea(area, together(one.verdict for one in found), found)


def _objective(objective: Objective, published: Published, setting: Setting) -> JudgedObjective:
    tests = tuple(_test(one, published, setting) for one in objective.test)
    verdict = together(one.verdict for one in tests)
    if objective.ceiling and verdict is Verdict.FULFILLED:
        verdict = Verdict.PARTLY
    return JudgedObjective(objective, verdict, tests)


def together(verdicts: Iterable[Verdict]) -> Verdict:
    """Return what verdicts come to: all fulfilled, none of them, or partly; what cannot be seen is left aside."""
    seen = {one for one in verdicts if one is not Verdict.UNSEEN}
    if len(seen) > 1:
        return Verdict.PARTLY
    return seen.pop() if seen else Verdict.UNSEEN


def _test(test: Test, published: Published, setting: Setting) -> JudgedTest:
    if test.query in FACTS:
        fact = FACTS[test.query](setting, published.basis.municipality)
        return JudgedTest(test, Verdict.FULFILLED if fact else Verdict.NOT, fact=fact)
    count = ask(test.query, test.days, published, setting, published.focus)
    part, whole = count.real
    if not whole:
        return JudgedTest(test, Verdict.UNSEEN, count, why="nothing")
    verdict = _held(test, part, whole)
    if count.part is None and _alike(test, verdict, whole) < LEAST:
        return JudgedTest(test, Verdict.UNSEEN, count, why="few")
    return JudgedTest(test, verdict, count)


def _held(test: Test, part: int, whole: int) -> Verdict:
    assert test.fulfilled is not None
    assert test.partly is not None
    if part >= test.fulfilled * whole:
        return Verdict.FULFILLED
    return Verdict.PARTLY if part >= test.partly * whole else Verdict.NOT


def _alike(test: Test, verdict: Verdict, whole: int) -> int:
    """Return how many numbers would give the same verdict: a verdict on a hidden number must not tell it."""
    return sum(_held(test, part, whole) is verdict for part in range(whole + 1))
