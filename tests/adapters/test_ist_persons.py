"""The quick look at a person's bytes says the same as reading the whole record, however it is written."""

from __future__ import annotations

import json
from typing import Any

import msgspec
from hypothesis import given
from hypothesis import strategies as st

from kaa_adapter_ist.persons import PersonScan, person_key

TRICKY = ["", '"enrolments":[{', '{"id":"', 'a\\"enrolments\\":[{', "}", "åäö", "\\"]
_texts = st.sampled_from(TRICKY) | st.text(max_size=12)
_enrolments = st.sampled_from([[], [{"schoolType": "GY"}], [{"schoolType": "GY"}, {"schoolType": "GR"}]])
_people = st.fixed_dictionaries(
    {"id": st.uuids().map(str), "givenName": _texts, "familyName": _texts},
    optional={"enrolments": _enrolments, "middleName": _texts, "emails": st.just([{"value": '"enrolments":[{'}])},
)


def _written(person: dict[str, Any], *, spaced: bool, turned: bool) -> bytes:
    items = reversed(person.items()) if turned else person.items()
    return json.dumps(dict(items), separators=None if spaced else (",", ":")).encode()


@given(st.lists(_people, max_size=8), st.booleans(), st.booleans())
def test_the_quick_look_agrees_with_reading(people: list[dict[str, Any]], spaced: bool, turned: bool) -> None:
    records = [_written(person, spaced=spaced, turned=turned) for person in people]
    scan = PersonScan()
    kept = scan.pupils([msgspec.Raw(record) for record in records])
    assert kept == [record for record, person in zip(records, people, strict=True) if "enrolments" in person]
    assert scan.seen == len(people)
    assert scan.strays == sum(not person.get("enrolments") for person in people)
    assert scan.dropped == sum("enrolments" not in person for person in people)
    assert scan.repeated() == len(people) - len({person["id"] for person in people})
    assert [person_key(record) for record in records] == [person["id"] for person in people]


@given(st.lists(st.integers(0, 30), max_size=60), st.integers(1, 9))
def test_repeats_are_counted_in_parts_as_in_one(numbers: list[int], part: int) -> None:
    scan = PersonScan()
    record = '{"id":"00000000-0000-4000-8000-%012d","enrolments":[{}]}'
    scan.pupils([msgspec.Raw((record % number).encode()) for number in numbers])
    assert scan.repeated(part) == len(numbers) - len(set(numbers))


def test_rubbish_is_kept_for_the_mapping_to_refuse() -> None:
    scan = PersonScan()
    rubbish = [b'{"id": 7}', b'{"enrolments":"none"}', b"{}x"]
    assert scan.pupils([msgspec.Raw(record) for record in rubbish]) == rubbish
    assert scan.strays == 0
    assert person_key(rubbish[0]) is None
