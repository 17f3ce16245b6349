"""Whose record is it: numbers that change, people who turn out to be one, and people who must not be mixed up."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from datetime import date
from pathlib import Path

import pytest

from kaa_bridge.domain.record import RecordFacts
from kaa_bridge.store import identities as store_identities
from kaa_bridge.store import records as store
from kaa_bridge.store import scb_files
from kaa_bridge.store.connection import Connection
from kaa_bridge.store.engine import Store
from kaa_bridge.store.handles import find_youth, handle_of
from kaa_bridge.store.query import execute, rows
from kaa_bridge.store.tables import metadata
from kaa_bridge.sync.identity import Identities
from kaa_bridge.sync.secrets import Pseudonyms
from kaa_bridge.testing.population.numbers import future_number
from tests.store.support import KINDS, store_settings

DAY = date(2026, 2, 1)
NUMBER, OTHER, COORDINATION = "209001010009", "209001020008", "209001610006"
THIRD = "209001030007"
KEY = Pseudonyms(b"k" * 32)


@pytest.fixture(params=KINDS[1:])
def connection(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Connection]:
    with (
        store_settings(tmp_path, request.param) as settings,
        Store.create(settings) as store,
        store.write() as connection,
    ):
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


def key_of(source_id: int, place: int) -> bytes:
    return bytes([10 * source_id + place]) * 16


def come(connection: Connection, *numbers: str, source_id: int = 1) -> list[int]:
    """Let the records 1, 2, … of a source come with these numbers in one pull; return whose they are now."""
    keys = [key_of(source_id, place) for place in range(len(numbers))]
    known = store.known_keys(connection, source_id, keys)
    finder = identities(connection)
    found = finder.resolve([RecordFacts(number=number) for number in numbers], [known.get(key) for key in keys])
    finder.write_new()
    next_id, _ = store.next_ids(connection)
    for key, youth_id in zip(keys, found, strict=True):
        if key in known:
            store.change_records(connection, [], [(youth_id, known[key].record_id)])
        else:
            store.add_records(connection, source_id, [(next_id, key, youth_id, b"{}")], "2026-02-01")
            next_id += 1
    return found


def state(connection: Connection, youth_id: int, columns: str) -> tuple[object, ...]:
    (found,) = rows(connection, f"SELECT {columns} FROM youth WHERE id = ?", (youth_id,))
    return tuple(found)


def handle(connection: Connection, youth_id: int) -> str:
    return str(state(connection, youth_id, "handle")[0])


def note(connection: Connection, youth_id: int, number: str, reference: str, state: str = "CONFIRMED") -> None:
    run = "INSERT INTO run (id, kind, local_date, started_at) VALUES (1, 'night', '2026-01-20', '')"
    execute(connection, f"{run} ON CONFLICT DO NOTHING")
    statement = (
        "INSERT INTO note (key, reference, youth_id, cause, person_number, state, occurred_on, journal, kind, heading, "
        "body, planned_run, planned_at, attempt, epoch) "
        "VALUES (?, ?, ?, ?, ?, ?, '2026-01-20', 'j', 'registered', '', '', 1, '', 0, 0)"
    )
    execute(connection, statement, (reference.encode(), reference, youth_id, reference, number, state))


def notes_of(connection: Connection, youth_id: int) -> set[str]:
    found = rows(connection, "SELECT reference FROM note WHERE youth_id = ?", (youth_id,))
    return {str(reference) for (reference,) in found}


def hold(connection: Connection, hold_id: int, subject: str, *, released: bool = False) -> None:
    columns = "id, kind, subject, observed, allowed, made_on, made_at, released_at"
    values = (hold_id, "unprotect", subject, 1, 0, "2026-01-31", "2026-01-31T02:00:00Z", "x" if released else None)
    execute(connection, f"INSERT INTO hold ({columns}) VALUES (?, ?, ?, ?, ?, ?, ?, ?)", values)


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


def test_two_numbers_that_were_exchanged_leave_two_youths(connection: Connection) -> None:
    one, other = come(connection, NUMBER, OTHER)
    assert come(connection, OTHER, NUMBER) == [other, one]
    assert come(connection, NUMBER, OTHER) == [one, other]
    assert [state(connection, youth, "number") for youth in (one, other)] == [(NUMBER,), (OTHER,)]
    assert identities(connection).has_aliases is False


@pytest.mark.parametrize("numbers", [(OTHER, THIRD), (THIRD, NUMBER)])
def test_whose_a_record_is_does_not_depend_on_which_comes_first(
    connection: Connection, numbers: tuple[str, str]
) -> None:
    """The numbers of a column that has slipped: each record goes to its number, the last one to a new youth."""
    owner = dict(zip((NUMBER, OTHER), come(connection, NUMBER, OTHER), strict=True))
    found = dict(zip(numbers, come(connection, *numbers), strict=True))
    assert found.pop(THIRD) not in owner.values()
    assert all(owner[number] == youth for number, youth in found.items())


def test_a_record_with_another_persons_number_moves_there_alone_and_back(connection: Connection) -> None:
    one, other = come(connection, NUMBER, OTHER)
    note(connection, one, NUMBER, "KAA-1")
    execute(connection, "UPDATE youth SET registered_on = '2026-01-20' WHERE id = ?", (one,))
    assert come(connection, OTHER, OTHER) == [other, other]
    assert notes_of(connection, one) == {"KAA-1"}
    assert state(connection, other, "registered_on") == (None,)
    assert come(connection, NUMBER, OTHER) == [one, other]
    assert state(connection, one, "registered_on, number") == ("2026-01-20", NUMBER)


def test_what_only_seems_to_be_the_same_person_is_taken_back_when_somebody_has_the_number(
    connection: Connection,
) -> None:
    (one,) = come(connection, NUMBER)
    first = handle(connection, one)
    note(connection, one, NUMBER, "KAA-1")
    note(connection, one, "", "KAA-0", "SUPERSEDED")
    execute(connection, "UPDATE youth SET registered_on = '2026-01-20' WHERE id = ?", (one,))
    assert come(connection, OTHER) == [one]
    assert (handle(connection, one), find_youth(connection, first)) == (handle_of(KEY.of_number(OTHER)), one)
    note(connection, one, OTHER, "KAA-2")
    assert come(connection, OTHER, source_id=2) == [one], "the person whose number it is"
    (back,) = come(connection, NUMBER)
    assert back != one
    assert (handle(connection, back), find_youth(connection, first)) == (first, back)
    assert [notes_of(connection, youth) for youth in (one, back)] == [{"KAA-2"}, {"KAA-0", "KAA-1"}]
    assert state(connection, one, "registered_on") == ("2026-01-20",), "a note of its own opened it"


def test_the_case_goes_along_with_the_note_that_opened_it(connection: Connection) -> None:
    (one,) = come(connection, NUMBER)
    note(connection, one, NUMBER, "KAA-1")
    execute(connection, "UPDATE youth SET registered_on = '2026-01-20' WHERE id = ?", (one,))
    come(connection, OTHER)
    finder = identities(connection)
    (real,) = finder.resolve([RecordFacts(number=NUMBER)], [None])
    finder.write_new()
    assert state(connection, real, "registered_on") == ("2026-01-20",)
    assert state(connection, one, "registered_on") == (None,)
    assert set(finder.touched) == {one, real}, "both are decided again"


def test_a_number_that_goes_and_comes_back_leaves_nothing_behind(connection: Connection) -> None:
    (one,) = come(connection, NUMBER)
    first = handle(connection, one)
    assert come(connection, OTHER) == come(connection, NUMBER) == [one]
    assert (state(connection, one, "number"), handle(connection, one)) == ((NUMBER,), first)
    assert come(connection, OTHER, source_id=2) != [one]


def test_a_presumed_number_is_the_persons_when_a_source_says_so(connection: Connection) -> None:
    (one,) = come(connection, NUMBER)
    come(connection, OTHER)
    assert resolve(connection, RecordFacts(number=OTHER, replaces=(NUMBER,))) == one
    assert resolve(connection, RecordFacts(number=NUMBER)) == one


def test_a_record_that_had_gone_says_nothing_of_who_has_its_key_now(connection: Connection) -> None:
    (one,) = come(connection, NUMBER)
    execute(connection, "UPDATE record SET gone_on = '2026-01-31'")
    assert come(connection, OTHER) != [one]


def test_a_known_change_of_number_keeps_the_handle(connection: Connection) -> None:
    (one,) = come(connection, COORDINATION)
    first = handle(connection, one)
    assert come(connection, NUMBER) == [one]
    assert (handle(connection, one), find_youth(connection, first)) == (first, one)


def test_the_handle_of_a_youth_that_was_joined_leads_to_whom_it_was_joined_to(connection: Connection) -> None:
    (elder,), (younger,) = come(connection, COORDINATION), come(connection, NUMBER, source_id=2)
    handles = [handle(connection, youth) for youth in (elder, younger)]
    assert come(connection, NUMBER) == [elder]
    assert [find_youth(connection, one) for one in handles] == [elder, elder]


def test_a_record_without_a_number_that_gets_one_brings_its_youth_along(connection: Connection) -> None:
    youth = resolve(connection, RecordFacts())
    earlier = record(connection, 1, 1, youth)
    other = resolve(connection, RecordFacts(number=NUMBER))
    assert resolve(connection, RecordFacts(number=NUMBER), earlier) == youth
    assert rows(connection, "SELECT count(*) FROM youth WHERE id = ?", (other,)) == [(0,)]


@pytest.mark.parametrize("dates", [(None, "2026-01-20"), ("2026-01-20", None), ("2026-01-25", "2026-01-20")])
def test_a_join_keeps_the_elder_case_and_the_latest_decision(
    connection: Connection, dates: tuple[str | None, str | None]
) -> None:
    (elder,), (younger,) = come(connection, COORDINATION), come(connection, NUMBER, source_id=2)
    note(connection, younger, NUMBER, "KAA-1")
    for youth, day, outcome in zip((elder, younger), dates, ("not_covered", "covered"), strict=True):
        values = (day, outcome, youth)
        execute(connection, "UPDATE youth SET registered_on = ?, outcome = ? WHERE id = ?", values)
    columns = "youth_id, run_id, as_of, outcome, criteria, remarks"
    execute(connection, f"INSERT INTO decision ({columns}) VALUES (?, 1, '2026-01-20', 'covered', '', '')", (younger,))
    assert come(connection, NUMBER) == [elder]
    assert state(connection, elder, "registered_on, outcome") == ("2026-01-20", "covered")
    assert notes_of(connection, elder) == {"KAA-1"}


@pytest.mark.parametrize("protected", [0, 1])
def test_a_join_keeps_a_protection_and_what_waits_for_its_release(connection: Connection, protected: int) -> None:
    both = (*come(connection, COORDINATION), *come(connection, NUMBER, source_id=2))
    execute(connection, "UPDATE youth SET protection = 'none'")
    execute(connection, "UPDATE youth SET protection = 'sekretessmarkering' WHERE id = ?", (both[protected],))
    hold(connection, 1, handle(connection, both[protected]))
    come(connection, NUMBER)
    assert state(connection, both[0], "protection") == ("sekretessmarkering",)
    assert rows(connection, "SELECT subject FROM hold") == [(handle(connection, both[0]),)]


def test_a_release_for_one_youth_does_not_release_the_one_it_is_joined_to(connection: Connection) -> None:
    elder, younger = (*come(connection, COORDINATION), *come(connection, NUMBER, source_id=2))
    hold(connection, 1, handle(connection, elder))
    hold(connection, 2, handle(connection, younger), released=True)
    come(connection, NUMBER)
    assert rows(connection, "SELECT subject, released_at FROM hold") == [(handle(connection, elder), None)] * 2


@pytest.mark.parametrize(
    ("waits", "stays", "expected"), [(False, False, True), (True, True, True), (False, True, False)]
)
def test_a_kept_protection_goes_along_with_the_record_that_leaves(
    connection: Connection, waits: bool, stays: bool, expected: bool
) -> None:
    """A youth that keeps a record keeps its protection; but where none of its records told it, nobody knows whose."""
    one, other = come(connection, NUMBER, OTHER)
    if stays:
        come(connection, NUMBER, source_id=2)
    execute(connection, "UPDATE youth SET protection = 'skyddad_folkbokforing' WHERE id = ?", (one,))
    if waits:
        hold(connection, 1, handle(connection, one))
    come(connection, OTHER, OTHER)
    assert (state(connection, other, "protection") == ("skyddad_folkbokforing",)) is expected


@pytest.mark.parametrize("seed", range(8))
def test_however_numbers_wander_records_notes_and_handles_stand_by_their_number(
    connection: Connection, seed: int
) -> None:
    """Nothing proves that anybody is the same: no youth ever has what was told of another number or written to it."""
    dice = random.Random(seed)
    numbers = [future_number(index)[0] for index in range(6)]
    last: dict[bytes, str] = {}
    for night in range(20):
        for source in (1, 2):
            carried = dice.choices(numbers, k=dice.randrange(1, 5))
            come(connection, *carried, source_id=source)
            last |= {key_of(source, place): number for place, number in enumerate(carried)}
            written = dice.choice(carried)
            ((owner,),) = rows(connection, "SELECT id FROM youth WHERE number = ?", (written,))
            note(connection, owner, written, f"KAA-{night}-{source}")
        stands = rows(connection, "SELECT r.key, y.number FROM record r JOIN youth y ON y.id = r.youth_id")
        assert {bytes(key): number for key, number in stands} == last
        everybody = rows(connection, "SELECT number, handle FROM youth")
        assert {handle for _, handle in everybody} == {handle_of(KEY.of_number(number)) for number, _ in everybody}
        astray = "SELECT count(*) FROM note n JOIN youth y ON y.number = n.person_number WHERE n.youth_id <> y.id"
        assert rows(connection, astray) == [(0,)]


def test_a_join_leaves_no_table_out() -> None:
    about_youths = {
        table.name
        for table in metadata.tables.values()
        for key in table.foreign_keys
        if key.column.table.name == "youth"
    }
    assert set(store_identities.OF_ONE) == about_youths
