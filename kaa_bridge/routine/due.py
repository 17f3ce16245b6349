"""What is due for a youth on a day. Pure: facts, routine and date in, actions out."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from functools import lru_cache

from kaa_bridge.contract.predicates import Situation
from kaa_bridge.domain.facts import Placement, Youth
from kaa_bridge.domain.values import LifeStatus, PlacementEnd, Protection
from kaa_bridge.routine.actions import ClockStart, DueAction, due_order
from kaa_bridge.routine.clocks import turns_on
from kaa_bridge.routine.compiled import Routine
from kaa_bridge.routine.durations import Duration, parse_duration
from kaa_bridge.routine.lines import Row
from kaa_bridge.routine.predicates import GYMNASIAL
from kaa_bridge.routine.situation import observe, registered_on

_NONE = Protection.NONE
_DECEASED = LifeStatus.DECEASED
_NEVER_BEGUN = frozenset({PlacementEnd.NO_SHOW, PlacementEnd.WITHDRAWN})
_new = tuple.__new__
_ADULT = 18
_WEEK = parse_duration("P1W")
PROTECTED_TEXT = "Hantera enligt rutinen för skyddade uppgifter. Inga andra åtgärder visas här."
CRITERIA = {
    "under_20": "om ungdomen har fyllt 20 år",
    "schooling_done": "om skolplikten är fullgjord",
    "home_municipality": "om kommunen är hemkommun",
    "not_in_gymnasial": "om ungdomen går i gymnasieskola eller anpassad gymnasieskola",
    "no_gymnasieexamen": "om det finns en gymnasieexamen",
    "no_gymnasiebevis": "om det finns ett gymnasiebevis från anpassad gymnasieskola",
    "no_equivalent": "om ungdomen går eller har gått en motsvarande utbildning",
}
"""What is not known, per criterion of the decision, as the end of a Swedish sentence."""


def due_actions(
    routine: Routine,
    youth: Youth,
    *,
    as_of: date,
    until: date | None = None,
    unknown_criteria: Sequence[str] = (),
    wait_for_start: bool | None = None,
) -> list[DueAction]:
    """Return what remains to be done for a youth, sorted by due date (none last) and action.

    Coverage is taken as given: call it for a youth whose decision is *covered*, or *investigate* with the unknown
    criteria. Windows that open later are included.

    Args:
        routine: the municipality's routine.
        youth: the facts; events dated after ``as_of`` have not happened yet.
        as_of: the day that is asked about; ``overdue`` means that ``due`` lies before it.
        until: leave out what opens after this day.
        unknown_criteria: criteria of an *investigate* decision; the answer is then one ``investigate`` action.
        wait_for_start: the municipality's own setting; it goes before the routine's when given.
    """
    if youth.protection is not _NONE:
        return _opened([_protected(youth, as_of)], until)
    if unknown_criteria:
        return _opened([_investigate(youth, as_of, unknown_criteria)], until)
    if youth.life_status is _DECEASED:
        return []
    if youth.placements and waits(routine.wait if wait_for_start is None else wait_for_start, youth, as_of):
        return []
    situation = observe(youth, as_of, routine.elsewhere)
    mask = 0
    for bit, care, needed, holds in routine.tests:
        if mask & care == needed and holds(situation):
            mask |= bit
    found = _listed(routine, situation, mask)
    return found if until is None else _opened(found, until)


def _listed(routine: Routine, situation: Situation, mask: int) -> list[DueAction]:
    """Return the actions in order. The inner loop of a night: it only puts remembered rows together."""
    found: list[DueAction] = []
    as_of = situation.as_of
    ref = (situation.youth.ref,)
    contacted = bool(situation.contacts)
    adult = turns_on(situation.youth.birth_date, _ADULT) if routine.by_age else None
    latest, last_action = date.min, ""
    in_order = True
    for line in routine.lines(mask):
        on = line.clock(situation)
        if on is None:
            continue
        if line.done is not None and (contacted or not line.idle) and line.done(situation, on):
            continue
        rows = (line.known.get(on) if line.plain else None) or line.rows(on, situation)
        due = rows.sort_by
        if due <= latest and (due < latest or line.action < last_action):
            in_order = False
        latest, last_action = due, line.action
        if line.by_age:
            row = rows.pick(as_of, adult)
        else:
            row = rows.late if due < as_of else rows.in_time
        found.append(_new(DueAction, ref + row))
    if not in_order:
        found.sort(key=due_order)
    return found


def waits(wait: Duration | bool, youth: Youth, as_of: date) -> bool:
    """Tell whether the routine waits: the youth is admitted to a gymnasial placement that has not begun."""
    if wait is False:
        return False
    for placement in youth.placements:
        start = placement.start
        if start is not None and start > as_of and _admitted(placement, start, as_of, wait):
            return True
    return False


def _admitted(placement: Placement, start: date, as_of: date, wait: Duration | bool) -> bool:
    if placement.school_form not in GYMNASIAL:
        return False
    if placement.ended_as in _NEVER_BEGUN or (placement.end is not None and placement.end < start):
        return False
    return isinstance(wait, bool) or start <= wait.after(as_of)


def _opened(actions: list[DueAction], until: date | None) -> list[DueAction]:
    return actions if until is None else [action for action in actions if action.not_before <= until]


def _protected(youth: Youth, as_of: date) -> DueAction:
    return DueAction(
        youth.ref,
        "protected_routine",
        as_of,
        as_of,
        False,
        ClockStart("as_of", as_of),
        "coordinator",
        None,
        "Rutin för skyddade uppgifter",
        PROTECTED_TEXT,
    )


def _investigate(youth: Youth, as_of: date, unknown: Sequence[str]) -> DueAction:
    reg = registered_on(youth, as_of)
    clock = ClockStart("reg", reg) if reg is not None else ClockStart("as_of", as_of)
    return _new(DueAction, (youth.ref, *_investigation(clock, as_of, tuple(unknown))))


@lru_cache(maxsize=4096)
def _investigation(clock: ClockStart, as_of: date, unknown: tuple[str, ...]) -> Row:
    """Return the action without its reference: whoever lacks the same since the same day has the same to be done."""
    due = _WEEK.after(clock.on)
    what = "; ".join(CRITERIA.get(name, name) for name in unknown)
    return (
        "investigate",
        clock.on,
        due,
        due < as_of,
        clock,
        "coordinator",
        None,
        "Utredning när uppgifter saknas",
        f"Ta reda på det som inte är känt: {what}.",
    )
