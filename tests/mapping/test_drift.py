"""Schema drift: whatever a supplier changes ends as quarantine, finding or unknown, never as a wrong fact in silence.

Every leaf of every sample record is made missing, null, renamed, mistyped, given an unknown code, too long, doubled,
badly decoded, and swapped with each of its neighbours.
"""

from __future__ import annotations

import copy
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from kaa_bridge.domain.fact import Fact
from kaa_bridge.domain.values import Protection
from kaa_bridge.mapping import Mapped, Mapper, RecordRefused
from tests.mapping.support import TABLE_MAPPING, XML_MAPPING, bundled, mapper_of, person, register_post, table_row

Place = tuple[str | int, ...]
Mutation = tuple[str, str, Place, Any]

FREE_TEXT = ("identity", "handler")
"""No reader can tell a given name from a locality: swapped free text is the one change that cannot be seen."""
SAYS_OPEN = {(kind, name) for kind in ("missing", "null") for name in ("endDate", "cancelled", "Till", "till")}
"""An optional end date that is not there *is* how these formats say that a placement goes on."""


def plain(facts: Any) -> Any:
    """Return facts as dicts and tuples, every field included."""
    if isinstance(facts, Fact):
        return {name: plain(getattr(facts, name)) for name in facts.__struct_fields__}
    return tuple(map(plain, facts)) if isinstance(facts, tuple) else facts


def cancelled_person() -> dict[str, Any]:
    record = person(securityMarking="Skyddad folkbokföring")
    record["enrolments"][1].update(cancelled=True, endDate="2026-10-01")
    return record


SAMPLES: dict[str, tuple[str, Any]] = {
    "ist": ("ist_ss12000", person()),
    "ist-cancelled": ("ist_ss12000", cancelled_person()),
    "exams": ("ist_exams_file", {"personnummer": "20100101-2382", "dokument": "studiebevis", "datum": "2026-06-10"}),
    "xml": (XML_MAPPING, register_post()),
    "table": (TABLE_MAPPING, table_row()),
}


def leaves(value: Any, place: Place = ()) -> Iterator[Place]:
    if isinstance(value, dict):
        for name, child in value.items():
            yield from leaves(child, (*place, name))
    elif isinstance(value, list):
        for index, child in enumerate(value):
            yield from leaves(child, (*place, index))
    else:
        yield place


def parent_of(record: Any, place: Place) -> Any:
    for part in place[:-1]:
        record = record[part]
    return record


def mutations() -> Iterator[Mutation]:
    for sample, (_, record) in SAMPLES.items():
        for place in leaves(record):
            value = parent_of(record, place)[place[-1]]
            yield "missing", sample, place, None
            yield "null", sample, place, None
            yield "renamed", sample, place, None
            for new in (1.5, {"value": value}, [value, f"{value}x"], "Nytt värde!", f"{value}" * 300, _garbled(value)):
                yield "changed", sample, place, new
            neighbours = parent_of(record, place)
            for other in neighbours:
                if place[-1] < other and not isinstance(neighbours[other], (dict, list)) and value != neighbours[other]:
                    yield "swapped", sample, place, other


def _garbled(value: Any) -> str:
    return f"{value}å".encode().decode("iso-8859-1")


def mutated(mutation: Mutation) -> Any:
    kind, sample, place, new = mutation
    record = copy.deepcopy(SAMPLES[sample][1])
    holder, name = parent_of(record, place), place[-1]
    if kind == "missing":
        del holder[name]
    elif kind == "null":
        holder[name] = None
    elif kind == "renamed":
        holder[f"{name}_2"] = holder.pop(name)
    elif kind == "swapped":
        holder[name], holder[new] = holder[new], holder[name]
    else:
        holder[name] = new
    return record


def wrong_facts(before: Any, after: Any, place: str = "") -> Iterator[str]:
    """Yield the facts that hold another value than before; unknown is not another value."""
    if before == after or after is None or str(after) == "unknown":
        if after is None and before is not None and place.endswith("end"):
            yield place
    elif isinstance(before, dict) and isinstance(after, dict):
        for name in before:
            yield from wrong_facts(before[name], after[name], f"{place}/{name}")
    elif isinstance(before, (list, tuple)) and isinstance(after, (list, tuple)) and len(before) == len(after):
        for index, (one, other) in enumerate(zip(before, after, strict=True)):
            yield from wrong_facts(one, other, f"{place}/{index}")
    else:
        yield place


MUTATIONS = list(mutations())


def mapper_for(sample: str, folder: Path) -> Mapper:
    source = SAMPLES[sample][0]
    return mapper_of(source, folder) if "\n" in source else bundled(source)


def test_there_are_enough_mutations() -> None:
    assert len(MUTATIONS) >= 400


@pytest.mark.parametrize("sample", SAMPLES)
def test_no_mutation_gives_a_wrong_fact_in_silence(sample: str, tmp_path: Path) -> None:
    mapper = mapper_for(sample, tmp_path)
    whole = mapper.map(SAMPLES[sample][1])
    assert whole.findings == ()
    assert mapper.unnamed() == {}
    before = plain(whole.facts)
    silent = []
    for mutation in MUTATIONS:
        if mutation[1] != sample:
            continue
        try:
            after = mapper_for(sample, tmp_path).map(mutated(mutation))
        except RecordRefused:
            continue
        if not after.findings and (mutation[0], mutation[2][-1]) not in SAYS_OPEN:
            wrong = wrong_facts(before, plain(after.facts))
            silent += [(mutation[0], mutation[2], fact) for fact in wrong if fact.split("/")[1] not in FREE_TEXT]
    assert silent == []


@pytest.mark.parametrize("sample", ["ist", "ist-cancelled", "xml", "table"])
def test_a_protection_that_cannot_be_read_is_protected(sample: str, tmp_path: Path) -> None:
    names = {"securityMarking", "Sekretessmarkering", "SkyddadFolkbokforing", "skydd"}
    about = [one for one in MUTATIONS if one[1] == sample and touches(one, names)]
    assert len(about) >= 9
    for mutation in about:
        mapped = used(mapper_for(sample, tmp_path), mutated(mutation))
        if mapped is not None:
            assert mapped.facts.protection is not None
            assert mapped.facts.protection.is_protected
            assert mapped.findings


def touches(mutation: Mutation, names: set[str]) -> bool:
    return mutation[2][-1] in names or (mutation[0] == "swapped" and mutation[3] in names)


def used(mapper: Mapper, record: Any) -> Mapped | None:
    try:
        return mapper.map(record)
    except RecordRefused:
        return None


@pytest.mark.parametrize("sample", SAMPLES)
def test_a_renamed_name_is_reported_unless_the_record_is_refused(sample: str, tmp_path: Path) -> None:
    for mutation in MUTATIONS:
        if mutation[1] == sample and mutation[0] == "renamed":
            mapper = mapper_for(sample, tmp_path)
            mapped = used(mapper, mutated(mutation))
            ignored = mapped is not None and not mapper.unnamed() and not mapped.findings
            assert not ignored or mutation[2][0] in ("meta", "enrolments"), mutation


def test_a_renamed_protection_is_unknown_and_never_none() -> None:
    record = person()
    record["security_marking"] = record.pop("securityMarking")
    mapper = bundled("ist_ss12000")
    assert mapper.map(record).facts.protection is Protection.UNKNOWN
    assert mapper.unnamed() == {"security_marking": 1}
