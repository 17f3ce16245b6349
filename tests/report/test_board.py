"""The nämnd report: a planted town is reported exactly, small numbers cannot be read out, and people can read it."""

from __future__ import annotations

import io
import json
import os
import subprocess
import sys
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pypdf
import pytest
from lxml import html

from kaa_bridge.cli import main
from kaa_bridge.domain.facts import CompulsorySchooling, Youth
from kaa_bridge.domain.values import SchoolingStatus
from kaa_bridge.report.board.spells import Spell
from kaa_bridge.report.board.work import cause_of
from tests.report.planted import GOAL, plant
from tests.report.town import Town

DATA = Path(__file__).parent / "data"
DAY = "2025-12-31"
TABLE = '[municipality.goal]\ntext = "En tredjedel."\n'
Cli = Callable[..., tuple[int, bytes, str]]


@pytest.fixture(scope="module")
def town(tmp_path_factory: pytest.TempPathFactory) -> Town:
    made = Town(tmp_path_factory.mktemp("town") / "t", more=GOAL)
    plant(made)
    return made


@pytest.fixture
def cli(town: Town, capfdbinary: pytest.CaptureFixture[bytes], monkeypatch: pytest.MonkeyPatch) -> Cli:
    def call(*args: str, config: Path | None = None) -> tuple[int, bytes, str]:
        monkeypatch.setattr(sys, "argv", ["kaa-bridge", "--config", str(config or town.configuration), *args])
        capfdbinary.readouterr()
        code: Any = 0
        try:
            main()
        except SystemExit as stop:
            code = stop.code
        sys.stdout.flush()
        out, err = capfdbinary.readouterr()
        return int(code or 0), out, err.decode()

    return call


def test_the_planted_town_is_reported_exactly(cli: Cli) -> None:
    code, out, _ = cli("report", "board", "--as-of", DAY, "--json")
    assert code == 0
    found = json.loads(out)
    assert [one["period"] for one in found["periods"]] == ["2025H1", "2025H2"]
    assert [one["whole"] for one in found["periods"]] == [False, True]
    before, after = (one["counts"] for one in found["periods"])
    assert (before["start"], before["new"], before["ended"], before["end"]) == (20, 12, 0, 32)
    assert (after["start"], after["new"], after["ended"], after["end"]) == (32, 26, 12, 46)
    steps = {"measure": 7, "offered": 13, "reached": 12, "attempted": 0, "untried": 26}
    assert {name: after[name] for name in steps} == steps
    assert (after["at_reached"], after["at_offered"], after["running"]) == (32, 20, 7)
    causes = {"left_school": 13, "finished_without_exam": 6, "moved_in": 7, "after_compulsory": 0, "other_cause": 0}
    assert {name: after[name] for name in causes} == causes
    assert after["form"] == 6
    speed = {"days_7": 14, "days_30": 12, "days_90": 0, "days_more": 0, "days_unknown": 0}
    assert {name: after[name] for name in speed} == speed
    assert found["periods"][1]["median_days"] == 3
    grounds = {"exam": 6, "age_work": 6, "age_unknown": 0, "away": 0, "studies": 0}
    assert {name: after[name] for name in grounds} == grounds
    assert found["periods"][1]["per_cent"] == {"at_reached": 55, "at_offered": 34, "running": 15}
    assert found["protected"] is None, "three, which is too few to be told"
    assert "den har alltså ökat" in found["goal"][1]


def test_a_later_day_leaves_earlier_periods_as_they_were(cli: Cli) -> None:
    earlier = json.loads(cli("report", "board", "--as-of", DAY, "--json")[1])
    later = json.loads(cli("report", "board", "--as-of", "2026-02-01", "--json")[1])
    for before, after in zip(earlier["periods"], later["periods"], strict=False):
        assert before["counts"]["end"] == after["counts"]["end"]
    counts = later["periods"][2]["counts"]
    assert (counts["start"], counts["new"], counts["ended"], counts["end"]) == (46, 9, 9, 46)


def test_a_month_tells_how_it_stood_and_not_how_many_came(cli: Cli) -> None:
    found = json.loads(cli("report", "board", "--as-of", DAY, "--monthly", "--json")[1])
    assert [one["period"] for one in found["periods"]] == ["2025-09", "2025-10", "2025-11", "2025-12"]
    assert [one["counts"]["end"] for one in found["periods"]] == [45, 58, 46, 46]
    assert "new" not in found["periods"][0]["counts"]
    assert [one["counts"]["contacted"] for one in found["periods"]] == [0, 7, 0, 0]


def test_the_report_is_the_same_bytes_from_the_same_state(town: Town, tmp_path: Path) -> None:
    made = []
    for seed in ("0", "7"):
        for form in ("html", "pdf", "json"):
            output = tmp_path / f"{seed}.{form}"
            command = [sys.executable, "-m", "kaa_bridge", "--config", str(town.configuration), "report", "board"]
            command += ["--as-of", DAY, "--format", form, "--output", str(output)]
            subprocess.run(command, check=True, env={**os.environ, "PYTHONHASHSEED": seed}, capture_output=True)
            assert output.stat().st_mode & 0o777 == 0o600
            made.append(output.read_bytes())
    assert made[:3] == made[3:]


@pytest.mark.parametrize("form", ["html", "json"])
def test_the_forms_are_as_they_were(cli: Cli, form: str) -> None:
    """The kept files are what a reader saw when they were last looked at; a change is looked at and kept anew."""
    kept = DATA / f"board.{form}"
    assert cli("report", "board", "--as-of", DAY, "--format", form)[1] == kept.read_bytes()


def test_the_page_holds_what_a_member_of_the_namnd_asks(cli: Cli) -> None:
    page: Any = html.fromstring(cli("report", "board", "--as-of", DAY)[1].decode())
    text = " ".join(page.text_content().split())
    for asked in (
        "Den 31 december 2025 fanns 46 ungdomar i registret.",
        "Under juli–december 2025 togs 26 upp i registret, och för 12 upphörde ansvaret.",
        "Hälften av de nya fanns i registret inom 3 dagar från att ansvaret började.",
        "34 procent av dem hade erbjudits stöd.",
        "Målet lyder: ”Andelen ungdomar inom aktivitetsansvaret som erbjuds stöd och insatser ska öka.”",
        "skollagen 29 kap. 9 §, lydelse i kraft 2023-07-02",
        "norrkoping 1 (",
        "hämtad 2025-02-03, 331 dagar före rapportens dag",
        "Den som ingen av källorna känner till finns inte med.",
        "ingår inte i siffrorna. Den 31 december 2025 var de färre än fem i registret.",
    ):
        assert asked in text, asked
    charts = page.xpath("//figure//*[local-name()='svg']")
    assert len(charts) == 4
    assert all(one.get("role") == "img" for one in charts)


def test_the_pdf_says_the_same(cli: Cli, tmp_path: Path) -> None:
    output = tmp_path / "board.pdf"
    code, out, err = cli("report", "board", "--as-of", DAY, "--format", "pdf", "--output", str(output))
    assert (code, out, err) == (0, b"", "Wrote board.pdf.\n")
    text = " ".join(
        " ".join(page.extract_text() for page in pypdf.PdfReader(io.BytesIO(output.read_bytes())).pages).split()
    )
    for shown in (
        "Den 31 december 2025 fanns 46 ungdomar",
        "Kommunens eget mål",
        "Har påbörjat en åtgärd 0 7",
        "Sida 1 av",
    ):
        assert shown in text, shown


@pytest.mark.parametrize(
    ("args", "code", "says"),
    [
        (("--format", "pdf"), 2, "Add --output FILE.pdf"),
        (("--as-of", "2025-01-01"), 2, "No night had been run for municipality 1488 by 2025-01-01"),
        (("--municipality", "0000"), 2, "0000"),
        (("--output", "no-such-folder/x.html"), 2, "The file no-such-folder/x.html cannot be written"),
        (("--periods", "0"), 2, "periods"),
    ],
)
def test_wrong_use_is_told_with_what_to_do(cli: Cli, args: tuple[str, ...], code: int, says: str) -> None:
    found, out, err = cli("report", "board", *args)
    assert (found, out) == (code, b"")
    assert says in " ".join(err.split())


def test_without_the_extra_the_command_to_install_it_is_told(cli: Cli, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "vl_convert", None)
    code, _, err = cli("report", "board", "--as-of", DAY)
    assert code == 3
    assert "pip install 'kaa-bridge[reports]'" in " ".join(err.split())
    assert cli("report", "board", "--as-of", DAY, "--json")[0] == 0, "figures need no library"


@pytest.mark.parametrize(
    ("goal", "says"),
    [
        ("", "Kommunen har inte lagt in något eget mål"),
        (
            '[municipality.goal]\ntext = "Hälften."\nat_least = 0.34',
            "Kommunens mått är minst 34 procent. Målet är nått.",
        ),
        ('[municipality.goal]\ntext = "Hälften."\nat_least = 0.35', "Målet är inte nått."),
    ],
)
def test_the_goal_is_the_municipalitys_own(town: Town, cli: Cli, goal: str, says: str) -> None:
    other = town.folder / "other.toml"
    other.write_text(town.configuration.read_text("utf-8").replace(GOAL.strip(), goal), encoding="utf-8")
    found = json.loads(cli("report", "board", "--as-of", DAY, "--json", config=other)[1])
    assert says in " ".join(found["goal"])


def test_who_came_straight_from_compulsory_school_is_told_apart(tmp_path: Path) -> None:
    schooling = CompulsorySchooling(status=SchoolingStatus.ENDED, on=date(2025, 6, 11))
    spell = Spell(date(2025, 6, 13), covered_since=date(2025, 6, 12))
    assert cause_of(Youth(ref="a", compulsory_schooling=schooling), spell, "1488") == "after_compulsory"
    assert cause_of(Youth(ref="a"), spell, "1488") == "other_cause"
