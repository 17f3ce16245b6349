"""A known record that comes under another key and cannot be read is missing, and has not gone."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import timedelta
from pathlib import Path

import msgspec
import pytest

from kaa_bridge.contract import Page, Proof
from kaa_bridge.mapping import compile_mapping, load_mapping
from kaa_bridge.store.connection import Connection
from kaa_bridge.store.engine import Store
from kaa_bridge.store.query import rows
from kaa_bridge.store.sql import run
from kaa_bridge.sync.pull import Pulled, Puller
from kaa_bridge.sync.secrets import Pseudonyms
from kaa_bridge.testing.population.large import LARGE_AS_OF
from tests.store.support import KINDS, store_settings
from tests.sync.test_pull_order import record

ALL = [record(key, 0) for key in range(5)]
KEPT = ("missing_kept", "a record that was set aside may be it")


def unreadable(name: str) -> bytes:
    """Return the last record as it looks when its id has changed and its number lost a digit."""
    person = msgspec.json.decode(ALL[-1])
    person["id"] = name
    person["civicNo"]["value"] = person["civicNo"]["value"][:-1]
    return msgspec.json.encode(person)


@pytest.fixture(params=KINDS)
def connection(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Connection]:
    with (
        store_settings(tmp_path, request.param) as settings,
        Store.create(settings) as store,
        store.write() as connection,
    ):
        run(connection, "INSERT INTO source (id, name) VALUES (1, 'ist')")
        yield connection


def pulled(connection: Connection, records: Sequence[bytes], night: int) -> Pulled:
    as_of = LARGE_AS_OF + timedelta(days=night)
    mapper = compile_mapping(load_mapping("ist_ss12000"), as_of=as_of)
    puller = Puller(connection, 1, "ist", mapper, msgspec.json.decode, Pseudonyms(b"k" * 32), as_of)
    return puller.pull(iter([Page(records), Proof(whole=True, how="the test says so")]))


def test_it_is_kept_until_what_was_set_aside_is_mended(connection: Connection) -> None:
    known = False
    pulled(connection, ALL, 0)
    ((youth_id,),) = rows(connection, "SELECT max(youth_id) FROM record")
    for night, name in ((1, "other"), (1, "other"), (2, "other"), (3, "another")):
        found = pulled(connection, [*ALL[:-1], unreadable(name)], night)
        assert (found.gone, found.quarantine_count, found.findings[KEPT]) == (0, 1, 1), night
        assert list(found.youths) == ([] if known else [youth_id]), "what it says is not known, from the first night on"
        known = True
    back = pulled(connection, ALL, 4)
    assert (back.gone, back.changed, back.unchanged, KEPT in back.findings) == (0, 1, 4, False)


def test_it_has_gone_when_nothing_is_set_aside_any_more(connection: Connection) -> None:
    pulled(connection, ALL, 0)
    assert pulled(connection, [*ALL[:-1], unreadable("other")], 1).gone == 0
    assert pulled(connection, ALL[:-1], 2).gone == 1


def test_a_record_that_was_set_aside_before_keeps_nobody(connection: Connection) -> None:
    pulled(connection, [*ALL, unreadable("other")], 0)
    for night in (0, 1):
        found = pulled(connection, [*ALL[: 4 - night], unreadable("other")], night)
        assert (found.gone, found.quarantine_count, KEPT in found.findings) == (1, 1, False)
