"""What must hold for every youth, day and choice."""

from __future__ import annotations

from datetime import date
from itertools import pairwise

import msgspec
import pytest
from hypothesis import assume, example, given
from hypothesis import settings as budget
from hypothesis import strategies as st
from msgspec.structs import replace

from kaa_bridge.domain.dates import DAY
from kaa_bridge.domain.facts import CompulsorySchooling, Placement, Qualification, Residence, Youth
from kaa_bridge.domain.values import LifeStatus, Protection, QualificationKind, SchoolingStatus
from kaa_bridge.law import CRITERIA, LawSettings, Outcome, Verdict, decide, judge, ruleset
from kaa_bridge.law.finding import MET, STATES, Finding
from kaa_bridge.law.question import Question
from kaa_bridge.law.rules.attendance import Attendance
from kaa_bridge.law.rules.residence import Home
from tests.law.youths import DAYS, HOME, nearly_plain, placements, settings, youths

FIRST = date(2015, 1, 1)
MOST = budget(max_examples=120, deadline=None)


def ask(youth: Youth, day: date, chosen: LawSettings | None = None, *, frozen: bool = False) -> Verdict:
    return judge(youth, municipality=HOME, as_of=day, settings=chosen or LawSettings(), frozen=frozen)


def sample(first: date, last: date, parts: int = 12) -> list[date]:
    """Days from first to last, both included."""
    span = last.toordinal() - first.toordinal()
    return [date.fromordinal(first.toordinal() + span * part // parts) for part in range(parts + 1)]


@MOST
@given(youths, DAYS, settings, st.booleans())
def test_the_full_answer_and_the_verdict_agree(youth: Youth, day: date, chosen: LawSettings, frozen: bool) -> None:
    full = decide(youth, municipality=HOME, as_of=day, settings=chosen, frozen=frozen)
    short = ask(youth, day, chosen, frozen=frozen)
    assert tuple(full.criteria) == CRITERIA
    assert tuple(full.criteria.values()) == tuple(STATES[letter] for letter in short.criteria)
    assert (full.outcome, full.remarks) == (short.outcome, short.remarks)
    assert (full.covered_since, full.next_review) == (short.covered_since, short.next_review)
    assert [(one.criterion, one.state) for one in full.reasons] == list(full.criteria.items())


@MOST
@given(youths, DAYS, settings)
def test_the_outcome_follows_from_the_criteria(youth: Youth, day: date, chosen: LawSettings) -> None:
    found = ask(youth, day, chosen)
    if set(found.criteria) == {"m"}:
        assert found.outcome is Outcome.COVERED
    else:
        assert found.outcome is (Outcome.NOT_COVERED if "n" in found.criteria else Outcome.INVESTIGATE)
    assert (found.covered_since is not None) == (found.outcome is Outcome.COVERED)


@MOST
@given(youths, DAYS, settings, st.booleans())
def test_nothing_changes_before_next_review_and_a_criterion_changes_on_it(
    youth: Youth, day: date, chosen: LawSettings, frozen: bool
) -> None:
    found = ask(youth, day, chosen, frozen=frozen)
    last = found.next_review - DAY if found.next_review else date(2060, 1, 1)
    for later in sample(day, last):
        same = ask(youth, later, chosen, frozen=frozen)
        assert (same.outcome, same.criteria, same.covered_since, same.next_review) == (
            *(found.outcome, found.criteria, found.covered_since, found.next_review),
        )
    if found.next_review:
        assert found.next_review > day
        assert ask(youth, found.next_review, chosen, frozen=frozen).criteria != found.criteria


@MOST
@given(nearly_plain, st.dates(date(2016, 6, 11), date(2023, 5, 4)), settings)
def test_covered_since_is_the_first_day_of_the_unbroken_coverage(youth: Youth, day: date, chosen: LawSettings) -> None:
    found = ask(youth, day, chosen)
    assume(found.covered_since)
    since = found.covered_since
    assert since is not None
    assert FIRST <= since <= day
    assert {ask(youth, other, chosen).outcome for other in sample(since, day)} == {Outcome.COVERED}
    if since > FIRST:
        assert ask(youth, since - DAY, chosen).outcome is not Outcome.COVERED


@MOST
@given(youths, DAYS, settings, placements)
def test_proof_of_attendance_never_turns_not_covered_into_covered(
    youth: Youth, day: date, chosen: LawSettings, extra: Placement
) -> None:
    proof = replace(extra, school_form="GY", study_path="NA", start=day, end=None, ended_as=None)
    more = replace(youth, placements=(*youth.placements, proof))
    if ask(youth, day, chosen).outcome is Outcome.NOT_COVERED:
        assert ask(more, day, chosen).outcome is not Outcome.COVERED
    assert ask(replace(more, events=(), absences=()), day, chosen).outcome is Outcome.NOT_COVERED


REMOVALS: dict[str, dict[str, object]] = {
    "birth_date": {"birth_date": None},
    "protection": {"protection": Protection.UNKNOWN},
    "life_status": {"life_status": LifeStatus.UNKNOWN},
    "residence": {"residence": ()},
    "first_registered": {"first_registered": None},
    "compulsory_schooling": {"compulsory_schooling": None},
    "placements": {"placements": (), "placements_complete": None},
    "placements_complete": {"placements_complete": None},
    "qualifications": {"qualifications": (), "qualifications_complete": None},
    "qualifications_complete": {"qualifications_complete": None},
}


@pytest.mark.parametrize("name", REMOVALS)
@budget(max_examples=60, deadline=None)
@given(youth=youths, day=DAYS)
def test_removing_knowledge_only_moves_toward_investigate(name: str, youth: Youth, day: date) -> None:
    before = ask(youth, day)
    after = ask(replace(youth, **REMOVALS[name]), day)
    assume("schooling_end_computed" not in after.remarks)  # the contract lets the normal end stand in, and says so
    assert after.outcome in (before.outcome, Outcome.INVESTIGATE)


@MOST
@given(youths, DAYS, st.data())
def test_dropping_an_entry_and_the_proof_of_wholeness_only_moves_toward_investigate(
    youth: Youth, day: date, data: st.DataObject
) -> None:
    assume(youth.placements)
    index = data.draw(st.integers(0, len(youth.placements) - 1))
    fewer = youth.placements[:index] + youth.placements[index + 1 :]
    before = ask(youth, day)
    after = ask(replace(youth, placements=fewer, placements_complete=False), day)
    assume("schooling_end_computed" not in after.remarks)
    assert after.outcome in (before.outcome, Outcome.INVESTIGATE)


@MOST
@given(youths, DAYS, settings)
def test_a_frozen_source_only_moves_toward_investigate(youth: Youth, day: date, chosen: LawSettings) -> None:
    before, after = ask(youth, day, chosen), ask(youth, day, chosen, frozen=True)
    assert after.outcome in (before.outcome, Outcome.INVESTIGATE)
    assert "source_frozen" in after.remarks


@MOST
@given(youths, DAYS, settings)
def test_the_remark_of_a_freeze_whose_gap_is_filled_changes_nothing_else(
    youth: Youth, day: date, chosen: LawSettings
) -> None:
    before = ask(youth, day, chosen)
    after = ruleset(HOME, day, chosen, remarked=True).judge(youth)
    assert set(after.remarks) == {*before.remarks, "source_frozen"}
    assert msgspec.structs.replace(after, remarks=before.remarks) == before


@MOST
@given(youths, DAYS, settings, st.randoms())
def test_the_order_of_facts_does_not_matter(youth: Youth, day: date, chosen: LawSettings, dice: object) -> None:
    def mixed(entries: tuple[object, ...]) -> tuple[object, ...]:
        return tuple(dice.sample(entries, len(entries)))  # type: ignore[attr-defined]

    names = ("residence", "placements", "qualifications", "events", "absences")
    other = replace(youth, **{name: mixed(getattr(youth, name)) for name in names})
    assert ask(other, day, chosen) == ask(youth, day, chosen)


def essence(found: Finding) -> tuple[object, ...]:
    return found[0], found[1] if found[0] == MET else None, found[2], found[3].code


@MOST
@given(youths, DAYS, settings, st.booleans())
def test_the_short_way_for_plain_youths_is_the_general_one(
    youth: Youth, day: date, chosen: LawSettings, past: bool
) -> None:
    question = Question(HOME, day, chosen)
    law = ruleset(HOME, day, chosen).version.provisions
    home, attendance = Home(question, law["home_municipality"].law), Attendance(question, law["not_in_gymnasial"].law)  # type: ignore[arg-type]
    assert essence(home.finding(youth)) == essence(home.in_general(youth))
    assert essence(attendance.finding(youth, past)) == essence(attendance.in_general(youth, past))


FAR = st.sampled_from([date.min, date(1, 1, 2), date(1900, 2, 28), date(9979, 12, 31), date(9999, 12, 30), date.max])


@MOST
@given(FAR, FAR, FAR, FAR, st.sampled_from(SchoolingStatus), DAYS | st.just(date.max))
@example(date(9990, 1, 1), date.max, date.max, date.max, SchoolingStatus.UNKNOWN, date.max)
def test_no_date_is_too_far_away(
    born: date, first: date, second: date, third: date, status: SchoolingStatus, day: date
) -> None:
    youth = Youth(
        ref="a-1",
        birth_date=born,
        life_status=LifeStatus.ALIVE,
        protection=Protection.NONE,
        residence=(Residence(municipality=HOME, start=first, end=second), Residence(municipality=HOME, start=third)),
        first_registered=first,
        compulsory_schooling=CompulsorySchooling(status=status, on=second, expected_end=third),
        placements=(Placement(school_form="GY", start=second, end=third), Placement(school_form="GR", start=first)),
        placements_complete=True,
        qualifications=(Qualification(kind=QualificationKind.IB_DIPLOMA, on=third),),
    )
    review = ask(youth, day).next_review
    assert review is None or review > day


def turned_20(born: date, day: date) -> bool:
    return (day.year - born.year, day.month, day.day) >= (20, born.month, born.day)


def oracle(born: date, left: date, exam: date | None, day: date) -> bool:
    """The law in ten lines, for who went from grundskola to gymnasiet and left on a day, with or without an exam."""
    if turned_20(born, day):
        return False
    if day <= date(born.year + 16, 6, 12):
        return False
    if date(born.year + 16, 8, 18) <= day <= left:
        return False
    return not (exam is not None and exam <= day)


def test_the_oracle_agrees_for_every_birth_date() -> None:
    days = [
        *(date(year, month, day) for year in range(2018, 2033) for month, day in ((1, 1), (2, 28), (6, 12), (6, 13))),
        *(date(year, 12, 31) for year in range(2018, 2033)),
        *(date(2024, 2, 29), date(2028, 2, 29), date(2018, 6, 30), date(2018, 7, 1), date(2023, 7, 1)),
        *(date(2023, 7, 2), date(2026, 8, 17), date(2026, 8, 18), date(2026, 11, 22)),
    ]
    everyone = [youth_born(date.fromordinal(born)) for born in range(date(2003, 1, 1).toordinal(), 734868 + 1)]
    assert everyone[-1][0] == date(2012, 12, 31)
    for day in days:
        rules = ruleset(HOME, day)
        for born, left, exam, youth in everyone:
            assert (rules.judge(youth).outcome is Outcome.COVERED) == oracle(born, left, exam, day), (born, day)


def youth_born(born: date) -> tuple[date, date, date | None, Youth]:
    """Left on a day that depends on the birth date; every third with an exam."""
    start = date(born.year + 16, 8, 18)
    left = date.fromordinal(start.toordinal() + born.toordinal() * 37 % 1030)
    exam = left if born.toordinal() % 3 == 0 else None
    youth = Youth(
        ref="a-1",
        birth_date=born,
        protection=Protection.NONE,
        life_status=LifeStatus.ALIVE,
        residence=(Residence(municipality=HOME, start=born),),
        first_registered=born,
        compulsory_schooling=CompulsorySchooling(status=SchoolingStatus.ENDED, on=date(born.year + 16, 6, 12)),
        placements=(Placement(school_form="GY", study_path="NA", start=start, end=left),),
        placements_complete=True,
        qualifications=(Qualification(kind=QualificationKind.GYMNASIEEXAMEN, on=exam),) if exam else (),
        qualifications_complete=True,
    )
    return born, left, exam, youth


def test_the_oracle_walks_through_a_birthday_day_by_day() -> None:
    born, left, exam, youth = youth_born(date(2008, 2, 29))
    days = [date(2024, 6, 1).fromordinal(number) for number in range(738673, 740050)]
    answers = [ask(youth, day).outcome is Outcome.COVERED for day in days]
    assert answers == [oracle(born, left, exam, day) for day in days]
    assert sum(before != after for before, after in pairwise(answers)) >= 2
