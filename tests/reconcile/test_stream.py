"""The streams of the state: the same on every database, in order, each youth once, some at a time."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from kaa_bridge.reconcile.stream import unheard_sources, words_of, youth_marks
from kaa_bridge.store import history
from kaa_bridge.store.connection import Connection
from kaa_bridge.store.engine import Store, StoreKind
from kaa_bridge.store.sql import run_many
from tests.store.support import KINDS, store_settings

YOUTHS = 25


def _key(number: int) -> bytes:
    return number.to_bytes(16, "big")


def _fill(connection: Connection) -> None:
    """Three sources: the first knows every second youth, the second every third (twice), the third one; some gone."""
    run_many(connection, "INSERT INTO source (id, name) VALUES (?, ?)", [(1, "left"), (2, "right"), (3, "third")])
    columns = "id, pseudonym, handle, protection, conflicts"
    youths = [(i, _key(i), f"U-{i}", "none", 0) for i in range(1, YOUTHS + 1) if i != 7]
    run_many(connection, f"INSERT INTO youth ({columns}) VALUES (?, ?, ?, ?, ?)", youths)
    told = [(1, i, None) for i in range(2, YOUTHS + 1, 2)] + [(3, 4, None), (1, 9, "2026-07-01")]
    told += [(2, i, None) for i in range(3, YOUTHS + 1, 3) for _ in range(2)]
    columns = "id, source_id, key, youth_id, first_on, changed_on, gone_on, facts"
    records = [
        (number, source, _key(number), youth, "2026-05-28", "2026-05-28", gone, str(number).encode())
        for number, (source, youth, gone) in enumerate(reversed(told), 1)
    ]
    run_many(connection, f"INSERT INTO record ({columns}) VALUES (?, ?, ?, ?, ?, ?, ?, ?)", records)


@pytest.fixture(params=KINDS)
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Store]:
    kind: StoreKind = request.param
    with store_settings(tmp_path, kind) as settings, Store.create(settings) as made:
        with made.write() as connection:
            _fill(connection)
        yield made


@pytest.mark.parametrize("window", [1, 4, 1000])
def test_each_youth_comes_once_in_order(store: Store, window: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(history, "WINDOW", window)
    with store.read() as connection:
        left, right = dict(words_of(connection, [1])), dict(words_of(connection, [2]))
        others = dict(words_of(connection, [1, 2], others=True))
        marks = [youth_id for youth_id, _ in youth_marks(connection)]
    assert list(left) == list(range(2, YOUTHS + 1, 2))
    assert list(right) == list(range(3, YOUTHS + 1, 3))
    assert {len(words) for words in right.values()} == {2}
    assert {word.source_id for words in right.values() for word in words} == {2}
    assert list(others) == [4]
    assert marks == [number for number in range(1, YOUTHS + 1) if number != 7]


def test_an_empty_state_has_no_youths(tmp_path: Path) -> None:
    with (
        store_settings(tmp_path, StoreKind.SQLITE) as settings,
        Store.create(settings) as made,
        made.read() as connection,
    ):
        assert not list(words_of(connection, [1]))
        assert not list(youth_marks(connection))


def test_whoever_is_unheard_comes_once_with_the_sources(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(history, "WINDOW", 4)
    told = [(2, 9), (1, 9), (2, 9), (3, 24), (1, 2)]
    rows = [(source, _key(number), youth, "2026-07-01", b"") for number, (source, youth) in enumerate(told)]
    with store.write() as connection:
        run_many(
            connection, "INSERT INTO unheard (source_id, key, youth_id, since, facts) VALUES (?, ?, ?, ?, ?)", rows
        )
        assert list(unheard_sources(connection)) == [(2, [1]), (9, [1, 2]), (24, [3])]
