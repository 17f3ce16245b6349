"""A municipal plugin in a whole night: its column on the work list, its table, and what its faults cost."""

from __future__ import annotations

import json
from collections.abc import Callable
from importlib.metadata import EntryPoint, entry_points
from pathlib import Path
from typing import Any

import pytest

from kaa_bridge.host import loader
from kaa_bridge.testing.world import AS_OF

DAY = ("--as-of", AS_OF.isoformat())
FAULTY = """
from kaa_bridge.contract import hookimpl
def broken(*_): raise ValueError("Testsson 20080101-2382")
@hookimpl
def kaa_columns(): return {"Trasig": broken}
@hookimpl
def kaa_tables(): return {"broken": broken, "crooked": lambda youths, day: [["a", "b"], ["c"]]}
"""


@pytest.fixture
def with_plugin(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Callable[[str, str], None]:
    """Install one more plugin for the time of the test."""
    monkeypatch.syspath_prepend(str(tmp_path))
    (tmp_path / "kaa_test_faulty.py").write_text(FAULTY, encoding="utf-8")

    def install(name: str, module: str) -> None:
        installed = [one for one in entry_points(group="kaa_bridge") if one.name != name]
        more = [*installed, EntryPoint(name=name, value=module, group="kaa_bridge")]
        monkeypatch.setattr(loader, "entry_points", lambda group: more)

    return install


def test_the_column_stands_on_the_work_list(night: Any, cli: Any, with_plugin: Any) -> None:
    with_plugin("norrkoping", "kaa_plugin_norrkoping")
    night()
    rows = json.loads(cli("worklist", "--json", *DAY).out)["rows"]
    plain = [row for row in rows if row["action"] != "protected_routine"]
    protected = [row for row in rows if row["action"] == "protected_routine"]
    assert plain
    assert protected
    assert all(set(row["extra"]) - {"Dokumentation saknas"} == {"Målgrupp"} for row in plain)
    assert any("slutdatum" in row["extra"].get("Dokumentation saknas", "") for row in plain)
    assert all(row["extra"] == {} for row in protected)


def test_the_table_of_the_meeting_is_printed(night: Any, cli: Any, with_plugin: Any) -> None:
    with_plugin("norrkoping", "kaa_plugin_norrkoping")
    night()
    printed = cli("table", "norrkoping_social_services", *DAY)
    assert (printed.code, printed.out.split()) == (0, ["Ungdom", "Placering", "Läge", "Från", "Till"])


def test_an_unknown_table_says_which_there_are(night: Any, cli: Any, with_plugin: Any) -> None:
    with_plugin("norrkoping", "kaa_plugin_norrkoping")
    night()
    printed = cli("table", "social_services", *DAY)
    assert printed.code == 2
    assert "norrkoping_social_services" in printed.err


def test_a_faulty_plugin_costs_its_own_cells_and_tables_only(night: Any, cli: Any, with_plugin: Any) -> None:
    with_plugin("faulty", "kaa_test_faulty")
    night()
    printed = cli("worklist", "--json", *DAY)
    rows = [row for row in printed.data["rows"] if row["action"] != "protected_routine"]
    assert {row["extra"]["Trasig"] for row in rows} == {"fel i tillägget"}
    for name in ("broken", "crooked"):
        failed = cli("table", name, *DAY)
        assert failed.code == 4
        assert "Testsson" not in failed.err + failed.out + printed.err
