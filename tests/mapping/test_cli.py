"""``kaa-bridge mapping check``: what it shows of a sample, what it never shows, and its exit codes."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from kaa_bridge.cli import main
from kaa_bridge.cli.mapping import mapping
from kaa_bridge.errors import ConfigurationInvalid, InputRefused
from tests.mapping.support import NUMBER, OTHER_NUMBER, TABLE_MAPPING, XML_MAPPING, person, table_row

CANARIES = (
    NUMBER,
    NUMBER[2:],
    "100101-2382",
    "Anna",
    "Testsson",
    "Storgatan",
    "840 70",
    "84070",
    "Hammarstrand",
    "070-",
)
XML = """<?xml version="1.0" encoding="UTF-8"?>
<Svar><Poster>
<Post id="1"><PersonId><PersonNr>201001012382</PersonNr></PersonId><Sekretessmarkering>J</Sekretessmarkering>
<SkyddadFolkbokforing>N</SkyddadFolkbokforing><Namn><Fornamn>Anna</Fornamn></Namn><Nytt>Testsson</Nytt></Post>
<Post id="2"><PersonId><PersonNr>201001012383</PersonNr></PersonId></Post>
</Poster></Svar>
"""


def check(*arguments: str) -> Result:
    return CliRunner().invoke(mapping, ["check", *arguments, "--as-of", "2026-11-22"])


def test_a_bundled_one_is_shown_as_it_is_and_is_usable(tmp_path: Path) -> None:
    shown = CliRunner().invoke(mapping, ["show", "ist_exams_file"])
    path = tmp_path / "exams.toml"
    path.write_text(shown.stdout, encoding="utf-8")
    assert check(str(path)).exit_code == 0
    assert shown.stdout.startswith("# Exams and certificates as a file")


def test_another_is_refused_with_the_names_there_are() -> None:
    refused = CliRunner().invoke(mapping, ["show", "../law/under_20"])
    assert isinstance(refused.exception, ConfigurationInvalid)
    assert "there are: absences_file, ist_exams_file" in refused.exception.message


def sample(folder: Path, name: str, content: Any) -> str:
    path = folder / name
    path.write_text(content if isinstance(content, str) else json.dumps(content, ensure_ascii=False), encoding="utf-8")
    return str(path)


def test_a_sound_mapping_is_ok() -> None:
    result = check("ist_ss12000")
    assert result.exit_code == 0
    assert result.output.startswith("OK   mapping ist_ss12000")
    assert "placements.school_form" in result.output


def test_a_sample_shows_facts_and_codes_and_no_person(tmp_path: Path) -> None:
    strange = person(extra=1, civicNo={"value": OTHER_NUMBER})
    del strange["securityMarking"]
    for name, content in (
        ("s.json", [person(), strange]),
        ("a.json", {"data": [person(), strange], "pageToken": None}),
        ("s.jsonl", "\n".join(json.dumps(one) for one in (person(), strange))),
    ):
        result = check("ist_ss12000", "--sample", sample(tmp_path, name, content))
        assert result.exit_code == 0, result.output
        assert "1: number: personnummer (ok)" in result.output
        assert "protection: none" in result.output
        assert "protection: unknown" in result.output
        assert "school_form GY, study_path NANAT00" in result.output
        assert "Finding: missing at 'securityMarking', 1 times" in result.output
        assert "No rule names 'extra', met 1 times" in result.output
        assert [canary for canary in (*CANARIES, OTHER_NUMBER) if canary in result.output] == []


def test_json_output_holds_the_same(tmp_path: Path) -> None:
    result = check("ist_ss12000", "--json", "--sample", sample(tmp_path, "s.json", person(enrolments=[])))
    report = json.loads(result.output)
    assert report["ok"] is True
    assert report["sample"]["records"][0]["facts"]["placements"] == "none"
    assert report["sample"]["records"][0]["facts"]["identity"]["given_name"] == "text (ok)"
    assert report["sample"]["unnamed"] == {}
    assert [canary for canary in CANARIES if canary in result.output] == []


def test_an_xml_sample_is_read_by_its_element_and_a_bad_record_turns_the_exit_code(tmp_path: Path) -> None:
    rules = sample(tmp_path, "m.toml", XML_MAPPING)
    result = check(rules, "--sample", sample(tmp_path, "s.xml", XML), "--element", "Post")
    assert result.exit_code == 6, result.output
    assert "protection: sekretessmarkering" in result.output
    assert "2: set aside: bad_check_digit at 'PersonId/PersonNr'" in result.output
    assert "No rule names 'Nytt'" in result.output
    assert "No record gave: " in result.output
    assert [canary for canary in CANARIES if canary in result.output] == []


def test_a_table_sample_is_read_with_its_delimiter(tmp_path: Path) -> None:
    rules = sample(tmp_path, "m.toml", TABLE_MAPPING)
    rows = [";".join(table_row()), ";".join(table_row().values())]
    assert check(rules, "--sample", sample(tmp_path, "s.csv", "\n".join(rows) + "\n")).exit_code == 0
    tabbed = sample(tmp_path, "t.csv", "\n".join(rows).replace(";", "\t") + "\n")
    assert check(rules, "--sample", tabbed, "--delimiter", "\t").exit_code == 0


def test_a_row_that_does_not_fit_its_header_is_set_aside(tmp_path: Path) -> None:
    rules = sample(tmp_path, "m.toml", TABLE_MAPPING)
    rows = [";".join(table_row()), ";".join(table_row().values()), "20100101-2390;N"]
    result = check(rules, "--sample", sample(tmp_path, "s.csv", "\n".join(rows) + "\n"))
    assert result.exit_code == 6
    assert "2: set aside: columns_differ" in result.output


@pytest.mark.parametrize(("name", "content"), [("s.json", "{"), ("s.json", '{"a": NaN}'), ("s.jsonl", "{\n")])
def test_a_sample_that_cannot_be_read_is_wrong_usage(tmp_path: Path, name: str, content: str) -> None:
    result = check("ist_ss12000", "--sample", sample(tmp_path, name, content))
    assert isinstance(result.exception, InputRefused), result.output


def test_a_sample_that_is_not_there_is_wrong_usage(tmp_path: Path) -> None:
    for mapping_name, name in (("ist_ss12000", "none.json"), ("qore", "none.xml"), ("ist_exams_file", "none.csv")):
        refused = check(mapping_name, "--sample", str(tmp_path / name)).exception
        assert isinstance(refused, InputRefused)
        assert refused.message == "There is no file where --sample says; no record was read."


def test_a_wrong_mapping_is_exit_code_3_through_the_whole_program(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    rules = sample(tmp_path, "m.toml", TABLE_MAPPING.replace('"ss12000_school_types"', '"schools"'))
    monkeypatch.setattr(sys, "argv", ["kaa-bridge", "mapping", "check", rules])
    with pytest.raises(SystemExit) as stop:
        main()
    assert stop.value.code == 3
    shown = capsys.readouterr()
    assert shown.out == ""
    assert "line 22, facts.placements.0.school_form.codes" in " ".join(shown.err.split())
    assert isinstance(check(rules).exception, ConfigurationInvalid)


def test_the_reference_can_be_printed_and_written(tmp_path: Path) -> None:
    printed = CliRunner().invoke(mapping, ["reference"])
    assert "| `municipality` |" in printed.output
    page = tmp_path / "page.md"
    page.write_text("<!-- generated: counts -->\n<!-- end -->\n", encoding="utf-8")
    assert CliRunner().invoke(mapping, ["reference", "--write", str(page)]).exit_code == 0
    assert "share_of_yesterday" in page.read_text(encoding="utf-8")
    missing = CliRunner().invoke(mapping, ["reference", "--write", str(tmp_path / "none" / "page.md")])
    assert isinstance(missing.exception, InputRefused)
