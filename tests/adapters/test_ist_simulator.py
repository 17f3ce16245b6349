"""The simulated server itself: large registers rendered beforehand, later populations, what it keeps."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import msgspec

from kaa_adapter_ist import IstSource
from kaa_bridge.contract import Page, Proof, PullRequest, SourceContext
from kaa_bridge.mapping import compile_mapping, load_mapping
from kaa_bridge.testing.population import build, build_large, large_person
from kaa_bridge.testing.population.large import LARGE_AS_OF
from kaa_bridge.testing.simulators.ist import IstSimulator, person_id

AS_OF = date(2026, 3, 2)
EMPTY = replace(build(1, as_of=AS_OF, size=1, poisoned=False), people=(), as_of=LARGE_AS_OF)


def source(sim: IstSimulator) -> IstSource:
    return IstSource(SourceContext(name="ist", municipality="2303", settings=sim.connection()))


def pulled(made: IstSource) -> tuple[list[bytes], Proof]:
    items = list(made.pull(PullRequest(as_of=LARGE_AS_OF)))
    proof = items[-1]
    assert isinstance(proof, Proof)
    return [record for item in items[:-1] if isinstance(item, Page) for record in item.records], proof


def test_a_large_register_is_served_whole_and_maps_without_findings() -> None:
    mapper = compile_mapping(load_mapping("ist_ss12000"), as_of=LARGE_AS_OF)
    with IstSimulator(EMPTY, bulk=build_large(1, 2500), page_limit=1000) as sim:
        made = source(sim)
        records, proof = pulled(made)
        assert proof.whole
        assert len(records) == 2500
        for record in records[::50]:
            mapped = mapper.map(made.parse(record))
            assert not mapped.findings
            assert mapped.facts.placements
            assert mapped.facts.placements[0].school_unit
        made.close()
        assert sim.exchanges == ()
        assert sum("/persons" in one.path for one in sim.requests) == 3
    assert not mapper.unnamed()


def test_a_changed_share_changes_that_share_of_the_bytes() -> None:
    people = [large_person(1, index) for index in range(300)]
    with IstSimulator(EMPTY, bulk=people, page_limit=100) as sim:
        made = source(sim)
        before, _ = pulled(made)
        sim.update_bulk([large_person(1, 7, turn=1), *people[:7], *people[8:]], LARGE_AS_OF, page_size=100)
        after, proof = pulled(made)
        made.close()
    assert proof.whole
    assert len(set(before) - set(after)) == 1


def test_an_empty_register_rendered_beforehand_is_one_empty_page() -> None:
    with IstSimulator(EMPTY, bulk=()) as sim:
        made = source(sim)
        records, _ = pulled(made)
        made.close()
    assert records == []


def test_a_changed_number_keeps_the_transfer_id() -> None:
    population = build(3, as_of=AS_OF)
    changed = population.by_story("number_change")
    with IstSimulator(population) as sim:
        earlier = next(one for one in sim.persons() if one["id"] == person_id(changed))
        people = tuple(
            replace(one, number=one.replaces[0], replaces=()) if one is changed else one for one in population.people
        )
        sim.update(replace(population, people=people))
        later = next(one for one in sim.persons() if one["id"] == person_id(changed))
    assert earlier["civicNo"] != later["civicNo"]
    assert later["meta"]["modified"] > earlier["meta"]["modified"]


def test_who_leaves_the_register_is_told_as_deleted_and_unchanged_times_stay() -> None:
    population = build(3, as_of=AS_OF)
    gone = next(one for one in population.known_to("ist") if one.placements)
    with IstSimulator(population) as sim:
        before = {one["id"]: msgspec.json.encode(one) for one in sim.persons()}
        sim.update(replace(population, people=tuple(one for one in population.people if one is not gone)))
        assert [key for _, _, key in sim.register.deleted] == [person_id(gone)]
        after = {one["id"]: msgspec.json.encode(one) for one in sim.persons()}
    assert after == {key: before[key] for key in before if key != person_id(gone)}
