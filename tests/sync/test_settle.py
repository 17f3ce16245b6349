"""A newcomer who is alike to an earlier one gets the answer that a decision of its own would give."""

from __future__ import annotations

from datetime import date
from itertools import product

import pytest

from kaa_bridge.domain.facts import Placement, Residence
from kaa_bridge.domain.record import RecordFacts
from kaa_bridge.domain.values import LifeStatus, Protection
from kaa_bridge.law import Outcome, ruleset
from kaa_bridge.routine import load_routine
from kaa_bridge.sync import settle
from kaa_bridge.sync.completeness import Completeness
from kaa_bridge.sync.decide import Rules
from kaa_bridge.sync.settle import Decision, Settling

DAY = date(2026, 2, 2)
KNOWN = Completeness(True, True, False, frozenset({("placements", "ist"), ("qualifications", "oedb")}))
KINDS = [
    RecordFacts(
        number="200801019999" if birth_date else None,
        birth_date=birth_date,
        protection=protection,
        life_status=LifeStatus.ALIVE,
        residence=(Residence(municipality=home),),
        placements=tuple(Placement(school_form=form, start=start, school_unit=unit) for form in forms),
    )
    for birth_date, protection, home, forms, start, unit in product(
        (date(2008, 5, 1), date(2007, 11, 30), None),
        (Protection.NONE, Protection.SEKRETESSMARKERING, None),
        ("2303", "2361"),
        (("GY",), ("GR",), (), ("GY", "FHS")),
        (date(2024, 8, 19), date(2026, 8, 17), None),
        ("1", "2"),
    )
]


RULES = Rules(DAY, ruleset("2303", DAY), load_routine("template"), KNOWN, {}, {})


@pytest.mark.parametrize("source", ["ist", "oedb"])
def test_alike_youths_get_the_same_answer_as_alone(source: str) -> None:
    settling = Settling(source, RULES)
    answers = [settling.decide(facts) for facts in KINDS]
    assert answers == [settling.decided(facts) for facts in KINDS]
    outcomes = {answer[0].outcome if answer else Outcome.COVERED for answer in answers}
    assert outcomes == ({*Outcome} if source == "ist" else {Outcome.NOT_COVERED, Outcome.INVESTIGATE})


def test_alike_youths_are_decided_once_as_long_as_there_is_room(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(settle, "_MOST", 1)
    settling = Settling("ist", RULES)
    asked: list[RecordFacts] = []
    decided = settling.decided

    def counted(facts: RecordFacts) -> Decision | None:
        asked.append(facts)
        return decided(facts)

    monkeypatch.setattr(settling, "decided", counted)
    first, other = KINDS[0], next(facts for facts in KINDS if facts.residence != KINDS[0].residence)
    for facts in (first, other, first, other):
        settling.decide(facts)
    assert asked == [first, other, other]
