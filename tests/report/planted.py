"""The town that the report tests count: who came, what was done, and who left, in round numbers."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from kaa_bridge.domain.facts import Event, Placement, Qualification
from kaa_bridge.domain.values import Protection, QualificationKind
from tests.report.town import (
    ENDED_20,
    ENDED_EXAM,
    ENDED_MOVED,
    Decision,
    Planted,
    Town,
    closed,
    contact,
    event,
    occupied,
    opened,
)

GOAL = """
[municipality.goal]
text = "Andelen ungdomar inom aktivitetsansvaret som erbjuds stöd och insatser ska öka."
"""
"""The goal that the nämnd of Trollhättan had decided for 2016, as the comparative study quotes it."""


def gymnasium(last: str) -> dict[str, Any]:
    return {"placements": (Placement(school_form="GY", start=date(2024, 8, 19), end=date.fromisoformat(last)),)}


def several(count: int, decisions: list[Decision], events: Sequence[Event] = (), **more: Any) -> list[Planted]:
    return [Planted(decisions, list(events), **more) for _ in range(count)]


def plant(town: Town) -> None:
    """Plant a stock of 20, 12 who come in the first half of 2025, and 26 who come and 12 who leave in the second."""
    stock = [opened("2025-02-03", "2024-09-01")]
    town.add(*several(12, stock, [contact("2025-03-01")], handler="AB"), *several(8, stock))
    in_time = [opened("2025-09-04", "2025-09-01")]
    studies = gymnasium("2025-08-31")
    bevis = {**studies, "qualifications": (Qualification(kind=QualificationKind.STUDIEBEVIS, on=date(2025, 6, 10)),)}
    town.add(*several(7, in_time, [event("declined", "2025-10-01")], facts=studies, handler="AB"))
    form = [event("withdrawal_form", "2025-09-10")]
    town.add(*several(6, [opened("2025-09-20", "2025-09-01")], form, facts=studies))
    told_early = [event("registered", "2025-09-09")]
    town.add(*several(6, [opened("2025-10-20", "2025-09-01")], told_early, facts=bevis))
    moved = [contact("2025-10-15", "no_answer"), event("measure_started", "2025-11-01", measure="praktik")]
    here = date(2025, 9, 30)
    town.add(*several(7, [opened("2025-10-02", "2025-09-30")], moved, lives_here_since=here, handler="AB"))
    came = opened("2025-03-04", "2025-01-01")
    left = [event("wants_help", "2025-05-01"), occupied("work", "2025-10-01")]
    town.add(*several(6, [came, closed("2025-11-11", ENDED_20)], left))
    town.add(*several(6, [came, closed("2025-11-12", ENDED_EXAM)]))
    town.add(*several(3, in_time, protection=Protection.SEKRETESSMARKERING))
    town.add(*several(9, [opened("2026-01-05", "2026-01-04"), closed("2026-01-20", ENDED_MOVED)]))
