"""A whole summer of nights without OEDB: what they find by IST and population data, and the report that tells of it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from kaa_bridge.reconcile.model import Beside, Evidence, Kind, Standing
from kaa_bridge.testing.population import build
from kaa_bridge.testing.simulators.base import Fault
from kaa_bridge.testing.world import World
from tests.reconcile.nights import CAME, DROPS, LAST, OVER, Town, nights
from tests.reconcile.reports import render, report
from tests.reconcile.summer import MAY
from tests.reconcile.test_summer import _text_of
from tests.system.conftest import Cli, Result
from tests.system.test_trouble import source

ASK = ("reconcile", "--freeze", "2026", "--as-of", str(OVER))
EMPTIED = date(2026, 7, 10)
"""The night on which OEDB answers with nobody at all."""


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    with World(tmp_path / "world", build(1, as_of=MAY, poisoned=False)) as one:
        yield one


@pytest.fixture
def town(world: World) -> Town:
    return Town(world)


@pytest.fixture
def summer(town: Town, night: Cli) -> dict[date, Result]:
    """Every night from May to the first day after the freeze, by day."""
    made = {}
    for day in (MAY, *nights(), OVER):
        town.on(day)
        town.world.oedb.faults = {Fault.EMPTIED} if day == EMPTIED else set()
        made[day] = night(day)
    return made


def asked(cli: Cli, world: World, number: str, day: date) -> Any:
    path = world.folder / "person.txt"
    path.write_text(number, encoding="ascii")
    return cli("explain", "--person-file", str(path), "--as-of", str(day), "--json").data


def night_after(day: date) -> date:
    """Return the first night on which what happened on the day can be seen."""
    return next(one for one in (*nights(), OVER) if one >= day)


def test_the_nights_find_what_oedb_cannot_and_the_report_says_who(
    town: Town, summer: dict[date, Result], cli: Cli
) -> None:
    world = town.world
    assert {day: made.code for day, made in summer.items() if made.code} == {}, "no night was in trouble"
    states = {source(made, "oedb")["state"] for day, made in summer.items() if MAY < day < OVER}
    assert states == {"frozen"}
    assert all(source(made, "oedb")["gone"] == 0 for made in summer.values()), "its silence means nothing"
    begun = {day: made.data[0]["plan"]["begun"] for day, made in summer.items() if day != MAY}
    left, came = night_after(DROPS["national_attending"]), night_after(CAME)
    assert {day: count for day, count in begun.items() if count} == {left: 1, came: 2, OVER: 1}
    found = {town.start.by_story(story).number for story in ("national_attending", "mover_in", "never_started")}
    marked = {one.person_number for one in world.treserva.notes() if "uppdateras inte under sommaren" in one.text}
    assert found <= marked, "what was found in the freeze says so"
    made = cli(*ASK, "--json").data
    stories = {asked(cli, world, one.number, OVER)["ref"]: one.story for one in world.population}
    told = {(stories[row["handle"]], row["category"], row["step"], row["found_on"]) for row in made["rows"]}
    assert told == {
        ("national_attending", "ended_in_freeze", "open", str(left)),
        ("im_attending", "ended_in_freeze", "open", None),
        ("mover_in", "only_right", "open", str(came)),
        ("absent_over_month", "moved", "close", None),
        ("dropout_new", "attends_elsewhere", "close", None),
        ("sources_disagree", "conflict", "investigate", None),
        ("newcomer", "only_left", "investigate", None),
        ("number_change", "only_left", "investigate", None),
    }
    assert len(made["rows"]) == len(told)
    assert [(stories[one["handle"]], one["found_on"], one["since"]) for one in made["beside"]] == [
        ("never_started", str(came), str(CAME))
    ]
    assert [one["source"] for one in made["beside"][0]["told"]] == ["Befolkningslistan"]
    counts = made["counts"]
    assert (counts["found_early"], counts["beside"]) == (2, 1)
    assert sum(counts["categories"].values()) == counts["union"] == counts["left"] + counts["right"] - counts["both"]
    lost = {stories[row["handle"]]: row["lost"]["days"] for row in made["rows"] if row["lost"]}
    firsts = {**DROPS, "mover_in": CAME}
    assert lost == {story: (OVER - first).days for story, first in firsts.items()}
    remarks = {stories[row["handle"]]: row["remarks"] for row in made["rows"]}
    assert [remarks[story] for story in ("national_attending", "mover_in", "im_attending")] == [
        ["found_early"], ["found_early"], ["missed"],
    ]  # fmt: skip


def test_the_freeze_is_remarked_on_as_long_as_it_lasts(town: Town, night: Cli, cli: Cli) -> None:
    number = town.start.by_story("national_attending").number
    frozen = {}
    for day in (MAY, date(2026, 6, 1), LAST, OVER):
        town.on(day)
        night(day)
        frozen[day] = "source_frozen" in str(asked(cli, town.world, number, day)["remarks"])
    assert frozen == {MAY: False, date(2026, 6, 1): True, LAST: True, OVER: False}


@pytest.mark.parametrize("form", ["table", "csv", "html", "pdf", "xlsx"])
def test_every_form_tells_of_those_found_beside_the_two(tmp_path: Path, form: Any) -> None:
    told = (Evidence("Befolkningslistan", Standing(kind=Kind.NOTHING), CAME),)
    made = replace(report(), beside=(Beside("U-DDDD", date(2026, 7, 22), CAME, told),))
    made.counts.beside = 1
    text = " ".join(_text_of(render(made, form), form).split())
    for said in ("U-DDDD", "2026-07-22", "2026-07-20", "Befolkningslistan: Ingen placering."):
        assert said in text, said
    assert "Hittade" in text
    assert "U-DDDD" not in _text_of(render(report(), form), form)
