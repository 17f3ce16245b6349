"""The short way of a first night leaves the same rows as the general way, whatever the sources hold."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import msgspec
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from kaa_bridge.config import load_settings
from kaa_bridge.contract import Page, Proof, PullRequest
from kaa_bridge.host import load_plugins
from kaa_bridge.mapping import load_mapping
from kaa_bridge.store.clock import SystemClock
from kaa_bridge.store.connection import Connection
from kaa_bridge.store.engine import Store
from kaa_bridge.store.key import make_key_file
from kaa_bridge.store.lock import RunLock
from kaa_bridge.store.query import rows
from kaa_bridge.sync import newcomers, pull
from kaa_bridge.sync.bridge import Bridge, make_bridge, store_settings
from kaa_bridge.sync.newcomers import ShortWay
from kaa_bridge.sync.plan import make_plan
from kaa_bridge.sync.sources import Feed
from kaa_bridge.testing.population import build_large
from kaa_bridge.testing.population.large import LARGE_AS_OF
from kaa_bridge.testing.simulators.ist_render import Style, person_object
from kaa_bridge.testing.world import AS_OF, World

NOW = datetime(2026, 2, 2, 3, 30, tzinfo=UTC)
TABLES = {
    **dict.fromkeys(
        ("source", "youth", "alias", "record", "digests", "decision", "note", "quarantine", "hold", "finding"), "true"
    ),
    "meta": "key IN ('rules', 'known')",
}
CONFIGURATION = """
[store]
kind = "sqlite"
key = { file = "kaa-bridge.key" }
[[municipality]]
code = "2303"
name = "Exempelkommunen"
[municipality.guard]
quarantine_share = 1.0
[[municipality.source]]
name = "ist"
adapter = "ist"
mapping = "ist_ss12000"
tells = ["placements", "qualifications"]
[[municipality.source]]
name = "qore"
adapter = "ist"
mapping = "ist_ss12000"
tells = ["placements"]
"""
NUMBERS = ("209001010009", "209001020008", "209001030007", "209001040006", "209001610006", "209001010008", None)
"""Four births in the future, a samordningsnummer of the first one, a wrong check digit, and no number."""


def content(connection: Connection) -> dict[str, list[Any]]:
    """Return every row; of ``meta`` what a plan writes (the lock counts its runs there)."""
    return {
        name: sorted(rows(connection, f"SELECT * FROM {name} WHERE {what}"), key=repr) for name, what in TABLES.items()
    }


class _Undone(Exception):
    pass


def planned(store: Store, bridge: Bridge, as_of: date) -> tuple[dict[str, Any], dict[str, list[Any]]]:
    """Make the plan of a first night, take it back, and return its summary and what it left in the store."""
    found: list[Any] = []
    try:
        with RunLock(store, clock=SystemClock()) as lock, lock.begin() as connection:
            found.append(make_plan(connection, store, bridge, as_of, now=NOW).summary())
            found.append(content(connection))
            raise _Undone
    except _Undone:
        return found[0], found[1]


class Ways:
    """Counts the blocks that went the short way, and closes it."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.short = self.settled = 0
        self.patch = monkeypatch
        take = ShortWay.take

        def counted(way: ShortWay, *given: Any) -> Any:
            new = take(way, *given)
            self.short += new is not None
            self.settled += sum(map(len, new.settled.values())) if new else 0
            return new

        monkeypatch.setattr(ShortWay, "take", counted)

    def both(self, store: Store, bridge: Bridge, as_of: date) -> tuple[Any, Any]:
        short = planned(store, bridge, as_of)
        with self.patch.context() as closed:
            closed.setattr(newcomers, "_PATIENCE", 0)
            blocks = self.short
            general = planned(store, bridge, as_of)
            assert self.short == blocks, "the short way was not closed"
        return short, general


class Place:
    """A municipality with two sources that a test fills, and an empty state."""

    def __init__(self, folder: Path) -> None:
        make_key_file(folder / "kaa-bridge.key")
        (folder / "kaa-bridge.toml").write_text(CONFIGURATION, encoding="utf-8")
        loaded = load_settings(folder / "kaa-bridge.toml")
        self.bridge = make_bridge(loaded, loaded.municipality("2303"), load_plugins())
        self.bridge.broken.clear()  # the configured systems are not there; the feeds of a test stand in for them
        self.state = Store.create(store_settings(loaded, "2303"))


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Place]:
    made = Place(tmp_path_factory.mktemp("newcomers"))
    with made.state:
        yield made


def person(key: int, number: str | None, start: str, marking: str, path: str | None) -> dict[str, Any]:
    """Return a pupil of SS 12000 with what the ways could treat differently."""
    return {
        "id": f"key-{key}",
        "civicNo": {"value": number},
        "givenName": "Påhittad",
        "securityMarking": marking,
        "personStatus": "Aktiv",
        "addresses": [{"type": "Folkbokföring", "municipalityCode": 2303}],
        "enrolments": [{"schoolType": "GY", "startDate": start, "endDate": path}],
    }


PEOPLE = st.builds(
    person,
    st.integers(1, 6),
    st.sampled_from(NUMBERS),
    st.sampled_from(["2106-08-18", "2109-13-41", "2110-01-10"]),
    st.sampled_from(["Ingen", "Sekretessmarkering", "Okänd kod"]),
    st.sampled_from([None, "2109-09-15"]),
)


def feed(name: str, people: Sequence[dict[str, Any]], whole: bool, mapping: str = "ist_ss12000") -> Feed:
    def pages(_: PullRequest) -> Iterator[Page | Proof]:
        for at in range(0, len(people), 4):
            yield Page([msgspec.json.encode(one) for one in people[at : at + 4]])
        yield Proof(whole=whole, how="the test says so")

    return Feed(
        name=name,
        tells=frozenset({"placements", "qualifications"}),
        mapping=load_mapping(mapping),
        parse=msgspec.json.decode,
        pages=pages,
        close=lambda: None,
        trust_days=7,
        limit_seconds=60,
        total_seconds=60,
    )


JOINED_IN_ONE_BLOCK = [
    person(1, NUMBERS[0], "2109-13-41", "Ingen", None),
    person(2, NUMBERS[0], "2106-08-18", "Ingen", None),
    person(1, NUMBERS[2], "2106-08-18", "Ingen", None),
    person(2, NUMBERS[2], "2106-08-18", "Ingen", None),
]
"""The last record shows that the youth of the one before it, made a moment ago, is one that is known already."""


@example([], JOINED_IN_ONE_BLOCK, False)
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(PEOPLE, max_size=12), st.lists(PEOPLE, max_size=6), st.booleans())
def test_both_ways_leave_the_same_rows(
    place: Place,
    monkeypatch: pytest.MonkeyPatch,
    one: list[dict[str, Any]],
    other: list[dict[str, Any]],
    whole: bool,
) -> None:
    with monkeypatch.context() as patch:
        patch.setattr(pull, "_TOGETHER", 2)
        place.bridge.feeds = [feed("ist", one, True), feed("qore", other, whole)]
        short, general = Ways(patch).both(place.state, place.bridge, date(2109, 10, 1))
    assert short == general


def test_a_settled_youth_who_is_somebody_known_is_decided_anew(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    told = [{"personnummer": number, "skyddadIdentitet": "SEKRETESSMARKERING"} for number in NUMBERS[:4]]
    told[2]["tidigareNummer"] = str(NUMBERS[0])
    known = person(1, NUMBERS[2], "2106-08-18", "Ingen", None)
    monkeypatch.setattr(pull, "_TOGETHER", 2)
    place.bridge.feeds = [feed("ist", [known], True), feed("qore", told, True, "oedb")]
    ways = Ways(monkeypatch)
    short, general = ways.both(place.state, place.bridge, date(2109, 10, 1))
    assert ways.settled == 2
    assert short == general
    assert short[0]["plan"]["decided"] == len(short[1]["youth"]) == 3


@pytest.mark.parametrize("whole", [True, False])
def test_a_register_is_settled_while_it_is_pulled(place: Place, monkeypatch: pytest.MonkeyPatch, whole: bool) -> None:
    people = [person_object(one, Style(), "2109-10-01T00:00:00Z", LARGE_AS_OF) for one in build_large(1, 500)]
    for one in people[::7]:
        one["addresses"] = []
    beside = [person(1, NUMBERS[0], "2106-08-18", "Ingen", None)]
    place.bridge.feeds = [feed("ist", beside, True), feed("qore", people, whole)]
    ways = Ways(monkeypatch)
    short, general = ways.both(place.state, place.bridge, LARGE_AS_OF)
    assert short == general
    assert ways.settled > 400
    assert set(short[0]["plan"]["outcomes"]) == {"not_covered", "investigate", *(["covered"] if whole else [])}
    assert short[0]["plan"]["decided"] == 500
    assert short[0]["plan"]["outcomes"]["not_covered"] == sum(row[6] == "not_covered" for row in short[1]["youth"])


@pytest.mark.parametrize("last", ["qore", "ist"])
def test_the_world_is_planned_the_same_both_ways(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, last: str) -> None:
    with World(tmp_path / "world") as world:
        loaded = load_settings(world.configuration)
        code = world.population.municipality
        bridge = make_bridge(loaded, loaded.municipality(code), load_plugins())
        bridge.feeds.sort(key=lambda feed: feed.name == last)
        monkeypatch.setattr(pull, "_TOGETHER", 5)
        ways = Ways(monkeypatch)
        with Store.create(store_settings(loaded, code)) as store:
            short, general = ways.both(store, bridge, AS_OF)
        bridge.close()
    assert short == general
    assert ways.short
    assert short[0]["plan"]["protected"]
    assert short[0]["in_quarantine"]
    assert short[1]["note"]
