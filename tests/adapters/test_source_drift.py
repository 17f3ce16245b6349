"""Every field of Qore and OEDB, in both shapes, renamed overnight: never a wrong fact, and never in silence."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any

import pytest

from kaa_bridge.domain.fact import Fact
from kaa_bridge.domain.record import Identity, RecordFacts
from kaa_bridge.errors import RecordProblem
from kaa_bridge.mapping import compile_mapping, load_mapping
from kaa_bridge.testing.population import Person, Population, build
from kaa_bridge.testing.simulators import oedb_example, oedb_other, qore_example, qore_other
from kaa_bridge.transport.xml import element_to_mapping, parse_xml

DAY = date(2026, 2, 1)
PEOPLE: Population = build(1, as_of=DAY, municipality="0581", poisoned=False)
OPTIONAL = {"replaces": (), "events": ()}
"""What a source may leave out: an earlier number, an event. There the new name is reported as unnamed."""


def xml_records(shape: Any) -> list[str]:
    return [shape.record(person) for person in PEOPLE]


def json_records(shape: Any) -> list[str]:
    return [shape.record(person, with_events=True) for person in PEOPLE]


RECORDS: dict[str, list[str]] = {
    "qore": xml_records(qore_example.ExampleShape()),
    "qore_other": xml_records(qore_other.OtherShape()),
    "oedb": json_records(oedb_example.ExampleShape()),
    "oedb_other": json_records(oedb_other.OtherShape()),
}


def parsed(mapping: str, record: str) -> Mapping[str, Any]:
    made = element_to_mapping(parse_xml(record.encode())) if mapping.startswith("qore") else json.loads(record)
    assert isinstance(made, dict)
    return made


def names_in(mapping: str) -> set[str]:
    """Return every element, attribute or key that a record holds, the record's own element apart."""
    if not mapping.startswith("qore"):
        return {name for record in RECORDS[mapping] for name in re.findall(r'"(\w+)":', record)}
    roots = [parse_xml(record.encode()) for record in RECORDS[mapping]]
    names = {str(item.tag) for root in roots for item in root.iter() if item is not root}
    return names | {f"@{name}" for root in roots for item in root.iter() for name in map(str, item.attrib)}


def renamed(mapping: str, name: str, record: str) -> str:
    if not mapping.startswith("qore"):
        return record.replace(f'"{name}":', f'"{name}X":')
    if name.startswith("@"):
        return record.replace(f" {name[1:]}=", f" {name[1:]}X=")
    return re.sub(rf"(</?){name}(?=[\s/>])", rf"\g<1>{name}X", record)


CASES = [(mapping, name) for mapping in RECORDS for name in sorted(names_in(mapping))]


def told(person: Person, system: str) -> RecordFacts:
    """Return the truth as the system tells it."""
    return RecordFacts(
        number=person.number,
        replaces=person.replaces,
        identity=person.identity,
        protection=person.protection,
        life_status=person.life_status,
        residence=person.residence,
        first_registered=person.first_registered,
        compulsory_schooling=person.compulsory_schooling,
        placements=person.placements_for(system),
        qualifications=person.qualifications,
        events=person.events,
        handler=person.handler,
    )


def wrong(facts: Any, truth: Any) -> Iterator[str]:
    """Yield the facts that are neither the truth nor unknown."""
    for field in type(truth).__struct_fields__:
        got, want = getattr(facts, field), getattr(truth, field)
        if got is None or got == want or got == OPTIONAL.get(field, object()):
            continue
        if getattr(got, "value", None) == "unknown":
            continue
        if isinstance(got, Identity):
            yield from (f"identity.{name}" for name in wrong(got, want))
        elif isinstance(got, tuple) and isinstance(want, tuple) and field != "replaces":
            yield from _entries(field, got, want)
        elif isinstance(got, Fact):
            yield from (f"{field}.{name}" for name in wrong(got, want))
        else:
            yield field


def _entries(name: str, got: tuple[Any, ...], want: tuple[Any, ...]) -> Iterator[str]:
    if name == "events":
        days = {(event.kind, event.on) for event in want}
        yield from (name for event in got if (event.kind, event.on) not in days)
    elif len(got) != len(want):
        yield name
    else:
        for one, other in zip(got, want, strict=True):
            if getattr(one, "end", None) is None and getattr(other, "end", None) is not None:
                yield f"{name}.end"
            yield from (f"{name}.{part}" for part in wrong(one, other))


@pytest.mark.parametrize(("mapping", "name"), CASES, ids=[f"{mapping} {name}" for mapping, name in CASES])
def test_a_renamed_field_gives_no_wrong_fact_and_is_reported(mapping: str, name: str) -> None:
    mapper = compile_mapping(load_mapping(mapping), as_of=DAY)
    refused = 0
    for person, record in zip(PEOPLE, RECORDS[mapping], strict=True):
        try:
            mapped = mapper.map(parsed(mapping, renamed(mapping, name, record)))
        except RecordProblem:
            refused += 1
            continue
        assert not list(wrong(mapped.facts, told(person, mapping.partition("_")[0]))), person
    assert refused or mapper.unnamed(), "nothing says that a field has another name"
