"""``due`` and ``routine check`` as a user meets them: JSON, exit codes, refusals."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from kaa_bridge.cli import root
from kaa_bridge.errors import ConfigurationInvalid, InputRefused

FACTS: dict[str, Any] = {
    "format": "kaa-facts/1",
    "youths": [
        {"ref": "p-9", "events": [{"kind": "registered", "on": "2026-01-19"}]},
        {
            "ref": "b-2",
            "birth_date": "2009-06-01",
            "protection": "none",
            "events": [{"kind": "registered", "on": "2026-01-19"}],
        },
        {
            "ref": "a-1",
            "birth_date": "2007-06-01",
            "protection": "none",
            "contact_details": {"phone": True},
            "events": [{"kind": "registered", "on": "2026-01-19"}],
        },
    ],
}
KEYS = ["ref", "action", "not_before", "due", "overdue", "clock", "responsible", "recipient", "rule", "text"]


def call(*arguments: str, stdin: object = FACTS) -> Result:
    text = stdin if isinstance(stdin, str) else json.dumps(stdin)
    return CliRunner().invoke(root, arguments, input=text, standalone_mode=False)


def due(*arguments: str, routine: str = "ragunda", as_of: str = "2026-02-01") -> dict[str, Any]:
    result = call("due", "--facts", "-", "--routine", routine, "--as-of", as_of, "--json", *arguments)
    assert result.exception is None, result.exception
    found: dict[str, Any] = json.loads(result.stdout)
    return found


def test_the_document_is_as_the_contract_says() -> None:
    found = due()
    assert found["format"] == "kaa-due/1"
    assert (found["as_of"], found["routine"], found["until"]) == ("2026-02-01", "ragunda", None)
    assert all(list(action) == KEYS for action in found["actions"])
    assert found["actions"][0] == {
        "ref": "a-1",
        "action": "phone",
        "not_before": "2026-01-19",
        "due": "2026-01-26",
        "overdue": True,
        "clock": {"event": "reg", "on": "2026-01-19"},
        "responsible": "case_officer",
        "recipient": "youth",
        "rule": "Ragunda, Uppsökande verksamhet: Telefonsamtal inom en vecka efter registrering i Qore",
        "text": "Ring ungdomen.",
    }


def test_it_is_sorted_by_due_date_reference_and_action_across_youths() -> None:
    rows = [(action["due"], action["ref"], action["action"]) for action in due()["actions"]]
    assert rows == sorted(rows)
    assert rows[:4] == [
        ("2026-01-26", "a-1", "phone"),
        ("2026-01-26", "b-2", "letter_1"),
        ("2026-02-01", "p-9", "protected_routine"),
        ("2026-02-16", "a-1", "letter_1"),
    ]


def test_an_action_without_end_comes_last() -> None:
    found = due(routine="lekeberg")["actions"]
    assert [(action["due"], action["ref"], action["recipient"]) for action in found] == [
        ("2026-02-01", "p-9", None),
        (None, "a-1", "youth"),
        (None, "b-2", "guardian"),
    ]


def test_until_leaves_out_what_opens_later() -> None:
    assert {action["action"] for action in due("--until", "2026-02-01")["actions"]} == {
        "phone",
        "letter_1",
        "letter_2",
        "protected_routine",
    }


def test_the_protected_show_nothing_but_the_one_action() -> None:
    (action,) = [action for action in due(routine="norrkoping")["actions"] if action["ref"] == "p-9"]
    assert action["action"] == "protected_routine"
    assert (action["recipient"], action["responsible"], action["due"]) == (None, "coordinator", "2026-02-01")


def test_the_table_is_for_people() -> None:
    result = call("due", "--facts", "-", "--routine", "ragunda", "--as-of", "2026-02-01", "--until", "2026-01-19")
    assert result.stdout.splitlines() == [
        "2026-01-19 - 2026-01-26 FÖRSENAD  a-1  phone  handläggare -> ungdomen  Ring ungdomen.",
        "2026-01-19 - 2026-01-26 FÖRSENAD  b-2  letter_1  handläggare -> vårdnadshavare  "
        "Skicka brev 1 till vårdnadshavaren (ungdomen är under 18 år).",
        "2026-01-19 - 2026-02-16  a-1  letter_1  handläggare -> ungdomen  Skicka brev 1 till ungdomen.",
    ]


def test_nothing_due_says_so() -> None:
    result = call("due", "--facts", "-", "--routine", "ragunda", stdin={"format": "kaa-facts/1", "youths": []})
    assert result.stdout == "Inget att göra.\n"


def test_a_file_of_the_municipality_is_used(tmp_path: Path) -> None:
    path = tmp_path / "min.toml"
    path.write_text(
        '[routine]\nformat = "kaa-routine/1"\nname = "min"\nversion = "2"\ntitle = "x"\nsource = "x"\n'
        '[[step]]\naction = "sms"\nclock = "reg"\nwindow = { within = "P3D" }\nresponsible = "coordinator"\n'
        'recipient = "youth"\ntext = "x"\nrule = "x"\n',
        encoding="utf-8",
    )
    assert {action["due"] for action in due(routine=str(path))["actions"] if action["ref"] == "a-1"} == {"2026-01-22"}
    assert call("routine", "check", str(path)).stdout == "OK  min 2: 1 steps, 0 calendar tasks\n"


def test_a_bundled_routine_is_shown_and_can_be_checked(tmp_path: Path) -> None:
    path = tmp_path / "min-kommun.toml"
    path.write_text(call("routine", "show", "template").stdout, encoding="utf-8")
    found = json.loads(call("routine", "check", str(path), "--json").stdout)
    assert (found["routine"], found["steps"]) == ("template", ["phone", "letter_1", "letter_2", "follow_up"])
    assert isinstance(call("routine", "show", "../law").exception, ConfigurationInvalid)


@pytest.mark.parametrize(
    ("stdin", "code"),
    [
        ("{", "facts_not_json"),
        ({"format": "kaa-facts/2", "youths": []}, "facts_invalid"),
        ({"format": "kaa-facts/1", "youths": [{"ref": "a", "name": "x"}]}, "facts_invalid"),
    ],
)
def test_wrong_facts_are_refused(stdin: object, code: str) -> None:
    error = call("due", "--facts", "-", "--routine", "ragunda", stdin=stdin).exception
    assert isinstance(error, InputRefused)
    assert error.code == code


def test_an_unreadable_facts_file_is_refused(tmp_path: Path) -> None:
    error = call("due", "--facts", str(tmp_path), "--routine", "ragunda").exception
    assert isinstance(error, InputRefused)


def test_a_routine_file_that_is_not_there_is_refused_without_a_configuration_that_due_does_not_have() -> None:
    error = call("due", "--facts", "-", "--routine", "nowhere.toml").exception
    assert isinstance(error, ConfigurationInvalid)
    assert error.remedy.startswith("Correct the path of the routine file, or name a bundled one: ")


def test_a_wrong_routine_is_refused() -> None:
    error = call("due", "--facts", "-", "--routine", "nowhere").exception
    assert isinstance(error, ConfigurationInvalid)


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (["--routine", "nowhere"], 3),
        (["--routine", "nowhere.toml"], 3),
        (["--routine", "ragunda", "--as-of", "2026-02-31"], 2),
        (["--routine", "ragunda", "--as-of", "20260201"], 2),
        ([], 2),
        (["--routine", "ragunda", "--as-of", "2026-02-01"], 0),
    ],
)
def test_exit_codes(arguments: list[str], code: int) -> None:
    line = [sys.executable, "-c", "from kaa_bridge.cli import main; main()", "due", "--facts", "-", *arguments]
    done = subprocess.run(line, input=json.dumps(FACTS), capture_output=True, text=True, encoding="utf-8", check=False)
    assert done.returncode == code, done.stderr
    assert "Traceback" not in done.stderr
    assert (done.stdout == "") is (code != 0)
