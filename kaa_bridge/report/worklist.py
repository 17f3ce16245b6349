"""The work list in its four forms: table, CSV, XLSX and JSON. Pure: the same rows give the same bytes."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator, Sequence
from datetime import date
from typing import Literal

from kaa_bridge.report.cells import safe
from kaa_bridge.report.work_rows import ROLES, Line, WorkRow, by_officer, calendar_state, headings, work_lines
from kaa_bridge.report.worklist_xlsx import as_xlsx
from kaa_bridge.routine import CalendarTask

__all__ = ["COLUMNS", "Format", "WorkRow", "render_worklist"]

Format = Literal["table", "csv", "xlsx", "json"]
COLUMNS = ("Handläggare", "Ungdom", "Läge", "Tidigast", "Senast", "Åtgärd", "Till", "Steg")
"""Column names of the work list."""
CALENDAR = "Kommunens kalender"
NO_END = "utan slutdag"


def render_worklist(rows: Sequence[WorkRow], calendar: Sequence[CalendarTask], *, as_of: date, fmt: Format) -> bytes:
    """Return the work list of a day.

    Args:
        rows: what is due, in any order; of a protected youth only the handle is shown, in one line.
        calendar: the organisation's tasks; they stand under the list.
        as_of: the day; it decides what is open and what comes later.
        fmt: ``table`` (plain text, UTF-8), ``csv`` (UTF-8 with byte order mark, semicolons, as Swedish Excel opens it),
            ``xlsx`` or ``json`` (``kaa-worklist/1``).
    """
    lines = work_lines(rows, as_of)
    if fmt == "json":
        return _as_json(lines, calendar, as_of)
    if fmt == "csv":
        return _as_csv(lines, calendar, as_of)
    if fmt == "xlsx":
        columns = COLUMNS + headings(lines)
        return as_xlsx(columns, lines, [*_calendar_lines(calendar, as_of)], as_of=as_of, calendar_name=CALENDAR)
    return "".join(f"{line}\n" for line in _as_table(lines, calendar, as_of)).encode()


def _calendar_lines(calendar: Sequence[CalendarTask], as_of: date) -> Iterator[Line]:
    for task in calendar:
        who, state = ROLES.get(task.responsible, task.responsible), calendar_state(task, as_of)
        times = f" ({task.times} gånger)" if task.times > 1 else ""
        yield Line(who, "", state, task.not_before, task.due, task.text + times, "", task.task)


def _as_csv(lines: Sequence[Line], calendar: Sequence[CalendarTask], as_of: date) -> bytes:
    out = io.StringIO(newline="")
    writer = csv.writer(out, delimiter=";", lineterminator="\r\n")
    added = headings(lines)
    writer.writerow([*COLUMNS, *map(safe, added)])
    for line in (*lines, *_calendar_lines(calendar, as_of)):
        extra = dict(line.extra)
        writer.writerow([safe(cell) for cell in (*_cells(line), *(extra.get(name, "") for name in added))])
    return out.getvalue().encode("utf-8-sig")


def _cells(line: Line) -> tuple[str, ...]:
    due = line.due.isoformat() if line.due else NO_END
    who, first = line.who, line.not_before.isoformat()
    return who, line.handle, line.state, first, due, line.text, line.recipient, line.action


def _as_json(lines: Sequence[Line], calendar: Sequence[CalendarTask], as_of: date) -> bytes:
    document = {
        "format": "kaa-worklist/1",
        "as_of": as_of.isoformat(),
        "rows": [_json_line(line) for line in lines],
        "calendar": [_json_line(line) for line in _calendar_lines(calendar, as_of)],
    }
    return (json.dumps(document, ensure_ascii=False, indent=1) + "\n").encode()


def _json_line(line: Line) -> dict[str, object]:
    return {
        "who": line.who,
        "handle": line.handle or None,
        "state": line.state,
        "not_before": line.not_before.isoformat(),
        "due": line.due.isoformat() if line.due else None,
        "action": line.action,
        "text": line.text,
        "recipient": line.recipient or None,
        "extra": dict(line.extra),
    }


def _as_table(lines: Sequence[Line], calendar: Sequence[CalendarTask], as_of: date) -> Iterator[str]:
    yield f"Arbetslista {as_of}"
    if not lines:
        yield "Inget att göra."
    for who, theirs in by_officer(lines).items():
        late = sum(line.state == "Försenad" for line in theirs)
        yield ""
        yield f"{_plain(who)}: {len(theirs)} att göra" + (
            f", varav {late} {'försenad' if late == 1 else 'försenade'}" if late else ""
        )
        yield from (f"  {_table_line(line)}" for line in theirs)
    tasks = [*_calendar_lines(calendar, as_of)]
    if tasks:
        yield ""
        yield CALENDAR
        yield from (f"  {_table_line(line)}  ({line.who})" for line in tasks)


def _table_line(line: Line) -> str:
    due = line.due.isoformat() if line.due else NO_END
    whom = f" -> {line.recipient}" if line.recipient else ""
    handle = f"{line.handle}  " if line.handle else ""
    extra = "".join(f"  {name}: {cell}" for name, cell in line.extra if cell)
    return _plain(f"{line.state:<11}  {line.not_before} - {due:<12}  {handle}{line.text}{whom}{extra}")


def _plain(text: str) -> str:
    return "".join(letter if letter.isprintable() else " " for letter in text)
