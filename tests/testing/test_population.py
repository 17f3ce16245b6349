"""The population is deterministic, complete, and made of nobody."""

from __future__ import annotations

import tracemalloc
from collections import Counter
from datetime import date, timedelta

import pytest

from kaa_bridge.domain.dates import birthday
from kaa_bridge.domain.person_number import parse_person_number
from kaa_bridge.domain.values import EventKind, Protection
from kaa_bridge.testing.population import Population, build, build_large, evolve, large_person
from kaa_bridge.testing.population.large import LARGE_AS_OF
from kaa_bridge.testing.population.numbers import future_number, published_numbers

DAYS = [
    date(2024, 1, 1),
    date(2025, 2, 28),
    date(2026, 2, 1),
    date(2026, 6, 30),
    date(2026, 11, 22),
    date(2027, 12, 31),
]


def test_same_seed_gives_the_same_people_and_another_seed_others() -> None:
    first, again = (build(7, as_of=date(2026, 2, 1), size=60) for _ in range(2))
    other = build(8, as_of=date(2026, 2, 1), size=60)
    assert first == again
    assert first.people != other.people


@pytest.mark.parametrize("day", DAYS)
@pytest.mark.parametrize("seed", [1, 2])
def test_everybody_has_a_number_of_their_own_from_the_published_series(day: date, seed: int) -> None:
    population = build(seed, as_of=day, size=150)
    published = {number.value for number in published_numbers()}
    everybody = [*population, *(poison.person for poison in population.poisoned)]
    numbers = [number for person in everybody for number in (person.number, *person.replaces)]
    assert len(numbers) == len(set(numbers))
    assert set(numbers) <= published
    assert len({person.identity.family_name for person in everybody}) == len(everybody)


@pytest.mark.parametrize("day", DAYS)
def test_dates_of_a_life_come_in_order(day: date) -> None:
    for person in build(3, as_of=day, size=80):
        if person.birth_date is None:
            continue
        assert parse_person_number(person.number, as_of=day).birth_date == person.birth_date
        for place in person.placements:
            assert place.start
            assert person.birth_date < place.start
            assert place.end is None or place.start <= place.end < day, person
        assert all(event.on <= day for event in person.events), person
        assert [event.on for event in person.events] == sorted(event.on for event in person.events), person
        schooling = person.compulsory_schooling
        assert schooling is None or schooling.on is None or schooling.on < day, person


@pytest.mark.parametrize("day", DAYS)
def test_birthdays_of_twenty_fall_on_the_right_side(day: date) -> None:
    population = build(4, as_of=day)
    soon, past = (population.by_story(story).birth_date for story in ("turning_20_soon", "turned_20"))
    assert soon
    assert past
    assert day < birthday(soon, 20) <= day + timedelta(days=40)
    assert day - timedelta(days=40) <= birthday(past, 20) < day
    minor = population.by_story("minor_without_phone")
    assert minor.birth_date
    assert birthday(minor.birth_date, 18) > day
    assert minor.identity.phone is None


@pytest.mark.parametrize("day", DAYS)
def test_whoever_is_covered_is_under_twenty_and_has_no_place_in_gymnasieskolan_today(day: date) -> None:
    for person in build(5, as_of=day, size=80):
        place = person.place_on(day)
        if person.covered:
            assert person.birth_date
            assert birthday(person.birth_date, 20) > day, person
            assert place is None or place.school_form in {"VUXGY", "FHS"}, person
            assert person.home_on(day) == "2303", person


def test_a_population_of_25_shows_every_step_of_the_ladder_and_44_every_protection() -> None:
    small, whole = build(1, as_of=date(2026, 2, 1), size=25), build(1, as_of=date(2026, 2, 1))
    assert len(small) == 25
    assert Counter(person.story for person in whole).most_common(1)[0][1] == 1
    assert {person.protection for person in whole} == set(Protection)
    steps = {"dropout_new", "no_answer", "after_sms", "after_letter_1", "after_letter_2", "after_postcard", "declined"}
    assert steps <= {person.story for person in small}
    kinds = {event.kind for person in whole for event in person.events}
    wanted = (
        "registered allocated contact occupation declined wants_help first_meeting measure_started follow_up_agreed"
    )
    assert kinds >= {EventKind(word) for word in f"{wanted} moved_in".split()}


def test_one_planted_record_in_each_system_and_its_person_nowhere_else() -> None:
    population = build(1, as_of=date(2026, 2, 1))
    assert sorted(poison.system for poison in population.poisoned) == ["ist", "oedb", "qore"]
    numbers = {person.number for person in population}
    assert all(poison.person.number not in numbers for poison in population.poisoned)
    assert build(1, as_of=date(2026, 2, 1), poisoned=False).poisoned == ()


def test_canaries_hold_every_writing_of_a_number() -> None:
    person = build(1, as_of=date(2026, 2, 1)).by_story("number_change")
    (old,) = person.replaces
    assert {old, f"{old[:8]}-{old[8:]}", old[2:], f"{old[2:8]}-{old[8:]}"} <= set(person.canaries())
    assert person.identity.street in person.canaries()
    assert person.number not in repr(person)


def test_days_without_published_numbers_are_refused() -> None:
    with pytest.raises(ValueError, match="2024 to 2027"):
        build(1, as_of=date(2031, 1, 1))
    with pytest.raises(ValueError, match="build_large"):
        build(1, as_of=date(2026, 2, 1), size=5000)


def test_evolve_changes_some_and_leaves_the_rest() -> None:
    before = build(2, as_of=date(2026, 2, 1), size=60)
    after: Population = evolve(before, date(2026, 2, 8))
    assert after == evolve(before, date(2026, 2, 8))
    changed = [new.story for old, new in zip(before, after, strict=True) if old != new]
    assert {"dropped_out_since", "began_since", "reached_since", "moved_out_since", "protected_since"} <= set(changed)
    assert len(changed) <= 8
    assert [person.number for person in before] == [person.number for person in after]
    with pytest.raises(ValueError, match="older"):
        evolve(before, before.as_of)


def test_future_numbers_are_valid_distinct_and_bounded() -> None:
    numbers = [future_number(index) for index in (*range(0, 1_461_000, 9973), 1_460_999)]
    assert len({number for number, _born in numbers}) == len(numbers)
    for number, born in numbers:
        assert parse_person_number(number, as_of=LARGE_AS_OF).birth_date == born
        assert 2090 <= born.year <= 2093
    with pytest.raises(ValueError, match="2090-2093"):
        future_number(1_461_000)


def test_large_population_is_streamed_and_each_person_is_the_same_alone() -> None:
    people = list(build_large(1, 300, first=100))
    assert people[7] == large_person(1, 107)
    assert large_person(1, 107) != large_person(1, 107, turn=1)
    share = sum(bool(person.covered) for person in build_large(1, 4000)) / 4000
    assert 0.06 < share < 0.14
    tracemalloc.start()
    for _person in build_large(1, 3000):
        pass
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 400_000
