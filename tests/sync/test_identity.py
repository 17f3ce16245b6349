"""Whose record is it: numbers that change, people who turn out to be one, and people who must not be mixed up."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from pathlib import Path

import pytest

from kaa_bridge.domain.record import RecordFacts
from kaa_bridge.store import records as store
from kaa_bridge.store import scb_files
from kaa_bridge.store.connection import Connection
from kaa_bridge.store.engine import Store
from kaa_bridge.store.key import make_key_file
from kaa_bridge.store.query import execute, rows
from kaa_bridge.store.settings import StoreKind, StoreSettings
from kaa_bridge.sync.identity import Identities
from kaa_bridge.sync.secrets import Pseudonyms

DAY = date(2026, 2, 1)
NUMBER, OTHER, COORDINATION = "209001010009", "209001020008", "209001610006"
KEY = Pseudonyms(b"k" * 32)


@pytest.fixture
def connection(tmp_path: Path) -> Iterator[Connection]:
    make_key_file(tmp_path / "key")
    settings = StoreSettings(
        municipality="2303", directory=tmp_path / "state", key=f"file:{tmp_path / 'key'}", kind=StoreKind.SQLITE
    )
    with Store.create(settings) as made, made.write() as connection:
        execute(connection, "INSERT INTO source (id, name) VALUES (1, 'ist'), (2, 'qore')")
        yield connection


def identities(connection: Connection) -> Identities:
    return Identities(connection, KEY, store.next_ids(connection)[1], DAY)


def resolve(connection: Connection, facts: RecordFacts, earlier: store.KnownRecord | None = None) -> int:
    finder = identities(connection)
    (youth_id,) = finder.resolve([facts], [earlier])
    finder.write_new()
    return youth_id


def record(connection: Connection, record_id: int, source_id: int, youth_id: int) -> store.KnownRecord:
    key = bytes([record_id]) * 16
    store.add_records(connection, source_id, [(record_id, key, youth_id, b"{}")], "2026-02-01")
    return store.known_keys(connection, source_id, [key])[key]


def youths(connection: Connection) -> int:
    return int(rows(connection, "SELECT count(*) FROM youth")[0][0])


def test_the_same_number_is_the_same_youth(connection: Connection) -> None:
    one = resolve(connection, RecordFacts(number=NUMBER))
    assert resolve(connection, RecordFacts(number=NUMBER)) == one
    assert resolve(connection, RecordFacts(number=OTHER)) != one


def test_nobody_is_searched_for_whose_record_comes_with_the_same_number(
    connection: Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    one = resolve(connection, RecordFacts(number=NUMBER))
    earlier = record(connection, 1, 1, one)
    sought: list[Sequence[bytes]] = []

    def search(_connection: Connection, names: Sequence[bytes], **_: bool) -> dict[bytes, int]:
        sought.append(names)
        return {}

    monkeypatch.setattr(store, "youths_by_pseudonym", search)
    assert resolve(connection, RecordFacts(number=NUMBER), earlier) == one
    assert resolve(connection, RecordFacts(number=OTHER), earlier) == one
    assert sought == [[], [KEY.of_number(OTHER)]]


def test_two_records_of_one_page_with_the_same_number_are_one_youth(connection: Connection) -> None:
    finder = identities(connection)
    one, other = finder.resolve([RecordFacts(number=NUMBER), RecordFacts(number=NUMBER)], [None, None])
    assert one == other


def test_a_replaced_number_follows_and_the_old_one_still_finds_the_person(connection: Connection) -> None:
    old = resolve(connection, RecordFacts(number=COORDINATION))
    assert resolve(connection, RecordFacts(number=NUMBER, replaces=(COORDINATION,))) == old
    assert resolve(connection, RecordFacts(number=COORDINATION)) == old
    assert youths(connection) == 1


def test_a_replaced_number_that_was_never_seen_is_remembered(connection: Connection) -> None:
    one = resolve(connection, RecordFacts(number=NUMBER, replaces=(COORDINATION,)))
    assert resolve(connection, RecordFacts(number=COORDINATION)) == one


def test_two_youths_that_turn_out_to_be_one_are_joined_into_the_elder(connection: Connection) -> None:
    elder = resolve(connection, RecordFacts(number=COORDINATION))
    younger = resolve(connection, RecordFacts(number=NUMBER))
    record(connection, 1, 1, elder)
    record(connection, 2, 2, younger)
    assert resolve(connection, RecordFacts(number=NUMBER, replaces=(COORDINATION,))) == elder
    assert youths(connection) == 1
    assert {row[0] for row in rows(connection, "SELECT youth_id FROM record")} == {elder}
    assert resolve(connection, RecordFacts(number=NUMBER)) == elder
    assert resolve(connection, RecordFacts(number=COORDINATION)) == elder


def test_what_is_remembered_of_a_file_to_scb_follows_the_joined_youth(connection: Connection) -> None:
    elder = resolve(connection, RecordFacts(number=COORDINATION))
    younger = resolve(connection, RecordFacts(number=NUMBER))
    record(connection, 1, 1, elder)
    record(connection, 2, 2, younger)
    file_id = scb_files.begin_file(connection, "2026H1", "2026-07-01", "0" * 16)
    digests = [(youth, "identity", bytes([youth]) * 16, b"d" * 16) for youth in (elder, younger)]
    scb_files.add_rows(connection, file_id, digests)
    resolve(connection, RecordFacts(number=NUMBER, replaces=(COORDINATION,)))
    assert [row[0] for row in rows(connection, "SELECT youth_id FROM scb_row")] == [elder, elder]


def test_a_samordningsnummer_that_becomes_a_personnummer_of_the_same_birth_follows(connection: Connection) -> None:
    youth = resolve(connection, RecordFacts(number=COORDINATION))
    earlier = record(connection, 1, 1, youth)
    record(connection, 2, 2, youth)
    assert resolve(connection, RecordFacts(number=NUMBER), earlier) == youth


def test_a_corrected_number_of_a_lone_record_follows(connection: Connection) -> None:
    youth = resolve(connection, RecordFacts(number=NUMBER))
    earlier = record(connection, 1, 1, youth)
    assert resolve(connection, RecordFacts(number=OTHER), earlier) == youth


def test_a_corrected_number_never_drags_another_persons_records_along(connection: Connection) -> None:
    youth = resolve(connection, RecordFacts(number=NUMBER))
    mistaken = record(connection, 1, 1, youth)
    record(connection, 2, 2, youth)
    assert resolve(connection, RecordFacts(number=OTHER), mistaken) != youth
    assert resolve(connection, RecordFacts(number=NUMBER)) == youth


def test_a_record_without_a_number_stays_with_its_youth(connection: Connection) -> None:
    youth = resolve(connection, RecordFacts())
    assert resolve(connection, RecordFacts(), record(connection, 1, 1, youth)) == youth
    assert resolve(connection, RecordFacts()) != youth
