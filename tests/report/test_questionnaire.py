"""The questionnaire: seven slots, empty until a municipality fills them in."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from kaa_bridge.cli.questionnaire import questionnaire
from kaa_bridge.errors import ConfigurationInvalid
from kaa_bridge.report.questionnaire import NOT_FILLED_IN, form, load_questionnaire


@pytest.fixture
def template() -> str:
    return CliRunner().invoke(questionnaire, ["--template"]).stdout


def test_the_bundled_one_has_seven_empty_slots() -> None:
    found = load_questionnaire()
    assert found.empty == (1, 2, 3, 4, 5, 6, 7)
    assert form(found).count(NOT_FILLED_IN) == 7


def test_a_municipality_fills_it_in(tmp_path: Path, template: str) -> None:
    path = tmp_path / "egen.toml"
    path.write_text(template.replace('number = 3\ntext = ""', 'number = 3\ntext = "Vad gör du i dag?"'), "utf-8")
    shown = CliRunner().invoke(questionnaire, [str(path)])
    data = json.loads(CliRunner().invoke(questionnaire, [str(path), "--json"]).stdout)
    assert data["empty"] == [1, 2, 4, 5, 6, 7]
    assert "3. Vad gör du i dag?\n" in shown.stdout
    assert shown.stdout.count(NOT_FILLED_IN) == 6
    assert shown.stderr.startswith("Not filled in: 1, 2, 4, 5, 6, 7.")


@pytest.mark.parametrize(
    ("old", "new", "problem"),
    [
        ("number = 7", "number = 6", "1 to 7 in order"),
        ("number = 7", "number = 8", "line 34, question.6.number"),
        ('[[question]]\nnumber = 7\ntext = ""\n', "", "line 9, question"),
        ("kaa-questionnaire/1", "kaa-questionnaire/2", "line 5, format"),
        ("title =", "titel =", "title"),
        ("[[question]]", "[[question", "cannot be read as TOML"),
    ],
)
def test_a_wrong_file_is_refused(tmp_path: Path, template: str, old: str, new: str, problem: str) -> None:
    (tmp_path / "egen.toml").write_text(template.replace(old, new), "utf-8")
    with pytest.raises(ConfigurationInvalid, match=problem):
        load_questionnaire("egen.toml", base_dir=str(tmp_path))


def test_a_missing_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationInvalid, match="cannot be read"):
        load_questionnaire("none.toml", base_dir=str(tmp_path))
