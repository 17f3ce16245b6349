"""The provisions in force on a day, prepared for a municipality, and the verdict on a youth: the hot path."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from enum import StrEnum
from functools import lru_cache
from typing import TypeAlias

import msgspec

from kaa_bridge.domain.dates import DAY
from kaa_bridge.domain.facts import Youth
from kaa_bridge.law.finding import MET, NEVER, NOT_MET, UNKNOWN, Finding, Why
from kaa_bridge.law.parameters import AgeLaw, AttendanceLaw, HomeLaw, QualificationLaw, SchoolingLaw
from kaa_bridge.law.provisions import CRITERIA, Version, version_on, versions
from kaa_bridge.law.question import Question
from kaa_bridge.law.rules.age import Age
from kaa_bridge.law.rules.attendance import AWAITING_START, Attendance
from kaa_bridge.law.rules.qualifications import Held
from kaa_bridge.law.rules.residence import Home
from kaa_bridge.law.rules.schooling import Schooling
from kaa_bridge.law.settings import DEFAULT, LawSettings

REMARKS = ("awaiting_start", "schooling_end_computed", "newcomer", "source_frozen", "still_in_compulsory_school")
"""The remarks in the order of contracts.md section 3, which is their order in a decision."""

ALL_MET = MET * len(CRITERIA)


class Outcome(StrEnum):
    """Whether the municipality's responsibility covers the youth."""

    COVERED = "covered"
    NOT_COVERED = "not_covered"
    INVESTIGATE = "investigate"


_COVERED, _NOT_COVERED, _INVESTIGATE = Outcome

Answer: TypeAlias = tuple[Outcome, str, tuple[str, ...]]
"""Outcome, criteria and remarks of a verdict."""


class Verdict(msgspec.Struct, frozen=True, gc=False):
    """The answer without texts.

    Attributes:
        outcome: covered (all met), not covered (any not met), or investigate.
        criteria: one letter per criterion in the order of ``CRITERIA``: m(et), n(ot met), u(nknown).
        covered_since: first day of the present unbroken coverage as far as the facts tell; ``None`` when not covered.
        next_review: first later day on which a criterion changes although no fact does; ``None`` if there is none.
        remarks: what a reader must know and no criterion says (contracts.md section 3).
    """

    outcome: Outcome
    criteria: str
    covered_since: date | None
    next_review: date | None
    remarks: tuple[str, ...]


class RuleSet:
    """The provisions prepared for one question; apply ``judge`` to one youth after another."""

    def __init__(self, question: Question) -> None:
        """Prepare every provision that is in force on the question's day."""
        self.question = question
        self.version: Version = version_on(question.day)
        self._since, self._until = _unchanged_around(self.version)
        self._standing_remarks = ("source_frozen",) if question.frozen or question.remarked else ()
        self._answers: dict[tuple[str | Why, ...], Answer] = {}
        self._unproven = (UNKNOWN * 3, NEVER)
        self._none_held = self._unproven if question.frozen else (MET * 3, NEVER)
        law = self.version.law_of
        self._age = Age(question, law("under_20", AgeLaw)).finding
        self._schooling = Schooling(question, law("schooling_done", SchoolingLaw)).finding
        self._home = Home(question, law("home_municipality", HomeLaw)).finding
        self._attendance = Attendance(question, law("not_in_gymnasial", AttendanceLaw)).finding
        self._exam = Held(question, law("no_gymnasieexamen", QualificationLaw)).finding
        self._certificate = Held(question, law("no_gymnasiebevis", QualificationLaw)).finding
        self._equivalent = Held(question, law("no_equivalent", QualificationLaw)).finding

    def findings(self, youth: Youth) -> tuple[Finding, ...]:
        """Return one finding per criterion, in the order of ``CRITERIA``."""
        schooling = self._schooling(youth)
        age, home, attendance = self._age(youth), self._home(youth), self._attendance(youth, schooling[0] == MET)
        exam = self._exam(youth)
        if not youth.qualifications:
            return (age, schooling, home, attendance, exam, exam, exam)
        return (age, schooling, home, attendance, exam, self._certificate(youth), self._equivalent(youth))

    def judge(self, youth: Youth) -> Verdict:
        """Return the verdict on the youth."""
        schooling = self._schooling(youth)
        age, home, attendance = self._age(youth), self._home(youth), self._attendance(youth, schooling[0] == MET)
        papers = self._papers(youth)
        states = age[0], schooling[0], home[0], attendance[0], papers[0], schooling[3], attendance[3]
        outcome, criteria, remarks = self._answers.get(states) or self._answer(*states)
        review = age[2]
        for until in (schooling[2], home[2], attendance[2], papers[1]):
            if until is not NEVER and until < review:
                review = until
        next_review = review if review < self._until else self._review_beyond(youth, criteria)
        since = self._covered_since(youth, (age, schooling, home, attendance)) if outcome is _COVERED else None
        return Verdict(outcome, criteria, since, next_review, remarks)

    def _answer(self, age: str, schooling: str, home: str, attendance: str, papers: str, *why: Why) -> Answer:
        """Return what the states together mean; a population shares a few combinations, so they are kept."""
        criteria = age + schooling + home + attendance + papers
        found = [remark for one in why for remark in one.remarks]
        remarks = tuple(sorted([*found, *self._standing_remarks], key=REMARKS.index))
        outcome = _COVERED if criteria == ALL_MET else _NOT_COVERED if NOT_MET in criteria else _INVESTIGATE
        if outcome is _NOT_COVERED:
            remarks = tuple(remark for remark in remarks if remark != AWAITING_START)
        answer = (outcome, criteria, remarks)
        self._answers[age, schooling, home, attendance, papers, *why] = answer
        return answer

    def _papers(self, youth: Youth) -> tuple[str, date]:
        """Return the states of the three criteria on exams and certificates, and the first change of any."""
        if not youth.qualifications:
            return self._none_held if youth.qualifications_complete else self._unproven
        exam, certificate, equivalent = self._exam(youth), self._certificate(youth), self._equivalent(youth)
        return exam[0] + certificate[0] + equivalent[0], min(exam[2], certificate[2], equivalent[2])

    def _review_beyond(self, youth: Youth, criteria: str) -> date | None:
        """Return the first change on or after the day on which other rules come into force, ``None`` if none do."""
        if self._until == NEVER:
            return None
        later = self._on(self._until)
        beyond = later.findings(youth)
        if "".join(finding[0] for finding in beyond) != criteria:
            return self._until
        review = min(finding[2] for finding in beyond)
        return later._review_beyond(youth, criteria) if review >= later._until else review

    def _covered_since(self, youth: Youth, found: Iterable[Finding]) -> date:
        since = max([finding[1] for finding in found])
        if since > self._since:
            return since
        if self._since == versions()[0].in_force:
            return self._since
        earlier = self._on(self._since - DAY)
        before = earlier.findings(youth)
        covered = all(finding[0] == MET for finding in before)
        return earlier._covered_since(youth, before) if covered else self._since

    def _on(self, day: date) -> RuleSet:
        question = self.question
        return ruleset(question.municipality, day, question.settings, frozen=question.frozen)


@lru_cache(maxsize=1024)
def ruleset(
    municipality: str,
    as_of: date,
    settings: LawSettings = DEFAULT,
    *,
    frozen: bool = False,
    remarked: bool = False,
) -> RuleSet:
    """Return the provisions prepared for the question; the same question gives the same object.

    Raises:
        InputRefused: the day lies before the first version of the law data.
    """
    return RuleSet(Question(municipality, as_of, settings, frozen, remarked))


_latest: list[RuleSet] = []
"""The rules that ``judge`` used last: comparing four fields costs less than looking settings up by value."""


def judge(
    youth: Youth, *, municipality: str, as_of: date, settings: LawSettings = DEFAULT, frozen: bool = False
) -> Verdict:
    """Return the verdict on one youth; for a population, ``ruleset(...).judge`` saves finding the rules each time.

    Raises:
        InputRefused: the day lies before the first version of the law data.
    """
    for law in _latest:
        asked = law.question
        same_place_and_day = asked.municipality == municipality and asked.day == as_of
        if same_place_and_day and asked.settings is settings and asked.frozen == frozen:
            return law.judge(youth)
    law = ruleset(municipality, as_of, settings, frozen=frozen)
    _latest[:] = [law]
    return law.judge(youth)


def _unchanged_around(version: Version) -> tuple[date, date]:
    """Return since when, and until when (exclusive), the same rules hold; a version may change names only."""
    known = versions()
    first = last = known.index(version)
    while first > 0 and known[first - 1].same_rules(version):
        first -= 1
    while last < len(known) - 1 and known[last + 1].same_rules(version):
        last += 1
    return known[first].in_force, NEVER if last == len(known) - 1 else known[last + 1].in_force
