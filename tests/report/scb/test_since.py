"""What changed since the last file, row by row, from digests that say nothing of anybody."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from kaa_bridge.report.scb.fields import BlockKind
from kaa_bridge.report.scb.rows import Person
from kaa_bridge.report.scb.since import MOST_HANDLES, Changes, digest_key, digests
from kaa_bridge.store.scb_files import Row, ScbFile
from tests.report.scb.people import NUMBER, began, contact, look, person, youth

KEY = digest_key(b"p" * 32)
BEFORE = ScbFile(1, "2109H1", "2109-07-09", "f" * 16, 0)


def rows(one: Person, key: bytes = KEY) -> list[Row]:
    seen = look(one)
    return list(digests(key, one.handle, seen.values, seen.written))


def compared(before: Person | None, now: Person | None, handle: str | None = "U-A") -> Changes:
    changes = Changes(BEFORE)
    changes.take(handle, rows(before) if before else [], rows(now) if now else [])
    return changes


def counted(changes: Changes) -> dict[str, dict[str, int]]:
    return {kind.value: dict(counts) for kind, counts in changes.counts.items() if counts}


def test_nothing_new_is_nothing() -> None:
    assert counted(compared(person(), person())) == {}


def test_a_youth_is_new_gone_or_changed() -> None:
    assert counted(compared(None, person())) == {"identity": {"new": 1}}
    assert counted(compared(person(), None)) == {"identity": {"removed": 1}}
    later = person(registered_on=(date(2108, 11, 9),))
    assert counted(compared(person(), later)) == {"identity": {"changed": 1}}


def test_a_contact_more_and_a_measure_moved_to_another_day() -> None:
    first = person(youth(events=(contact(date(2109, 2, 3)), began(date(2109, 2, 3)))))
    second = person(youth(events=(contact(date(2109, 2, 3)), contact(date(2109, 2, 4)), began(date(2109, 2, 5)))))
    assert counted(compared(first, second)) == {"contacts": {"new": 1}, "measure_begins": {"new": 1, "removed": 1}}


def test_a_changed_number_is_a_change_of_the_same_youth() -> None:
    assert counted(compared(person(), person(number="209103042397"))) == {"identity": {"changed": 1}}


def test_two_rows_about_the_same_are_two() -> None:
    twice = person(youth(events=(contact(date(2109, 2, 3)), contact(date(2109, 2, 3)))))
    assert counted(compared(None, twice))["contacts"] == {"new": 2}


def test_handles_are_listed_and_those_of_the_protected_are_not() -> None:
    assert compared(None, person()).handles[BlockKind.IDENTITY, "new"] == ["U-A"]
    assert compared(None, person(), handle=None).handles[BlockKind.IDENTITY, "new"] == []
    changes = Changes(BEFORE)
    for number in range(MOST_HANDLES + 9):
        changes.take(f"U-{number}", [], rows(replace(person(), handle=f"U-{number}")))
    assert len(changes.handles[BlockKind.IDENTITY, "new"]) == MOST_HANDLES
    assert changes.total("new") == MOST_HANDLES + 9


def test_a_digest_tells_nothing_without_the_key() -> None:
    ours, theirs = rows(person()), rows(person(), digest_key(b"q" * 32))
    assert {row[1:] for row in ours}.isdisjoint(row[1:] for row in theirs)
    assert all(len(about) == len(digest) == 16 for _, about, digest in ours)
    assert not any(NUMBER.encode() in part for row in ours for part in row[1:])
