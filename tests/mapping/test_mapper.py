"""From record to facts: the bundled SS 12000 mapping, XML shapes, table rows, lists, events, findings."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any

import msgspec
import pytest

from kaa_bridge.domain.facts import CompulsorySchooling, Event, Placement, Qualification, Residence
from kaa_bridge.domain.record import Identity, RecordFacts
from kaa_bridge.domain.stored import packed, unpacked
from kaa_bridge.domain.values import (
    ContactChannel,
    ContactOutcome,
    EventKind,
    LifeStatus,
    PlacementEnd,
    Protection,
    QualificationKind,
    ResidenceBasis,
    SchoolingStatus,
)
from kaa_bridge.errors import RecordProblem
from kaa_bridge.mapping import Finding, RecordRefused
from tests.mapping.support import (
    NUMBER,
    TABLE_MAPPING,
    XML_MAPPING,
    bundled,
    mapper_of,
    person,
    register_post,
    table_row,
)

EVENTS = """
[mapping]
name = "events"
version = "1"
status = "profile"
format = "json"

[record]
key = { parts = ["system", "id"] }

[facts]
number = "pnr"
replaces = "earlier"

[[facts.events]]
kind = { path = "kind", codes = { K = "contact", S = "occupation", F = "first_meeting", X = "" } }
on = { path = "at", convert = "local_date" }
channel = { path = "way", codes = { tel = "phone" }, default = "other" }
outcome = { path = "result", codes = { ok = "reached", nej = "no_answer" } }
what = { path = "work", codes = { jobb = "work" }, unknown = "unknown" }
"""


def test_an_ss12000_person_becomes_facts() -> None:
    mapper = bundled("ist_ss12000")
    mapped = mapper.map(person())
    assert mapped.key == mapper.key(person()) == person()["id"]
    assert mapped.findings == ()
    assert mapper.unnamed() == {}
    assert mapped.facts == RecordFacts(
        number=NUMBER,
        identity=Identity(
            given_name="Anna",
            family_name="Testsson",
            street="Storgatan 1",
            postal_code="84070",
            locality="Hammarstrand",
            email="anna@example.org",
            phone="070-174 06 05",
        ),
        birth_date=date(2010, 1, 1),
        protection=Protection.NONE,
        life_status=LifeStatus.ALIVE,
        residence=(Residence(municipality="2303", basis=ResidenceBasis.REGISTERED),),
        placements=(
            Placement(
                school_form="GR", school_unit="12345678", start=date(2020, 8, 19), end=date(2026, 6, 12), ended_as=None
            ),
            Placement(school_form="GY", study_path="NANAT00", school_unit="87654321", start=date(2026, 8, 19)),
        ),
    )


def test_facts_survive_the_store() -> None:
    facts = bundled("ist_ss12000").map(person()).facts
    assert unpacked(packed(facts)) == facts
    assert msgspec.structs.replace(facts, handler="x").handler == "x"
    with pytest.raises(AttributeError, match="immutable"):
        facts.number = "x"  # type: ignore[misc]


def test_the_spellings_of_version_2_0_are_read() -> None:
    record = person(phoneNumbers=[{"number": "070-174 06 05", "type": "Hem"}])
    record["addresses"].insert(0, {**record["addresses"][0], "type": "Särskildpostadress", "municipalityCode": 114})
    del record["meta"]
    record["enrolments"][0]["schoolType"] = "KOMVUX"
    mapped = bundled("ist_ss12000").map(record)
    assert mapped.findings == ()
    assert mapped.facts.identity is not None
    assert mapped.facts.identity.phone == "070-174 06 05"
    assert mapped.facts.residence == (Residence(municipality="2303"),)
    assert mapped.facts.placements is not None
    assert [place.school_form for place in mapped.facts.placements] == ["VUX", "GY"]


def test_a_missing_list_is_unknown_and_an_empty_one_says_none() -> None:
    silent = person()
    del silent["enrolments"]
    assert bundled("ist_ss12000").map(silent).facts.placements is None
    assert bundled("ist_ss12000").map(person(enrolments=[])).facts.placements == ()
    assert bundled("ist_ss12000").map(person(addresses=[])).facts.residence is None


def test_an_unknown_school_type_is_kept_as_unknown_with_a_finding() -> None:
    record = person()
    record["enrolments"][1]["schoolType"] = "GYX"
    mapped = bundled("ist_ss12000").map(record)
    assert mapped.facts.placements is not None
    assert mapped.facts.placements[1].school_form == "unknown"
    assert mapped.findings == (Finding("unknown_code", "enrolments/schoolType", "placements.school_form"),)


def test_a_cancelled_enrolment_without_end_date_is_seen() -> None:
    record = person()
    record["enrolments"][1]["cancelled"] = True
    mapped = bundled("ist_ss12000").map(record)
    assert mapped.facts.placements is not None
    assert mapped.facts.placements[1].ended_as is PlacementEnd.WITHDRAWN
    assert [finding.code for finding in mapped.findings] == ["ended_without_date"]


def test_one_and_true_are_not_taken_for_each_other_by_memory() -> None:
    mapper = bundled("ist_ss12000")
    cancelled = person()
    cancelled["enrolments"][0]["cancelled"] = True
    one = person()
    one["enrolments"][0]["cancelled"] = 1
    assert mapper.map(cancelled).findings == ()
    with pytest.raises(RecordRefused, match="unknown_code"):
        mapper.map(one)


@pytest.mark.parametrize(
    ("change", "code", "place"),
    [
        ({"id": None}, "no_key", "id"),
        ({"id": ["a", "b"]}, "several_values", "id"),
        ({"civicNo": {"value": "201001012383"}}, "bad_check_digit", "civicNo/value"),
        ({"civicNo": {"value": 201001012382}}, "not_text", "civicNo/value"),
        ({"civicNo": {}}, "missing", "civicNo/value"),
        ({"enrolments": [{"schoolType": "GY"}]}, "missing", "enrolments/startDate"),
        ({"enrolments": ["GY"]}, "missing", "enrolments/startDate"),
        ({"enrolments": [5]}, "wrong_type", "enrolments"),
        (
            {"enrolments": [{"schoolType": "GY", "startDate": "2026-08-19", "endDate": "20260000"}]},
            "incomplete_date",
            "enrolments/endDate",
        ),
        (
            {"enrolments": [{"schoolType": "GY", "startDate": "2026-08-19", "endDate": "2026-08-18"}]},
            "end_before_start",
            "enrolments",
        ),
        (
            {"enrolments": [{"schoolType": "GY", "startDate": "2026-08-19", "slutDatum": "2026-10-01"}]},
            "maybe_renamed",
            "enrolments/endDate",
        ),
    ],
)
def test_a_record_that_cannot_be_used_is_refused_with_code_and_place(
    change: dict[str, Any], code: str, place: str
) -> None:
    with pytest.raises(RecordRefused) as refused:
        bundled("ist_ss12000").map(person(**change))
    assert (refused.value.code, refused.value.place) == (code, place)
    assert isinstance(refused.value, RecordProblem)
    assert "2010" not in refused.value.message + str(refused.value)
    assert refused.value.__context__ is None or refused.value.__suppress_context__


@pytest.mark.parametrize(
    ("marking", "expected"),
    [
        ("Ingen", Protection.NONE),
        ("Skyddad folkbokföring", Protection.SKYDDAD_FOLKBOKFORING),
        ("Nytt", Protection.UNKNOWN),
        (None, Protection.UNKNOWN),
    ],
)
def test_a_refused_record_still_tells_whom_it_is_about(marking: str | None, expected: Protection) -> None:
    record, mapper = person(securityMarking=marking, enrolments=[5]), bundled("ist_ss12000")
    with pytest.raises(RecordRefused):
        mapper.map(record)
    assert mapper.about(record) == RecordFacts(number=NUMBER, protection=expected)
    exam, mapper = {"personnummer": NUMBER, "dokument": "studiebevis", "datum": "igår"}, bundled("ist_exams_file")
    with pytest.raises(RecordRefused):
        mapper.map(exam)
    assert mapper.about(exam) == RecordFacts(number=NUMBER)
    assert mapper.about(exam | {"personnummer": NUMBER[:-1]}) == RecordFacts()
    assert mapper.about([exam]) == RecordFacts(), "an adapter may give anything"


def test_of_whom_an_absence_is_told_nothing_is_kept() -> None:
    record = {"personnummer": NUMBER, "fran": "igår"}
    assert bundled("absences_file").about(record) == RecordFacts()


def test_a_document_of_an_unknown_kind_leaves_the_exams_of_the_youth_unknown() -> None:
    mapped = bundled("ist_exams_file").map({"personnummer": NUMBER, "dokument": "nytt", "datum": "2026-06-10"})
    assert mapped.facts is not None
    assert mapped.facts.qualifications is None
    assert [finding.code for finding in mapped.findings] == ["unknown_code"]


def test_an_unnamed_value_that_is_no_date_only_counts() -> None:
    record = person()
    record["enrolments"][1]["classCode"] = "NA26B"
    mapper = bundled("ist_ss12000")
    assert mapper.map(record).findings == ()
    mapper.map(record)
    assert mapper.unnamed() == {"enrolments/classCode": 2}


def test_names_that_hold_long_numbers_are_masked_and_foreign_records_not_spelt_out() -> None:
    mapper = bundled("ist_ss12000")
    mapper.map(person(**{f"note {NUMBER}": 1}))
    with pytest.raises(RecordRefused):
        mapper.map({"Anna": "Testsson", NUMBER: "x"})
    assert mapper.unnamed() == {"note …": 1, "(no known name in the record)": 1}


@pytest.mark.parametrize(
    ("birth", "known"), [("2010-01-01", True), ("2010-01-03", True), ("2010-02-01", False), ("2009-01-01", False)]
)
def test_a_birth_date_is_held_against_the_number(birth: str, known: bool) -> None:
    mapped = bundled("ist_ss12000").map(person(birthDate=birth))
    assert mapped.facts.birth_date == (date.fromisoformat(birth) if known else None)
    assert [finding.code for finding in mapped.findings] == ([] if birth == "2010-01-01" else ["birth_date_differs"])


def test_the_same_enrolment_twice_counts_once() -> None:
    record = person()
    record["enrolments"] = [*record["enrolments"], dict(record["enrolments"][1])]
    mapped = bundled("ist_ss12000").map(record)
    assert mapped.facts.placements is not None
    assert len(mapped.facts.placements) == 2
    assert [finding.code for finding in mapped.findings] == ["duplicate_item"]


def test_an_exam_row_becomes_a_qualification_and_says_nothing_else() -> None:
    mapped = bundled("ist_exams_file").map({"personnummer": NUMBER, "dokument": "studiebevis", "datum": "20260610"})
    assert mapped.facts == RecordFacts(
        number=NUMBER, qualifications=(Qualification(kind=QualificationKind.STUDIEBEVIS, on=date(2026, 6, 10)),)
    )
    assert mapped.key == f"{NUMBER}|studiebevis"


def test_an_xml_record_becomes_facts(tmp_path: Path) -> None:
    mapped = mapper_of(XML_MAPPING, tmp_path).map(register_post())
    assert mapped.findings == ()
    facts = mapped.facts
    assert facts.protection is Protection.NONE
    assert facts.residence == (Residence(municipality="2303", start=date(2015, 3, 1), basis=ResidenceBasis.REGISTERED),)
    assert facts.placements == (
        Placement(
            school_form="GY",
            study_path="NA",
            start=date(2026, 8, 19),
            end=date(2026, 10, 1),
            ended_as=PlacementEnd.WITHDRAWN,
        ),
    )
    assert facts.compulsory_schooling == CompulsorySchooling(status=SchoolingStatus.ENDED, on=date(2026, 6, 12))


@pytest.mark.parametrize(
    ("marking", "protected", "expected"),
    [
        ("N", "J", Protection.SKYDDAD_FOLKBOKFORING),
        ("J", "N", Protection.SEKRETESSMARKERING),
        ("J", "J", Protection.SKYDDAD_FOLKBOKFORING),
        ("J", "?", Protection.SEKRETESSMARKERING),
        ("N", "?", Protection.UNKNOWN),
        ("N", None, Protection.UNKNOWN),
        ("", "N", Protection.UNKNOWN),
        ({"@satt": "JA", "#text": "J"}, "N", Protection.SEKRETESSMARKERING),
    ],
)
def test_the_strongest_of_several_markings_holds(
    tmp_path: Path, marking: Any, protected: Any, expected: Protection
) -> None:
    record = {**register_post(), "Sekretessmarkering": marking, "SkyddadFolkbokforing": protected}
    assert mapper_of(XML_MAPPING, tmp_path).map(record).facts.protection is expected


def test_an_unknown_document_makes_all_qualifications_unknown(tmp_path: Path) -> None:
    record = register_post()
    record["Bevis"].append({"Typ": "NYTT", "Datum": "2026-06-11"})
    mapped = mapper_of(XML_MAPPING, tmp_path).map(record)
    assert mapped.facts.qualifications is None
    assert [finding.code for finding in mapped.findings] == ["unknown_code"]


def test_an_incomplete_date_is_unknown_with_a_finding(tmp_path: Path) -> None:
    mapped = mapper_of(XML_MAPPING, tmp_path).map({**register_post(), "Fodelsedatum": "20100000"})
    assert mapped.facts.birth_date is None
    assert mapped.findings == (Finding("incomplete_date", "Fodelsedatum", "birth_date"),)


def test_a_row_without_placement_says_none_and_a_row_without_the_column_nothing(tmp_path: Path) -> None:
    mapper = mapper_of(TABLE_MAPPING, tmp_path)
    assert mapper.map({**table_row(), "skolform": "", "fran": "", "till": ""}).facts.placements == ()
    short = table_row()
    del short["skolform"]
    assert mapper.map(short).facts.placements is None


def test_events_carry_only_what_their_kind_may(tmp_path: Path) -> None:
    mapper = mapper_of(EVENTS, tmp_path)
    call = {"system": "T", "id": 9, "pnr": NUMBER, "kind": "K", "at": "2026-06-30T22:30:00Z", "result": "ok"}
    mapped = mapper.map({**call, "earlier": ["200300802394"]})
    assert mapped.key == "T|9"
    assert mapped.facts.replaces == ("200300802394",)
    assert mapped.facts.events == (
        Event(
            kind=EventKind.CONTACT, on=date(2026, 7, 1), channel=ContactChannel.OTHER, outcome=ContactOutcome.REACHED
        ),
    )
    met = mapper.map({**call, "kind": "F", "result": None})
    assert met.findings == ()
    met = mapper.map({**call, "kind": "F"})
    assert met.facts.events == (Event(kind=EventKind.FIRST_MEETING, on=date(2026, 7, 1)),)
    assert met.findings == (Finding("field_not_of_kind", ".", "events.outcome"),)
    assert mapper.map({**call, "kind": "X"}).facts.events == ()
    with pytest.raises(RecordRefused, match="incomplete_event"):
        mapper.map({**call, "result": None})
    with pytest.raises(RecordRefused, match="bad_check_digit"):
        mapper.map({**call, "earlier": ["200300802395"]})


class OtherMapping(Mapping[str, Any]):
    """A mapping that is no dict."""

    def __init__(self, inner: dict[str, Any]) -> None:
        self._inner = inner

    def __getitem__(self, name: str) -> Any:
        return self._inner[name]

    def __iter__(self) -> Any:
        return iter(self._inner)

    def __len__(self) -> int:
        return len(self._inner)


def test_any_mapping_will_do() -> None:
    plain = bundled("ist_ss12000").map(person())
    record = OtherMapping({**person(), "civicNo": OtherMapping({"value": NUMBER})})
    assert bundled("ist_ss12000").map(record) == plain


@pytest.mark.parametrize("record", [None, [], "text", 5, b"bytes"])
def test_what_is_no_record_is_refused(record: Any) -> None:
    mapper = bundled("ist_ss12000")
    with pytest.raises(RecordRefused, match="not_a_record"):
        mapper.map(record)
    with pytest.raises(RecordRefused, match="not_a_record"):
        mapper.key(record)
