"""A source that is taken out of the configuration proves nothing, speaks no more, and opens no case by its absence."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

from kaa_bridge.domain.facts import CompulsorySchooling, Event, Placement, Qualification, Residence
from kaa_bridge.domain.record import RecordFacts
from kaa_bridge.domain.stored import packed
from kaa_bridge.domain.values import (
    ContactChannel,
    ContactOutcome,
    EventKind,
    LifeStatus,
    Protection,
    QualificationKind,
    SchoolingStatus,
)
from kaa_bridge.law import ruleset
from kaa_bridge.routine import load_routine
from kaa_bridge.store.youths import Word, YouthState
from kaa_bridge.sync.completeness import Completeness
from kaa_bridge.sync.decide import Decided, Rules, decide_one, words_said
from tests.sync.town import ATTENDS, LEFT, Town, pupil

DAY = date(2108, 2, 2)
KEPT, REMOVED = 1, 2
HERE: dict[str, Any] = {
    "birth_date": date(2090, 1, 10),
    "protection": Protection.NONE,
    "life_status": LifeStatus.ALIVE,
    "residence": (Residence(municipality="2303", start=date(2090, 1, 10)),),
    "compulsory_schooling": CompulsorySchooling(status=SchoolingStatus.ENDED, on=date(2106, 6, 12)),
    "placements": (),
    "qualifications": (),
}
OPEN = Placement(school_form="GY", start=date(2107, 8, 19))
EXAM = Qualification(kind=QualificationKind.GYMNASIEEXAMEN, on=date(2108, 1, 10))
CALL = Event(
    kind=EventKind.CONTACT, on=date(2108, 1, 20), channel=ContactChannel.PHONE, outcome=ContactOutcome.NO_ANSWER
)
STATE = YouthState(1, "U-1", None, None, None, None, None, None, None, None, None, None, 0, b"")


def rules(*, missed: bool = True, as_of: date = DAY) -> Rules:
    return Rules(
        as_of=as_of,
        law=ruleset("2303", as_of),
        routine=load_routine("template"),
        known=Completeness(placements=True, qualifications=True, frozen=False),
        rank={KEPT: 0, REMOVED: 1},
        names={KEPT: "ist", REMOVED: "qore"},
        removed=frozenset({REMOVED}),
        missed=frozenset({REMOVED} if missed else ()),
    )


def word(source: int, **facts: Any) -> Word:
    return Word(source, "2108-01-01", packed(RecordFacts(**facts)))


def decided(by: Rules, kept: dict[str, Any], removed: dict[str, Any], state: YouthState = STATE) -> Decided:
    return decide_one(state, [word(KEPT, **kept), word(REMOVED, **removed)], by)


@pytest.mark.parametrize(
    "alone",
    [
        {"placements": (OPEN,)},
        {"qualifications": (EXAM,)},
        {"life_status": LifeStatus.DECEASED},
        {"residence": (Residence(municipality="0581", start=date(2107, 1, 1)),)},
        {"birth_date": date(2087, 1, 10)},
        {"compulsory_schooling": CompulsorySchooling(status=SchoolingStatus.ONGOING)},
    ],
)
def test_whom_it_alone_kept_out_is_investigated_and_never_covered(alone: dict[str, Any]) -> None:
    found = decided(rules(), HERE, HERE | alone)
    assert (found.outcome, found.missed) == ("investigate", ("qore",))
    assert found.registered_on is None
    assert found.merged.sources == ("ist",)
    gone_for_good = decided(rules(missed=False), HERE, HERE | alone)
    assert (gone_for_good.outcome, gone_for_good.missed) == ("covered", ())


def test_so_is_whom_it_told_something_of_that_could_not_be_read() -> None:
    words = [word(KEPT, **HERE), word(REMOVED)._replace(unheard=True)]
    found = decide_one(STATE, words, rules())
    assert (found.outcome, found.missed, found.registered_on) == ("investigate", ("qore",), None)
    assert decide_one(STATE, words, rules(missed=False)).outcome == "covered"


def test_what_could_not_be_read_of_it_is_kept_too(tmp_path: Path) -> None:
    town = Town(tmp_path, schools=("school", "other"))
    town.schools["other"].records = [pupil(0, LEFT) | {"id": "other-0"}]
    town.night(DAY, [pupil(0, ATTENDS | {"from": "2106-08-99"})])
    town.bridge.table = town.bridge.table.model_copy(update={"source": town.bridge.table.source[1:]})
    del town.bridge.feeds[0]
    assert town.night(DAY + timedelta(days=1)).removed == {"school": 1}
    assert town.journal.stored == []


@pytest.mark.parametrize("alone", [{}, {"placements": (Placement(school_form="GY", end=date(2107, 6, 10)),)}])
def test_whom_it_did_not_keep_out_is_decided_by_the_others(alone: dict[str, Any]) -> None:
    found = decided(rules(), HERE, HERE | alone)
    assert (found.outcome, found.missed) == ("covered", ())


def test_what_another_source_tells_too_is_decided_by_that_one() -> None:
    told = HERE | {"placements": (OPEN,)}
    found = decided(rules(), told, told)
    assert (found.outcome, found.missed, found.merged.sources) == ("not_covered", (), ("ist",))


def test_a_youth_whom_nobody_else_knows_is_investigated() -> None:
    found = decide_one(STATE, [word(REMOVED, **HERE, number=None)], rules(missed=False))
    assert found.outcome == "investigate"
    assert found.merged.youth.protection is Protection.UNKNOWN


def test_an_open_case_stays_open() -> None:
    state = STATE._replace(registered_on="2108-01-20", outcome="covered", protection="none")
    found = decided(rules(), HERE, HERE | {"placements": (OPEN,)}, state)
    assert (found.outcome, found.registered_on, found.missed) == ("covered", "2108-01-20", ())


def test_the_youth_is_up_again_on_the_day_on_which_the_missed_word_would_have_turned() -> None:
    ends = Placement(school_form="GY", start=date(2107, 8, 19), end=date(2108, 6, 9))
    found = decided(rules(), HERE, HERE | {"placements": (ends,)})
    assert (found.outcome, found.verdict.next_review) == ("investigate", date(2108, 6, 10))
    later = decided(rules(as_of=date(2108, 6, 10)), HERE, HERE | {"placements": (ends,)})
    assert later.outcome == "covered"


def test_what_has_been_done_still_counts_and_what_the_law_reads_does_not() -> None:
    left = Event(kind=EventKind.CONSIDERED_LEFT, on=DAY - timedelta(days=5))
    told = words_said([word(KEPT, **HERE), word(REMOVED, **HERE, events=(CALL, left))], rules())
    assert [(one.source, one.facts.events) for one in told] == [("ist", None), ("qore", (CALL,))]
    assert told[1].facts == RecordFacts(events=(CALL,))


def test_a_protection_that_it_alone_told_stays_until_a_person_has_released_it() -> None:
    state = STATE._replace(protection="sekretessmarkering")
    found = decided(rules(), HERE, HERE | {"protection": Protection.SEKRETESSMARKERING}, state)
    assert found.unprotected
    assert found.merged.youth.protection is Protection.SEKRETESSMARKERING
