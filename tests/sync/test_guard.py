"""Guards against mass change: what is too much, what is a usual night, and what is never judged."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kaa_bridge.config import GuardTable
from kaa_bridge.journal.outbox import Waiting
from kaa_bridge.mapping import CountAssertions
from kaa_bridge.sync.guard import Breach, PullCounts, note_breaches, source_breaches

GUARD = GuardTable()


def counts(**fields: object) -> PullCounts:
    known = {"source": "ist", "read": 1000, "known_before": 1000, "gone": 0, "quarantined": 0, "whole": True}
    return PullCounts(**(known | fields))  # type: ignore[arg-type]


def kinds(found: PullCounts, assertions: CountAssertions | None = None) -> list[str]:
    return [breach.kind for breach in source_breaches(found, GUARD, assertions)]


@pytest.mark.parametrize(
    ("known", "gone", "held"), [(1000, 100, False), (1000, 101, True), (20, 10, False), (20, 11, True), (0, 0, False)]
)
def test_leavers(known: int, gone: int, held: bool) -> None:
    assert kinds(counts(known_before=known, gone=gone)) == (["leavers"] if held else [])


@pytest.mark.parametrize(
    ("read", "spoilt", "held"), [(1000, 20, False), (1000, 21, True), (10, 5, False), (10, 6, True)]
)
def test_quarantine(read: int, spoilt: int, held: bool) -> None:
    assert kinds(counts(read=read, quarantined=spoilt)) == (["quarantine"] if held else [])


def test_count_assertions_of_a_proven_whole() -> None:
    asserted = CountAssertions(min=500, max=2000, share_of_yesterday=0.9)
    assert kinds(counts(read=1000), asserted) == []
    assert kinds(counts(read=499, known_before=500), asserted) == ["too_few"]
    assert kinds(counts(read=2001, known_before=2000), asserted) == ["too_many"]
    assert kinds(counts(read=899), asserted) == ["share_of_yesterday"]
    assert kinds(counts(read=0, known_before=0), CountAssertions(min=1)) == ["too_few"]


def test_an_unproven_pull_is_not_judged_by_its_size() -> None:
    assert kinds(counts(read=0, whole=False), CountAssertions(min=1, share_of_yesterday=0.9)) == []


@pytest.mark.parametrize(
    ("planned", "history", "held"),
    [(25, [], False), (26, [], True), (26, [10] * 7, False), (31, [10] * 7, True), (300, [100] * 7, False)],
)
def test_notes(planned: int, history: list[int], held: bool) -> None:
    assert bool(note_breaches(Waiting(planned, 1, planned, 1), history, GUARD)) is held


def test_notes_for_one_youth() -> None:
    assert [one.kind for one in note_breaches(Waiting(3, 3, 3, 3), [], GUARD)] == ["notes_per_youth"]


def test_what_waits_from_nights_that_were_let_through_stops_none() -> None:
    behind_an_outage = Waiting(total=200, for_one=5, of_run=20, of_run_for_one=1)
    assert note_breaches(behind_an_outage, [], GUARD) == []
    assert note_breaches(behind_an_outage, [], GUARD, {"leavers"}) == []


def test_all_that_waits_is_judged_while_its_hold_is_open_and_shown_when_one_is_made() -> None:
    held = Waiting(total=200, for_one=5, of_run=20, of_run_for_one=1)
    assert note_breaches(held, [], GUARD, {"notes"}) == [Breach("notes", "journal", 200, 25)]
    assert note_breaches(held, [], GUARD, {"notes_per_youth"}) == [Breach("notes_per_youth", "journal", 5, 2)]
    more = Waiting(total=200, for_one=5, of_run=30, of_run_for_one=1)
    assert note_breaches(more, [], GUARD) == [Breach("notes", "journal", 200, 25)]


@pytest.mark.parametrize(
    ("kind", "now", "within"),
    [("too_few", 6, False), ("too_few", 7, True), ("share_of_yesterday", 6, False), ("share_of_yesterday", 8, True),
     ("leavers", 6, True), ("leavers", 8, False), ("quarantine", 8, False), ("too_many", 8, False), ("notes", 8, False),
     ("notes_per_youth", 8, False), ("unprotect", 7, True)],
)  # fmt: skip
def test_what_goes_further_than_seven(kind: str, now: int, within: bool) -> None:
    assert Breach(kind, "x", now, 0).is_within(7) is within


@given(st.lists(st.integers(0, 60), min_size=7, max_size=7), st.integers(0, 20))
def test_a_usual_night_is_never_held(history: list[int], planned: int) -> None:
    assert not note_breaches(Waiting(planned, 1, planned, 1), history, GUARD)


@given(st.integers(0, 10_000), st.integers(0, 10_000))
def test_more_leavers_are_never_less_suspicious(known: int, gone: int) -> None:
    if kinds(counts(known_before=known, gone=gone)):
        assert kinds(counts(known_before=known, gone=gone + 1))
