"""A register of SS 12000 persons and an open state that it is pulled into, without a network between."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import timedelta
from functools import cache
from pathlib import Path

import msgspec
import pytest

from kaa_bridge.contract import Page, Proof
from kaa_bridge.mapping import compile_mapping, load_mapping
from kaa_bridge.store.connection import Connection
from kaa_bridge.store.engine import Store
from kaa_bridge.store.sql import run
from kaa_bridge.sync.pull import Pulled, Puller
from kaa_bridge.sync.secrets import Pseudonyms
from kaa_bridge.testing.population.large import LARGE_AS_OF, large_person
from kaa_bridge.testing.simulators.ist_render import Style, person_object
from tests.store.support import KINDS, store_settings


@cache
def record(key: int, version: int) -> bytes:
    person = person_object(large_person(1, key), Style(), f"2109-10-01T00:00:{version:02d}Z", LARGE_AS_OF)
    return msgspec.json.encode(person)


@pytest.fixture(params=KINDS)
def connection(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Connection]:
    """An empty state of each kind that knows the source."""
    with (
        store_settings(tmp_path, request.param) as settings,
        Store.create(settings) as store,
        store.write() as connection,
    ):
        run(connection, "INSERT INTO source (id, name) VALUES (1, 'ist')")
        yield connection


def pulled(
    connection: Connection, records: Sequence[bytes], night: int, *, whole: bool = True, mapping: str = "ist_ss12000"
) -> Pulled:
    """Pull a register, or only what has changed in it."""
    as_of = LARGE_AS_OF + timedelta(days=night)
    mapper = compile_mapping(load_mapping(mapping), as_of=as_of)
    puller = Puller(
        connection, 1, "ist", mapper, msgspec.json.decode, Pseudonyms(b"k" * 32), as_of, snapshot=whole
    )  # fmt: skip
    return puller.pull(iter([Page(records), Proof(whole=whole, how="the test says so")]))
