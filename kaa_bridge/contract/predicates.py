"""What a routine's conditions look at, and what a named condition is.

A municipality's routine names its conditions; it never evaluates an expression. The built-in list stands in
``kaa_bridge.routine.predicates``; a plugin adds names of its own with the hook ``kaa_predicates``.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date

from kaa_bridge.contract.value import Value
from kaa_bridge.domain.facts import Event, Youth
from kaa_bridge.domain.values import EventKind


class Situation:
    """A youth's facts as they stood at the end of ``as_of``: what a condition and a clock may look at.

    Events dated after ``as_of`` have not happened yet and are left out. Read it, never change it.

    Attributes:
        youth: the facts as given.
        as_of: the day that is asked about.
        reg: date of the latest ``registered`` event; ``None`` when there is none.
        latest: per kind of event, its latest date on or after ``reg`` (ever, when ``reg`` is ``None``); contacts and
            registrations have no entry.
        contacts: the ``contact`` events on or after ``reg``, in the order they were given.
        first_reached: first day on or after ``reg`` on which the youth was reached (a contact with outcome ``reached``,
            an occupation, ``declined``, ``wants_help``, ``first_meeting`` or ``measure_started``).
        last_reached: latest such day.
        elsewhere: purposes of contacts that are not with the youth (a question to the school, a report to
            Skatteverket); they neither reach the youth nor count as an attempt.
        ever: the ``occupation`` and ``withdrawal_form`` events up to ``as_of``, before ``reg`` too.
        remembered: what clocks and conditions have looked up already in this situation, by their own names.
    """

    __slots__ = (
        "as_of",
        "contacts",
        "elsewhere",
        "ever",
        "first_reached",
        "last_reached",
        "latest",
        "reg",
        "remembered",
        "youth",
    )

    def __init__(self, youth: Youth, as_of: date, elsewhere: frozenset[str]) -> None:
        """Begin with nothing; ``kaa_bridge.routine`` fills in the rest from the events."""
        self.youth = youth
        self.as_of = as_of
        self.reg: date | None = None
        self.elsewhere = elsewhere
        self.latest: dict[EventKind, date] = {}
        self.contacts: list[Event] = []
        self.ever: list[Event] = []
        self.first_reached: date | None = None
        self.last_reached: date | None = None
        self.remembered: dict[str, list[Event]] = {}


def never_by_time(_: Situation) -> Iterable[date]:
    """Name no date: the condition changes only when a fact does."""
    return ()


@dataclass(frozen=True, slots=True, repr=False, eq=False)
class Predicate(Value):
    """A named condition.

    Attributes:
        name: as a routine file writes it, snake case.
        meaning: one sentence in English; it is printed in the reference.
        holds: the test. Pure: no clock, no I/O.
        excludes: names that can never hold together with this one; a step that asks for both is refused, and while one
            holds the others are not asked.
        changes: days after ``as_of`` on which the answer can change though no fact does.
        quick: the test costs next to nothing, so it is asked first and spares the others.
    """

    name: str
    meaning: str
    holds: Callable[[Situation], bool]
    excludes: frozenset[str] = frozenset()
    changes: Callable[[Situation], Iterable[date]] = never_by_time
    quick: bool = False
