"""Property: whatever two sources say of whoever, the categories partition the union of both sides."""

from __future__ import annotations

from datetime import date
from types import SimpleNamespace
from typing import Any, cast

from hypothesis import given, settings
from hypothesis import strategies as st

from kaa_bridge.domain.facts import CompulsorySchooling, Placement, Qualification, Residence
from kaa_bridge.domain.record import RecordFacts
from kaa_bridge.domain.stored import packed
from kaa_bridge.domain.values import LifeStatus, PlacementEnd, Protection, QualificationKind, SchoolingStatus
from kaa_bridge.law import DEFAULT, ruleset
from kaa_bridge.reconcile.compare import Sorter
from kaa_bridge.reconcile.lines import sealed
from kaa_bridge.reconcile.merge import pair
from kaa_bridge.reconcile.model import Category, Freeze, Head, Step
from kaa_bridge.reconcile.seen import Met
from kaa_bridge.reconcile.stream import YouthMark
from kaa_bridge.report.basis import SourceState
from kaa_bridge.routine import load_routine
from kaa_bridge.store.spool import Spool
from kaa_bridge.store.youths import Word
from kaa_bridge.sync.bridge import Bridge
from kaa_bridge.sync.completeness import Completeness
from kaa_bridge.sync.decide import Rules
from tests.reconcile.reports import render

DAY = date(2109, 9, 1)
LEFT, RIGHT, OTHER = 1, 2, 3
DAYS = st.none() | st.sampled_from(
    [date(2106, 8, 18), date(2108, 8, 18), date(2109, 5, 31), date(2109, 6, 12), date(2109, 7, 3), date(2109, 8, 18)]
)
PLACES = st.builds(
    Placement,
    school_form=st.sampled_from(["GY", "GYAN", "GR", "VUXGY", "XX"]),
    study_path=st.sampled_from([None, "NA", "IMA"]),
    start=DAYS,
    end=DAYS,
    ended_as=st.none() | st.sampled_from(PlacementEnd),
)
HOMES = st.builds(Residence, municipality=st.sampled_from(["2303", "2480"]))
FACTS = st.builds(
    RecordFacts,
    number=st.sampled_from([None, "209205012383", "209205012391"]),
    birth_date=st.sampled_from([None, date(2092, 5, 1), date(2088, 5, 1)]),
    protection=st.just(Protection.NONE),
    life_status=st.none() | st.sampled_from(LifeStatus),
    residence=st.none() | st.lists(HOMES, max_size=2).map(tuple),
    compulsory_schooling=st.none() | st.builds(CompulsorySchooling, status=st.sampled_from(SchoolingStatus), on=DAYS),
    placements=st.none() | st.lists(PLACES, max_size=3).map(tuple),
    qualifications=st.none()
    | st.lists(st.builds(Qualification, kind=st.sampled_from(QualificationKind), on=DAYS), max_size=1).map(tuple),
)
REGISTER = st.dictionaries(st.integers(1, 12), st.lists(FACTS, min_size=1, max_size=2), max_size=8)
ROUTINE = load_routine("ragunda")
NAMES = {LEFT: "oedb", RIGHT: "ist", OTHER: "qore"}


def sorter(known: Completeness, spool: Spool, removed: frozenset[int] = frozenset()) -> Sorter:
    states = [SourceState(name, name.upper(), "2109-09-01", "2109-09-01") for name in NAMES.values()]
    head = Head(
        municipality="2303", name="Ragunda", year=2109, freeze=Freeze(date(2109, 6, 1), date(2109, 8, 31)),
        frozen=states[0], as_of=DAY,
        left=states[0], right=states[1], sources=tuple(states), law="2023-07-02", routine="ragunda 1", fingerprint="x",
    )  # fmt: skip
    rules = Rules(
        as_of=DAY, law=ruleset("2303", DAY), routine=ROUTINE, known=known, rank={3: 0, 2: 1, 1: 2}, names=NAMES,
        removed=removed, missed=removed,
    )  # fmt: skip
    bridge: Any = SimpleNamespace(code="2303", law=DEFAULT, routine=ROUTINE, table=SimpleNamespace(source=()))
    return Sorter(head, rules, cast(Bridge, bridge), spool)


def words(source: int, facts: list[RecordFacts]) -> list[Word]:
    return [Word(source, "2109-08-01", packed(one)) for one in facts]


@settings(max_examples=150, deadline=None)
@given(
    REGISTER, REGISTER, REGISTER, st.booleans(), st.sets(st.integers(1, 12)), st.sets(st.integers(1, 12), max_size=3)
)
def test_the_categories_partition_the_union(
    left: dict[int, list[RecordFacts]],
    right: dict[int, list[RecordFacts]],
    others: dict[int, list[RecordFacts]],
    proven: bool,
    registered: set[int],
    protected: set[int],
) -> None:
    with Spool() as spool:
        sorting = sorter(Completeness(proven, proven, frozen=False), spool)
        lefts = [(key, words(LEFT, left[key])) for key in sorted(left)]
        rights = [(key, words(RIGHT, right[key])) for key in sorted(right)]
        for key, ours, theirs in pair(lefts, rights):
            day = "2109-07-09" if key in registered else None
            mark = YouthMark(f"U-{key:04}", "sekretessmarkering" if key in protected else "none", day)
            sorting.take(Met(key, mark, ours, theirs, words(OTHER, others.get(key, []))))
        found = sorting.found()
        assert found.counts.adds_up
        assert found.counts.union == len(left.keys() | right.keys())
        listed = list(found.rows)
        assert list(found.protected) == [f"U-{key:04}" for key in sorted(protected & (left.keys() | right.keys()))]
        assert len({row.handle for row in listed}) == len(listed) == sum(found.counts.listed.values())
        assert not {row.handle for row in listed} & set(found.protected)
        assert all(row.step is not Step.NONE for row in listed)
        order = list(Category)
        assert listed == sorted(listed, key=lambda row: (order.index(row.category), row.handle))
        assert render(sealed(found, b"k" * 32), "csv").count(b"\r\nUngdom;U-") == len(listed)


def sorted_as(left: RecordFacts, right: RecordFacts, removed: RecordFacts | None = None) -> tuple[Category, Step]:
    """Sort one youth whose sources have proven wholes, and return its category and step."""
    with Spool() as spool:
        gone = frozenset() if removed is None else frozenset({OTHER})
        others = [] if removed is None else words(OTHER, [removed])
        sorting = sorter(Completeness(placements=True, qualifications=True, frozen=False), spool, gone)
        sorting.take(Met(1, YouthMark("U-1", "none", None), words(LEFT, [left]), words(RIGHT, [right]), others))
        found = sorting.found()
        (category,) = [category for category, count in found.counts.categories.items() if count]
        return category, next((row.step for row in found.rows), Step.NONE)


def pupil(*places: Placement, **facts: Any) -> RecordFacts:
    """Return the facts of a pupil of seventeen who lives here and is past skolplikt."""
    usual: dict[str, Any] = {
        "birth_date": date(2092, 5, 1),
        "protection": Protection.NONE,
        "life_status": LifeStatus.ALIVE,
        "residence": (Residence(municipality="2303"),),
        "compulsory_schooling": CompulsorySchooling(status=SchoolingStatus.ENDED, on=date(2108, 6, 12)),
        "placements": places,
    }
    return RecordFacts(**(usual | facts))


def at_school(start: str, end: str | None = None, form: str = "GY") -> Placement:
    """Return a place in a school form."""
    last = date.fromisoformat(end) if end else None
    return Placement(school_form=form, study_path="NA", start=date.fromisoformat(start), end=last)


def test_what_oedb_said_in_may_of_school_is_no_answer_in_september() -> None:
    may = pupil(at_school("2108-08-18"))
    other_place_in_may = pupil(at_school("2108-08-20"))
    ended = pupil(at_school("2108-08-18", "2109-07-02"))
    assert sorted_as(may, ended) == (Category.ENDED_IN_FREEZE, Step.OPEN)
    assert sorted_as(other_place_in_may, ended) == (Category.CONFLICT, Step.INVESTIGATE)


def test_whom_a_record_that_cannot_be_read_is_about_is_looked_into_before_a_case_is_opened() -> None:
    may, ended = pupil(at_school("2108-08-18")), pupil(at_school("2108-08-18", "2109-07-02"))
    mark, readers = YouthMark("U-1", "none", None), frozenset({("placements", "qore")})
    for unheard, step in (((), Step.OPEN), ((OTHER,), Step.INVESTIGATE), ((RIGHT,), Step.OPEN)):
        with Spool() as spool:
            sorting = sorter(Completeness(True, True, False, readers=readers), spool)
            sorting.take(Met(1, mark, words(LEFT, [may]), words(RIGHT, [ended]), [], unheard))
            assert [row.step for row in sorting.found().rows] == [step], unheard


def test_what_only_a_removed_source_told_is_looked_into_before_a_case_is_opened() -> None:
    may, ended = pupil(at_school("2108-08-18")), pupil(at_school("2108-08-18", "2109-07-02"))
    assert sorted_as(may, ended, removed=ended) == (Category.ENDED_IN_FREEZE, Step.OPEN)
    elsewhere = pupil(at_school("2109-08-18"))
    assert sorted_as(may, ended, removed=elsewhere) == (Category.ENDED_IN_FREEZE, Step.INVESTIGATE)


def test_an_exam_in_june_and_a_new_school_in_august_are_no_news() -> None:
    may = pupil(at_school("2108-08-18"))
    exam = (Qualification(kind=QualificationKind.GYMNASIEEXAMEN, on=date(2109, 6, 10)),)
    assert sorted_as(may, pupil(at_school("2108-08-18", "2109-06-10"), qualifications=exam)) == (
        Category.AGREE,
        Step.NONE,
    )
    ninth = at_school("2102-08-18", form="GR")
    done = at_school("2102-08-18", "2109-06-12", form="GR")
    assert sorted_as(pupil(ninth), pupil(done, at_school("2109-08-18"))) == (Category.AGREE, Step.NONE)
    assert sorted_as(pupil(ninth), pupil(done)) == (Category.ENDED_IN_FREEZE, Step.OPEN)
    assert sorted_as(pupil(ninth), pupil(done, at_school("2109-10-18"))) == (Category.AWAITING_START, Step.NONE)
