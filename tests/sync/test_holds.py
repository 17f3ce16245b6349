"""A release covers what was seen and no more; a hold shows what its release lets through, and ends when unneeded."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

import pytest

from kaa_bridge.errors import ExitCode
from kaa_bridge.sync.holds import usual_nights
from kaa_bridge.sync.plan import Person, Scope
from tests.sync.town import LEFT, Record, Town, pupil

FIRST = date(2108, 2, 2)
ASSERTED = "[assert]\nmin = 8\nshare_of_yesterday = 0.8\n"
PRESENT = "SELECT count(*) FROM record WHERE gone_on IS NULL"


def day(number: int) -> date:
    """Return the date of a night, the first one being 1."""
    return FIRST + timedelta(days=number - 1)


def pupils(count: int) -> list[Record]:
    """Return so many who attend."""
    return [pupil(index) for index in range(count)]


def cases(count: int) -> list[Record]:
    """Return so many who have left school, each of whom gets a note."""
    return [pupil(index, LEFT) for index in range(count)]


@pytest.fixture
def town(tmp_path: Path) -> Iterator[Town]:
    made = Town(tmp_path)
    with made.state:
        yield made


@pytest.fixture
def asserted(tmp_path: Path) -> Iterator[Town]:
    made = Town(tmp_path, ASSERTED)
    with made.state:
        made.night(day(1), pupils(10))
        yield made


def test_fewer_records_than_were_seen_are_not_what_was_released(asserted: Town) -> None:
    held = asserted.night(day(2), pupils(7))
    assert {breach.kind: breach.observed for breach in held.breaches} == {"too_few": 7, "share_of_yesterday": 7}
    asserted.release("too_few", "share_of_yesterday")
    emptied = asserted.night(day(3), [])
    assert emptied.exit_code is ExitCode.GUARD
    assert (emptied.sources[0].state, asserted.ask(PRESENT)) == ("held", 10)
    assert {kind: hold.observed for kind, hold in asserted.holds().items()} == {"too_few": 0, "share_of_yesterday": 0}
    asserted.release("too_few", "share_of_yesterday")
    assert asserted.night(day(4)).sources[0].state == "ok", "that there is none is what was released now"
    assert (asserted.ask(PRESENT), asserted.holds()) == (0, {})


def test_a_release_waits_for_another_hold_of_the_same_source(asserted: Town) -> None:
    asserted.night(day(2), pupils(7))
    asserted.release("too_few")
    assert asserted.night(day(3)).sources[0].state == "held"
    assert asserted.holds()["too_few"].released_at, "a night that could not use it does not use it up"
    asserted.release("share_of_yesterday")
    assert asserted.night(day(4)).sources[0].state == "ok"
    assert asserted.holds() == {}


def test_a_release_that_the_next_night_does_not_need_is_closed(town: Town) -> None:
    town.night(day(1), pupils(40))
    assert [breach.observed for breach in town.night(day(2), pupils(20)).breaches] == [20]
    town.release("leavers")
    assert town.night(day(3), pupils(40)).exit_code is ExitCode.DONE
    assert town.holds() == {}
    others = town.night(day(120), pupils(40)[20:])
    assert (others.sources[0].state, others.exit_code) == ("held", ExitCode.GUARD)


def test_a_release_outlasts_a_night_that_could_not_read_the_source(town: Town) -> None:
    town.night(day(1), pupils(40))
    town.night(day(2), pupils(20))
    town.release("leavers")
    town.school.records = None
    assert town.night(day(3)).sources[0].state == "failed"
    assert town.night(day(4), pupils(20)).sources[0].state == "ok"
    assert town.holds() == {}


def test_a_resync_of_one_person_neither_lifts_a_hold_nor_uses_up_its_release(town: Town) -> None:
    town.night(day(1), pupils(40))
    town.night(day(2), pupils(20))
    youth, number = town.ask("SELECT max(id) FROM youth"), pupil(3)["number"]
    one = Scope("resync", person=Person(frozenset({youth}), number))
    assert town.night(day(2), scope=one).exit_code is ExitCode.GUARD
    assert not town.holds()["leavers"].released_at
    town.release("leavers")
    town.night(day(2), scope=one)
    assert town.night(day(3)).sources[0].gone == 20


def test_a_hold_shows_all_notes_that_its_release_lets_through(town: Town) -> None:
    first = town.night(day(1), cases(60))
    assert [(breach.kind, breach.observed, breach.allowed) for breach in first.breaches] == [("notes", 60, 25)]
    seen = town.holds()["notes"]
    town.night(day(2), cases(200))
    town.night(day(3), cases(300))
    now = town.holds()["notes"]
    assert (now.observed, now.allowed, now.made_on) == (300, 25, seen.made_on)
    assert not town.release_id(seen.id), "who has seen 60 does not release 300"
    town.release("notes")
    assert town.night(day(4)).sent.confirmed == 300
    assert town.holds() == {}


def test_notes_on_top_of_what_was_released_answer_for_themselves(town: Town) -> None:
    town.night(day(1), cases(60))
    town.release("notes")
    more = town.night(day(2), cases(100))
    assert (more.exit_code, more.sent.confirmed, town.holds()["notes"].observed) == (ExitCode.GUARD, 0, 100)
    town.release("notes")
    assert town.night(day(3), cases(103)).sent.confirmed == 103


def test_a_hold_of_notes_ends_when_they_are_taken_back(town: Town) -> None:
    town.night(day(1), cases(60))
    seen = town.holds()["notes"].id
    town.night(day(2), [*pupils(20), *cases(60)[20:]])
    assert (town.holds()["notes"].id, town.holds()["notes"].observed) == (seen, 40), "less is what was seen, too"
    corrected = town.night(day(3), pupils(60))
    assert (corrected.exit_code, corrected.sent.confirmed, town.holds()) == (ExitCode.DONE, 0, {})


def test_a_night_that_a_guard_stopped_is_no_usual_night(town: Town) -> None:
    town.night(day(1), cases(3))
    town.night(day(2), cases(63))
    town.night(day(3), cases(64))
    town.release("notes")
    town.night(day(4), cases(66))
    with town.state.read() as connection:
        assert usual_nights(connection) == [3, 2]


def test_a_night_that_waits_for_a_word_on_a_protection_is_a_usual_night(town: Town) -> None:
    town.night(day(1), [pupil(0, LEFT, "S"), *cases(4)[1:]])
    assert town.night(day(2), cases(9)).exit_code is ExitCode.GUARD
    with town.state.read() as connection:
        assert usual_nights(connection) == [3, 5]


def test_a_protection_that_is_told_again_needs_no_release(town: Town) -> None:
    told, silent = pupil(0, LEFT, "S"), pupil(0, LEFT)
    town.night(day(1), [told])
    assert town.night(day(2), [silent]).exit_code is ExitCode.GUARD
    assert town.night(day(3)).exit_code is ExitCode.GUARD, "a night without news of the youth says nothing"
    assert town.night(day(4), [told]).exit_code is ExitCode.DONE
    assert (town.holds(), town.journal.stored) == ({}, [])


def test_a_release_of_a_protection_waits_for_the_run_that_decides_the_youth(town: Town) -> None:
    town.night(day(1), [pupil(0, LEFT, "S"), pupil(1)])
    town.night(day(2), [pupil(0, LEFT), pupil(1)])
    town.release("unprotect")
    other = town.ask("SELECT id FROM youth WHERE protection = 'none'")
    town.night(day(2), scope=Scope("resync", person=Person(frozenset({other}), None)))
    assert set(town.holds()) == {"unprotect"}
    assert town.night(day(3)).sent.confirmed == 1
    assert town.holds() == {}
