"""A register may come in any order: what is new, changed, unchanged, repeated and gone is counted the same."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from pathlib import Path

import msgspec
import pytest

from kaa_bridge.contract import Page, Proof
from kaa_bridge.mapping import compile_mapping, load_mapping
from kaa_bridge.store.connection import Connection
from kaa_bridge.store.digests import KnownDigests
from kaa_bridge.store.engine import Store, StoreKind
from kaa_bridge.store.query import rows
from kaa_bridge.store.sql import run
from kaa_bridge.sync.pull import Pulled, Puller
from kaa_bridge.sync.secrets import Pseudonyms
from kaa_bridge.testing.population.large import LARGE_AS_OF
from tests.store.support import store_settings
from tests.sync.register import record

Register = list[tuple[int, int]]
"""Key and version of each record, in the order of the answer."""
PAGE = 70


def pulled(connection: Connection, register: Register) -> Pulled:
    def pages() -> Iterator[Page | Proof]:
        for start in range(0, len(register), PAGE):
            yield Page([record(*one) for one in register[start : start + PAGE]])
        yield Proof(whole=True, how="the test says so")

    mapper = compile_mapping(load_mapping("ist_ss12000"), as_of=LARGE_AS_OF)
    puller = Puller(connection, 1, "ist", mapper, msgspec.json.decode, Pseudonyms(b"k" * 32), LARGE_AS_OF)
    return puller.pull(pages())


def changed(register: Sequence[tuple[int, int]], dice: random.Random, ways: Sequence[str]) -> Register:
    """Return the register of the night after."""
    after = list(register)
    for way in ways:
        at = dice.randrange(len(after))
        key, version = after[at]
        match way:
            case "change":
                after[at] = (key, version + 1)
            case "insert":
                after.insert(at, (max(key for key, _ in after) + 1, 0))
            case "remove":
                del after[at]
            case "swap":
                other = dice.randrange(len(after))
                after[at], after[other] = after[other], after[at]
            case "move":
                after.append(after.pop(at))
            case "shuffle":
                dice.shuffle(after)
            case "repeat":
                after.insert(dice.randrange(len(after)), after[at])
    return after


@pytest.fixture
def connection(tmp_path: Path) -> Iterator[Connection]:
    with (
        store_settings(tmp_path, StoreKind.SQLITE) as settings,
        Store.create(settings) as store,
        store.write() as connection,
    ):
        run(connection, "INSERT INTO source (id, name) VALUES (1, 'ist')")
        yield connection


def compared(connection: Connection, before: Register, after: Register) -> None:
    """Pull the night after and compare each count with what a dictionary says."""
    known = dict(before)
    found = pulled(connection, after)
    unchanged = [key for key, version in after if known.get(key) == version]
    assert (found.read, found.unchanged) == (len(after), len(unchanged))
    assert found.repeated == len(after) - len(dict(after))
    assert found.new == len({key for key, _ in after} - set(known))
    assert found.changed == len({key for key, version in after if key in known and known[key] != version})
    assert found.gone == (0 if found.repeated else len(set(known) - set(dict(after))))
    assert not found.quarantined
    assert len(list(found.youths)) == found.new + found.changed + found.gone


NIGHTS = [("change",), ("insert",), ("remove",), ("swap",), ("move",), ("repeat",), ("shuffle",), ("change", "swap")]


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("ways", NIGHTS, ids="-".join)
def test_every_count_is_right_in_any_order(connection: Connection, ways: tuple[str, ...], seed: int) -> None:
    dice = random.Random(f"{seed}{ways}")
    register: Register = [(key, 0) for key in range(3 * PAGE + 11)]
    pulled(connection, register)
    after = changed(register, dice, ways * (1 if "repeat" in ways else 1 + seed))
    compared(connection, register, after)
    if "repeat" not in ways:
        compared(connection, after, after)
        compared(connection, after, changed(after, dice, ("change", "insert", "remove", "swap") * seed))


def test_changes_in_place_need_no_search(connection: Connection, monkeypatch: pytest.MonkeyPatch) -> None:
    register: Register = [(key, 0) for key in range(4 * PAGE)]
    pulled(connection, register)
    monkeypatch.delattr(KnownDigests, "_search")
    after = [(key, int(key % 50 in (7, 8, 9) or key % PAGE >= PAGE - 3)) for key, _ in register]
    compared(connection, register, after)


def test_a_record_that_comes_twice_is_not_asked_whose_it_is_the_second_time(connection: Connection) -> None:
    """Its other number would take the youth along, though the record is set aside."""
    pulled(connection, [(0, 0), (1, 0)])
    before = rows(connection, "SELECT id, number FROM youth ORDER BY id")
    again = msgspec.json.decode(record(0, 1))
    again["civicNo"]["value"] = msgspec.json.decode(record(2, 0))["civicNo"]["value"]
    mapper = compile_mapping(load_mapping("ist_ss12000"), as_of=LARGE_AS_OF)
    puller = Puller(connection, 1, "ist", mapper, msgspec.json.decode, Pseudonyms(b"k" * 32), LARGE_AS_OF)
    page = Page([record(0, 1), record(1, 1), msgspec.json.encode(again)])
    found = puller.pull(iter([page, Proof(whole=True, how="the test says so")]))
    assert (found.repeated, found.changed) == (1, 2)
    after = rows(connection, "SELECT id, number FROM youth ORDER BY id")
    assert after[:2] == before
    assert len(after) == 3, "of the other number nothing is known but that the source tells something"
