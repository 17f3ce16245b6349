"""Last night's digests: found where they are expected, found after a move, and never found when they are new."""

from __future__ import annotations

import random
from collections.abc import Iterator
from pathlib import Path

import pytest

from kaa_bridge.store.connection import Connection
from kaa_bridge.store.digests import UNREAD, KnownDigests
from kaa_bridge.store.engine import Store
from kaa_bridge.store.key import make_key_file
from kaa_bridge.store.settings import StoreKind, StoreSettings
from kaa_bridge.store.sql import run


def digest(number: int) -> bytes:
    return random.Random(number).randbytes(16)


def digests(*numbers: int) -> bytes:
    return b"".join(map(digest, numbers))


@pytest.fixture
def connection(tmp_path: Path) -> Iterator[Connection]:
    make_key_file(tmp_path / "key")
    settings = StoreSettings(
        municipality="2303", directory=tmp_path / "state", key=f"file:{tmp_path / 'key'}", kind=StoreKind.SQLITE
    )
    with Store.create(settings) as store, store.write() as connection:
        run(connection, "INSERT INTO source (id, name) VALUES (1, 'ist'), (2, 'qore')")
        yield connection


@pytest.fixture
def known(connection: Connection) -> KnownDigests:
    first = KnownDigests(connection, 1)
    first.keep(1, [digest(n) for n in range(1, 101)])
    first.forget([50])
    first.write()
    return KnownDigests(connection, 1)


def test_a_page_in_last_nights_order_is_known_at_once(known: KnownDigests) -> None:
    assert len(known) == 99
    assert list(known.expected(digests(*range(1, 41)))) == list(range(1, 41))
    assert list(known.expected(digests(7, 41, 42), 1)) == [41, 42]
    assert not list(known.expected(digests(44, 43)))
    assert not list(known.expected(b""))


@pytest.mark.parametrize("odd", range(12))
def test_a_page_is_known_up_to_the_one_that_differs(known: KnownDigests, odd: int) -> None:
    page = [*range(1, odd + 1), 777, *range(odd + 2, 13)]
    assert list(known.expected(digests(*page))) == list(range(1, odd + 1))
    assert not known.find(digest(777), [digest(n) for n in range(odd + 2, odd + 10)])
    assert list(known.expected(digests(*page), odd + 1)) == list(range(odd + 2, 13))


def test_a_page_is_known_to_the_last_of_last_night(known: KnownDigests) -> None:
    assert len(known.expected(digests(*range(1, 50), *range(51, 101), 777))) == 99
    assert not known.expected(digests(777))


def test_in_any_order_each_is_found_and_a_new_one_is_not(known: KnownDigests) -> None:
    order = list(range(1, 141))
    random.Random(1).shuffle(order)
    assert [known.find(digest(n)) for n in order] == [n if n <= 100 and n != 50 else 0 for n in order]


def test_after_one_that_is_new_or_gone_the_order_is_found_again(known: KnownDigests) -> None:
    assert [known.find(digest(n)) for n in (1, 2, 777, 3, 5, 6)] == [1, 2, 0, 3, 5, 6]
    assert list(known.expected(digests(7, 8))) == [7, 8]


def test_what_was_not_seen_is_told_in_order(known: KnownDigests) -> None:
    seen = bytearray(60)
    for number in range(1, 49):
        seen[number] = 1
    assert known.unseen(seen) == [49, *range(51, 101)]


def test_each_night_compares_with_the_night_before_and_keeps_its_own(connection: Connection) -> None:
    """Random nights over several blocks and two sources that share one, against a dict."""
    chance = random.Random(7)
    truth: dict[int, dict[int, bytes]] = {1: {}, 2: {}}
    next_id = 1
    for _night in range(30):
        for source, held in truth.items():
            known = KnownDigests(connection, source)
            assert dict(zip(known.ids, map(known.of, known.ids), strict=True)) == held
            assert list(known.ids) == sorted(held)
            present = dict(held)
            for count in chance.sample([1, 3, 200, 700], 2):
                new = [chance.randbytes(16) for _ in range(count)]
                known.keep(next_id, new)
                held.update(enumerate(new, next_id))
                next_id += count
            for record_id in chance.sample(sorted(present), len(present) // 5):
                held[record_id] = chance.choice([UNREAD, chance.randbytes(16)])
                known.keep(record_id, [held[record_id]])
            gone = chance.sample(sorted(present), len(present) // 5)
            known.forget(gone)
            for record_id in gone:
                del held[record_id]
            anyone = truth[1].keys() | truth[2].keys()
            back = [one for one in range(1, next_id) if one not in anyone and chance.random() < 0.01]
            for record_id in back:
                held[record_id] = digest(record_id)
                known.keep(record_id, [held[record_id]])
            assert {one: known.of(one) for one in held} == held
            assert not any(known.of(one) for one in gone if one not in held)
            assert list(known.ids) == sorted(present), "what is kept tonight is compared with tomorrow"
            known.write()


def test_a_night_without_news_writes_nothing(connection: Connection, known: KnownDigests) -> None:
    before = run(connection, "SELECT * FROM digests").all()
    assert known.expected(digest(1))
    known.write()
    assert run(connection, "SELECT * FROM digests").all() == before
