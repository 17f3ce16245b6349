"""The command as an administrator meets it: what it refuses, in one paragraph with the next step."""

from __future__ import annotations

import json

import pytest

from kaa_bridge.testing.world import World
from tests.report.scb.half_year import SUMMER, WINTER
from tests.report.scb.people import official_text
from tests.system.conftest import Cli

ASK = ("report", "scb", "--period", "2026H1", "--as-of", str(SUMMER))


@pytest.fixture
def state(world: World, night: Cli) -> World:
    return world


@pytest.mark.parametrize(
    ("more", "code", "error", "next_step"),
    [
        ((), 2, "scb_output", "--output FILE, or --preview"),
        (("--preview", "--output", "x.csv"), 2, "scb_output", "--output FILE, or --preview"),
        (("--output", "no/such/folder/x.csv"), 2, "scb_output_folder", "a folder that exists"),
        (("--preview", "--restricted", "no/such/folder/x.json"), 2, "scb_output_folder", "a folder that exists"),
        (("--output", "x.xlsx"), 2, "scb_output_ending", ".csv or .txt"),
        (("--preview", "--period", "2027H1"), 2, "scb_period_ahead", "an earlier half-year"),
        (("--preview", "--period", "2026"), 2, "period_unreadable", "--period 2026H1"),
        (("--preview", "--layout", "none.toml"), 3, "scb_layout_unreadable", "--layout"),
    ],
)
def test_what_cannot_be_done_is_said_with_the_next_step(
    state: World, cli: Cli, more: tuple[str, ...], code: int, error: str, next_step: str
) -> None:
    done = cli(*ASK, *more)
    assert (done.code, done.out) == (code, "")
    assert done.err.startswith(f"Error ({error}): ")
    assert next_step in " ".join(done.err.split())


def test_an_empty_register_gives_a_file_with_headers_and_the_reasons_why_it_is_a_draft(state: World, cli: Cli) -> None:
    path = state.folder / "scb.csv"
    done = cli(*ASK, "--output", str(path), "--json")
    assert done.code == 3
    assert done.data["people"] == 0
    assert done.data["checks"] == {"sources_read_to_the_end": {"stop": 5}}
    assert (state.folder / "scb.UTKAST.csv").read_bytes().count(b"\r\n") == 5


def test_a_disk_that_refuses_is_told_and_nothing_is_remembered(state: World, cli: Cli) -> None:
    (state.folder / ".scb.csv.halvfardig").mkdir()
    done = cli(*ASK, "--output", str(state.folder / "scb.csv"))
    assert (done.code, done.out) == (2, "")
    assert "Error (scb_output_unwritable): scb.csv cannot be written (" in done.err
    assert not list(state.folder.glob("scb*.csv"))
    assert cli(*ASK, "--preview", "--json").data["changes"] is None


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_what_a_killed_command_left_is_cleared_away(state: World, cli: Cli, kind: str) -> None:
    left = state.folder / f".scb.{kind}.halvfardig"
    left.write_text("half", "utf-8")
    (state.folder / f"{left.name}.d").mkdir()
    layout = state.folder / "own.toml"
    layout.write_text(cli("report", "layout", "show").out.replace('kind = "csv"', f'kind = "{kind}"'), "utf-8")
    assert cli(*ASK, "--layout", str(layout), "--output", str(state.folder / f"scb.{kind}")).code == 3
    assert (state.folder / f"scb.UTKAST.{kind}").stat().st_size > 100
    assert not left.exists()
    if kind == "xlsx":
        assert not (state.folder / f"{left.name}.d").exists()


def test_the_configuration_names_the_layouts_and_the_option_goes_first(state: World, cli: Cli) -> None:
    (state.folder / "h1.toml").write_text(official_text("2026H1"), "utf-8")
    (state.folder / "h2.toml").write_text(official_text("2026H2"), "utf-8")
    before, journal, after = state.configuration.read_text("utf-8").partition("[municipality.journal]\n")
    table = '[municipality.scb]\nlayouts = ["h1.toml", "h2.toml"]\n'
    state.configuration.write_text(f"{before}{table}{journal}{after}", "utf-8")
    assert cli(*ASK, "--preview", "--json").data["layout"]["name"] == "h1.toml"
    other = cli(*ASK, "--preview", "--layout", str(state.folder / "h2.toml"))
    assert (other.code, "scb_layout_of_another_period" in other.err) == (2, True)
    checked = cli("check")
    assert "OK   2303 scb: h1.toml for 2026H1 (official)" in checked.out
    (state.folder / "h2.toml").write_text(official_text("2026H2").replace('kind = "csv"', 'kind = "ods"'), "utf-8")
    checked = cli("check")
    assert checked.code == 3
    assert "FAIL 2303 scb: scb_layout_invalid: The layout h2.toml, line" in checked.out
    assert cli(*ASK, "--preview").code == 3


def test_the_placeholder_is_shown_and_a_layout_is_checked(state: World, cli: Cli) -> None:
    shown = cli("report", "layout", "show").out
    path = state.folder / "own.toml"
    path.write_text(shown, "utf-8")
    done = cli("report", "layout", "check", str(path))
    assert done.code == 0
    assert done.out.startswith("OK  any: own.toml (")
    assert "inofficiell platshållare" in done.out
    path.write_text(official_text(), "utf-8")
    assert cli("report", "layout", "check", str(path), "--json").data["status"] == "official"
    path.write_text(shown.replace("registered_on", "registred_on", 1), "utf-8")
    refused = cli("report", "layout", "check", str(path))
    assert (refused.code, "there is no source 'registred_on'" in " ".join(refused.err.split())) == (3, True)
    assert json.loads(cli("schema", "scb").out)["title"] == "ScbLayout"


def test_a_half_year_that_is_not_over_gives_a_draft_up_to_the_day(world: World, night: Cli, cli: Cli) -> None:
    night(WINTER)
    (world.folder / "h1.toml").write_text(official_text("2026H1"), "utf-8")
    asked = ("report", "scb", "--period", "2026H1", "--as-of", str(WINTER), "--layout", str(world.folder / "h1.toml"))
    done = cli(*asked, "--preview")
    assert done.code == 6
    assert f"Halvåret är inte slut: filen går till och med {WINTER}." in done.out
