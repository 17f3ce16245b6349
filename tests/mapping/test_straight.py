"""The reading straight from JSON gives what the reference gives, or leaves the record to it."""

from __future__ import annotations

import copy
import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kaa_bridge.mapping import Mapper, compile_mapping, load_mapping
from kaa_bridge.mapping.written import straight
from tests.mapping.support import AS_OF, person
from tests.mapping.test_written import answer, records

PLAIN_MAPPING = """
[mapping]
name = "plain"
version = "1"
status = "profile"
format = "json"

[record]
key = "nr"

[facts]
number = { path = "nr", required = true }
birth_date = { path = "person/f\u00f6dd", unknown = "unknown" }
protection = { path = "skydd", codes = { nej = "none", ja = "sekretessmarkering" }, unknown = "unknown" }
handler = "@handl\u00e4ggare"

[facts.identity]
given_name = "person/namn"
email = { path = ["kontakt/epost", "kontakt/annan"] }

[facts.compulsory_schooling]
status = { path = "skolplikt/status", codes = { klar = "ended", nej = "ongoing" }, unknown = "unknown" }
on = { path = "skolplikt/slut", unknown = "unknown" }

[[facts.residence]]
each = "hem"
municipality = { path = "kommun", unknown = "unknown" }
basis = { const = "registered" }

[[facts.placements]]
each = "platser"
school_form = { path = "form", codes = "ss12000_school_types", unknown = "unknown" }
start = { path = "fr\u00e5n", required = true }
end = "till"

[[facts.qualifications]]
each = "bevis"
kind = { path = "slag", codes = { examen = "gymnasieexamen", bevis = "studiebevis" } }
on = "datum"

[ignore]
paths = ["anteckning", "platser/skola", "vem/namn"]
"""
NAMES = ["ist_ss12000", "plain"]
UNIT = "12345678"


def complete(enrolment: dict[str, Any]) -> None:
    """Add what an adapter would add."""
    enrolment["_schoolUnitCode"] = UNIT


COMPLETES: dict[str, dict[str, Any]] = {"ist_ss12000": {"enrolments": complete}}


class Straight:
    """A mapping read both ways."""

    def __init__(self, name: str, file: str) -> None:
        self.name = name
        self.reference = compile_mapping(load_mapping(file), as_of=AS_OF)
        self.reference._until_written = 0
        self.completes = COMPLETES.get(name, {})
        written = straight(self.reference._parts, self.completes)
        assert written is not None, f"{name} is not read straight from JSON"
        self.read, self.source = written

    def agree(self, record: Any) -> bool:
        """Read a record both ways; tell whether the straight way took it."""
        parsed = copy.deepcopy(record)
        for name, add in self.completes.items():
            for entry in parsed[name] if isinstance(parsed.get(name), list) else ():
                if isinstance(entry, dict):
                    add(entry)
        before = dict(self.reference.unnamed())
        expected = answer(self.reference.map, parsed)
        found = self.read(json.dumps(record).encode())
        if found is None:
            return False
        assert expected == found
        assert self.reference.unnamed() == before, "a name that nobody knows was not counted"
        return True

    def __repr__(self) -> str:
        return f"<Straight {self.name}>"


@pytest.fixture(scope="module")
def both(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Straight]:
    plain = tmp_path_factory.mktemp("mappings") / "plain.toml"
    plain.write_text(PLAIN_MAPPING, encoding="utf-8")
    return {"ist_ss12000": Straight("ist_ss12000", "ist_ss12000"), "plain": Straight("plain", str(plain))}


@pytest.mark.parametrize("name", NAMES)
@settings(max_examples=200, deadline=None)
@given(data=st.data())
def test_the_straight_reading_agrees_with_the_reference(
    both: dict[str, Straight], name: str, data: st.DataObject
) -> None:
    both[name].agree(data.draw(records(both[name].reference)))


def test_a_mapping_of_plain_names_is_read_straight(both: dict[str, Straight]) -> None:
    record = {
        "nr": "201001012382",
        "person": {"född": "2010-01-01", "namn": "Anna"},
        "kontakt": {"annan": "anna@example.org"},
        "skolplikt": {"status": "klar", "slut": "2026-06-12"},
        "@handläggare": "h1",
        "hem": [{"kommun": "2303"}],
        "platser": [{"form": "GY", "från": "2026-08-19", "skola": {"namn": "Skolan"}}],
        "anteckning": {"fri": ["text"]},
    }
    assert both["plain"].agree(record)
    for odd in (
        {"person": "Anna"},
        {"vem": {"annat": 1}},
        {"platser": [{"form": "GY", "från": "2026-08-19", "nytt": 1}]},
    ):
        assert not both["plain"].agree(record | odd)


def home(**other: Any) -> dict[str, Any]:
    return {"type": "Folkbokföring", "streetAddress": "Storgatan 1", "municipalityCode": 2303, **other}


@pytest.mark.parametrize(
    "changed",
    [
        {},
        {"givenName": None, "emails": None, "addresses": [home()]},
        {"givenName": 17},
        {"givenName": " Anna ", "familyName": "  "},
        {"civicNo": {"value": "201001012382", "nationality": {"any": ["thing"]}}},
        {"addresses": [home(), {"type": "Särskild postadress", "streetAddress": "Box 1", "municipalityCode": 114}]},
        {"addresses": [home(), home(municipalityCode=114)]},
        {"enrolments": []},
        {"enrolments": None},
        {"meta": {"anything": [1, {"goes": "here"}]}},
        {"birthDate": "2010-02-30"},
    ],
)  # fmt: skip
def test_what_records_hold_in_practice_is_read_alike(both: dict[str, Straight], changed: dict[str, Any]) -> None:
    way = both["ist_ss12000"]
    for record in [person(**changed)] * 2:
        way.agree(record)


def test_plain_records_are_taken(both: dict[str, Straight]) -> None:
    way = both["ist_ss12000"]
    assert way.agree(person())
    beside = [*person()["addresses"], {"type": "Särskild postadress", "municipalityCode": 114}]
    assert way.agree(person(addresses=beside))


@pytest.mark.parametrize(
    "odd",
    [
        b"",
        b"[]",
        b"{}",
        b"null",
        b'{"id": "x"',
        json.dumps(person(meta={"odd": "\xff"}), ensure_ascii=False).encode("latin-1"),
        json.dumps(person(extra=1)).encode(),
        json.dumps(person(civicNo={"value": "201001012382", "extra": 1})).encode(),
        json.dumps(person(civicNo="201001012382")).encode(),
        json.dumps(person(civicNo=None)).encode(),
        json.dumps(person(id=None)).encode(),
        json.dumps(person(enrolments=[{"schoolType": "GY"}])).encode(),
        json.dumps(person(enrolments=[{"schoolType": "GY", "startDate": "2026-08-19", "extra": 1}])).encode(),
        json.dumps(person(enrolments=["x"])).encode(),
    ],
)
def test_what_is_not_plain_is_left_to_the_reference(both: dict[str, Straight], odd: bytes) -> None:
    assert both["ist_ss12000"].read(odd) is None


def test_a_list_is_decoded_once_for_all_who_have_it() -> None:
    met: list[str] = []
    reference = compile_mapping(load_mapping("ist_ss12000"), as_of=AS_OF)
    reference.map(person())
    written = straight(reference._parts, {"enrolments": lambda enrolment: met.append(enrolment["schoolType"])})
    assert written is not None
    records = [json.dumps(person(id=f"7b1c2f0e-0000-4000-8000-{index:012d}")).encode() for index in range(3)]
    assert None not in [written[0](record) for record in records]
    assert len(met) == len(person()["enrolments"])


def test_an_adapter_that_completes_what_no_rule_reads_is_not_read_straight() -> None:
    mapper = compile_mapping(load_mapping("ist_ss12000"), as_of=AS_OF)
    assert straight(mapper._parts, {"emails": complete}) is None


def mapper_of_json(monkeypatch: pytest.MonkeyPatch) -> Mapper:
    mapper = compile_mapping(load_mapping("ist_ss12000"), as_of=AS_OF, completes={"enrolments": complete})
    monkeypatch.setattr(mapper, "_until_written", 1)
    mapper.map(person())
    return mapper


def test_the_mapper_reads_straight_once_many_records_have_come(monkeypatch: pytest.MonkeyPatch) -> None:
    mapper = mapper_of_json(monkeypatch)
    record = json.dumps(person()).encode()
    assert compile_mapping(load_mapping("ist_ss12000"), as_of=AS_OF).map_straight([record]) == [None]
    found = mapper.map_straight([record, b"{}"])
    assert found[0] is not None
    assert found[1] is None


def test_the_mapper_gives_up_where_most_records_are_built_otherwise(monkeypatch: pytest.MonkeyPatch) -> None:
    mapper = mapper_of_json(monkeypatch)
    odd = json.dumps(person(extra=1)).encode()
    assert mapper.map_straight([odd, odd, json.dumps(person()).encode()])[:2] == [None, None]
    assert mapper.map_straight([json.dumps(person()).encode()]) == [None]
    assert mapper._written is not None


def test_no_text_of_a_mapping_becomes_an_attribute_or_code(both: dict[str, Straight]) -> None:
    assert "givenName" not in both["ist_ss12000"].source


@pytest.mark.parametrize("padding", ["  ", "+1", "1_", "00"])
def test_no_way_of_reading_takes_a_padded_number_for_one_of_twelve_digits(
    both: dict[str, Straight], padding: str
) -> None:
    record = {"nr": padding + "1001012382"}
    reader = both["plain"]
    for read in (reader.reference.map, lambda raw: reader.read(json.dumps(raw).encode())):
        found = answer(read, record)
        number = getattr(getattr(found, "facts", None), "number", None)
        assert number == ("201001012382" if padding == "  " else None), found
