"""First decisions wait in order of id until the others' are written."""

from __future__ import annotations

from kaa_bridge.law import Outcome, Verdict
from kaa_bridge.sync.firsts import Firsts


def verdict(criteria: str) -> Verdict:
    return Verdict(Outcome.INVESTIGATE, criteria, None, None, ("newcomer", "source_frozen"))


def firsts(*ids: int) -> Firsts:
    found = Firsts()
    for youth_id in ids:
        found.add(youth_id, verdict(f"{youth_id}"))
    return found


def test_each_is_given_out_once_in_order() -> None:
    kept = firsts(2, 5, 6)
    kept.update(firsts(9, 11))
    assert list(kept.take(5)) == [(one, "investigate", f"{one}", "newcomer source_frozen") for one in (2, 5)]
    assert list(kept.take(4)) == []
    assert [one for one, *_ in kept.take(9)] == [6, 9]
    assert [one for one, *_ in kept.take()] == [11]
    assert list(kept.take()) == []


def test_who_is_not_settled_any_more_is_left_out() -> None:
    kept = firsts(2, 5, 6)
    kept.keep({2, 6, 7})
    assert [(one, criteria) for one, _, criteria, _ in kept.take()] == [(2, "2"), (6, "6")]


def test_what_many_share_is_kept_once() -> None:
    kept = Firsts()
    for youth_id in (1, 2):
        kept.add(youth_id, verdict("mmmmuuu"))
    assert kept.told[0] is kept.told[1]
