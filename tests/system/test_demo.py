"""The demo shows everything that it promises, ends by itself, and leaves only its folder."""

from __future__ import annotations

import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

_SECTION = re.compile(r"^\d\. .+\n-+$", re.MULTILINE)


@pytest.fixture(scope="module")
def shown(tmp_path_factory: pytest.TempPathFactory) -> str:
    """What ``demo`` prints, to the end; well under the minute that it may take."""
    folder = tmp_path_factory.mktemp("demo") / "here"
    done = subprocess.run(
        [sys.executable, "-m", "kaa_bridge", "demo", "--folder", str(folder)],
        capture_output=True, text=True, encoding="utf-8", check=False, timeout=60, stdin=subprocess.DEVNULL,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert {one.name for one in folder.iterdir()} >= {"world", "arbetslista-2026-02-02.csv"}
    return done.stdout


def section(shown: str, number: int) -> str:
    return _SECTION.split(shown)[number]


@pytest.mark.parametrize("source", ["qore", "oedb", "ist", "exams", "treserva"])
def test_every_source_is_shown_with_its_counts(shown: str, source: str) -> None:
    assert re.search(rf"^    {source} +ok +[1-9]\d* read: [1-9]\d* new, 0 changed", section(shown, 1), re.MULTILINE)


def test_decisions_are_shown_with_their_reasons_in_words_and_what_is_due(shown: str) -> None:
    decided = section(shown, 2)
    for said in (
        "Omfattas av kommunens aktivitetsansvar (2026-02-02).",
        "[x] Går inte i gymnasieskola, anpassad gymnasieskola eller motsvarande utbildning.",
        "Ska utredas:",
        "Ungdomen har skyddade uppgifter.",
        "Varför: Ragunda, Uppsökande verksamhet:",
    ):
        assert said in decided
    assert "HL1: 8 att göra, varav 3 försenade" in section(shown, 3)


def test_the_notes_are_read_back_from_the_journal(shown: str) -> None:
    found = re.search(r"(\d+) notes are confirmed; the journal has (\d+) of them exactly once", section(shown, 4))
    assert found is not None
    assert found[1] == found[2] != "0"
    assert re.search(
        r"^    \| Anteckningen är skriven automatiskt av kaa-bridge\. Referens: KAA-", section(shown, 4), re.M
    )


def test_the_same_night_again_writes_nothing_and_the_next_only_what_is_new(shown: str) -> None:
    assert "Notes      0 planned, 0 confirmed by the journal" in section(shown, 5)
    assert re.search(r"Notes      [1-9]\d* planned \(.*1 registered\)", section(shown, 6))


def test_it_says_where_everything_lies(shown: str) -> None:
    (where,) = re.findall(r"^Everything lies in (.+)$", shown, re.MULTILINE)
    assert Path(where).name == "here"
    assert "Nothing is left running." in shown


def test_every_command_that_it_names_can_be_typed_as_it_stands(shown: str) -> None:
    commands = re.findall(r"^ *(?:Look around in it|\d+ record.*Next): (.+)$", shown, re.MULTILINE)
    assert len(commands) == 4
    for command in dict.fromkeys(commands):
        words = shlex.split(command)
        done = subprocess.run(words, capture_output=True, text=True, check=False, cwd=Path(sys.executable).parent)
        assert done.returncode in (0, 6), done.stderr
        assert "2303" in done.stdout
