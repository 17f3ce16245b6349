"""The self-check: judged exactly on a planted town, silent on what cannot be seen, and readable by people."""

from __future__ import annotations

import io
import json
import shutil
import sys
from collections.abc import Callable
from importlib.resources import files
from pathlib import Path
from typing import Any
from unittest.mock import MagicMock, patch

import pypdf
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import html

from kaa_bridge.cli import main
from kaa_bridge.errors import ConfigurationInvalid
from kaa_bridge.report.audit import judge
from kaa_bridge.report.audit.judge import Verdict, together
from kaa_bridge.report.audit.model import Standard, Test, load_standard
from kaa_bridge.report.audit.queries import Count
from kaa_bridge.report.suppress import LEAST
from tests.report.planted import GOAL, plant
from tests.report.town import Town

DATA = Path(__file__).parent / "data"
DAY = "2025-12-31"
Cli = Callable[..., tuple[int, bytes, str]]
BUNDLED = load_standard("kontrollmal", base_dir=Path())


@pytest.fixture(scope="module")
def town(tmp_path_factory: pytest.TempPathFactory) -> Town:
    made = Town(tmp_path_factory.mktemp("town") / "t", more=GOAL, others=[("1452", "Tranemo")])
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


def audit(cli: Cli, *args: str) -> dict[str, Any]:
    code, out, err = cli("report", "audit", "--as-of", DAY, "--municipality", "1488", "--json", *args)
    assert (code, err) == (0, "")
    found: dict[str, Any] = json.loads(out)
    return found


def test_the_planted_town_is_judged_exactly(cli: Cli) -> None:
    (judged,) = audit(cli)["municipalities"]
    areas = {area["id"]: area["verdict"] for area in judged["areas"]}
    assert areas == {
        "resurser": "unseen",
        "styrande_dokument": "partly",
        "ansvarsfordelning": "not",
        "uppfoljning": "not",
        "kartlaggning": "partly",
        "dokumentation": "not",
        "individuella_atgarder": "partly",
        "samverkan": "partly",
    }
    tests = {test["query"]: test for area in judged["areas"] for one in area["objectives"] for test in one["tests"]}
    numbers = {query: (test["part"], test["whole"]) for query, test in tests.items() if "part" in test}
    assert numbers == {
        "handler": (26, 46),
        "recent": (7, 46),
        "reason_told": (0, 0),
        "found_within": (26, 26),
        "mapped": (0, 46),
        "sources_proven": (0, 1),
        "nights_run": (0, 184),
        "planned": (0, 7),
        "notes_confirmed": (0, 0),
        "offered": (20, 58),
        "tried": (32, 58),
        "reached": (32, 58),
        "on_time": (0, 46),
        "form": (6, 13),
    }
    assert tests["form"]["verdict"] == "partly"
    assert tests["reason_told"]["why"] == "nothing", "nothing ended, so nothing can be said"
    assert tests["found_within"] == {
        "query": "found_within", "days": 30, "verdict": "fulfilled", "why": None, "part": 26, "whole": 26,
        "per_cent": 100, "period": "juli–december 2025", "fulfilled_from": 0.9, "partly_from": 0.7,
    }  # fmt: skip


def test_what_only_partly_shows_is_never_more_than_partly(cli: Cli) -> None:
    (judged,) = audit(cli)["municipalities"]
    goals = judged["areas"][1]["objectives"][0]
    assert goals["tests"][0]["fact"] is True
    assert goals["verdict"] == "partly"


def test_the_bundled_objectives_are_those_of_the_study() -> None:
    assert [area.title for area in BUNDLED.area] == [
        "Resurser", "Styrande dokument", "Ansvarsfördelning", "Uppföljning och utvärdering",
        "Kartläggning och register", "Dokumentation", "Individuella åtgärder", "Samverkan",
    ]  # fmt: skip
    assert [len(area.objective) for area in BUNDLED.area] == [1, 2, 1, 2, 1, 1, 3, 1]
    assert "PwC" in BUNDLED.source
    assert all(one.unseen for area in BUNDLED.area for one in area.objective)


@pytest.mark.parametrize("form", ["html", "json"])
def test_the_forms_are_as_they_were(cli: Cli, form: str) -> None:
    """The kept files are what a reader saw when they were last looked at; a change is looked at and kept anew."""
    kept = DATA / f"audit.{form}"
    args = ("report", "audit", "--as-of", DAY, "--municipality", "1488", "--format", form)
    assert cli(*args)[1] == kept.read_bytes()


def test_the_page_shows_evidence_limits_and_what_cannot_be_seen(cli: Cli) -> None:
    page: Any = html.fromstring(cli("report", "audit", "--as-of", DAY, "--municipality", "1488")[1].decode())
    text = " ".join(page.text_content().split())
    for asked in (
        "20 av 58 (34 %), juli–december 2025",
        "uppfyllt från 90 %, delvis från 50 %",
        "Kan inte ses: Budget, tjänster och kompetens finns inte i uppgifterna.",
        "PwC, Kommunernas aktivitetsansvar: jämförande studie",
        "de är inte satta av revisorerna eller Skolverket",
        "Självgranskningen ersätter inte en revision.",
    ):
        assert asked in text, asked
    (chart,) = page.xpath("//figure//*[local-name()='svg']")
    description = chart.xpath("*[local-name()='desc']")[0].text
    assert "Trollhättan: Resurser: kan inte ses i uppgifterna; Styrande dokument: delvis uppfyllt" in description


def test_the_pdf_says_the_same_and_is_the_same_twice(cli: Cli, tmp_path: Path) -> None:
    made = []
    for name in ("one.pdf", "two.pdf"):
        args = ("--municipality", "1488", "--format", "pdf", "--output", str(tmp_path / name))
        assert cli("report", "audit", "--as-of", DAY, *args)[0] == 0
        made.append((tmp_path / name).read_bytes())
    assert made[0] == made[1]
    pages = pypdf.PdfReader(io.BytesIO(made[0])).pages
    text = " ".join(" ".join(page.extract_text() for page in pages).split())
    for shown in ("Självgranskning av aktivitetsansvaret: Trollhättan", "Åtta områden", "6 av 13 (46 %)"):
        assert shown in text, shown


def test_several_municipalities_stand_side_by_side(town: Town, cli: Cli) -> None:
    other = Town(town.folder.parent / "other", code="1452", name="Tranemo")
    plant(other)
    shutil.copytree(other.folder / "state" / "1452", town.folder / "state" / "1452")
    try:
        page: Any = html.fromstring(cli("report", "audit", "--as-of", DAY)[1].decode())
    finally:
        shutil.rmtree(town.folder / "state" / "1452")
    text = " ".join(page.text_content().split())
    assert "Självgranskning av aktivitetsansvaret: Trollhättan, Tranemo" in text
    assert "Tranemo: Nej" in text, "Tranemo has set no goal"
    assert [one.text for one in page.xpath("//table")[1].xpath(".//thead//th")] == ["Område", "Trollhättan", "Tranemo"]


def test_one_without_a_state_is_told_of_and_the_rest_is_judged(cli: Cli) -> None:
    code, out, err = cli("report", "audit", "--as-of", DAY, "--json")
    assert code == 1
    assert [one["basis"]["name"] for one in json.loads(out)["municipalities"]] == ["Trollhättan"]
    assert "1452" in err


@pytest.mark.parametrize(
    ("args", "code", "says"),
    [
        (("--format", "pdf"), 2, "Add --output FILE.pdf"),
        (("--municipality", "1488", "--as-of", "2025-01-01"), 2, "No night had been run for municipality 1488"),
        (("--municipality", "9999"), 2, "9999"),
    ],
)
def test_wrong_use_is_told_with_what_to_do(cli: Cli, args: tuple[str, ...], code: int, says: str) -> None:
    found, out, err = cli("report", "audit", *args)
    assert (found, out) == (code, b"")
    assert says in " ".join(err.split())


TEST = '[[area.objective.test]]\nquery = "offered"'


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        (TEST, '[[area.objective.test]]\nquery = "happy"', "there is no query 'happy'"),
        ("fulfilled = 0.95", "fulfilled = 95", "less than or equal to 1"),
        ("days = 30", "days = 14", "one of 7, 30, 90"),
        ("partly = 0.75", "partly = 0.99", "the first at least as high"),
        ('id = "samverkan"', 'id = "resurser"', "two areas or two objectives"),
        ('ceiling = "partly"', 'celing = "partly"', "celing"),
        ("format =", "format", "not TOML"),
    ],
)
def test_a_file_of_ones_own_is_read_strictly(tmp_path: Path, old: str, new: str, says: str) -> None:

    text = (files("kaa_mappings") / "audit" / "kontrollmal.toml").read_text("utf-8")
    assert old in text
    (tmp_path / "egen.toml").write_text(text, encoding="utf-8")
    assert load_standard("egen.toml", base_dir=tmp_path) == BUNDLED
    (tmp_path / "egen.toml").write_text(text.replace(old, new), encoding="utf-8")
    with pytest.raises(ConfigurationInvalid) as caught:
        load_standard("egen.toml", base_dir=tmp_path)
    assert says in caught.value.message
    assert "audit" in caught.value.remedy


@pytest.mark.parametrize("reference", ["saknas.toml", "saknas", "../kontrollmal"])
def test_missing_objectives_are_told(tmp_path: Path, reference: str) -> None:
    with pytest.raises(ConfigurationInvalid) as caught:
        load_standard(reference, base_dir=tmp_path)
    assert caught.value.code == "audit_unreadable"


def test_limits_are_the_municipalitys_to_set(town: Town, cli: Cli) -> None:

    text = (files("kaa_mappings") / "audit" / "kontrollmal.toml").read_text("utf-8")
    (town.folder / "egen.toml").write_text(text.replace("partly = 0.5", "partly = 0.3"), encoding="utf-8")
    own = town.folder / "own.toml"
    changed = town.configuration.read_text("utf-8").replace(GOAL, f'audit = "egen.toml"\n{GOAL}')
    own.write_text(changed, encoding="utf-8")
    args = ("report", "audit", "--as-of", DAY, "--municipality", "1488", "--json")
    (judged,) = json.loads(cli(*args, config=own)[1])["municipalities"]
    assert judged["areas"][6]["objectives"][0]["verdict"] == "partly"
    both = cli("report", "audit", "--as-of", DAY, "--json", config=own)
    assert both[0] == 3
    assert "different control objectives" in " ".join(both[2].split())


SHARE = st.floats(0, 1)


@given(st.integers(1, 60), st.data(), SHARE, SHARE)
@settings(deadline=None)
def test_a_verdict_on_a_hidden_number_never_tells_it(whole: int, data: st.DataObject, one: float, other: float) -> None:
    low, high = sorted((one, other))
    test = Test(query="offered", text="x", fulfilled=high, partly=low)

    def verdict_on(part: int, *, hidden: bool) -> Verdict:
        found = Count(None if hidden else part, whole, "x", (part, whole))
        with patch.object(judge, "ask", return_value=found):
            return judge._test(test, MagicMock(), MagicMock()).verdict

    hidden = verdict_on(data.draw(st.integers(0, whole)), hidden=True)
    alike = [part for part in range(whole + 1) if verdict_on(part, hidden=False) is hidden]
    assert hidden is Verdict.UNSEEN or len(alike) >= LEAST


def test_verdicts_come_together() -> None:
    fulfilled, partly, not_fulfilled, unseen = Verdict.FULFILLED, Verdict.PARTLY, Verdict.NOT, Verdict.UNSEEN
    assert together([]) is together([unseen]) is unseen
    assert together([fulfilled, unseen]) is fulfilled
    assert together([not_fulfilled, not_fulfilled]) is not_fulfilled
    assert together([fulfilled, not_fulfilled]) is together([partly]) is partly


def test_every_test_of_the_bundled_file_is_a_question_that_is_answered() -> None:
    assert isinstance(BUNDLED, Standard)
    assert len(BUNDLED.tests()) == len({test.query for test in BUNDLED.tests()}) == 17
