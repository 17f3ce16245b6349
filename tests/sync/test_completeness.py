"""Only a proven whole of every source that would know makes silence mean *none*."""

from __future__ import annotations

from datetime import date, timedelta

from kaa_bridge.sync.completeness import Completeness, SourceHealth, completeness, lacking

DAY = date(2026, 2, 1)


def source(name: str, *, days_ago: int | None = 0, tells: str = "placements", frozen: bool = False) -> SourceHealth:
    proved = None if days_ago is None else DAY - timedelta(days=days_ago)
    return SourceHealth(name, frozenset({tells}), proved, 7, frozen)


def test_nobody_tells_it_so_it_is_not_known() -> None:
    assert completeness([], as_of=DAY) == Completeness(placements=False, qualifications=False, frozen=False)


def test_all_that_tell_it_must_be_proven() -> None:
    assert completeness([source("a"), source("b")], as_of=DAY).placements
    assert not completeness([source("a"), source("b", days_ago=None)], as_of=DAY).placements


def test_a_proven_whole_counts_for_the_days_of_trust() -> None:
    assert completeness([source("a", days_ago=7)], as_of=DAY).placements
    assert not completeness([source("a", days_ago=8)], as_of=DAY).placements


def test_a_frozen_source_proves_nothing_and_spoils_nothing() -> None:
    alone = completeness([source("oedb", frozen=True)], as_of=DAY)
    assert not alone.placements
    assert alone.frozen
    beside = completeness([source("oedb", frozen=True), source("ist")], as_of=DAY)
    assert beside.placements
    assert beside.frozen


def test_whose_proof_is_missing() -> None:
    asked = [source("a"), source("b", days_ago=8), source("c", tells="qualifications"), source("oedb", frozen=True)]
    assert lacking(asked, "placements", as_of=DAY) == ("b",)
    assert lacking(asked[3:], "placements", as_of=DAY) == ("oedb",), "where nobody else tells it"
    assert lacking(asked[2:3], "placements", as_of=DAY) == ()


def test_better_means_that_something_new_is_proven() -> None:
    nothing, placements = Completeness(False, False, False), Completeness(True, False, False)
    assert placements.better_than(nothing)
    assert not nothing.better_than(placements)
    assert not placements.better_than(placements)
    assert Completeness.from_text(placements.as_text()) == placements
    assert Completeness.from_text("rubbish") == nothing


def test_who_would_know_is_told_but_for_those_who_are_frozen() -> None:
    found = completeness([source("ist"), source("oedb", frozen=True)], as_of=DAY)
    assert {name for _, name in found.tellers} == {"ist"}
