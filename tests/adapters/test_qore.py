"""What is Qore's own: the truth arrives, the negative list, the profile's strictness, faults by name."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from kaa_adapter_qore import QoreSource, kaa_sources
from kaa_adapter_qore.profile import WSDL_FOLDER
from kaa_bridge.contract import Page, Proof, PullRequest, SourceContext
from kaa_bridge.domain.record import RecordFacts
from kaa_bridge.errors import ConfigurationInvalid, RecordProblem, Unreachable
from kaa_bridge.mapping import compile_mapping, load_mapping
from kaa_bridge.testing.population import Population, build, evolve
from kaa_bridge.testing.simulators.base import Fault
from kaa_bridge.testing.simulators.credentials import PASSWORD, USER
from kaa_bridge.testing.simulators.qore import QoreSimulator

DAY = date(2026, 2, 1)
SHAPES = [("qore", False), ("qore_other", True)]
LIMITS = {"attempts": 1, "idle_seconds": 1.0, "total_seconds": 4.0}


@pytest.fixture(scope="module")
def population() -> Population:
    return build(1, as_of=DAY, size=60)


@pytest.fixture(params=SHAPES, ids=["first shape", "second shape"])
def pair(request: pytest.FixtureRequest, population: Population) -> Iterator[tuple[QoreSimulator, str]]:
    mapping, other = request.param
    with QoreSimulator(population, other_shape=other) as simulator:
        yield simulator, mapping


def source_of(simulator: QoreSimulator, mapping: str, profile: Any = None, **settings: Any) -> QoreSource:
    connection = {"url": simulator.endpoint, "username": USER, "password": PASSWORD, **LIMITS, **settings}
    profile = load_mapping(mapping).profile if profile is None else profile
    return QoreSource(SourceContext(name="qore", municipality="2303", settings=connection, profile=profile))


def facts_of(source: QoreSource, mapping: str) -> list[RecordFacts]:
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


def test_everybody_arrives_as_they_are(pair: tuple[QoreSimulator, str], population: Population) -> None:
    """Both shapes tell the same truth, each through its own mapping and the one adapter."""
    with closing(source_of(*pair)) as source:
        found = {facts.number: facts for facts in facts_of(source, pair[1])}
    assert set(found) == {person.number for person in population.known_to("qore")}
    for person in population.known_to("qore"):
        registered = tuple(event for event in person.events if event.kind.value == "registered")
        assert found[person.number] == RecordFacts(
            number=person.number,
            replaces=person.replaces,
            identity=person.identity,
            protection=person.protection,
            life_status=person.life_status,
            residence=person.residence,
            first_registered=person.first_registered,
            compulsory_schooling=person.compulsory_schooling,
            placements=person.placements,
            qualifications=person.qualifications,
            events=registered,
        ), person


def test_negative_list_is_a_matter_of_the_profile(population: Population) -> None:
    """Ragunda's search, 'placering: ej listade', gives those without a place in gymnasieskolan and no others."""
    profile = load_mapping("qore").profile
    search = profile["search"]
    negative = {**profile, "search": {**search, "arguments": {**search["arguments"], "Urval": "EJ_LISTADE"}}}
    with QoreSimulator(population) as simulator, closing(source_of(simulator, "qore", negative)) as source:
        stories = {population.by_number(facts.number or "").story for facts in facts_of(source, "qore")}  # type: ignore[union-attr]
    assert {"dropout_new", "im_ended", "studiebevis", "newcomer", "awaiting_start"} <= stories
    assert not {"national_attending", "im_attending", "anpassad_attending", "mover_out"} & stories


def test_a_changed_person_is_the_only_changed_record(population: Population) -> None:
    """Records of people to whom nothing happened are the same bytes on a later night."""
    with QoreSimulator(population) as simulator, closing(source_of(simulator, "qore")) as source:
        before = {
            record for page in source.pull(PullRequest(DAY)) if not isinstance(page, Proof) for record in page.records
        }
        later = evolve(population, date(2026, 2, 3))
        simulator.load(later)
        after = {
            record for page in source.pull(PullRequest(DAY)) if not isinstance(page, Proof) for record in page.records
        }
    changed = [
        new
        for old, new in zip(population, later, strict=True)
        if replace(old, story="", covered=None) != replace(new, story="", covered=None)
    ]
    only_in_events = [person for person in changed if person.story == "reached_since"]
    assert len(after - before) == len(changed) - len(only_in_events)


def test_a_wrong_password_names_the_setting(pair: tuple[QoreSimulator, str]) -> None:
    with closing(source_of(*pair, password="fel")) as source, pytest.raises(ConfigurationInvalid) as caught:
        facts_of(source, pair[1])
    assert caught.value.code == "credentials_refused"
    assert "password" in caught.value.remedy


def test_a_list_of_another_name_is_not_an_empty_register(pair: tuple[QoreSimulator, str]) -> None:
    pair[0].faults.add(Fault.MISSING_LIST)
    with closing(source_of(*pair)) as source, pytest.raises(ConfigurationInvalid) as caught:
        facts_of(source, pair[1])
    assert caught.value.code == "answer_not_as_profile"
    assert "search.records" in caught.value.message


def test_a_renamed_record_element_is_not_an_empty_register(pair: tuple[QoreSimulator, str]) -> None:
    simulator, mapping = pair
    simulator.faults.add(Fault.RENAMED_FIELD)
    simulator.renamed = ("<Elev>", "<Ungdom>") if mapping == "qore" else ("<Hit>", "<Match>")
    old, new = (name.replace("<", "</") for name in simulator.renamed)
    with closing(source_of(simulator, mapping)) as source:
        original = simulator._write
        simulator._write = lambda question: original(question).replace(old, new)  # type: ignore[method-assign]
        with pytest.raises(ConfigurationInvalid, match="something else than"):
            facts_of(source, mapping)


def test_an_emptied_register_is_told_as_it_is(pair: tuple[QoreSimulator, str]) -> None:
    """The register itself says zero: the count assertion of the mapping and the guard hold it, not the adapter."""
    pair[0].faults.add(Fault.EMPTIED)
    with closing(source_of(*pair)) as source:
        page, proof = source.pull(PullRequest(DAY))
    assert isinstance(page, Page)
    assert isinstance(proof, Proof)
    assert proof.total == 0
    assert not page.records
    assert load_mapping(pair[1]).assertions.min == 1


def test_a_soap_fault_is_told_without_its_text(population: Population) -> None:
    profile = load_mapping("qore").profile
    broken = {**profile, "search": {**profile["search"], "operation": "Ping", "arguments": {}}}
    with QoreSimulator(population) as simulator:
        simulator.shape.operations = {}  # type: ignore[misc]
        try:
            with closing(source_of(simulator, "qore", broken)) as source, pytest.raises(Unreachable) as caught:
                facts_of(source, "qore")
        finally:
            del simulator.shape.operations
    assert caught.value.code == "soap_fault"
    assert "unknown operation" not in caught.value.message


@pytest.mark.parametrize(
    ("change", "key"),
    [
        ({"serch": {}}, "profile.serch"),
        ({"wsdl": "../elsewhere.wsdl"}, "profile.wsdl"),
        ({"search": {"operation": "X"}}, "profile.search.records"),
        ({"search": {"operation": "X", "records": "a", "arguments": {"P": "{number}"}}}, "profile.search"),
        ({"search": {"operation": "X", "records": "a", "paging": {"style": "page"}}}, "profile.search.paging"),
        ({"person": {"operation": "X", "records": "a", "arguments": {"P": "{page}"}}}, "profile.person"),
        ({"blackout": [{"first": "6-1", "last": "08-31", "reason": "x"}]}, "profile.blackout.0.first"),
    ],
)
def test_a_wrong_profile_names_the_key(population: Population, change: dict[str, Any], key: str) -> None:
    context = SourceContext(
        name="qore",
        municipality="2303",
        settings={"url": "http://127.0.0.1:1"},
        profile={**load_mapping("qore").profile, **change},
    )
    with pytest.raises(ConfigurationInvalid) as caught:
        QoreSource(context)
    assert caught.value.code == "profile_invalid"
    assert f"{key}:" in caught.value.message


@pytest.mark.parametrize(
    ("settings", "key"),
    [({}, "connection.url"), ({"url": "http://127.0.0.1:1", "user": "x"}, "connection.user")],
)
def test_a_wrong_connection_names_the_key_and_no_value(settings: dict[str, Any], key: str) -> None:
    context = SourceContext(
        name="qore",
        municipality="2303",
        settings={**settings, "password": "röjd"},
        profile=load_mapping("qore").profile,
    )
    with pytest.raises(ConfigurationInvalid) as caught:
        QoreSource(context)
    assert key in caught.value.message
    assert "röjd" not in str(caught.value)
    assert "röjd" not in repr(context)


def test_plain_http_to_another_machine_is_refused() -> None:
    settings = {"url": "http://qore.example/service"}
    context = SourceContext(name="qore", municipality="2303", settings=settings, profile=load_mapping("qore").profile)
    with pytest.raises(ConfigurationInvalid) as caught:
        QoreSource(context)
    assert caught.value.code == "plain_http"


def test_the_connections_own_wsdl_goes_before_the_example(tmp_path: Path, population: Population) -> None:
    """A supplier's WSDL is named in the connection, relative to the configuration's folder."""
    (tmp_path / "mine.wsdl").write_bytes((WSDL_FOLDER / "qore_example.wsdl").read_bytes())
    profile = {key: value for key, value in load_mapping("qore").profile.items() if key != "wsdl"}
    with QoreSimulator(population) as simulator:
        settings = {"url": simulator.endpoint, "username": USER, "password": PASSWORD, "wsdl": "mine.wsdl"}
        context = SourceContext(
            name="qore", municipality="2303", settings=settings, profile=profile, base_dir=str(tmp_path)
        )
        with closing(QoreSource(context)) as source:
            assert source.check().ok
    without = SourceContext(name="qore", municipality="2303", settings={"url": "http://127.0.0.1:1"}, profile=profile)
    with pytest.raises(ConfigurationInvalid, match="has no WSDL"):
        QoreSource(without)


def test_the_plugin_offers_its_adapter() -> None:
    offered = {name: factory.__qualname__ for name, factory in kaa_sources().items()}
    assert offered == {"qore": QoreSource.__qualname__}


@pytest.mark.parametrize("name", ["qore.toml", "qore_other.toml"])
def test_examples_are_marked_as_ours(name: str) -> None:
    """Nothing of ours may pass for the supplier's."""
    mapping = load_mapping(name.removesuffix(".toml"))
    assert mapping.status == "profile"
    wsdl = (WSDL_FOLDER / mapping.profile["wsdl"]).read_text(encoding="utf-8")
    assert "AN EXAMPLE OF OURS" in wsdl
