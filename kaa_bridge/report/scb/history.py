"""What the bridge itself decided, day by day: evidence where the facts of today no longer tell."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from typing import NamedTuple

from kaa_bridge.law import Outcome
from kaa_bridge.store.history import Kept
from kaa_bridge.store.youths import YouthState
from kaa_bridge.sync.decide import AWAITING_START


class Past(NamedTuple):
    """A decision of a night. ``awaits``: covered by the letter only, since an admission had not begun."""

    as_of: date
    outcome: Outcome
    criteria: str
    covered_since: date | None
    awaits: bool

    @property
    def is_case(self) -> bool:
        """Whether the youth was on the register by this decision."""
        return self.outcome is Outcome.COVERED and not self.awaits


class History:
    """The decisions of one youth, the oldest first."""

    def __init__(self, kept: Iterable[Kept]) -> None:
        """Read them as the store keeps them."""
        self.past = tuple(_past(one) for one in kept)

    def on(self, day: date) -> Past | None:
        """Return the decision that held on a day; a later one that dates the coverage back to the day goes first."""
        later = (one for one in self.past if one.as_of > day and one.covered_since and one.covered_since <= day)
        if found := next(later, None):
            return found
        return next((one for one in reversed(self.past) if one.as_of <= day), None)

    def case_on(self, day: date) -> Past | None:
        """Return the decision by which a case was open on a day: what is to be investigated stays open."""
        told = [one for one in self.past if one.as_of <= day and one.outcome is not Outcome.INVESTIGATE]
        return told[-1] if told and told[-1].is_case else None

    def turns(self, first: date, until: date) -> list[date]:
        """Return the days after ``first`` and before ``until`` on which the decision that held may be another."""
        days = {day for one in self.past for day in (one.as_of, one.covered_since) if day is not None}
        return sorted(day for day in days if first < day < until)

    def put_on_register(self, first: date, until: date | None) -> date | None:
        """Return the night that put the youth on the register in a spell, ``None`` where none did."""
        nights = (one.as_of for one in self.past if one.is_case and first <= one.as_of)
        return next((night for night in nights if until is None or night < until), None)

    def ended_after_case(self) -> date | None:
        """Return the first night by which an open case was over for good, ``None`` where none was."""
        found: date | None = None
        for one in self.past:
            if one.is_case:
                found = None
            elif one.outcome is Outcome.NOT_COVERED and found is None:
                found = one.as_of
        return found if any(one.is_case for one in self.past) else None


def history_of(state: YouthState, kept: Sequence[Kept]) -> History:
    """Return the history of a youth; where no decision was kept, its row holds the only one there has been."""
    if kept or state.outcome is None or state.outcome_since is None:
        return History(kept)
    return History([Kept(state.outcome_since, state.outcome, state.criteria or "", state.covered_since, "")])


def _past(kept: Kept) -> Past:
    since = date.fromisoformat(kept.covered_since) if kept.covered_since else None
    awaits = AWAITING_START in kept.remarks.split()
    return Past(date.fromisoformat(kept.as_of), Outcome(kept.outcome), kept.criteria, since, awaits)
