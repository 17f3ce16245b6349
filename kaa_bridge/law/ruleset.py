"""The provisions in force on a day, prepared for a municipality, and the verdict on a youth: the hot path."""

from __future__ import annotations

from datetime import date
from enum import StrEnum
from functools import lru_cache

import msgspec

from kaa_bridge.domain.dates import DAY
from kaa_bridge.domain.facts import Youth
from kaa_bridge.law.finding import MET, NEVER, NOT_MET, Finding
from kaa_bridge.law.parameters import AgeLaw, AttendanceLaw, HomeLaw, QualificationLaw, SchoolingLaw
from kaa_bridge.law.provisions import CRITERIA, Version, version_on, versions
from kaa_bridge.law.question import Question
from kaa_bridge.law.rules.age import prepare_age
from kaa_bridge.law.rules.attendance import AWAITING, UNPROVEN_AWAITING, prepare_attendance
from kaa_bridge.law.rules.qualifications import prepare_qualification
from kaa_bridge.law.rules.residence import prepare_home
from kaa_bridge.law.rules.schooling import prepare_schooling
from kaa_bridge.law.settings import DEFAULT, LawSettings

ALL_MET = MET * len(CRITERIA)


class Outcome(StrEnum):
    """Whether the municipality's responsibility covers the youth."""

    COVERED = "covered"
    NOT_COVERED = "not_covered"
    INVESTIGATE = "investigate"


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
        law = self.version.law_of
        self._age = prepare_age(question, law("under_20", AgeLaw))
        self._schooling = prepare_schooling(question, law("schooling_done", SchoolingLaw))
        self._home = prepare_home(question, law("home_municipality", HomeLaw))
        self._attendance = prepare_attendance(question, law("not_in_gymnasial", AttendanceLaw))
        self._exam = prepare_qualification(question, law("no_gymnasieexamen", QualificationLaw))
        self._certificate = prepare_qualification(question, law("no_gymnasiebevis", QualificationLaw))
        self._equivalent = prepare_qualification(question, law("no_equivalent", QualificationLaw))

    def findings(self, youth: Youth) -> tuple[Finding, ...]:
        """Return one finding per criterion, in the order of ``CRITERIA``."""
        schooling = self._schooling(youth)
        return (
            self._age(youth),
            schooling,
            self._home(youth),
            self._attendance(youth, schooling[0] == MET),
            self._exam(youth),
            self._certificate(youth),
            self._equivalent(youth),
        )

    def judge(self, youth: Youth) -> Verdict:
        """Return the verdict on the youth."""
        found = self.findings(youth)
        criteria = "".join([one[0] for one in found])
        review = min([one[2] for one in found])
        remarks = found[1][3].remarks + found[3][3].remarks
        if self.question.frozen:
            remarks += ("source_frozen",)
        since = None
        if criteria == ALL_MET:
            outcome = Outcome.COVERED
            since = self._covered_since(youth, max([one[1] for one in found]))
        elif NOT_MET in criteria:
            outcome = Outcome.NOT_COVERED
            if found[3][3] is AWAITING or found[3][3] is UNPROVEN_AWAITING:
                remarks = tuple(remark for remark in remarks if remark != "awaiting_start")
        else:
            outcome = Outcome.INVESTIGATE
        if review > self._until:
            review = self._review_beyond(youth, criteria)
        return Verdict(outcome, criteria, since, None if review == NEVER else review, remarks)

    def _covered_since(self, youth: Youth, since: date) -> date:
        if since >= self._since:
            return since
        if self._since == versions()[0].in_force:
            return self._since
        return self._on(self._since - DAY).judge(youth).covered_since or self._since

    def _review_beyond(self, youth: Youth, criteria: str) -> date:
        later = self._on(self._until).judge(youth)
        return (later.next_review or NEVER) if later.criteria == criteria else self._until

    def _on(self, day: date) -> RuleSet:
        question = self.question
        return ruleset(question.municipality, day, question.settings, frozen=question.frozen)


@lru_cache(maxsize=1024)
def ruleset(municipality: str, as_of: date, settings: LawSettings = DEFAULT, *, frozen: bool = False) -> RuleSet:
    """Return the provisions prepared for the question; the same question gives the same object.

    Raises:
        InputRefused: the day lies before the first version of the law data.
    """
    return RuleSet(Question(municipality, as_of, settings, frozen))


def judge(
    youth: Youth, *, municipality: str, as_of: date, settings: LawSettings = DEFAULT, frozen: bool = False
) -> Verdict:
    """Return the verdict on one youth; for a population, take ``ruleset(...).judge`` once and call that.

    Raises:
        InputRefused: the day lies before the first version of the law data.
    """
    return ruleset(municipality, as_of, settings, frozen=frozen).judge(youth)


def _unchanged_around(version: Version) -> tuple[date, date]:
    """Return since when, and until when (exclusive), the same rules hold; a version may change names only."""
    known = versions()
    first = last = known.index(version)
    while first > 0 and known[first - 1].same_rules(version):
        first -= 1
    while last < len(known) - 1 and known[last + 1].same_rules(version):
        last += 1
    return known[first].in_force, NEVER if last == len(known) - 1 else known[last + 1].in_force
