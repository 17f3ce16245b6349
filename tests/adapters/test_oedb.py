"""What is OEDB's own: truth and contacts arrive, the summer freeze, the profile's strictness, faults by name."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import closing
from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from kaa_adapter_oedb import OedbSource, kaa_sources
from kaa_adapter_oedb.raw_json import RawAnswer, decode_record
from kaa_bridge.contract import Proof, PullRequest, SourceContext
from kaa_bridge.domain.record import RecordFacts
from kaa_bridge.errors import ConfigurationInvalid, RecordProblem, Unreachable
from kaa_bridge.mapping import compile_mapping, load_mapping
from kaa_bridge.testing.population import Population, build
from kaa_bridge.testing.simulators.base import Fault
from kaa_bridge.testing.simulators.credentials import API_KEY, PASSWORD, USER
from kaa_bridge.testing.simulators.oedb import OedbSimulator, is_frozen
from kaa_bridge.transport.http import Headers, HttpResponse
from kaa_bridge.transport.strict_json import decode_json

DAY = date(2026, 2, 1)
SHAPES = [("oedb", False), ("oedb_other", True)]
LIMITS = {"attempts": 1, "idle_seconds": 1.0, "total_seconds": 4.0}


@pytest.fixture(scope="module")
def population() -> Population:
    return build(1, as_of=DAY, size=60, municipality="0581")


@pytest.fixture(params=SHAPES, ids=["first shape", "second shape"])
def pair(request: pytest.FixtureRequest, population: Population) -> Iterator[tuple[OedbSimulator, str]]:
    mapping, other = request.param
    with OedbSimulator(population, other_shape=other) as simulator:
        yield simulator, mapping


def source_of(simulator: OedbSimulator, mapping: str, profile: Any = None, **settings: Any) -> OedbSource:
    account = {"api_key": API_KEY} if mapping == "oedb_other" else {"username": USER, "password": PASSWORD}
    connection = {"url": simulator.base_url, **account, **LIMITS, **settings}
    profile = load_mapping(mapping).profile if profile is None else profile
    return OedbSource(SourceContext(name="oedb", municipality="0581", settings=connection, profile=profile))


def facts_of(source: OedbSource, mapping: str) -> list[RecordFacts]:
    """Pull and map everything; planted records are left out."""
    mapper = compile_mapping(load_mapping(mapping), as_of=DAY)
    found = []
    for item in source.pull(PullRequest(DAY)):
        for record in () if isinstance(item, Proof) else item.records:
            try:
                found.append(mapper.map(source.parse(record)).facts)
            except RecordProblem:
                continue
    return found


def test_everybody_arrives_as_they_are(pair: tuple[OedbSimulator, str], population: Population) -> None:
    """Both shapes tell the same truth, contacts included, each through its own mapping and the one adapter."""
    with closing(source_of(*pair)) as source:
        found = {facts.number: facts for facts in facts_of(source, pair[1])}
    assert set(found) == {person.number for person in population.known_to("oedb")}
    for person in population.known_to("oedb"):
        told = found[person.number]
        assert set(told.events or ()) == set(person.events), person
        assert replace(told, events=None) == RecordFacts(
            number=person.number,
            replaces=person.replaces,
            identity=person.identity,
            protection=person.protection,
            life_status=person.life_status,
            residence=person.residence,
            first_registered=person.first_registered,
            compulsory_schooling=person.compulsory_schooling,
            placements=person.placements_for("oedb"),
            qualifications=person.qualifications,
            handler=person.handler,
        ), person


def test_where_case_officers_work_elsewhere_no_contact_is_told(population: Population) -> None:
    """Ragunda's contacts stand in the journal: OEDB then holds the registration only, and nothing counts twice."""
    with OedbSimulator(population, with_events=False) as simulator, closing(source_of(simulator, "oedb")) as source:
        kinds = {event.kind.value for facts in facts_of(source, "oedb") for event in facts.events or ()}
    assert kinds == {"registered"}


def test_the_summer_freeze_is_declared(pair: tuple[OedbSimulator, str]) -> None:
    with closing(source_of(*pair)) as source:
        (window,) = source.describe().blackouts
    assert not window.covers(date(2026, 5, 31))
    assert window.covers(date(2026, 6, 1))
    assert window.covers(date(2026, 8, 31))
    assert not window.covers(date(2026, 9, 1))


def test_the_simulated_register_stands_still_in_summer() -> None:
    spring = build(1, as_of=date(2026, 5, 30), municipality="0581", size=25)
    summer = build(2, as_of=date(2026, 7, 1), municipality="0581", size=25)
    autumn = build(3, as_of=date(2026, 9, 1), municipality="0581", size=25)
    simulator = OedbSimulator(spring)
    try:
        assert not simulator.load(summer)
        assert simulator.population is spring
        assert simulator.load(autumn)
        assert simulator.population is autumn
    finally:
        simulator.close()
    assert [is_frozen(date(2026, 6, 1)), is_frozen(date(2026, 8, 31))] == [True, True]


def test_a_wrong_key_is_the_administrators_to_correct(population: Population) -> None:
    with (
        OedbSimulator(population, other_shape=True) as simulator,
        closing(source_of(simulator, "oedb_other", api_key="fel")) as source,
        pytest.raises(ConfigurationInvalid) as caught,
    ):
        facts_of(source, "oedb_other")
    assert caught.value.code == "credentials_refused"


def test_a_key_without_a_header_for_it_is_refused_at_once() -> None:
    context = SourceContext(
        name="oedb",
        municipality="0581",
        settings={"url": "http://127.0.0.1:1", "api_key": "x"},
        profile=load_mapping("oedb").profile,
    )
    with pytest.raises(ConfigurationInvalid) as caught:
        OedbSource(context)
    assert "api_key_header" in caught.value.remedy


def test_a_list_of_another_name_is_not_an_empty_register(pair: tuple[OedbSimulator, str]) -> None:
    pair[0].faults.add(Fault.MISSING_LIST)
    with closing(source_of(*pair)) as source, pytest.raises(ConfigurationInvalid) as caught:
        facts_of(source, pair[1])
    assert caught.value.code == "answer_not_as_profile"
    assert "search.records" in caught.value.message


def test_a_renamed_key_sets_every_record_aside(pair: tuple[OedbSimulator, str]) -> None:
    """Nothing is guessed: each record is refused with a code, none becomes somebody without a number."""
    pair[0].faults.add(Fault.RENAMED_FIELD)
    mapper = compile_mapping(load_mapping(pair[1]), as_of=DAY)
    with closing(source_of(*pair)) as source:
        items = list(source.pull(PullRequest(DAY)))
        records = [record for item in items if not isinstance(item, Proof) for record in item.records]
        for record in records:
            with pytest.raises(RecordProblem):
                mapper.map(source.parse(record))
    assert records


def test_a_new_protection_code_is_unknown_and_so_protected(pair: tuple[OedbSimulator, str]) -> None:
    pair[0].faults.add(Fault.NEW_CODE)
    with closing(source_of(*pair)) as source:
        found = facts_of(source, pair[1])
    assert found
    assert all(facts.protection is not None and facts.protection.is_protected for facts in found)


def test_a_record_with_a_key_twice_is_set_aside(population: Population) -> None:
    with OedbSimulator(population) as simulator, closing(source_of(simulator, "oedb")) as source:
        with pytest.raises(RecordProblem) as caught:
            source.parse(b'{"skyddadIdentitet": "SEKRETESSMARKERING", "skyddadIdentitet": "NEJ"}')
        assert "SEKRETESS" not in str(caught.value)


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.text(alphabet='a":\\ {'),
        lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(alphabet='ab":\\'), inner, max_size=3),
        max_leaves=12,
    ),
    st.sampled_from([None, 1]),
)
def test_the_quick_reading_is_the_strict_reading(value: Any, indent: int | None) -> None:
    record = json.dumps({"r": value}, indent=indent).encode()
    assert decode_record(record, "oedb") == decode_json(record, "x") == {"r": value}


@pytest.mark.parametrize("record", [b'{"a": 1, "a": 1}', b'{"a": [{"b": {"c": 1, "c" : 2}}]}', b'{"a":":","a":1}'])
def test_a_key_that_comes_twice_is_seen_at_any_depth(record: bytes) -> None:
    with pytest.raises(Unreachable):
        decode_record(record, "oedb")


@pytest.mark.parametrize("body", [b"", b"<html></html>", b"{", b'{"a": \xff}'])
def test_what_is_no_json_is_no_answer(body: bytes) -> None:
    with pytest.raises(Unreachable):
        RawAnswer(HttpResponse(200, Headers({}), body, "127.0.0.1"))


def test_an_answer_is_reached_into_without_guessing() -> None:
    answer = RawAnswer(HttpResponse(200, Headers({}), b'{"a": {"b": [{"c": 1}, 2], "n": null, "t": true}}', "x"))
    assert answer.records("a/b") == [b'{"c": 1}', b"2"]
    assert answer.records("a") is None
    assert answer.records("a/x") is None
    assert answer.records("a/b/c") is None
    assert [answer.text(path) for path in ("a/n", "a/t", "a/x", "x/y")] == ["", "true", None, None]


@pytest.mark.parametrize(
    ("change", "key"),
    [
        ({"serch": {}}, "profile.serch"),
        ({"search": {"path": "u?x=1", "records": "."}}, "profile.search.path"),
        ({"search": {"path": "u", "records": "u", "query": {"q": "{number}"}}}, "profile.search"),
        ({"search": {"path": "u", "records": "u", "query": {"q": {"a": "b"}}}}, "profile.search.query.q"),
        ({"person": {"path": "u/{number}", "body": {}, "records": "u"}}, "profile.person.path"),
        ({"person": {"path": "u", "body": {"n": "{page}"}, "records": "u"}}, "profile.person"),
        ({"blackout": [{"first": "06-01", "last": "08-32", "reason": "x"}]}, "profile.blackout.0.last"),
    ],
)
def test_a_wrong_profile_names_the_key(change: dict[str, Any], key: str) -> None:
    context = SourceContext(
        name="oedb",
        municipality="0581",
        settings={"url": "http://127.0.0.1:1"},
        profile={**load_mapping("oedb").profile, **change},
    )
    with pytest.raises(ConfigurationInvalid) as caught:
        OedbSource(context)
    assert caught.value.code == "profile_invalid"
    assert key in caught.value.message


def test_two_ways_to_log_in_exclude_each_other() -> None:
    settings = {"url": "http://127.0.0.1:1", "username": "u", "password": "p", "api_key": "k"}
    context = SourceContext(name="oedb", municipality="0581", settings=settings, profile=load_mapping("oedb").profile)
    with pytest.raises(ConfigurationInvalid, match="exclude each other"):
        OedbSource(context)


def test_the_plugin_offers_its_adapter() -> None:
    offered = {name: factory.__qualname__ for name, factory in kaa_sources().items()}
    assert offered == {"oedb": OedbSource.__qualname__}


@pytest.mark.parametrize("name", ["oedb", "oedb_other", "oedb_file", "oedb_file_events"])
def test_examples_are_marked_as_ours(name: str) -> None:
    """Nothing of ours may pass for the supplier's."""
    mapping = load_mapping(name)
    assert mapping.status == "profile"
    assert "xample written for kaa-bridge" in mapping.note
