"""The named queries of the self-check: a share of youths, or a fact about how the work is set up. A closed list.

Every share of youths is taken from the published figures, so that what they hide stays hidden here too.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Literal

from kaa_bridge.report.board import work
from kaa_bridge.report.board.published import Published
from kaa_bridge.report.board.spans import Span

FOUND_WITHIN = "found_within"
"""The one query that is put together from its ``days``."""


@dataclass(frozen=True, slots=True)
class Setting:
    """What the queries about the set-up need beside the figures.

    Attributes:
        routine_for: the municipality that the routine is written for, ``None`` where the file names none.
        routine_steps: how many steps it has.
        own_routine: whether the routine is a file of the municipality's own.
        goal: whether a goal is configured.
        proven: how many sources have proven a whole lately; ``sources`` how many there are.
    """

    routine_for: str | None
    routine_steps: int
    own_routine: bool
    goal: bool
    proven: int
    sources: int


@dataclass(frozen=True, slots=True)
class Count:
    """What a query found: so many of so many. ``None`` is not shown, since it is small or follows from the rest.

    Attributes:
        real: the two numbers as they are, to judge by; never written anywhere.
    """

    part: int | None
    whole: int | None
    period: str
    real: tuple[int, int]


@dataclass(frozen=True, slots=True)
class Shares:
    """A share by its cells: those that count, those that do not, and the cell of the whole.

    ``at`` is where the first two are: the half-year, ``now`` or ``notes``; that of ``now`` is the last half-year's.
    """

    parts: tuple[str, ...]
    rest: tuple[str, ...]
    whole: str
    at: Literal["half", "now", "notes"] = "half"


def _now(part: str, rest: str, whole: str = "end") -> Shares:
    return Shares((part,), (rest,), whole, "now")


_TRIED = ("measure", "offered", "reached", "attempted")
_OF_PERSONS = {
    "reached": Shares(("at_reached",), ("not_reached",), "ever"),
    "offered": Shares(("at_offered",), ("not_offered",), "ever"),
    "tried": Shares(_TRIED, ("untried",), "ever"),
    "form": Shares(("form",), ("no_form",), "left_school"),
    "reason_told": Shares(("reason_told",), ("reason_untold",), "measures_ended"),
    "handler": _now("handler", "not_handler"),
    "mapped": _now("mapped", "not_mapped"),
    "recent": _now("recent", "not_recent"),
    "on_time": _now("not_late", "late"),
    "planned": _now("planned", "not_planned", "running"),
    "notes_confirmed": Shares(("confirmed",), ("not_confirmed",), "all", "notes"),
}
QUERIES = frozenset({*_OF_PERSONS, "sources_proven", "nights_run", FOUND_WITHIN})
"""The queries that give a share."""
FACTS: Mapping[str, Callable[[Setting, str], bool]] = {
    "goal_set": lambda setting, _: setting.goal,
    "routine_described": lambda setting, _: setting.routine_steps > 0,
    "routine_own": lambda setting, code: setting.own_routine or setting.routine_for == code,
}
"""The queries that are yes or no. A routine file is refused unless every step has a window and a responsible role."""


def ask(query: str, days: int | None, published: Published, setting: Setting, span: Span) -> Count:
    """Return what a query finds.

    Args:
        days: of ``found_within``.
        span: the half-year that shares over a period are taken from.
    """
    if query == "sources_proven":
        found = (setting.proven, setting.sources)
        return Count(*found, published.basis.as_of.isoformat(), found)
    if query == "nights_run":
        found = (published.nights, _days(published.last))
        return Count(*found, published.last.name, found)
    shares = _found_within(days) if query == FOUND_WITHIN else _OF_PERSONS[query]
    at = span.key if shares.at == "half" else shares.at
    whole = f"{published.last.key if shares.at == 'now' else at}/{shares.whole}"
    names = [f"{at}/{name}" for name in (*shares.parts, *shares.rest)]
    real = sum(published.cells[name] for name in names[: len(shares.parts)])
    shown = not published.hidden.intersection(names)
    period = span.name if shares.at == "half" else published.basis.as_of.isoformat()
    return Count(real if shown else None, published.cell(whole), period, (real, published.cells[whole]))


def _found_within(days: int | None) -> Shares:
    within = tuple(name for name, most in work.DELAYS.items() if most is not None and most <= (days or 0))
    return Shares(within, tuple(name for name in work.DELAYS if name not in within), "new")


def _days(span: Span) -> int:
    return (span.last - span.first).days + 1
