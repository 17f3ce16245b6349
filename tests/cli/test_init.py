"""``init``: what it writes is read back as it was meant; what cannot be used is refused, and nothing is written."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from kaa_bridge.cli import root
from kaa_bridge.config import MunicipalityTable, load_settings
from kaa_bridge.errors import ConfigurationInvalid, InputRefused
from kaa_bridge.routine import bundled_text


def init(folder: Path, *arguments: str) -> Result:
    words = ("init", "--municipality", "2303", "--folder", str(folder), *arguments)
    return CliRunner().invoke(root, words, standalone_mode=False)


def written(folder: Path, *arguments: str) -> MunicipalityTable:
    done = init(folder, *arguments)
    assert done.exception is None, done.exception
    return load_settings(folder / "kaa-bridge.toml").configuration.municipality[0]


def refused(folder: Path, *arguments: str) -> InputRefused:
    """Return the refusal; nothing was written."""
    before = sorted(folder.rglob("*"))
    error = init(folder, *arguments).exception
    assert isinstance(error, InputRefused), error
    assert sorted(folder.rglob("*")) == before
    return error


@pytest.mark.parametrize("journal", ["treserva", "lifecare"])
def test_the_chosen_systems_are_there_and_no_others(tmp_path: Path, journal: str) -> None:
    found = written(tmp_path / "kaa", "--sources", "qore, oedb,ist,files", "--journal", journal)
    assert [source.adapter for source in found.source] == ["qore", "oedb", "ist", "files"]
    assert found.journal is not None
    assert found.journal.plugin == journal
    assert (tmp_path / "kaa" / "kaa-bridge.key").stat().st_mode & 0o777 == 0o600
    assert (tmp_path / "kaa" / "secrets").stat().st_mode & 0o777 == 0o700


def test_only_the_state_and_what_the_administrator_fills_in_are_missing_afterwards(tmp_path: Path) -> None:
    written(tmp_path, "--sources", "qore,oedb,ist", "--journal", "lifecare")
    checked = CliRunner().invoke(root, ["--config", str(tmp_path / "kaa-bridge.toml"), "check"])
    failed = [line for line in checked.output.splitlines() if line.startswith("FAIL")]
    assert len(failed) == 5
    assert [line for line in failed if "state_missing" not in line and "secret_missing" not in line] == []


@pytest.mark.parametrize("name", ['A "B" \\x', "C:\\kommun", "Ä\nå\t", "\x7f\x01", "'''", '"""', "# nej", "{name}"])
def test_a_name_of_any_signs_is_read_back_as_it_was(tmp_path: Path, name: str) -> None:
    assert written(tmp_path, "--name", name).name == name


def test_a_name_that_is_no_text_is_refused(tmp_path: Path) -> None:
    assert refused(tmp_path, "--name", "\udcff").code == "not_text"


def test_a_routine_is_found_from_the_folder_and_read_back_as_it_was(tmp_path: Path) -> None:
    name = "C:\\kaa\\min.toml"
    (tmp_path / name).write_bytes(bundled_text("lekeberg"))
    assert written(tmp_path, "--routine", name).routine == name


def test_the_plugin_whose_condition_the_routine_names_is_allowed(tmp_path: Path) -> None:
    text = bundled_text("norrkoping").decode().replace("withdrawal_form_missing", "norrkoping_break_without_form")
    (tmp_path / "min.toml").write_text(text, encoding="utf-8")
    written(tmp_path, "--routine", "min.toml", "--sources", "qore")
    configuration = load_settings(tmp_path / "kaa-bridge.toml").configuration
    assert configuration.plugins.allow == ("qore", "treserva", "norrkoping")


@pytest.mark.parametrize("routine", ["xx", "finns_inte.toml", "trasig.toml"])
def test_a_routine_that_cannot_be_used_is_refused(tmp_path: Path, routine: str) -> None:
    (tmp_path / "trasig.toml").write_text("steg = 1", encoding="utf-8")
    error = refused(tmp_path, "--routine", routine)
    assert error.code.startswith("routine_")
    assert error.remedy


@pytest.mark.parametrize(
    "arguments",
    [
        ("--journal", "ist"),
        ("--journal", "oedb"),
        ("--sources", "treserva"),
        ("--sources", "norrkoping"),
        ("--sources", "nope"),
    ],
)
def test_a_plugin_of_another_kind_is_refused_with_those_that_there_are(
    tmp_path: Path, arguments: tuple[str, ...]
) -> None:
    error = refused(tmp_path, *arguments)
    assert error.code == "plugin_unknown"
    known = "lifecare, treserva" if arguments[0] == "--journal" else "files, ist, oedb, qore"
    assert f"(there are {known})" in error.message


def test_what_the_configuration_itself_refuses_is_not_written(tmp_path: Path) -> None:
    assert "the same name" in refused(tmp_path, "--sources", "ist,ist").message


def test_a_key_that_is_there_is_kept(tmp_path: Path) -> None:
    init(tmp_path)
    key = (tmp_path / "kaa-bridge.key").read_bytes()
    (tmp_path / "kaa-bridge.toml").unlink()
    done = init(tmp_path)
    assert done.exception is None
    assert "kaa-bridge.key was there and is kept" in done.output
    assert (tmp_path / "kaa-bridge.key").read_bytes() == key


def test_a_key_that_is_there_and_cannot_be_used_stops_it(tmp_path: Path) -> None:
    (tmp_path / "kaa-bridge.key").write_text("nyckel", encoding="ascii")
    (tmp_path / "kaa-bridge.key").chmod(0o600)
    error = init(tmp_path).exception
    assert isinstance(error, ConfigurationInvalid)
    assert error.code == "key_unusable"
    assert not (tmp_path / "kaa-bridge.toml").exists()


def test_a_configuration_that_is_there_is_left(tmp_path: Path) -> None:
    written(tmp_path)
    assert refused(tmp_path, "--name", "Annat").code == "configuration_exists"


def test_the_next_commands_name_the_configuration_where_it_is_not_here(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.argv", [".venv/bin/kaa-bridge"])
    told = init(tmp_path / "min kaa").output
    file = tmp_path / "min kaa" / "kaa-bridge.toml"
    assert f"then .venv/bin/kaa-bridge --config '{file}' state create --municipality 2303" in told
    monkeypatch.chdir(tmp_path)
    assert "then .venv/bin/kaa-bridge state create --municipality 2303" in init(Path(".")).output
