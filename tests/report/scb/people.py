"""Youths of the survey's tests, as facts; born in 2090, so they cannot be anybody."""

from __future__ import annotations

from datetime import date
from typing import Any

from msgspec.structs import replace

from kaa_bridge.domain.dates import DAY
from kaa_bridge.domain.facts import CompulsorySchooling, Event, Placement, Residence, Youth
from kaa_bridge.domain.values import (
    ContactChannel,
    ContactOutcome,
    EventKind,
    LifeStatus,
    Occupation,
    Protection,
    SchoolingStatus,
)
from kaa_bridge.law import DEFAULT, Outcome
from kaa_bridge.report.period import Period
from kaa_bridge.report.scb.cells import write_row
from kaa_bridge.report.scb.checks import Look
from kaa_bridge.report.scb.history import History
from kaa_bridge.report.scb.load import Loaded, parse_layout, placeholder_text
from kaa_bridge.report.scb.rows import Person, make_rows
from kaa_bridge.report.scb.spells import Frame, Spell
from kaa_bridge.store.history import Kept

PERIOD = Period(2109, 1)
FIRST, UNTIL = PERIOD.first, PERIOD.last + DAY
BORN = date(2091, 3, 4)
NUMBER = "209103042389"
LEFT = date(2108, 11, 3)
"""The first day without school of the usual youth."""


def frame(**changed: Any) -> Frame:
    """Return the first half of 2109, asked about when it is over."""
    usual: dict[str, Any] = {
        "municipality": "2303", "first": FIRST, "until": UNTIL, "settings": DEFAULT, "frozen": False, "waits": True,
    }  # fmt: skip
    return Frame(**(usual | changed))


def youth(**changed: Any) -> Youth:
    """Return a youth who has left a national programme and does nothing since."""
    usual: dict[str, Any] = {
        "ref": "U-A",
        "birth_date": BORN,
        "protection": Protection.NONE,
        "life_status": LifeStatus.ALIVE,
        "residence": (Residence(municipality="2303", start=BORN),),
        "first_registered": BORN,
        "compulsory_schooling": CompulsorySchooling(status=SchoolingStatus.ENDED, on=date(2107, 6, 12)),
        "placements": (gy("NA", date(2107, 8, 18), LEFT - DAY),),
        "placements_complete": True,
        "qualifications_complete": True,
    }
    return Youth(**(usual | changed))


def gy(path: str | None, start: date, end: date | None = None, form: str = "GY") -> Placement:
    return Placement(school_form=form, study_path=path, start=start, end=end)


def contact(on: date, outcome: ContactOutcome = ContactOutcome.REACHED) -> Event:
    return Event(kind=EventKind.CONTACT, on=on, channel=ContactChannel.PHONE, outcome=outcome)


def occupied(on: date, what: Occupation, until: date | None = None) -> Event:
    return Event(kind=EventKind.OCCUPATION, on=on, what=what, until=until)


def began(on: date, measure: str = "praktik") -> Event:
    return Event(kind=EventKind.MEASURE_STARTED, on=on, measure=measure)


def ended(on: date, measure: str = "praktik", reason: str | None = "genomförd") -> Event:
    return Event(kind=EventKind.MEASURE_ENDED, on=on, measure=measure, reason=reason)


def night(
    as_of: date, outcome: Outcome, criteria: str = "mmmmmmm", since: date | None = None, remarks: str = ""
) -> Kept:
    return Kept(as_of.isoformat(), outcome.value, criteria, since.isoformat() if since else None, remarks)


def history(*kept: Kept) -> History:
    return History(kept)


def person(one: Youth | None = None, *spells: Spell, number: str | None = NUMBER, **changed: Any) -> Person:
    """Return a youth with spells in the half-year; without any, since ``LEFT``."""
    found = spells or (Spell(LEFT),)
    usual: dict[str, Any] = {
        "handle": "U-A", "number": number, "protected": False, "youth": one or youth(), "spells": found,
        "registered_on": tuple(spell.first for spell in found), "period": PERIOD, "until": UNTIL,
    }  # fmt: skip
    return Person(**(usual | changed))


def loaded(more: str = "", **swaps: str) -> Loaded:
    """Return the placeholder with texts swapped, and more at its end."""
    text = placeholder_text().decode() + more
    for old, new in swaps.items():
        assert old in text
        text = text.replace(old, new)
    return parse_layout(text.encode(), "test.toml")


def official_text(period: str = "2109H1") -> str:
    """Return a layout that says it is official: invented for the test, and SCB's in nothing."""
    text = placeholder_text().decode().replace("KAA-", "TEST-").replace("kaa_", "test_")
    text = text.replace('period = "any"', f'period = "{period}"')
    who = '[official]\nloaded_by = "testet"\nloaded_on = 2109-07-01\ndocuments = ["påhittat dokument"]\n\n[file]'
    return text.replace('status = "unofficial_placeholder"', 'status = "official"').replace("[file]", who, 1)


def look(one: Person, layout: Loaded | None = None) -> Look:
    """Return what the checks look at."""
    used = (layout or loaded()).layout
    made = make_rows(one, "2303")
    written = {
        block.block: [write_row(values, block, used) for values in made.blocks[block.block]] for block in used.blocks
    }
    return Look(one, made.blocks, written, made.outside)


def moved(one: Youth, on: date) -> Youth:
    """Return the youth after a move to another municipality; ``on`` is the first day there."""
    here = replace(one.residence[0], end=on - DAY)
    return replace(one, residence=(here, Residence(municipality="2480", start=on)))
