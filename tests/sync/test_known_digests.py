"""Last night's digests: found where they are expected, found after a move, and never found when they are new."""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from kaa_bridge.store.engine import Store
from kaa_bridge.store.key import make_key_file
from kaa_bridge.store.records import KnownDigests, add_records
from kaa_bridge.store.settings import StoreKind, StoreSettings
from kaa_bridge.store.sql import run


def digest(number: int) -> bytes:
    return random.Random(number).randbytes(16)


@pytest.fixture
def known(tmp_path: Path) -> KnownDigests:
    make_key_file(tmp_path / "key")
    settings = StoreSettings(
        municipality="2303", directory=tmp_path / "state", key=f"file:{tmp_path / 'key'}", kind=StoreKind.SQLITE
    )
    with Store.create(settings) as store, store.write() as connection:
        run(connection, "INSERT INTO source (id, name) VALUES (1, 'ist')")
        run(connection, "INSERT INTO youth (id, pseudonym, handle, conflicts) VALUES (1, ?, 'U-A', 0)", (b"p" * 16,))
        rows = [(n, bytes([n]) * 16, digest(n), 1) for n in range(1, 101)]
        add_records(connection, 1, rows, [(b"{}", n) for n in range(1, 101)], "2026-02-01")
        run(connection, "UPDATE record SET gone_on = '2026-02-02' WHERE id = 50")
        return KnownDigests(connection, 1)


def test_a_page_in_last_nights_order_is_known_at_once(known: KnownDigests) -> None:
    assert len(known) == 99
    assert list(known.expected([digest(n) for n in range(1, 41)])) == list(range(1, 41))
    assert list(known.expected([digest(n) for n in (41, 42)])) == [41, 42]
    assert not list(known.expected([digest(n) for n in (44, 43)]))
    assert not list(known.expected([]))


def test_in_any_order_each_is_found_and_a_new_one_is_not(known: KnownDigests) -> None:
    order = list(range(1, 141))
    random.Random(1).shuffle(order)
    assert [known.find(digest(n)) for n in order] == [n if n <= 100 and n != 50 else 0 for n in order]


def test_after_one_that_is_new_or_gone_the_order_is_found_again(known: KnownDigests) -> None:
    assert [known.find(digest(n)) for n in (1, 2, 777, 3, 5, 6)] == [1, 2, 0, 3, 5, 6]
    assert list(known.expected([digest(n) for n in (7, 8)])) == [7, 8]


def test_what_was_not_seen_is_told_in_order(known: KnownDigests) -> None:
    seen = bytearray(60)
    for number in range(1, 49):
        seen[number] = 1
    assert known.unseen(seen) == [49, *range(51, 101)]
