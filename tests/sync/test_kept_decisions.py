"""Which decisions are kept: each change, and the one by which a case begins though the decision is the same."""

from __future__ import annotations

from typing import Any
from unittest.mock import MagicMock

import pytest

from kaa_bridge.law import Outcome
from kaa_bridge.store.youths import YouthState
from kaa_bridge.sync.decide import Decided, _is_worth_keeping

BEFORE: dict[str, Any] = {
    "id": 1, "handle": "U-1", "number": None, "protection": "none", "outcome": "covered", "outcome_since": "2026-06-13",
    "criteria": "mmmmmmm", "covered_since": "2026-06-13", "next_review": None, "next_action": None,
    "registered_on": None, "birth_date": None, "conflicts": 0, "pseudonym": b"",
}  # fmt: skip


def decided(before: dict[str, Any], outcome: Outcome, registered_on: str | None) -> Decided:
    verdict = MagicMock(outcome=outcome, criteria="mmmmmmm")
    return Decided(YouthState(**{**BEFORE, **before}), MagicMock(), verdict, registered_on, ())


@pytest.mark.parametrize(
    ("before", "outcome", "registered_on", "keeps"),
    [
        ({}, Outcome.COVERED, None, False),
        ({}, Outcome.COVERED, "2026-08-20", True),
        ({"registered_on": "2026-06-20"}, Outcome.COVERED, "2026-06-20", False),
        ({"registered_on": "2026-06-20"}, Outcome.NOT_COVERED, None, True),
        ({"outcome": None}, Outcome.NOT_COVERED, None, False),
        ({"outcome": None}, Outcome.INVESTIGATE, None, True),
    ],
)
def test_what_is_kept(before: dict[str, Any], outcome: Outcome, registered_on: str | None, keeps: bool) -> None:
    assert _is_worth_keeping(decided(before, outcome, registered_on)) is keeps
