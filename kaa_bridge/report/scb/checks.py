"""The logical checks over one youth's rows: pure; a hit says where, and what fills the words of its texts."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

from kaa_bridge.domain.person_number import NumberKind, PersonNumberRefused, parse_person_number
from kaa_bridge.domain.values import ContactOutcome, EventKind
from kaa_bridge.report.scb.cells import Written
from kaa_bridge.report.scb.fields import FIELDS, BlockKind
from kaa_bridge.report.scb.model import Check, Level, ScbLayout
from kaa_bridge.report.scb.rows import Person, Values


class Hit(NamedTuple):
    """A check that does not hold: which one, in which row of which block (``None``: the youth as a whole)."""

    check: str
    level: Level
    block: BlockKind | None
    row: int
    words: dict[str, str]


@dataclass(frozen=True, slots=True)
class Look:
    """What a check looks at: one youth, its values and its cells, in the same order in each block."""

    person: Person
    values: dict[BlockKind, list[Values]]
    written: dict[BlockKind, list[Written]]
    outside: int


Found = Iterator[tuple[BlockKind | None, int, dict[str, str]]]


def hits(look: Look, layout: ScbLayout) -> Iterator[Hit]:
    """Yield what does not hold for one youth: faults of cells first, then the checks in the order of the layout."""
    for kind, rows in look.written.items():
        for index, row in enumerate(rows):
            for fault in row.faults:
                column = fault.column
                words = {
                    "column": column.name,
                    "word": fault.word,
                    "codes": column.codes or "",
                    "source": column.source or "",
                }
                yield Hit(fault.kind, "stop", kind, index, {**words, "width": str(column.width)})
    for check in layout.checks:
        made = _CHECKS.get(check.check)
        for kind_, index, words in made(check, look) if made else ():
            yield Hit(check.check, check.level, kind_, index, words)


def _number(_check: Check, look: Look) -> Found:
    person = look.person
    try:
        kind = parse_person_number(person.number, as_of=person.period.last).kind
    except PersonNumberRefused:
        kind = NumberKind.INTERIM
    if kind is NumberKind.INTERIM:
        yield BlockKind.IDENTITY, 0, {}


def _in_period(check: Check, look: Look) -> Found:
    for kind, index, day in _dates(check, look):
        if not look.person.period.holds(day):
            yield kind, index, _words(check, day)


def _order(check: Check, look: Look) -> Found:
    for kind, index, day in _dates(check, look):
        earlier = look.values[kind][index].get(check.earlier or "")
        if isinstance(earlier, date) and day < earlier:
            other = f"{FIELDS[check.earlier or ''].label.lower()} {earlier}"
            yield kind, index, {**_words(check, day), "other": other}


def _dates(check: Check, look: Look) -> Iterator[tuple[BlockKind, int, date]]:
    assert check.block is not None
    for index, values in enumerate(look.values[check.block]):
        if isinstance(day := values.get(check.field or ""), date):
            yield check.block, index, day


def _words(check: Check, day: date) -> dict[str, str]:
    return {"column": FIELDS[check.field or ""].label, "day": day.isoformat()}


def _outcome(_check: Check, look: Look) -> Found:
    told = {event.on for event in look.person.youth.events if event.kind is EventKind.OCCUPATION}
    reached = {
        event.on
        for event in look.person.youth.events
        if event.kind is EventKind.CONTACT and event.outcome is ContactOutcome.REACHED
    }
    for event in look.person.youth.events:
        silent = event.kind is EventKind.CONTACT and event.outcome is not ContactOutcome.REACHED
        if silent and look.person.period.holds(event.on) and event.on in told - reached:
            yield _row_of_contact(look, event.on)


def _row_of_contact(look: Look, day: date) -> tuple[BlockKind | None, int, dict[str, str]]:
    """Point at the contact's row; one that the layout leaves out has none, so its day is told by the youth's row."""
    for index, values in enumerate(look.values[BlockKind.CONTACTS]):
        if values["contact_on"] == day:
            return BlockKind.CONTACTS, index, {"day": day.isoformat()}
    return BlockKind.IDENTITY, 0, {"day": day.isoformat()}


def _has_begin(_check: Check, look: Look) -> Found:
    for index, values in enumerate(look.values[BlockKind.MEASURE_ENDED]):
        if values["measure_started_on"] is None:
            yield BlockKind.MEASURE_ENDED, index, {}


def _over_at_end(_check: Check, look: Look) -> Found:
    if not look.person.spells[-1].over:
        return
    going = Counter[str]()
    for event in look.person.youth.events:
        if event.on < look.person.until:
            begins, ends = event.kind is EventKind.MEASURE_STARTED, event.kind is EventKind.MEASURE_ENDED
            going[event.measure or ""] += begins - ends
    if any(count > 0 for count in going.values()):
        yield BlockKind.RESPONSIBILITY_ENDED, len(look.values[BlockKind.RESPONSIBILITY_ENDED]) - 1, {}


def _double_rows(_check: Check, look: Look) -> Found:
    for kind, rows in look.written.items():
        seen: set[tuple[str, ...]] = set()
        for index, row in enumerate(rows):
            if row.cells in seen:
                yield kind, index, {}
            seen.add(row.cells)


def _registered_in_time(_check: Check, look: Look) -> Found:
    day = look.person.registered_on[0]
    if day is not None and day > look.person.period.last:
        yield BlockKind.IDENTITY, 0, {"day": day.isoformat()}


def _one_spell(_check: Check, look: Look) -> Found:
    if len(look.person.spells) > 1:
        yield BlockKind.IDENTITY, 0, {}


def _outside(_check: Check, look: Look) -> Found:
    if look.outside:
        yield None, 0, {"count": str(look.outside)}


_CHECKS: dict[str, Callable[[Check, Look], Found]] = {
    "person_number_usable": _number,
    "date_in_period": _in_period,
    "date_order": _order,
    "contact_outcome_consistent": _outcome,
    "measure_end_has_begin": _has_begin,
    "measure_over_at_end": _over_at_end,
    "no_double_rows": _double_rows,
    "registered_in_time": _registered_in_time,
    "one_spell": _one_spell,
    "nothing_outside": _outside,
}
"""Those over one youth; the others (numbers on two youths, sources, the unsettled) need the whole file."""
