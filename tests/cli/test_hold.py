"""``hold`` as an administrator meets it: what is listed is what a release lets through."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

from kaa_bridge.cli import main
from tests.sync.town import LEFT, Town, pupil


@pytest.fixture
def town(tmp_path: Path) -> Iterator[Town]:
    made = Town(tmp_path)
    with made.state:
        yield made


def call(town: Town, monkeypatch: pytest.MonkeyPatch, *args: str) -> None:
    monkeypatch.setattr(sys, "argv", ["kaa-bridge", "--config", str(town.configuration), *args])
    main()


def test_the_number_of_the_latest_night_and_all_that_waits_are_listed(
    town: Town, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for night, count in ((2, 60), (3, 90)):
        town.night(date(2108, 2, night), [pupil(index, LEFT) for index in range(count)])
    call(town, monkeypatch, "hold", "list", "--json")
    (listed,) = json.loads(capsys.readouterr().out)
    assert (listed["kind"], listed["observed"], listed["made_on"]) == ("notes", 90, "2108-02-02")
    call(town, monkeypatch, "hold", "list")
    shown = capsys.readouterr().out
    assert "(90 seen, 25 allowed)" in shown
    assert "2303: 90 note(s) wait and leave with the first run that no hold stops." in shown
    call(town, monkeypatch, "hold", "release", str(listed["id"]), "--reason", "agreed", "--by", "N.N.")
    call(town, monkeypatch, "hold", "list")
    assert "wait" not in capsys.readouterr().out
