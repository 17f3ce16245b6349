"""Rows that are thought to be new: all of them, or none, on every database."""

from __future__ import annotations

from pathlib import Path

import pytest

from kaa_bridge.store.connection import Connection
from kaa_bridge.store.engine import Store, StoreKind
from kaa_bridge.store.newcomers import Newcomers, add_newcomers, forget_decisions
from kaa_bridge.store.query import execute, rows
from tests.store.support import KINDS, store_settings

DAY = "2026-02-02"


def newcomers(first: int, *marks: int) -> Newcomers:
    """Return a block whose youths and records are known by these bytes; every other youth is settled, by turns."""
    new = Newcomers(first, first, {"not_covered": [], "investigate": []})
    for at, mark in enumerate(marks, first):
        youth = (at, bytes([mark]) * 16, f"U-{mark:013d}", "209001010009")
        if mark % 2:
            new.undecided.append(youth)
        else:
            outcome = "investigate" if mark % 4 else "not_covered"
            new.settled[outcome].append((*youth, "2090-01-01", "none", "mmmnmmm", None))
        new.records.append((at, bytes([mark + 100]) * 16, at, b"{}"))
    return new


def counts(connection: Connection) -> list[int]:
    return [rows(connection, f"SELECT count(*) FROM {name}")[0][0] for name in ("youth", "record")]


@pytest.mark.parametrize("kind", KINDS)
def test_a_block_goes_in_whole_or_not_at_all(tmp_path: Path, kind: StoreKind) -> None:
    with store_settings(tmp_path, kind) as given, Store.create(given) as store, store.write() as connection:
        execute(connection, "INSERT INTO source (id, name) VALUES (1, 'ist')")
        assert add_newcomers(connection, 1, newcomers(1, 1, 2, 3), DAY)
        assert counts(connection) == [3, 3]
        assert not add_newcomers(connection, 1, newcomers(4, 4, 2, 5), DAY), "the youth is known"
        known_record = newcomers(4, 6, 7)
        known_record.records[1] = (5, bytes([101]) * 16, 5, b"{}")
        assert not add_newcomers(connection, 1, known_record, DAY), "the record is known"
        assert not add_newcomers(connection, 1, newcomers(4, 8, 8), DAY), "twice in one block"
        assert counts(connection) == [3, 3]
        assert add_newcomers(connection, 1, newcomers(4, 4, 5), DAY)
        assert counts(connection) == [5, 5]


@pytest.mark.parametrize("kind", KINDS)
def test_a_settled_youth_can_be_left_undecided_again(tmp_path: Path, kind: StoreKind) -> None:
    decided = "SELECT outcome, outcome_since, criteria, decided_on, protection, birth_date FROM youth ORDER BY id"
    with store_settings(tmp_path, kind) as given, Store.create(given) as store, store.write() as connection:
        execute(connection, "INSERT INTO source (id, name) VALUES (1, 'ist')")
        assert add_newcomers(connection, 1, newcomers(1, 1, 2, 4), DAY)
        settled = [(outcome, DAY, "mmmnmmm", DAY, "none", "2090-01-01") for outcome in ("investigate", "not_covered")]
        assert [tuple(row) for row in rows(connection, decided)] == [(None,) * 6, *settled]
        forget_decisions(connection, [2, 3])
        assert [tuple(row) for row in rows(connection, decided)] == [(None,) * 6] * 3
