"""The adapter against the simulated server: whole pulls, deltas, references, one person."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any, Literal

import msgspec
import pytest

from kaa_adapter_ist import IstSource, kaa_sources
from kaa_adapter_ist.cursor import Cursor, read_cursor
from kaa_bridge.contract import Page, Proof, PullKind, PullRequest, SourceContext
from kaa_bridge.errors import ConfigurationInvalid, KaaError, RecordProblem
from kaa_bridge.mapping import compile_mapping, load_mapping
from kaa_bridge.testing.population import PoisonKind, Population, build, evolve
from kaa_bridge.testing.simulators.base import Fault
from kaa_bridge.testing.simulators.ist import IstSimulator, person_id

AS_OF = date(2026, 3, 2)


@pytest.fixture(scope="module")
def population() -> Population:
    return build(7, as_of=AS_OF, size=60)


def source(sim: IstSimulator, profile: dict[str, Any] | None = None, **more: object) -> IstSource:
    settings = {**sim.connection(), **more}
    return IstSource(SourceContext(name="ist", municipality="2303", settings=settings, profile=profile or {}))


def pulled(made: IstSource, cursor: str | None = None, as_of: date = AS_OF) -> tuple[list[bytes], Proof, set[bytes]]:
    items = list(made.pull(PullRequest(as_of=as_of, cursor=cursor)))
    proof = items[-1]
    assert isinstance(proof, Proof)
    pages = [item for item in items[:-1] if isinstance(item, Page)]
    assert len(pages) == len(items) - 1
    return [record for page in pages for record in page.records], proof, {page.context for page in pages}


def pupils(population: Population) -> set[str]:
    known = [*population.known_to("ist"), *(poison.person for poison in population.poison_in("ist"))]
    return {person_id(person) for person in known if person.placements_for("ist")}


def keys(records: list[bytes]) -> list[str]:
    return [msgspec.json.decode(record)["id"] for record in records]


def test_the_package_offers_the_adapter() -> None:
    offered = {name: factory.__qualname__ for name, factory in kaa_sources().items()}
    assert offered == {"ist": IstSource.__qualname__}


@pytest.mark.parametrize("version", ["2.0", "2.1"])
@pytest.mark.parametrize("dialect", ["standard", "edlevo", "educloud"])
def test_a_whole_pull_gives_every_pupil_once_and_nobody_else(
    population: Population, version: Literal["2.0", "2.1"], dialect: Literal["standard", "edlevo", "educloud"]
) -> None:
    with IstSimulator(population, version=version, dialect=dialect, page_limit=8) as sim:
        made = source(sim)
        assert made.check().ok
        records, proof, contexts = pulled(made)
        assert proof.whole
        assert proof.cursor is None
        assert len(contexts) == 1
        assert sorted(keys(records)) == sorted(pupils(population))
        made.close()


def test_a_server_without_paging_is_asked_without_a_limit(population: Population) -> None:
    with IstSimulator(population, dialect="edlevo") as sim:
        made = source(sim, page_size=0)
        assert made.check().ok
        records, proof, _ = pulled(made)
        made.close()
        assert proof.whole
        assert len(records) == len(pupils(population))
        assert not any("limit" in one.path for one in sim.exchanges)


def test_references_of_an_enrolment_are_resolved(population: Population) -> None:
    with IstSimulator(population) as sim:
        made = source(sim)
        records, _, _ = pulled(made)
        read = [made.parse(record) for record in records]
        made.close()
    enrolments = [enrolment for person in read for enrolment in person["enrolments"]]
    assert all(enrolment["_schoolUnitCode"].startswith("990000") for enrolment in enrolments)
    by_programme = [one for one in enrolments if "educationCode" not in one and "programme" in one]
    assert by_programme
    assert all(one["_programmeCode"] for one in by_programme)
    introductory = [one for one in enrolments if one.get("_programmeCode", "").startswith("IM")]
    assert introductory
    assert {one["_programmeType"] for one in introductory} == {"Intruduktionsprogram"}


def test_an_orientation_has_its_own_code_and_the_type_of_its_programme(population: Population) -> None:
    with IstSimulator(population) as sim:
        orientation = next(one for one in sim.register.collections["programmes"] if one["code"] == "NANAT")
        person = population.by_story("national_attending")

        def edit(one: dict[str, Any]) -> None:
            one["enrolments"][0]["programme"] = {"id": orientation["id"]}

        sim.register.change(person_id(person), edit, datetime.now(UTC))
        made = source(sim)
        records, _, _ = pulled(made)
        changed = next(made.parse(record) for record in records if person_id(person).encode() in record)
        made.close()
    assert changed["enrolments"][0]["_programmeCode"] == "NANAT"
    assert changed["enrolments"][0]["_programmeType"] == "Högskoleförberedande program"


def test_what_cannot_be_resolved_is_left_out(population: Population) -> None:
    with IstSimulator(population) as sim:
        sim.register.collections["organisations"] = sim.register.collections["organisations"][:1]
        sim.register.collections["programmes"] = []
        made = source(sim)
        records, _, _ = pulled(made)
        enrolment = made.parse(records[0])["enrolments"][0]
        made.close()
    assert not [name for name in enrolment if name.startswith("_")]


def test_the_context_changes_with_what_references_mean(population: Population) -> None:
    with IstSimulator(population) as sim:
        made = source(sim)
        _, _, before = pulled(made)
        _, _, again = pulled(made)
        sim.register.collections["organisations"][-1]["schoolUnitCode"] = "99000099"
        _, _, after = pulled(made)
        made.close()
    assert before == again != after


def test_unchanged_people_give_the_same_bytes_the_next_night(population: Population) -> None:
    later = evolve(population, date(2026, 3, 9), share=0.1)
    with IstSimulator(population) as sim:
        made = source(sim)
        before, _, _ = pulled(made)
        sim.update(later)
        after, _, _ = pulled(made)
        made.close()
    same = len(set(before) & set(after))
    assert len(before) * 0.5 < same < len(before)


def test_a_token_that_ends_mid_paging_is_fetched_anew(population: Population) -> None:
    with IstSimulator(population, page_limit=6) as sim:
        made = source(sim)
        sim.knobs.expire_after = 3
        records, proof, _ = pulled(made)
        made.close()
        assert sim.tokens.issued == 2
        assert 401 in {one.answer.status for one in sim.exchanges}
    assert proof.whole
    assert len(records) == len(pupils(population))


@pytest.mark.parametrize("style", ["body", "basic"])
def test_the_client_may_be_told_in_body_or_header(population: Population, style: str) -> None:
    with IstSimulator(population) as sim:
        made = source(sim, token_style=style)
        assert made.check().ok
        made.close()


def test_a_delta_gives_what_changed_and_who_was_deleted(population: Population) -> None:
    with IstSimulator(population, page_limit=3) as sim:
        made = source(sim, delta=True)
        assert PullKind.DELTA in made.describe().kinds
        _, whole, contexts = pulled(made)
        assert whole.whole
        chosen = keys(pulled(source(sim))[0])
        now = datetime.now(UTC) + timedelta(seconds=1)
        for key in chosen[:5]:
            sim.register.change(key, lambda one: one.update(familyName="Ändrad"), now)
        sim.register.remove(chosen[6], now)
        records, proof, after = pulled(made, whole.cursor)
        assert after == contexts
        assert sorted(keys(records)) == sorted(chosen[:5])
        assert proof.removed == (chosen[6],)
        assert not proof.whole
        again, _, _ = pulled(made, proof.cursor)
        assert sorted(keys(again)) == sorted(chosen[:5]), "the overlap reads five minutes back"
        made.close()


def test_a_person_who_comes_twice_in_a_delta_is_given_once(population: Population) -> None:
    with IstSimulator(population) as sim:
        made = source(sim, delta=True)
        _, whole, _ = pulled(made)
        now = datetime.now(UTC) + timedelta(seconds=1)
        for person in sim.persons()[:2]:
            sim.register.change(person["id"], lambda one: one.update(familyName="Ändrad"), now)
        sim.faults.add(Fault.REPEATED_RECORD)
        records, proof, _ = pulled(made, whole.cursor)
        made.close()
    assert len(records) == len(set(keys(records))) == 2
    assert proof.cursor


def test_a_delta_asks_from_five_minutes_before_the_last_pull(population: Population) -> None:
    with IstSimulator(population) as sim:
        made = source(sim, delta=True)
        _, whole, _ = pulled(made)
        made.close()
    cursor = read_cursor(whole.cursor)
    assert cursor
    assert timedelta(minutes=4, seconds=50) < datetime.now(UTC) - cursor.since < timedelta(minutes=6)
    assert cursor.full_on == AS_OF


@pytest.mark.parametrize("days", [-1, 6, 400])
def test_a_delta_gives_way_to_a_whole_pull_in_time(population: Population, days: int) -> None:
    with IstSimulator(population) as sim:
        made = source(sim, delta=True, full_every_days=6)
        _, first, _ = pulled(made)
        _, near, _ = pulled(made, first.cursor, AS_OF + timedelta(days=5))
        _, far, _ = pulled(made, first.cursor, AS_OF + timedelta(days=days))
        made.close()
    assert not near.whole
    assert far.whole


def test_a_new_programme_makes_the_next_pull_whole(population: Population) -> None:
    with IstSimulator(population) as sim:
        made = source(sim, delta=True)
        _, first, _ = pulled(made)
        sim.register.collections["programmes"][0]["code"] = "XX"
        _, then, _ = pulled(made, first.cursor)
        made.close()
    assert then.whole


@pytest.mark.parametrize(
    "cursor", ["", "nonsense", "{}", '{"since":"2026-03-01T00:00:00","full_on":"2026-03-01","context":""}']
)
def test_a_cursor_that_is_not_ours_gives_a_whole_pull(population: Population, cursor: str) -> None:
    assert read_cursor(cursor) is None
    with IstSimulator(population) as sim:
        made = source(sim, delta=True)
        _, proof, _ = pulled(made, cursor)
        made.close()
    assert proof.whole


def test_a_cursor_survives_being_written() -> None:
    cursor = Cursor(datetime(2026, 3, 2, 2, 30, tzinfo=UTC), AS_OF, "ab")
    assert read_cursor(cursor.written()) == cursor


def test_without_delta_a_cursor_is_not_used(population: Population) -> None:
    with IstSimulator(population) as sim:
        cursor = pulled(source(sim, delta=True))[1].cursor
        _, proof, _ = pulled(source(sim), cursor)
    assert proof.whole
    assert proof.cursor is None


def test_one_person_is_fetched_by_a_number_in_the_body(population: Population) -> None:
    person = population.by_story("national_attending")
    with IstSimulator(population) as sim:
        made = source(sim)
        assert made.describe().fetches_person
        records = made.fetch_person(person.number)
        assert keys(list(records)) == [person_id(person)]
        assert made.parse(records[0])["enrolments"][0]["_schoolUnitCode"] == "99000001"
        assert made.fetch_person("209001012381") == []
        made.close()
        assert not [one for one in sim.exchanges if person.number in one.request.outside_body]
        assert [one for one in sim.exchanges if person.number.encode() in one.body]


def test_a_dialect_without_look_up_says_so(population: Population) -> None:
    with IstSimulator(population) as sim:
        made = source(sim, profile={"paths": {"persons_lookup": ""}})
        assert not made.describe().fetches_person
        with pytest.raises(NotImplementedError):
            made.fetch_person("209001012381")
        made.close()


def test_a_look_up_that_is_too_large_is_split(population: Population) -> None:
    with IstSimulator(population) as sim:
        made = source(sim, attempts=1)
        sim.knobs.lookup_limit = 7
        numbers = [person.number for person in population.known_to("ist")][:30]
        found = made._asker.lookup("persons/lookup", "civicNos", numbers, key="persons_lookup")
        made.close()
        assert len(found) == 30
        assert [one.answer.status for one in sim.exchanges].count(503) == 5


def test_the_bundled_mapping_reads_every_sound_record_and_refuses_the_poisoned(population: Population) -> None:
    mapper = compile_mapping(load_mapping("ist_ss12000"), as_of=AS_OF)
    poisoned = {person_id(poison.person) for poison in population.poison_in("ist")}
    refused, facts = set[str](), {}
    with IstSimulator(population) as sim:
        made = source(sim)
        for record in pulled(made)[0]:
            raw = made.parse(record)
            try:
                mapped = mapper.map(raw)
            except RecordProblem:
                refused.add(mapper.key(raw))
                continue
            facts[mapper.key(raw)] = mapped.facts
        made.close()
    assert refused == poisoned != set()
    assert not mapper.unnamed()
    for person in population.known_to("ist"):
        if person.placements_for("ist"):
            told = facts[person_id(person)]
            assert told.number == person.number
            assert told.placements is not None
            expected = [
                (place.school_unit, place.study_path, place.start, place.end) for place in person.placements_for("ist")
            ]
            assert [(one.school_unit, one.study_path, one.start, one.end) for one in told.placements] == expected


@pytest.mark.parametrize("kind", list(PoisonKind))
def test_every_kind_of_poison_is_refused_by_the_bundled_mapping(population: Population, kind: PoisonKind) -> None:
    (planted,) = population.poison_in("ist")
    poison = replace(planted, kind=kind)
    mapper = compile_mapping(load_mapping("ist_ss12000"), as_of=AS_OF)
    with IstSimulator(replace(population, people=population.people[:1], poisoned=(poison,))) as sim:
        made = source(sim)
        raw = [made.parse(record) for record in pulled(made)[0]]
        made.close()
    (bad,) = (one for one in raw if one["id"] == person_id(poison.person))
    with pytest.raises(RecordProblem):
        mapper.map(bad)


@pytest.mark.parametrize("record", [b"[]", b"{", b"", b'"x"', b'{"id":"\xff"}'])
def test_a_record_that_is_no_object_is_set_aside(population: Population, record: bytes) -> None:
    with IstSimulator(population) as sim:
        made = source(sim)
        with pytest.raises(RecordProblem) as caught:
            made.parse(record)
        made.close()
    assert caught.value.code == "ist_record_unreadable"


@pytest.mark.parametrize(
    ("settings", "profile", "where"),
    [
        ({"page_size": -1}, {}, "page_size"),
        ({"limit": 5}, {}, "limit"),
        ({"dialect": "other"}, {}, "dialect"),
        ({"client_secret": None}, {}, "client_secret"),
        ({"page_size": "10"}, {}, "page_size"),
        ({}, {"operation": "x"}, "operation"),
        ({}, {"paths": {"pupils": "x"}}, "pupils"),
        ({}, {"paths": {"persons": "../persons?x"}}, "persons"),
    ],
)
def test_wrong_settings_are_named(settings: dict[str, Any], profile: dict[str, Any], where: str) -> None:
    told = {
        "url": "http://127.0.0.1:9/v2.0",
        "token_url": "http://127.0.0.1:9/t",
        "client_id": "a",
        "client_secret": "b",
    }
    context = SourceContext(name="ist", municipality="2303", settings={**told, **settings}, profile=profile)
    with pytest.raises(ConfigurationInvalid) as caught:
        IstSource(context)
    assert caught.value.code == "ist_settings"
    assert where in caught.value.message


def test_an_educloud_address_names_the_customer() -> None:
    settings = {"url": "https://api.example/ss12000v2-api", "dialect": "educloud"}
    with pytest.raises(KaaError) as caught:
        IstSource(SourceContext(name="ist", municipality="2303", settings=settings))
    assert caught.value.code == "ist_address"
