"""``kaa-bridge decide`` and ``schema facts`` from outside."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from click.testing import CliRunner, Result

from kaa_bridge.cli import decide as module
from kaa_bridge.cli.decide import decide
from kaa_bridge.cli.schema import schema
from kaa_bridge.errors import InputRefused

EXAMPLE: dict[str, Any] = {
    "format": "kaa-facts/1",
    "youths": [
        {
            "ref": "a-1",
            "birth_date": "2008-01-01",
            "protection": "none",
            "life_status": "alive",
            "residence": [{"municipality": "2303", "from": "2008-01-01", "to": None, "basis": "registered"}],
            "first_registered": "2008-01-01",
            "compulsory_schooling": {"status": "ended", "on": "2024-06-12"},
            "placements": [
                {
                    "source": "qore",
                    "school_form": "GY",
                    "study_path": "NA",
                    "school_unit": "12345678",
                    "from": "2024-08-19",
                    "to": "2026-01-15",
                    "ended_as": "withdrawn",
                }
            ],
            "placements_complete": True,
            "qualifications": [{"kind": "studiebevis", "on": "2026-06-10"}],
            "qualifications_complete": True,
            "contact_details": {"phone": True, "address": True, "email": False},
            "events": [{"kind": "registered", "on": "2026-01-19"}],
        }
    ],
}
"""The example of the contract, word for word."""


def ask(*options: str, facts: Any = None) -> Result:
    given = ["--facts", "-", "--municipality", "2303", *options]
    return CliRunner().invoke(decide, given, input=json.dumps(EXAMPLE if facts is None else facts))


def test_the_example_of_the_contract() -> None:
    result = ask("--as-of", "2026-02-01", "--json")
    document = json.loads(result.output)
    assert result.exit_code == 0
    assert (document["format"], document["as_of"], document["municipality"]) == (
        *("kaa-decisions/1", "2026-02-01", "2303"),
    )
    (found,) = document["decisions"]
    assert found["ref"] == "a-1"
    assert found["outcome"] == "covered"
    assert set(found["criteria"].values()) == {"met"}
    assert found["remarks"] == []
    assert (found["covered_since"], found["next_review"]) == ("2026-01-16", "2028-01-01")
    assert found["reasons"][0]["fact"] == "/youths/0/birth_date"


def test_a_file_is_read_like_standard_input(tmp_path: Path) -> None:
    path = tmp_path / "facts.json"
    path.write_text(json.dumps(EXAMPLE), "utf-8")
    options = ["--facts", str(path), "--municipality", "2303", "--as-of", "2026-02-01", "--json"]
    assert CliRunner().invoke(decide, options).output == ask("--as-of", "2026-02-01", "--json").output


def test_several_youths_keep_their_order_and_pointers() -> None:
    two = {**EXAMPLE, "youths": [*EXAMPLE["youths"], {"ref": "b-2"}]}
    found = json.loads(ask("--as-of", "2026-02-01", "--json", facts=two).output)["decisions"]
    assert [one["ref"] for one in found] == ["a-1", "b-2"]
    assert set(found[1]["criteria"].values()) == {"unknown"}
    assert found[1]["outcome"] == "investigate"
    assert (found[1]["covered_since"], found[1]["next_review"]) == (None, None)
    assert all(reason["fact"].startswith("/youths/1/") for reason in found[1]["reasons"])


@pytest.mark.parametrize("refs", [[], ["a-1"], ["a-1", "b\n2", 'c"å\u2028']])
def test_what_is_written_part_by_part_is_one_document(refs: list[str]) -> None:
    facts = {"format": "kaa-facts/1", "youths": [EXAMPLE["youths"][0] | {"ref": ref} for ref in refs]}
    written = ask("--as-of", "2026-02-01", "--json", facts=facts).output
    assert written == json.dumps(json.loads(written), ensure_ascii=False, indent=2) + "\n"
    assert [one["ref"] for one in json.loads(written)["decisions"]] == refs


def test_no_youths_give_no_decisions() -> None:
    empty = {"format": "kaa-facts/1", "youths": []}
    assert json.loads(ask("--as-of", "2026-02-01", "--json", facts=empty).output)["decisions"] == []


def test_without_json_it_is_swedish_text() -> None:
    output = ask("--as-of", "2026-02-01").output
    assert output.startswith("a-1\nOmfattas av kommunens aktivitetsansvar (2026-02-01).\nOmfattas sedan 2026-01-16.")
    assert "skollagen 29:9" not in output
    assert "skollagen 29:9, lydelse från 2023-07-02" in ask("--as-of", "2026-02-01", "--citations").output


def test_the_day_is_today_in_sweden_unless_given(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "today", lambda: date(2028, 1, 1))
    document = json.loads(ask("--json").output)
    assert document["as_of"] == "2028-01-01"
    assert document["decisions"][0]["outcome"] == "not_covered"


@pytest.mark.parametrize("facts", [None, {"format": "kaa-facts/1", "youths": []}])
def test_a_day_before_the_law_is_refused_also_for_nobody(facts: Any) -> None:
    refused = ask("--as-of", "2014-12-31", facts=facts).exception
    assert isinstance(refused, InputRefused)
    assert refused.exit_code == 2
    assert "2015-01-01" in refused.message


@pytest.mark.parametrize("day", ["2026-2-1", "20260201", "2026-02-30", "2026-W05-1", "tomorrow", ""])
def test_a_day_must_be_written_in_full(day: str) -> None:
    assert ask("--as-of", day).exit_code == 2


@pytest.mark.parametrize("code", ["303", "23031", "abcd", "", "２３０３"])
def test_a_municipality_code_is_four_digits(code: str) -> None:
    result = CliRunner().invoke(decide, ["--facts", "-", "--municipality", code], input=json.dumps(EXAMPLE))
    assert result.exit_code == 2
    assert "four digits" in result.output


def test_a_missing_file_is_refused_with_what_to_do(tmp_path: Path) -> None:
    result = CliRunner().invoke(decide, ["--facts", str(tmp_path / "none.json"), "--municipality", "2303"])
    assert isinstance(result.exception, InputRefused)
    assert "--facts" in result.exception.remedy


def test_an_unknown_key_is_refused_at_its_path() -> None:
    wrong = {**EXAMPLE, "youths": [{**EXAMPLE["youths"][0], "guardian": "x"}]}
    result = ask("--as-of", "2026-02-01", facts=wrong)
    assert isinstance(result.exception, InputRefused)
    assert "/youths/0/guardian" in result.exception.message


def test_the_schema_is_json_schema_and_the_example_holds_to_it() -> None:
    document = json.loads(CliRunner().invoke(schema, ["facts"]).output)
    jsonschema.Draft202012Validator.check_schema(document)
    jsonschema.validate(EXAMPLE, document)
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate({**EXAMPLE, "extra": 1}, document)
