"""``explain``: what sources disagree on, in words that fit the fact, and where each fact comes from."""

from __future__ import annotations

from datetime import date

import pytest
from msgspec import structs

from kaa_bridge.cli.explain import as_data, lines
from kaa_bridge.domain.facts import CompulsorySchooling, Placement, Residence
from kaa_bridge.domain.record import RecordFacts
from kaa_bridge.domain.stored import packed
from kaa_bridge.domain.values import LifeStatus, PlacementEnd, Protection, SchoolingStatus
from kaa_bridge.law import decide, ruleset
from kaa_bridge.routine import load_routine
from kaa_bridge.store.youths import Word, YouthState
from kaa_bridge.sync.completeness import Completeness
from kaa_bridge.sync.decide import Rules, decide_one, words_said
from kaa_bridge.sync.merge import trace
from kaa_bridge.sync.view import Explanation

DAY = date(2108, 2, 2)
KNOWN = Completeness(placements=True, qualifications=True, frozen=False)
RULES = Rules(DAY, ruleset("2303", DAY), load_routine("template"), KNOWN, {1: 0, 2: 1}, {1: "qore", 2: "ist"})
STATE = YouthState(1, "U-1", None, None, None, None, None, None, None, None, None, None, 0, b"")
START, LEFT = date(2106, 8, 19), date(2108, 1, 15)


def explained(*facts: dict[str, object], rules: Rules = RULES) -> Explanation:
    """Explain a youth of whom ``qore`` and then ``ist`` tell these facts."""
    told = [RecordFacts(**({"protection": Protection.NONE} | one)) for one in facts]  # type: ignore[arg-type]
    words = [Word(number, DAY.isoformat(), packed(one)) for number, one in enumerate(told, start=1)]
    decided = decide_one(STATE, words, rules)
    decision = decide(decided.merged.youth, municipality="2303", as_of=DAY)
    return Explanation(decided, decision, trace(words_said(words, rules), decided.merged.youth), decided.merged.sources)


def gy(**fields: object) -> dict[str, object]:
    return {"placements": (Placement(**({"school_form": "GY", "start": START} | fields)),)}  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("qore", "ist", "fact", "line"),
    [
        (
            gy(end=LEFT), gy(), "placements",
            "Källorna är oense om skolplaceringen: qore gäller före ist.",
        ),
        (
            gy(), gy(start=date(2106, 8, 20)), "placement_start",
            "Källorna är oense om skolplaceringens första dag: qore gäller före ist.",
        ),
        (
            gy(end=LEFT, ended_as=PlacementEnd.WITHDRAWN), gy(end=LEFT, ended_as=PlacementEnd.COMPLETED), "ended_as",
            "Källorna är oense om varför skolplaceringen slutade: qore gäller före ist.",
        ),
        (
            gy(study_path="NA"), gy(study_path="IMA"), "study_path",
            "Källorna är oense om studievägen: qore gäller före ist.",
        ),
        (
            gy(end=LEFT, school_unit="12345678"), gy(school_unit="87654321"), "placements_apart",
            "Källorna är oense om skolplaceringen: qore och ist anger var sin för samma tid. Båda räknas.",
        ),
        (
            {"life_status": LifeStatus.ALIVE}, {"life_status": LifeStatus.DECEASED}, "life_status",
            "Källorna är oense om personens status i folkbokföringen: qore gäller före ist.",
        ),
    ],
)  # fmt: skip
def test_a_disagreement_is_told_with_whose_word_counts(
    qore: dict[str, object], ist: dict[str, object], fact: str, line: str
) -> None:
    explanation = explained(qore, ist)
    assert line in list(lines(explanation))
    assert as_data(explanation)["conflicts"] == [{"fact": fact, "sources": ["qore", "ist"]}]


def test_of_a_protected_youth_only_the_disagreement_on_the_protection_is_told() -> None:
    explanation = explained(gy(end=LEFT), gy() | {"protection": Protection.SEKRETESSMARKERING})
    assert list(lines(explanation))[2:] == [
        "Källorna är oense om skyddade personuppgifter: ist anger det starkaste skyddet, och det gäller före qore."
    ]
    data = as_data(explanation)
    assert data.keys() == {"format", "ref", "protected", "conflicts", "actions"}
    assert data["conflicts"] == [{"fact": "protection", "sources": ["ist", "qore"]}]


def test_a_source_that_is_missed_is_named() -> None:
    here: dict[str, object] = {
        "birth_date": date(2090, 1, 10),
        "life_status": LifeStatus.ALIVE,
        "residence": (Residence(municipality="2303"),),
        "compulsory_schooling": CompulsorySchooling(status=SchoolingStatus.ENDED, on=date(2106, 6, 12)),
    }
    removed = structs.replace(RULES, removed=frozenset({2}), missed=frozenset({2}))
    explanation = explained(here, here | gy(), rules=removed)
    assert "Källan ist läses inte längre. Utan den går det inte att avgöra om ungdomen omfattas." in lines(explanation)
    assert as_data(explanation)["missed"] == ["ist"]
    assert as_data(explanation)["outcome"] == "investigate"
