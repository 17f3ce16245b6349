"""A handle leads back to its youth through the pseudonym, also after the number has changed."""

from __future__ import annotations

from base64 import b32encode
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kaa_bridge.store.engine import Store, StoreKind
from kaa_bridge.store.handles import find_youth, handle_of, handles_of
from kaa_bridge.store.query import execute, rows
from tests.store.support import KINDS, store_settings

PSEUDONYMS = st.binary(min_size=16, max_size=16)


@given(PSEUDONYMS, PSEUDONYMS)
def test_a_handle_tells_the_first_half_of_the_pseudonym_apart(one: bytes, other: bytes) -> None:
    assert len(handle_of(one)) == 15
    assert handle_of(one).startswith("U-")
    assert (handle_of(one) == handle_of(other)) == (one[:8] == other[:8])


@given(st.lists(PSEUDONYMS, max_size=40))
def test_handles_are_the_first_half_of_the_pseudonyms_in_base_32(pseudonyms: list[bytes]) -> None:
    expected = [f"U-{b32encode(one[:8]).decode().rstrip('=')}" for one in pseudonyms]
    assert handles_of(pseudonyms) == expected
    assert [handle_of(one) for one in pseudonyms] == expected


@pytest.mark.parametrize("kind", KINDS)
def test_a_handle_is_found(tmp_path: Path, kind: StoreKind) -> None:
    first, beside, changed = b"\xff" * 8 + b"a" * 8, b"\xff" * 8 + b"b" * 8, bytes(range(16))
    with store_settings(tmp_path, kind) as given, Store.create(given) as store, store.write() as connection:
        insert = "INSERT INTO youth (id, pseudonym, handle, conflicts) VALUES (?, ?, ?, 0)"
        execute(connection, insert, (1, first, handle_of(first)))
        execute(connection, insert, (2, bytes(16), handle_of(bytes(16))))
        execute(connection, insert, (3, beside, "U-OTHER"))
        assert [find_youth(connection, handle_of(one)) for one in (first, bytes(16))] == [1, 2]
        assert find_youth(connection, "U-OTHER") == 3
        for nobody in ("U-AAAAAAAAAAAAB", handle_of(changed), "", "KAA-7QK2M4XAB3CDE"):
            assert find_youth(connection, nobody) is None
        alias = "INSERT INTO alias (pseudonym, youth_id, since, presumed) VALUES (?, 1, '2026-02-02', 0)"
        execute(connection, alias, (first,))
        execute(connection, "UPDATE youth SET pseudonym = ? WHERE id = 1", (changed,))
        assert find_youth(connection, handle_of(first)) == 1


def test_a_handle_is_found_by_the_index_of_pseudonyms(tmp_path: Path) -> None:
    with store_settings(tmp_path, StoreKind.SQLITE) as given, Store.create(given) as store, store.read() as connection:
        plan = rows(
            connection,
            "EXPLAIN QUERY PLAN SELECT id FROM youth WHERE pseudonym BETWEEN ? AND ? AND handle = ?",
            (b"", b"", ""),
        )
        assert "SEARCH youth USING INDEX sqlite_autoindex_youth_1" in plan[0][3]
