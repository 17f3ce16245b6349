"""What a provision answers: a state, from when, until when, and why."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import date
from enum import StrEnum
from functools import lru_cache
from typing import TypeAlias

from msgspec import Struct, field

from kaa_bridge.domain.dates import DAY


class State(StrEnum):
    """A criterion's state. *Met* speaks for coverage; *unknown* is never the same as *not met*."""

    MET = "met"
    NOT_MET = "not_met"
    UNKNOWN = "unknown"


MET, NOT_MET, UNKNOWN = "m", "n", "u"
"""The states in one letter each, as provisions and verdicts carry them."""

STATES = {MET: State.MET, NOT_MET: State.NOT_MET, UNKNOWN: State.UNKNOWN}
"""From a letter to the word of contracts.md section 3."""

ALWAYS = date.min
"""``since`` of a state that held as far back as the facts tell."""

NEVER = date.max
"""``until`` of a state that no later date changes; 9999-12-31 in a source means the same."""


NOWHERE = 0
"""Index of a finding that rests on no entry of a list; its ground's pointer has no place for one."""


class Why(Struct, frozen=True):
    """The ground of a finding: a stable code, the fact it rests on, and remarks that it always brings.

    Attributes:
        code: key of the text in ``texts``.
        fact: the fact's pointer below the youth; ``{at}`` is the index of the entry concerned.
        remarks: words of ``remarks`` in contracts.md section 3.
    """

    code: str
    fact: str
    remarks: tuple[str, ...] = field(default=())


Finding: TypeAlias = tuple[str, date, date, Why, int]
"""State letter, first day and first day no longer (both only as far as they matter: ``since`` is exact for *met*),
why, and the index of the entry that decided (0 where there is none)."""


@lru_cache(maxsize=4096)
def day_after(day: date | None) -> date:
    """Return the first day after an inclusive end; none, and 9999-12-31, is ``NEVER``."""
    return NEVER if day is None or day == NEVER else day + DAY


def run_around(at: Callable[[date], tuple[str, Why, int]], turns: Iterable[date], day: date) -> Finding:
    """Return the unbroken run of one state around a day.

    Args:
        at: state, why and index on any day.
        turns: every day on which the state may differ from the day before.
        day: the day asked about.
    """
    state, why, index = at(day)
    ordered = sorted(set(turns))
    until = next((turn for turn in ordered if turn > day and at(turn)[0] != state), NEVER)
    since = ALWAYS
    if state == MET:
        past = (turn for turn in reversed(ordered) if ALWAYS < turn <= day)
        since = next((turn for turn in past if at(turn - DAY)[0] != MET), ALWAYS)
    return state, since, until, why, index
