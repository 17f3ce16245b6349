"""One person is asked for: what the sources answer changes that person alone, whatever else they send."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from pathlib import Path
from typing import Any

import msgspec
import pytest

from kaa_bridge.errors import ExitCode
from kaa_bridge.store.query import rows
from kaa_bridge.sync.plan import Person, Scope
from kaa_bridge.sync.report import NightReport
from tests.sync.town import LEFT, MAPPING, Record, Town, pupil

NIGHT, NEXT = date(2108, 2, 2), date(2108, 2, 3)
NUMBERS = [pupil(index)["number"] for index in range(4)]
NAMELESS = pupil(1) | {"number": "not a number"}
"""The record of the youth 1, of which nothing but the key can be read."""
UNREAD = pupil(0) | {"home": [{"municipality": "2303", "from": "not a date"}]}


class Answers:
    """A look-up that answers with whatever a test gives it, whoever is asked for."""

    def __init__(self, records: Sequence[Record]) -> None:
        """Keep the records."""
        self._records = records

    def __call__(self, number: str) -> Sequence[bytes]:
        """Return them."""
        return [msgspec.json.encode(one) for one in self._records]


@pytest.fixture
def town(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Town]:
    monkeypatch.setattr("tests.sync.town.MAPPING", MAPPING.replace("[facts]\n", '[facts]\nreplaces = "earlier"\n', 1))
    made = Town(tmp_path, schools=("school", "other"))
    with made.state:
        made.schools["other"].records = [pupil(2)]
        made.night(NIGHT, [pupil(0), pupil(1)])
        yield made


def ask(town: Town, records: Sequence[Record], number: str = NUMBERS[0]) -> NightReport:
    """Ask for the youth 0, and let the school answer so."""
    town.school.fetch_person = Answers(records)  # type: ignore[method-assign]
    youth = town.ask("SELECT min(id) FROM youth")
    return town.night(NEXT, scope=Scope("resync", person=Person(frozenset({youth}), number)))


def state(town: Town) -> list[tuple[Any, ...]]:
    """Return all that the state holds of youths and records, but for when they were decided."""
    with town.state.read() as connection:
        youths = rows(connection, "SELECT id, pseudonym, number, outcome, registered_on FROM youth ORDER BY id")
        records = rows(connection, "SELECT id, youth_id, facts, gone_on FROM record ORDER BY id")
        aside = rows(connection, "SELECT key, code FROM quarantine"), rows(connection, "SELECT * FROM unheard")
        return [tuple(row) for found in (youths, records, *aside) for row in found]


@pytest.mark.parametrize(
    "others",
    [[pupil(1, LEFT)], [pupil(3, LEFT)], [pupil(1)], [NAMELESS], [{"id": "key-1"}], [UNREAD | {"number": NUMBERS[1]}]],
    ids=["changed", "new", "unchanged", "unreadable number", "no number", "unreadable"],
)
@pytest.mark.parametrize("with_own", [True, False], ids=["beside the one asked for", "alone"])
def test_an_answer_with_somebody_else_is_not_used(town: Town, others: list[Record], with_own: bool) -> None:
    before = state(town)
    report = ask(town, [*([pupil(0, LEFT)] if with_own else []), *others])
    school, other = report.sources
    assert (school.state, school.how, school.read, other.state) == ("failed", "person_not_asked_for", 0, "ok")
    assert (state(town), town.journal.stored, report.plan.notes) == (before, [], {})
    assert (report.plan.decided, report.exit_code) == (1, ExitCode.CONFIGURATION)


def test_the_error_names_the_way_out_and_no_person(town: Town) -> None:
    error = ask(town, [pupil(0), pupil(1)]).sources[0].error
    assert error is not None
    assert error.remedy.endswith("kaa-bridge resync --source school")
    assert not any(number in f"{error.message} {error.remedy}" for number in NUMBERS)


def test_a_record_of_the_person_is_used(town: Town) -> None:
    report = ask(town, [pupil(0, LEFT)])
    assert (report.sources[0].read, report.sources[0].changed, report.plan.begun) == (1, 1, 1)
    assert (again := ask(town, [pupil(0, LEFT)])).sources[0].unchanged == 1
    assert (again.sources[0].changed, again.plan.notes) == (0, {})


def test_a_record_that_replaces_the_number_asked_for_is_used(town: Town) -> None:
    report = ask(town, [pupil(0, LEFT) | {"number": NUMBERS[3], "earlier": NUMBERS[0]}])
    assert (report.sources[0].state, report.plan.begun) == ("ok", 1)
    assert town.ask("SELECT count(*) FROM youth") == 3


def test_a_record_of_the_person_that_cannot_be_used_is_set_aside(town: Town) -> None:
    report = ask(town, [UNREAD])
    assert (report.sources[0].state, report.sources[0].quarantined) == ("ok", 1)
