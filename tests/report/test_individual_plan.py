"""SKOLFS 2015:61: which of the seven items a measure lacks."""

from __future__ import annotations

from datetime import date

import pytest

from kaa_bridge.domain.facts import Event, Youth
from kaa_bridge.domain.values import EventKind, Protection
from kaa_bridge.report.individual_plan import ITEMS, ItemState, measure_records, plan_cell, plan_gaps

AS_OF = date(2026, 3, 1)
STARTED, ENDED, AGREED = EventKind.MEASURE_STARTED, EventKind.MEASURE_ENDED, EventKind.FOLLOW_UP_AGREED


def event(kind: EventKind, on: str, measure: str | None = "praktik", **more: object) -> Event:
    named = measure if kind in (STARTED, ENDED) else None
    return Event(kind=kind, on=date.fromisoformat(on), measure=named, **more)  # type: ignore[arg-type]


def youth(*events: Event, protection: Protection = Protection.NONE) -> Youth:
    return Youth(ref="a-1", protection=protection, events=events)


START = event(STARTED, "2026-02-01")


def test_there_are_seven_items() -> None:
    assert len(ITEMS) == 7
    (one,) = measure_records(youth(START), AS_OF)
    assert len(one.items) == 7
    assert one.items[:4] == (ItemState.IN_JOURNAL,) * 4


@pytest.mark.parametrize(
    ("events", "missing"),
    [
        ([START], [(5, 7)]),
        ([START, event(ENDED, "2026-06-01")], [(7,)]),
        ([START, event(AGREED, "2026-02-01", agreed_for=date(2026, 3, 15))], [(5,)]),
        ([START, event(AGREED, "2026-02-01", agreed_for=date(2026, 3, 1))], [(5,)]),
        ([START, event(AGREED, "2026-02-01", agreed_for=date(2026, 2, 28))], [(5, 7)]),
        ([START, event(AGREED, "2026-01-31", agreed_for=date(2026, 3, 15))], [(5, 7)]),
        ([START, event(AGREED, "2026-02-01", agreed_for=date(2026, 3, 15)), event(ENDED, "2026-06-01")], [()]),
        ([START, event(ENDED, "2026-02-20")], [(6,)]),
        ([START, event(ENDED, "2026-02-20", None)], [(6,)]),
        ([START, event(ENDED, "2026-02-20", reason="arbete")], []),
        ([START, event(ENDED, "2026-03-01", reason="arbete")], []),
        ([START, event(ENDED, "2026-02-20", "syv", reason="arbete")], [(5, 7)]),
        ([START, event(ENDED, "2026-01-20", reason="arbete")], [(5, 7)]),
        ([event(STARTED, "2026-03-02")], []),
        ([START, event(STARTED, "2026-02-10", "syv")], [(5, 7), (5, 7)]),
        ([event(STARTED, "2025-09-01"), event(ENDED, "2025-10-01", reason="x"), START], [(5, 7)]),
        ([], []),
    ],
)
def test_what_is_missing(events: list[Event], missing: list[tuple[int, ...]]) -> None:
    for given in (events, events[::-1]):
        assert [one.missing for one in measure_records(youth(*given), AS_OF)] == missing


def test_nothing_is_said_of_the_protected() -> None:
    hidden = youth(START, protection=Protection.SEKRETESSMARKERING)
    assert measure_records(hidden, AS_OF) == ()
    assert plan_cell(hidden, AS_OF) == ""


def test_the_texts_are_swedish() -> None:
    two = youth(START, event(STARTED, "2025-09-01", "syv"), event(ENDED, "2025-10-01", "syv"))
    assert list(plan_gaps(two, AS_OF)) == [
        "Insatsen syv (från 2025-09-01) saknar orsak till att den upphört (SKOLFS 2015:61).",
        "Insatsen praktik (från 2026-02-01) saknar slutdatum och tid för uppföljning (SKOLFS 2015:61).",
    ]
    assert plan_cell(two, AS_OF) == "syv: orsak till att den upphört; praktik: slutdatum, tid för uppföljning"
