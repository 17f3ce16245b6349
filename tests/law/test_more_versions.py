"""A law with more versions than today's: the dates are carried over every change, whatever it changes."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date
from importlib import import_module

import pytest
from msgspec.structs import replace

from kaa_bridge.domain.facts import CompulsorySchooling
from kaa_bridge.domain.values import SchoolingStatus
from kaa_bridge.law import ruleset
from kaa_bridge.law.finding import NEVER
from kaa_bridge.law.parameters import AgeLaw
from kaa_bridge.law.provisions import Version, versions
from kaa_bridge.law.ruleset import _latest, _unchanged_around, judge
from tests.law.youths import HOME, PLAIN

Law = Callable[..., None]


@pytest.fixture
def law(monkeypatch: pytest.MonkeyPatch) -> Iterator[Law]:
    """Put other versions in force, for one test."""

    def put_in_force(*found: Version) -> None:
        for name in ("provisions", "ruleset"):
            monkeypatch.setattr(import_module(f"kaa_bridge.law.{name}"), "versions", lambda: found)

    forget()
    yield put_in_force
    forget()


def forget() -> None:
    ruleset.cache_clear()
    _latest.clear()


def until(age: int, in_force: date) -> Version:
    """The latest wording, with another age."""
    known = versions()[-1].provisions
    changed = replace(known["under_20"], law=AgeLaw(age=age))
    return Version(in_force, {**known, "under_20": changed})


def renamed(version: Version, in_force: date) -> Version:
    return Version(in_force, version.provisions)


@pytest.mark.parametrize(("born", "twenty_five"), [(date(2011, 5, 5), 2036), (date(2010, 7, 1), 2035)])
def test_the_next_review_looks_through_two_changes_of_the_law(law: Law, born: date, twenty_five: int) -> None:
    law(*versions(), until(25, date(2030, 7, 1)))
    child = replace(PLAIN, birth_date=born, compulsory_schooling=CompulsorySchooling(status=SchoolingStatus.ONGOING))
    found = judge(child, municipality=HOME, as_of=date(2018, 6, 1))
    assert found.next_review == born.replace(year=twenty_five)


def test_unbroken_coverage_is_followed_through_two_changes_of_the_law(law: Law) -> None:
    law(*versions()[:2], until(21, date(2018, 9, 1)))
    found = judge(PLAIN, municipality=HOME, as_of=date(2019, 9, 1))
    assert (found.covered_since, found.next_review) == (date(2016, 6, 11), date(2024, 5, 5))


def test_versions_that_change_names_only_are_one(law: Law) -> None:
    first, second, third = versions()
    assert [_unchanged_around(one) for one in (first, second, third)] == [
        (date(2015, 1, 1), date(2018, 7, 1)),
        (date(2018, 7, 1), NEVER),
        (date(2018, 7, 1), NEVER),
    ]
    names = renamed(first, date(2016, 1, 1))
    law(first, names, second, third)
    assert [_unchanged_around(one) for one in (first, names)] == [(date(2015, 1, 1), date(2018, 7, 1))] * 2
    law(first, names)
    assert [_unchanged_around(one) for one in (first, names)] == [(date(2015, 1, 1), NEVER)] * 2


def test_the_packaged_law_is_in_force_again_afterwards() -> None:
    assert [one.in_force.year for one in versions()] == [2015, 2018, 2023]
    assert judge(PLAIN, municipality=HOME, as_of=date(2023, 5, 5)).outcome.value == "not_covered"
