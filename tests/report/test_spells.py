"""When a youth was on the register, by the decisions that were kept."""

from __future__ import annotations

from datetime import date

from kaa_bridge.report.board.spells import Spell, spells
from kaa_bridge.store.history import Kept

END = date(2026, 6, 30)


def kept(day: str, outcome: str, criteria: str = "mmmmmmm", since: str | None = None, remarks: str = "") -> Kept:
    return Kept(day, outcome, criteria, since, remarks)


def test_who_comes_back_has_two_times() -> None:
    found = spells(
        [
            kept("2025-09-02", "covered", since="2025-08-20"),
            kept("2025-10-01", "investigate", "mmmummm"),
            kept("2025-11-01", "not_covered", "mmmnmmm"),
            kept("2026-02-01", "covered", since="2026-01-30"),
        ],
        as_of=END,
        waits=True,
    )
    assert found == (
        Spell(date(2025, 9, 2), date(2025, 11, 1), date(2025, 8, 20), frozenset({"not_in_gymnasial"})),
        Spell(date(2026, 2, 1), None, date(2026, 1, 30)),
    )
    assert found[0].began == date(2025, 8, 20)
    assert found[0].on(date(2025, 10, 31))
    assert not found[0].on(date(2025, 11, 1))


def test_what_came_after_the_day_is_left_out() -> None:
    history = [kept("2025-09-02", "covered"), kept("2025-11-01", "not_covered", "nmmmmmm")]
    assert spells(history, as_of=date(2025, 10, 31), waits=True) == (Spell(date(2025, 9, 2)),)
    assert spells(history, as_of=date(2025, 9, 1), waits=True) == ()


def test_who_waits_for_a_start_is_no_case_until_a_night_opens_one() -> None:
    waiting = kept("2026-06-15", "covered", since="2026-06-13", remarks="schooling_end_computed awaiting_start")
    assert spells([waiting], as_of=END, waits=True) == ()
    assert len(spells([waiting], as_of=END, waits=False)) == 1
    begun = kept("2026-06-20", "covered", since="2026-06-13")
    assert spells([waiting, begun], as_of=END, waits=True) == (Spell(date(2026, 6, 20), None, date(2026, 6, 13)),)


def test_who_is_only_to_be_investigated_has_no_time() -> None:
    assert spells([kept("2025-09-02", "investigate"), kept("2025-10-02", "not_covered")], as_of=END, waits=True) == ()
