"""When a youth was on the register: from the decisions as they were kept, each night in its order. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date

from kaa_bridge.law import CRITERIA, Outcome
from kaa_bridge.law.finding import NOT_MET
from kaa_bridge.store.history import Kept
from kaa_bridge.sync.decide import AWAITING_START


@dataclass(frozen=True, slots=True)
class Spell:
    """One unbroken time on the register.

    Attributes:
        opened: the night that put the youth there.
        closed: the first night that knew the youth not to be covered; ``None`` while it goes on.
        covered_since: first day of the coverage, as the facts told it that night.
        grounds: the criteria that were not met when it closed.
    """

    opened: date
    closed: date | None = None
    covered_since: date | None = None
    grounds: frozenset[str] = frozenset()

    @property
    def began(self) -> date:
        """The day from which what was done for the youth belongs to this time: coverage, or the night where unknown."""
        return min(self.opened, self.covered_since or self.opened)

    def on(self, day: date) -> bool:
        """Tell whether the youth is on the register at the end of the day."""
        return self.opened <= day and (self.closed is None or self.closed > day)


def spells(kept: Iterable[Kept], *, as_of: date, waits: bool) -> tuple[Spell, ...]:
    """Return the times on the register up to a day, the oldest first.

    Args:
        kept: the youth's decisions, in the order they were made.
        as_of: later decisions are left out.
        waits: whether the municipality opens no case before an admitted youth's start has passed.
    """
    found: list[Spell] = []
    for one in kept:
        day = date.fromisoformat(one.as_of)
        if day > as_of:
            continue
        is_open = bool(found) and found[-1].closed is None
        if one.outcome == Outcome.COVERED.value and not is_open:
            if not (waits and AWAITING_START in one.remarks.split()):
                since = date.fromisoformat(one.covered_since) if one.covered_since else None
                found.append(Spell(day, covered_since=since))
        elif one.outcome == Outcome.NOT_COVERED.value and is_open:
            found[-1] = replace(found[-1], closed=day, grounds=_grounds(one.criteria))
    return tuple(found)


def _grounds(criteria: str) -> frozenset[str]:
    return frozenset(name for name, mark in zip(CRITERIA, criteria, strict=True) if mark == NOT_MET)
