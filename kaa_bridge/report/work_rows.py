"""The lines of the work list, as every form shows them: sorted, in Swedish, nothing about the protected."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

from kaa_bridge.routine import CalendarTask

ROLES = {"case_officer": "Handläggare", "coordinator": "Samordnare", "manager": "Chef"}
"""Roles as the work list writes them."""
RECIPIENTS = {
    "youth": "Ungdomen",
    "guardian": "Vårdnadshavare",
    "school": "Skolan",
    "skatteverket": "Skatteverket",
}
"""Recipients as the work list writes them."""
UNALLOCATED = "Ej fördelad"
"""Where a case officer's steps stand when no source has told a handler: allocation is read, never invented."""
OVERDUE, OPEN, LATER = "Försenad", "Att göra nu", "Kommande"
PROTECTED_TEXT = "Skyddade uppgifter: följ den särskilda rutinen."
_ORDER = (OVERDUE, OPEN, LATER)


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkRow:
    """One due action of one youth.

    Attributes:
        handle: the youth's opaque handle.
        handler: the case officer's signature as a source tells it; ``None`` when none does.
        responsible: ``case_officer``, ``coordinator`` or ``manager``.
        recipient: ``youth``, ``guardian``, ``school``, ``skatteverket`` or ``None``.
        protected: the youth has a protected identity; whatever the row says, only the handle is shown, once.
        extra: heading and cell of the columns that plugins add.
    """

    handle: str
    handler: str | None
    action: str
    text: str
    not_before: date
    due: date | None
    overdue: bool
    recipient: str | None
    responsible: str = "case_officer"
    protected: bool = False
    extra: tuple[tuple[str, str], ...] = ()


class Line(NamedTuple):
    """A row as it is shown; ``who`` is the case officer, or the role that does it."""

    who: str
    handle: str
    state: str
    not_before: date
    due: date | None
    text: str
    recipient: str
    action: str
    extra: tuple[tuple[str, str], ...] = ()


def work_lines(rows: Iterable[WorkRow], as_of: date) -> list[Line]:
    """Return the lines, by who does it; overdue first, then what is open, then what opens later; each by last day."""
    lines = {_line(row, as_of) for row in rows}
    return sorted(lines, key=_key)


def calendar_state(task: CalendarTask, as_of: date) -> str:
    """Return whether a task of the organisation is open or comes later; it is never overdue, its period goes on."""
    return OPEN if task.not_before <= as_of else LATER


def headings(lines: Sequence[Line]) -> tuple[str, ...]:
    """Return the headings of the columns that plugins add, in order of the alphabet."""
    return tuple(sorted({name for line in lines for name, _ in line.extra}))


def by_officer(lines: Sequence[Line]) -> dict[str, list[Line]]:
    """Return the lines per who does it, in order."""
    found: dict[str, list[Line]] = {}
    for line in lines:
        found.setdefault(line.who, []).append(line)
    return found


def _line(row: WorkRow, as_of: date) -> Line:
    if row.protected or row.action == "protected_routine":
        who = ROLES["coordinator"]
        return Line(who, row.handle, OPEN, as_of, as_of, PROTECTED_TEXT, "", "protected_routine")
    state = OVERDUE if row.overdue else OPEN if row.not_before <= as_of else LATER
    recipient = RECIPIENTS.get(row.recipient, row.recipient) if row.recipient else ""
    return Line(_who(row), row.handle, state, row.not_before, row.due, row.text, recipient, row.action, row.extra)


def _who(row: WorkRow) -> str:
    if row.responsible == "case_officer":
        return row.handler or UNALLOCATED
    return ROLES.get(row.responsible, row.responsible)


def _key(line: Line) -> tuple[bool, str, int, date, date, str, str, str]:
    return (
        line.who in (*ROLES.values(), UNALLOCATED),
        line.who,
        _ORDER.index(line.state),
        line.due or date.max,
        line.not_before,
        line.handle,
        line.action,
        line.recipient,
    )
