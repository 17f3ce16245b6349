"""What is the file drop's own: grouped rows, proofs, encodings, stale and scattered files, strict profiles."""

from __future__ import annotations

import os
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest

from kaa_adapter_files import FilesSource, kaa_sources
from kaa_bridge.contract import Page, Proof, PullRequest, SourceContext
from kaa_bridge.errors import ConfigurationInvalid, RecordProblem, Unreachable
from kaa_bridge.mapping import compile_mapping, load_mapping
from kaa_bridge.testing.population import build
from kaa_bridge.testing.simulators.oedb_file import MARKER, write_drop, write_events

DAY = date(2026, 2, 1)
PEOPLE = build(1, as_of=DAY, municipality="0581", size=60)


def source_of(folder: Path, profile: dict[str, Any], pattern: str = "*.csv", **settings: Any) -> FilesSource:
    connection = {"folder": str(folder), "pattern": pattern, "stable_seconds": 0.0, **settings}
    return FilesSource(SourceContext(name="drop", municipality="0581", settings=connection, profile=profile))


def pulled(source: FilesSource) -> tuple[list[bytes], Proof]:
    items = list(source.pull(PullRequest(DAY)))
    proof = items.pop()
    assert isinstance(proof, Proof)
    return [record for page in items if isinstance(page, Page) for record in page.records], proof


def write(folder: Path, text: str, name: str = "a.csv", encoding: str = "utf-8") -> Path:
    path = folder / name
    path.write_bytes(text.encode(encoding))
    return path


@pytest.mark.parametrize("workbook", [False, True])
def test_everybody_arrives_as_they_are(tmp_path: Path, workbook: bool) -> None:
    """Rows of one youth become one record with all placements; only the present home stands in the file."""
    write_drop(PEOPLE, tmp_path, workbook=workbook)
    mapping = load_mapping("oedb_file")
    source = source_of(tmp_path, mapping.profile, "oedb_{municipality}_*", marker=MARKER)
    mapper = compile_mapping(mapping, as_of=DAY)
    seen = 0
    for record in pulled(source)[0]:
        try:
            facts = mapper.map(source.parse(record)).facts
        except RecordProblem:
            continue
        seen += 1
        person = PEOPLE.by_number(facts.number or "")
        assert person
        assert facts.placements == person.placements_for("oedb"), person
        assert facts.qualifications == person.qualifications, person
        assert facts.residence == person.residence[-1:], person
        assert (facts.protection, facts.identity, facts.handler) == (person.protection, person.identity, person.handler)
    assert seen == len(PEOPLE.known_to("oedb"))


def test_every_recorded_event_arrives_once_under_its_own_key(tmp_path: Path) -> None:
    write_events(PEOPLE, tmp_path)
    mapping = load_mapping("oedb_file_events")
    source = source_of(tmp_path, mapping.profile, "handelser_*.csv", marker=MARKER)
    mapper = compile_mapping(mapping, as_of=DAY)
    mapped = [mapper.map(source.parse(record)) for record in pulled(source)[0]]
    assert len({one.key for one in mapped}) == len(mapped)
    found = sorted((one.facts.number, repr(one.facts.events)) for one in mapped)
    assert found == sorted((person.number, repr((event,))) for person in PEOPLE for event in person.case_events)


GROUPED = {"columns": ["nr"], "group": "nr", "repeat": ["form"]}


def test_rows_of_one_youth_become_one_record(tmp_path: Path) -> None:
    write(tmp_path, "nr;namn;form\n1;a;GY\n1;a;VUX\n2;b;\n")
    source = source_of(tmp_path, GROUPED)
    records, _proof = pulled(source)
    assert [source.parse(record) for record in records] == [
        {"nr": "1", "namn": "a", "rows": [{"form": "GY"}, {"form": "VUX"}]},
        {"nr": "2", "namn": "b", "rows": [{"form": ""}]},
    ]


def test_rows_that_disagree_are_set_aside_and_the_others_used(tmp_path: Path) -> None:
    write(tmp_path, "nr;namn;form\n1;a;GY\n1;X;VUX\n2;b;GY\n")
    source = source_of(tmp_path, GROUPED)
    first, second = pulled(source)[0]
    with pytest.raises(RecordProblem) as caught:
        source.parse(first)
    assert caught.value.code == "rows_disagree"
    assert source.parse(second)["namn"] == "b"


def test_a_row_with_other_cells_than_the_header_is_set_aside(tmp_path: Path) -> None:
    write(tmp_path, "nr;namn;form\n1;a;GY\n1;a;VUX;extra\n2;b;GY\n")
    source = source_of(tmp_path, GROUPED)
    records = pulled(source)[0]
    assert len(records) == 3
    with pytest.raises(RecordProblem) as caught:
        source.parse(records[1])
    assert caught.value.code == "columns_differ"
    assert "extra" not in str(caught.value)


def test_scattered_rows_stop_the_file(tmp_path: Path) -> None:
    write(tmp_path, "nr;namn;form\n1;a;GY\n2;b;GY\n1;a;VUX\n")
    with pytest.raises(Unreachable) as caught:
        pulled(source_of(tmp_path, GROUPED))
    assert caught.value.code == "rows_scattered"
    assert caught.value.system == "drop"


def test_a_renamed_column_stops_the_file_and_names_the_one_that_is_missing(tmp_path: Path) -> None:
    write(tmp_path, "personnummer;hemlig rubrik\n1;a\n")
    with pytest.raises(ConfigurationInvalid) as caught:
        pulled(source_of(tmp_path, {"columns": ["nr", "personnummer"]}))
    assert "'nr'" in caught.value.message
    assert "hemlig" not in caught.value.message


@pytest.mark.parametrize(
    ("settings", "whole", "how"),
    [
        ({}, False, "neither"),
        ({"stable_is_whole": True}, True, "in one step"),
        ({"trailer": "SLUT"}, True, "trailer"),
        ({"marker": ".klar"}, True, "marker"),
        ({"marker": ".klar", "max_age_days": 30}, False, "days old"),
    ],
)
def test_what_proves_that_a_file_is_whole(tmp_path: Path, settings: dict[str, Any], whole: bool, how: str) -> None:
    file = write(tmp_path, "nr;namn\n1;a\n2;b\n" + ("SLUT;2\n" if "trailer" in settings else ""))
    (tmp_path / "a.csv.klar").touch()
    written = datetime(2025, 12, 1, tzinfo=UTC).timestamp()
    os.utime(file, (written, written))
    source = source_of(tmp_path, {}, **settings)
    records, proof = pulled(source)
    assert len(records) == 2
    assert proof.whole is whole
    assert how in proof.how
    assert source.describe().proves_completeness is bool(settings)


def test_a_batch_of_events_is_never_the_whole(tmp_path: Path) -> None:
    write(tmp_path, "nr;namn\n1;a\n")
    (tmp_path / "a.csv.klar").touch()
    source = source_of(tmp_path, {"partial": True}, marker=".klar")
    assert not pulled(source)[1].whole
    assert not source.describe().proves_completeness


@pytest.mark.parametrize(
    ("text", "encoding", "profile"),
    [
        ("nr;namn\n1;Åsa\n", "utf-8", {}),
        ("\ufeffnr;namn\n1;Åsa\n", "utf-8", {"encoding": "utf-8-sig"}),
        ("nr;namn\n1;Åsa\n", "iso-8859-1", {"encoding": "iso-8859-1"}),
        ("nr\tnamn\r\n1\tÅsa\r\n", "cp1252", {"encoding": "cp1252", "delimiter": "\t"}),
        ("nr,namn\n1,Åsa\n", "utf-8", {"delimiter": ","}),
    ],
)
def test_encodings_and_delimiters_are_declared(
    tmp_path: Path, text: str, encoding: str, profile: dict[str, Any]
) -> None:
    write(tmp_path, text, encoding=encoding)
    source = source_of(tmp_path, profile)
    assert [source.parse(record) for record in pulled(source)[0]] == [{"nr": "1", "namn": "Åsa"}]


def test_the_installation_may_say_otherwise_than_the_mapping(tmp_path: Path) -> None:
    write(tmp_path, "nr,namn\n1,Åsa\n", encoding="cp1252")
    source = source_of(tmp_path, {"encoding": "utf-8", "delimiter": ";"}, encoding="cp1252", delimiter=",")
    assert [source.parse(record) for record in pulled(source)[0]] == [{"nr": "1", "namn": "Åsa"}]


def test_another_encoding_than_declared_is_no_answer(tmp_path: Path) -> None:
    write(tmp_path, "nr;namn\n1;Åsa\n", encoding="cp1252")
    with pytest.raises(Unreachable) as caught:
        pulled(source_of(tmp_path, {}))
    assert caught.value.code == "encoding_wrong"
    assert caught.value.system == "drop"


def test_json_lines_are_records_as_they_stand(tmp_path: Path) -> None:
    write(tmp_path, '{"nr": "1"}\n\n{"nr": "2", "nr": "3"}\n', "a.jsonl")
    source = source_of(tmp_path, {"format": "json_lines"}, "*.jsonl")
    first, second = pulled(source)[0]
    assert source.parse(first) == {"nr": "1"}
    with pytest.raises(RecordProblem):
        source.parse(second)


def test_the_newest_file_by_name_is_taken(tmp_path: Path) -> None:
    write(tmp_path, "nr\ngammal\n", "a_20260101.csv")
    write(tmp_path, "nr\nny\n", "a_20260201.csv")
    source = source_of(tmp_path, {})
    assert [source.parse(record) for record in pulled(source)[0]] == [{"nr": "ny"}]
    with pytest.raises(Unreachable) as caught:
        pulled(source_of(tmp_path, {}, pick="only"))
    assert caught.value.code == "file_ambiguous"


def test_a_file_that_changes_while_it_is_read_is_not_believed(tmp_path: Path) -> None:
    file = write(tmp_path, "nr\n" + "".join(f"{index}\n" for index in range(2500)))
    pages = source_of(tmp_path, {}).pull(PullRequest(DAY))
    next(pages)
    with file.open("a") as stream:
        stream.write("one more\n")
    with pytest.raises(Unreachable) as caught:
        list(pages)
    assert caught.value.code == "file_changed"


@pytest.mark.parametrize(
    ("profile", "settings", "key"),
    [
        ({"format": "xml"}, {}, "profile"),
        ({"group": "nr"}, {}, "profile"),
        ({"group": "nr", "repeat": ["nr"]}, {}, "profile"),
        ({"format": "json_lines", "columns": ["nr"]}, {}, "profile"),
        ({"colums": []}, {}, "profile.colums"),
        ({}, {"pattern": "*_{number}.csv"}, "connection"),
        ({}, {"marker_suffix": ".ok"}, "connection.marker_suffix"),
        ({}, {"encoding": "utf-16"}, "connection.encoding"),
    ],
)
def test_a_wrong_table_names_the_key(
    tmp_path: Path, profile: dict[str, Any], settings: dict[str, Any], key: str
) -> None:
    with pytest.raises(ConfigurationInvalid) as caught:
        source_of(tmp_path, profile, **settings) if "pattern" not in settings else source_of(
            tmp_path, profile, settings["pattern"]
        )
    assert f"{key}:" in caught.value.message


def test_a_pattern_that_leads_out_of_the_folder_is_the_configurations_error(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationInvalid):
        source_of(tmp_path, {}, "../*.csv")


def test_the_plugin_offers_its_adapter() -> None:
    offered = {name: factory.__qualname__ for name, factory in kaa_sources().items()}
    assert offered == {"files": FilesSource.__qualname__}
