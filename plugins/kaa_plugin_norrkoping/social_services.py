"""The list for the monthly meeting with the social services: placements at HVB and SiS, as far as a source tells them.

Bilaga 1: "En gång i månaden sker ett samverkansmöte med socialtjänsten där information om planerade, pågående och snart
avslutade HVB/SIS placeringar diskuteras." They are known where the coordinator has written them into OEDB as support by
another actor and the mapping gives them as a measure with the code ``hvb`` or ``sis``. A start or end that lies ahead
is a planned one.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date, timedelta
from typing import NamedTuple

from kaa_bridge.domain.dates import add_months
from kaa_bridge.domain.facts import Event, Youth
from kaa_bridge.domain.values import EventKind

HEADER = ("Ungdom", "Placering", "Läge", "Från", "Till")
PLACES = {"hvb": "HVB", "sis": "SiS"}
"""Measure codes that are placements by the social services."""
SOON_MONTHS = 2
"""A placement whose end lies within so many months ends soon (the plan gives no number)."""


class Stay(NamedTuple):
    """A placement at HVB or SiS; both dates inclusive, ``end`` unknown or open as ``None``."""

    ref: str
    place: str
    start: date
    end: date | None


def social_services_meeting(youths: Iterable[Youth], as_of: date) -> list[tuple[str, ...]]:
    """Return the list: planned, going on and soon over, by state, last day and reference; its first row the header."""
    rows = []
    for youth in youths:
        for stay in stays(youth):
            state = _state(stay, as_of)
            if state is not None:
                end = stay.end.isoformat() if stay.end else ""
                rows.append((stay.ref, stay.place, state, stay.start.isoformat(), end))
    order = ("avslutas snart", "pågår", "planerad")
    return [HEADER, *sorted(rows, key=lambda row: (order.index(row[2]), row[4] or "9999", row))]


def stays(youth: Youth) -> Iterator[Stay]:
    """Yield the youth's placements at HVB and SiS: each start with the first end before the next start."""
    for code, place in PLACES.items():
        starts = sorted({event.on for event in _of(youth, EventKind.MEASURE_STARTED, code)})
        ends = sorted({event.on for event in _of(youth, EventKind.MEASURE_ENDED, code)})
        for index, start in enumerate(starts):
            following = starts[index + 1] if index + 1 < len(starts) else None
            end = next((day for day in ends if day >= start and (following is None or day < following)), None)
            if end is None and following is not None:
                end = following - timedelta(days=1)
            yield Stay(youth.ref, place, start, end)


def _of(youth: Youth, kind: EventKind, code: str) -> Iterator[Event]:
    return (event for event in youth.events if event.kind is kind and (event.measure or "").strip().lower() == code)


def _state(stay: Stay, as_of: date) -> str | None:
    if stay.end is not None and stay.end < as_of:
        return None
    if stay.start > as_of:
        return "planerad"
    return "avslutas snart" if stay.end is not None and stay.end <= add_months(as_of, SOON_MONTHS) else "pågår"
