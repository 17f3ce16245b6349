"""The table of codes: complete, documented, free of persons."""

from __future__ import annotations

import re
import string
from pathlib import Path

import pytest

from kaa_adapter_ist.settings import IstSettings
from kaa_bridge.errors import KaaError, NoteInDoubt, NoteNotSent, Unreachable
from kaa_bridge.transport.drop import FileDrop
from kaa_bridge.transport.problem_texts import SEND
from kaa_bridge.transport.problems import PROBLEMS, RETRIED, in_doubt, markdown, not_sent, problem

ROOT = Path(__file__).parents[2]
SOURCES = "".join(path.read_text(encoding="utf-8") for path in (ROOT / "kaa_bridge" / "transport").glob("*.py"))
OF_A_PROFILE = {"wsdl", "service", "port"}
"""What a SOAP system's profile or connection names besides."""
CLOSED = {
    "host", "status", "seconds", "limit", "why", "setting", "where", "name", "operation", "pattern", "fault",
}  # fmt: skip


def _fields(text: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(text) if name}


@pytest.mark.parametrize("code", sorted(PROBLEMS))
def test_each_code_is_used_and_speaks_of_closed_facts_only(code: str) -> None:
    row = PROBLEMS[code]
    assert re.fullmatch(r"[a-z0-9]+(_[a-z0-9]+)*", code)
    assert SOURCES.count(f'"{code}"') >= 2
    assert _fields(row.text) | _fields(row.remedy) <= CLOSED
    assert row.text.endswith(".")
    assert row.remedy


@pytest.mark.parametrize("code", sorted(set(PROBLEMS) - set(SEND)))
def test_each_text_says_what_was_not_done(code: str) -> None:
    said = r"was not (read|used|opened|asked)|(Nothing|None|[Nn]o part of (it|its answer)) (was|may be)"
    assert re.search(said, PROBLEMS[code].text)


@pytest.mark.parametrize("code", sorted(PROBLEMS))
def test_each_setting_that_is_named_exists(code: str) -> None:
    row = PROBLEMS[code]
    named = {name.split(" = ")[0] for name in re.findall(r"`([a-z_][^`]*)`", row.text + row.remedy)}
    assert named <= {*IstSettings.model_fields, *FileDrop.model_fields, *OF_A_PROFILE}


@pytest.mark.parametrize("code", ["refused", "tls_expired", "server_error"])
def test_a_send_tells_of_the_note_in_place_of_what_a_read_would(code: str) -> None:
    cause = problem(code, host="h.example", status=500)
    assert re.search(r"Nothing was (read|sent)\.$", cause.message)
    for told in (not_sent(cause), in_doubt(cause)):
        assert "Nothing was" not in told.message
        assert "note" in told.message


def test_the_reference_page_is_up_to_date() -> None:
    page = (ROOT / "docs" / "reference" / "errors-transport.md").read_text(encoding="utf-8")
    assert page == markdown(), "write kaa_bridge.transport.problems.markdown() to that file"


def test_what_is_retried_exists() -> None:
    assert set(RETRIED) <= set(PROBLEMS)
    assert all(PROBLEMS[code].kind is Unreachable for code in RETRIED)


def test_a_send_keeps_the_code_of_its_cause() -> None:
    cause = problem("reset", "treserva", host="a:1")
    assert isinstance(cause, Unreachable)
    made: list[KaaError] = [not_sent(cause), in_doubt(cause)]
    assert [type(error) for error in made] == [NoteNotSent, NoteInDoubt]
    assert {(error.code, error.system) for error in made} == {("reset", "treserva")}
    assert all("a:1" in error.message for error in made)
