"""The work list of a day: every open case's due actions, by case officer, from the state as it stands."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date

from kaa_bridge.contract import ColumnMaker
from kaa_bridge.domain.facts import Youth
from kaa_bridge.report.individual_plan import COLUMN as PLAN_COLUMN
from kaa_bridge.report.individual_plan import plan_cell
from kaa_bridge.report.worklist import Format, WorkRow, render_worklist
from kaa_bridge.routine import calendar_tasks
from kaa_bridge.store.connection import Connection
from kaa_bridge.sync.bridge import Bridge
from kaa_bridge.sync.decide import Decided
from kaa_bridge.sync.view import open_cases

FAULT = "fel i tillägget"
"""What stands in a plugin's cell when the plugin failed."""


def work_list(connection: Connection, bridge: Bridge, as_of: date, fmt: Format, *, with_names: bool = False) -> bytes:
    """Return the work list in one of its forms.

    Args:
        with_names: show name and number of those who are not protected, so that a case officer knows whom it is about;
            only for a file that nobody else can read.
    """
    columns = bridge.host.added("kaa_columns")
    found = [
        row
        for decided in open_cases(connection, bridge, as_of)
        for row in work_rows(decided, columns, as_of, with_names=with_names)
    ]
    return render_worklist(found, calendar_tasks(bridge.routine, as_of=as_of), as_of=as_of, fmt=fmt)


def work_rows(
    decided: Decided, columns: Mapping[str, ColumnMaker], as_of: date, *, with_names: bool = False
) -> Iterator[WorkRow]:
    """Yield the lines of one youth; for a protected one a single line with nothing but the handle."""
    youth = decided.merged.youth
    protected = youth.protection.is_protected
    names = _names(decided) if with_names else ()
    extra = () if protected else (*names, *_extra(youth, columns, as_of))
    for action in decided.actions:
        yield WorkRow(
            handle=decided.before.handle,
            handler=None if protected else decided.merged.handler,
            action=action.action,
            text=action.text,
            not_before=action.not_before,
            due=action.due,
            overdue=action.overdue,
            recipient=action.recipient,
            responsible=action.responsible,
            protected=protected,
            extra=extra,
        )


def _names(decided: Decided) -> tuple[tuple[str, str], ...]:
    known = decided.merged.identity
    name = " ".join(part for part in (known.given_name, known.family_name) if part) if known else ""
    return ("Namn", name), ("Personnummer", decided.before.number or "")


def _extra(youth: Youth, columns: Mapping[str, ColumnMaker], as_of: date) -> Iterator[tuple[str, str]]:
    if gaps := plan_cell(youth, as_of):
        yield PLAN_COLUMN, gaps
    for name, make in sorted(columns.items()):
        yield name, _cell(make, youth, as_of)


def _cell(make: ColumnMaker, youth: Youth, as_of: date) -> str:
    try:
        return str(make(youth, as_of))
    except Exception:  # a plugin's fault costs its own cell, never the list
        return FAULT
