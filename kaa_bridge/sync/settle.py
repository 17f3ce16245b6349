"""Decides newcomers while they are pulled: from one record each, and alike ones only once."""

from __future__ import annotations

from kaa_bridge.domain.record import RecordFacts
from kaa_bridge.law import Outcome, Verdict
from kaa_bridge.law.likeness import Likeness, likeness
from kaa_bridge.sync.decide import Rules, iso
from kaa_bridge.sync.merge import known_of, youth_of_one

Columns = tuple[str | None, str, str, str | None]
"""Birth date, protection, criteria and next review as the store writes them."""
Decision = tuple[Verdict, Columns]
_COVERED = Outcome.COVERED
_MOST = 8192
"""Decisions that are remembered, at half a kilobyte each: of a hundred thousand youths nine in ten are then alike to
an earlier one."""


class Settling:
    """Decides youths of whom a source tells for the first time, if that makes no case: all but who is covered."""

    def __init__(self, source: str, rules: Rules) -> None:
        """Decide what this source tells by these rules."""
        self._source = source
        self._rules = rules
        self._known: dict[Likeness, Decision | None] = {}

    def decide(self, facts: RecordFacts) -> Decision | None:
        """Return the verdict and what the youth's row holds of it, ``None`` for who is to be decided in full."""
        like = likeness(facts)
        if like is None:
            return self.decided(facts)
        try:
            return self._known[like]
        except KeyError:
            found = self.decided(facts)
        if len(self._known) < _MOST:
            self._known[like] = found
        return found

    def decided(self, facts: RecordFacts) -> Decision | None:
        """Decide without looking for somebody alike."""
        known = known_of(self._source, facts, self._rules.known)
        youth = youth_of_one("", facts, facts.placements or (), known)  # the law does not ask who it is
        verdict = self._rules.law.judge(youth)
        if verdict.outcome is _COVERED:
            return None
        protection: str = youth.protection._value_  # the attribute behind ``value``, at a third of its cost
        return verdict, (iso(youth.birth_date), protection, verdict.criteria, iso(verdict.next_review))
