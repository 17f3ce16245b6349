"""Every case of the TOML files, and that together they hold every row of the decision table and every trap."""

from __future__ import annotations

import json
import re
import tomllib
from datetime import date
from pathlib import Path

import pytest
from click.testing import CliRunner

from kaa_bridge.cli.decide import decide as decide_command
from kaa_bridge.law import decide, judge
from tests.rules.cases import FOLDER, KEYS, Case, read_cases

CASES = read_cases()
ROWS = 30
TRAPS = 30


@pytest.mark.parametrize("case", CASES, ids=str)
def test_case(case: Case) -> None:
    found = decide(
        case.youth, municipality=case.municipality, as_of=case.as_of, settings=case.settings, frozen=case.frozen
    )
    assert {name: state.value for name, state in found.criteria.items()} == case.criteria
    assert found.outcome.value == case.raw["outcome"]
    if "remarks" in case.raw:
        assert list(found.remarks) == case.raw["remarks"]
    for name in ("covered_since", "next_review"):
        if name in case.raw:
            assert getattr(found, name) == (None if case.raw[name] == "none" else case.raw[name]), name
    assert (found.covered_since is None) == (case.raw["outcome"] != "covered")


@pytest.mark.parametrize("case", CASES, ids=str)
def test_nothing_changes_before_next_review_and_something_does_on_it(case: Case) -> None:
    def answer(day: date) -> tuple[str, str, date | None]:
        one = judge(case.youth, municipality=case.municipality, as_of=day, settings=case.settings, frozen=case.frozen)
        return one.outcome.value, one.criteria, one.covered_since

    review = judge(
        case.youth, municipality=case.municipality, as_of=case.as_of, settings=case.settings, frozen=case.frozen
    ).next_review
    now = answer(case.as_of)
    last = review.toordinal() if review else case.as_of.toordinal() + 40 * 366
    step = max(1, (last - case.as_of.toordinal()) // 25)
    days = {*range(case.as_of.toordinal(), last, step), last - 1}
    assert {answer(date.fromordinal(day)) for day in days} == {now}
    assert review is None or answer(review)[1] != now[1]


def test_every_case_has_a_name_of_its_own_and_known_keys() -> None:
    assert len(CASES) >= 150
    assert len({str(case) for case in CASES}) == len(CASES)
    for case in CASES:
        assert set(case.raw) <= KEYS, case
        assert case.raw.get("mark", "law") in {"law", "inference", "setting"}, case


def test_every_row_of_the_decision_table_and_every_trap_is_among_the_cases() -> None:
    rows = {row for case in CASES for row in case.raw.get("rows", [])}
    assert rows == set(range(1, ROWS + 1))
    elsewhere = tomllib.loads((FOLDER / "elsewhere.toml").read_text("utf-8"))["traps"]
    traps = {trap for case in CASES for trap in case.raw.get("traps", [])}
    assert traps | {int(number) for number in elsewhere} == set(range(1, TRAPS + 1))
    assert not traps & {int(number) for number in elsewhere}


@pytest.mark.parametrize("case", [case for case in CASES if case.asks_with_defaults][::7], ids=str)
def test_the_command_says_the_same(case: Case) -> None:
    asked = ["--facts", "-", "--municipality", case.municipality, "--as-of", case.as_of.isoformat(), "--json"]
    result = CliRunner().invoke(decide_command, asked, input=json.dumps(case.document))
    document = json.loads(result.output)
    assert result.exit_code == 0
    assert document["decisions"][0]["outcome"] == case.raw["outcome"]
    assert document["decisions"][0]["criteria"] == case.criteria


def test_the_explanation_has_the_same_table() -> None:
    text = (Path(__file__).parents[2] / "docs" / "explanation" / "law.md").read_text("utf-8")
    rows = re.findall(r"^\| (\d+) \| .* \| .* \| (.*) \| .* \|$", text, flags=re.MULTILINE)
    assert [int(number) for number, _ in rows] == list(range(1, ROWS + 1))
    for number, where in rows:
        files = re.findall(r"`([\w-]+)` ", where)
        held = {case.file for case in CASES if int(number) in case.raw.get("rows", [])}
        assert files, number
        assert set(files) <= held, number
