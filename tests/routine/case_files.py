"""Reads the cases under ``cases/``: one TOML table a case, written so that a case officer can read it.

An event: ``2026-01-20 contact phone no_answer``; a placement: ``GY 2024-08-19..2026-01-15 withdrawn``; an expected
action: ``letter_1 2026-01-19..2026-02-16 guardian``, with ``!`` after an overdue one and ``-`` for no end or recipient.
"""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from kaa_bridge.domain.facts import ContactDetails, Event, Placement, Youth
from kaa_bridge.domain.values import (
    ContactChannel,
    ContactOutcome,
    EventKind,
    LifeStatus,
    Occupation,
    PlacementEnd,
    Protection,
)
from kaa_bridge.routine import DueAction

FOLDER = Path(__file__).parent / "cases"


@dataclass(frozen=True)
class Case:
    """One case: a youth, a routine, a day, and everything that is due then."""

    name: str
    routine: str
    as_of: date
    until: date | None
    unknown: tuple[str, ...]
    youth: Youth
    expect: tuple[str, ...]


def cases() -> list[Case]:
    """Return every case of every file."""
    return [_case(path.stem, raw) for path in sorted(FOLDER.glob("*.toml")) for raw in _tables(path)]


def shown(action: DueAction) -> str:
    """Write an action as the cases do."""
    late = " !" if action.overdue else ""
    return f"{action.action} {action.not_before}..{action.due or '-'} {action.recipient or '-'}{late}"


def event(text: str) -> Event:
    """Read an event."""
    day, kind, *rest = text.split()
    on = date.fromisoformat(day)
    if kind == "contact":
        channel, outcome, *purpose = rest
        return Event(
            kind=EventKind.CONTACT,
            on=on,
            channel=ContactChannel(channel),
            outcome=ContactOutcome(outcome),
            purpose=purpose[0] if purpose else None,
        )
    if kind == "occupation":
        until = date.fromisoformat(rest[1]) if len(rest) > 1 else None
        return Event(kind=EventKind.OCCUPATION, on=on, what=Occupation(rest[0]), until=until)
    if kind == "follow_up_agreed":
        return Event(kind=EventKind.FOLLOW_UP_AGREED, on=on, agreed_for=date.fromisoformat(rest[0]))
    return Event(kind=EventKind(kind), on=on)


def placement(text: str) -> Placement:
    """Read a placement."""
    form, span, *ended = text.split()
    start, end = (date.fromisoformat(day) if day else None for day in span.split(".."))
    return Placement(school_form=form, start=start, end=end, ended_as=PlacementEnd(ended[0]) if ended else None)


def _tables(path: Path) -> list[dict[str, Any]]:
    document = tomllib.loads(path.read_text(encoding="utf-8"))
    defaults = document.get("defaults", {})
    return [{**defaults, **raw} for raw in document["case"]]


def _case(stem: str, raw: dict[str, Any]) -> Case:
    details = ContactDetails(phone=raw["phone"]) if isinstance(raw.get("phone"), bool) else None
    youth = Youth(
        ref="a-1",
        birth_date=raw.get("birth_date") or None,
        protection=Protection(raw.get("protection", "none")),
        life_status=LifeStatus(raw.get("life_status", "alive")),
        contact_details=details,
        events=tuple(event(text) for text in raw.get("events", [])),
        placements=tuple(placement(text) for text in raw.get("placements", [])),
    )
    return Case(
        name=raw["name"],
        routine=raw.get("routine", stem),
        as_of=raw["as_of"],
        until=raw.get("until"),
        unknown=tuple(raw.get("unknown", ())),
        youth=youth,
        expect=tuple(raw["expect"]),
    )
