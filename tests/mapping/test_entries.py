"""Lists of facts: where entries stand, when a source says none, joined groups, and the watch for renamed names."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from kaa_bridge.domain.values import PlacementEnd, QualificationKind
from kaa_bridge.mapping import Finding, RecordRefused
from kaa_bridge.mapping.describe import describe
from kaa_bridge.mapping.toml_lines import line_of
from tests.mapping.support import NUMBER, bundled, mapper_of, person, register_post

HEAD = """
[mapping]
name = "x"
version = "1"
status = "profile"
format = "json"

[record]
key = "id"

[facts]
number = "nr"
"""
RECORD = {"id": "1", "nr": NUMBER}


def facts_of(rules: str, folder: Path, record: dict[str, Any]) -> Any:
    return mapper_of(HEAD + rules, folder).map({**RECORD, **record}).facts


TWO_GROUPS = """
[[facts.placements]]
when = "first"
school_form = { path = "first", codes = { GY = "GY" } }
[[facts.placements]]
when = "second"
none_when = "absent"
school_form = { path = "second", codes = { GY = "GY", KV = "VUX" } }
"""


@pytest.mark.parametrize(
    ("record", "forms"),
    [
        ({"first": "GY", "second": "KV"}, ["GY", "VUX"]),
        ({"first": "GY", "second": ""}, ["GY"]),
        ({"first": "GY"}, ["GY"]),
        ({"first": "", "second": ""}, []),
        ({"first": ""}, []),
        ({"second": "KV"}, None),
        ({}, None),
    ],
)
def test_groups_are_joined_and_half_a_list_is_unknown(
    tmp_path: Path, record: dict[str, Any], forms: list[str] | None
) -> None:
    placements = facts_of(TWO_GROUPS, tmp_path, record).placements
    assert (None if placements is None else [place.school_form for place in placements]) == forms


@pytest.mark.parametrize(
    ("none_when", "absent", "empty"), [("empty", None, ()), ("absent", (), ()), ("never", None, None)]
)
def test_none_when_says_what_silence_means(tmp_path: Path, none_when: str, absent: Any, empty: Any) -> None:
    rules = f"""
[[facts.qualifications]]
each = "documents"
none_when = "{none_when}"
kind = {{ path = "kind", codes = {{ SB = "studiebevis", SLUT = "" }} }}
"""
    assert facts_of(rules, tmp_path, {}).qualifications == absent
    assert facts_of(rules, tmp_path, {"documents": []}).qualifications == empty
    assert facts_of(rules, tmp_path, {"documents": [{"kind": "SLUT"}]}).qualifications == empty
    documents = facts_of(rules, tmp_path, {"documents": {"kind": "SB"}}).qualifications
    assert [one.kind for one in documents] == [QualificationKind.STUDIEBEVIS]


def test_entries_may_be_plain_texts(tmp_path: Path) -> None:
    rules = """
[[facts.qualifications]]
each = "documents"
kind = { path = "#text", codes = { SB = "studiebevis" } }
"""
    assert len(facts_of(rules, tmp_path, {"documents": ["SB", "SB"]}).qualifications) == 1


def test_an_empty_element_around_the_entries_says_none(tmp_path: Path) -> None:
    from tests.mapping.support import XML_MAPPING

    mapper = mapper_of(XML_MAPPING, tmp_path)
    assert mapper.map({**register_post(), "Placeringar": ""}).facts.placements == ()
    assert mapper.map({**register_post(), "Placeringar": {"@antal": "0"}}).facts.placements is None
    silent = register_post()
    del silent["Placeringar"]
    assert mapper.map(silent).facts.placements is None


def test_a_missing_municipality_makes_the_residence_unknown() -> None:
    record = person()
    del record["addresses"][0]["municipalityCode"]
    assert bundled("ist_ss12000").map(record).facts.residence is None


def test_how_a_placement_ended_may_have_a_new_name() -> None:
    record = person()
    record["enrolments"][1]["avbruten"] = True
    mapped = bundled("ist_ss12000").map(record)
    assert mapped.facts.placements is not None
    assert mapped.facts.placements[1].ended_as is PlacementEnd.UNKNOWN
    assert Finding("maybe_renamed", "enrolments/endDate", "placements.ended_as") in mapped.findings


def test_remembered_entries_give_the_same_as_fresh_ones() -> None:
    mapper = bundled("ist_ss12000")
    first = mapper.map(person()).facts
    assert mapper.map(person()).facts == first
    strange = person()
    strange["enrolments"][1]["note"] = {"deep": 1}
    assert mapper.map(strange).facts == first
    assert mapper.unnamed() == {"enrolments/note": 1}
    broken = person()
    broken["enrolments"][1]["startDate"] = ["2026-08-19", "2026-08-20"]
    with pytest.raises(RecordRefused, match="several_values"):
        mapper.map(broken)


def test_a_description_names_what_is_there_and_nobody() -> None:
    facts = bundled("ist_ss12000").map(person(civicNo={"value": "200300802394"}, birthDate=None)).facts
    assert describe(facts)["number"] == "samordningsnummer (ok)"
    interim = bundled("ist_ss12000").map(person(civicNo={"value": "20130101TF01"}, birthDate=None)).facts
    assert describe(interim)["number"] == "interim (ok)"
    assert "Anna" not in str(describe(facts))


@pytest.mark.parametrize(
    ("path", "line"),
    [
        (("a", "x"), 2),
        (("a", "x", "deep"), 2),
        (("a", "z"), 6),
        (("b", 1, "y"), 10),
        (("b", 1, "c", "d"), 12),
        (("quoted key", "k"), 14),
        (("nowhere",), 1),
    ],
)
def test_lines_are_found(path: tuple[str | int, ...], line: int) -> None:
    text = (
        '[a]\nx = 1\ny = """\n[b]\nx = 2"""\nz.w = 1\n[[b]]\ny = 1\n[[b]]\ny = 2\n[b.c] # note\nd = 1\n'
        '["quoted key"]\nk = 1\n'
    )
    assert line_of(text, path) == line
