"""``service install``: what it writes is what systemd and the Task Scheduler read, and needs no root to look at."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from lxml import etree

from kaa_bridge.cli import main
from kaa_bridge.config import load_settings
from kaa_bridge.service.needs import needs_of
from kaa_bridge.service.systemd import service_unit, timer_unit
from kaa_bridge.service.windows import NAMESPACE

CONFIGURATION = """
[store]
key = { credential = "state-key" }
[daemon]
at = "04:15"
heartbeat = "run/heartbeat.json"
metrics = "run/kaa.prom"
[[municipality]]
code = "2303"
name = "Exempel"
[[municipality.source]]
name = "qore"
adapter = "qore"
mapping = "qore"
[municipality.source.connection]
url = "https://HOST/placeringar"
username = "kaa"
password = { credential = "qore-password" }
[municipality.source.connection.client_certificate]
cert = "klient.pem"
password = { credential = "klient" }
[municipality.journal]
name = "treserva"
plugin = "treserva"
mapping = "treserva"
[municipality.journal.connection]
url = "https://HOST/treserva"
"""
ANALYZE = shutil.which("systemd-analyze")
with_systemd = pytest.mark.skipif(ANALYZE is None, reason="systemd-analyze is not on this machine")


@pytest.fixture(params=["192.0.2.7", "qore.example"])
def host(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def configuration(tmp_path: Path, host: str) -> Path:
    folder = tmp_path / "kaa 100%"
    folder.mkdir()
    (folder / "kaa-bridge.toml").write_text(CONFIGURATION.replace("HOST", host), encoding="utf-8")
    return folder / "kaa-bridge.toml"


def install(configuration: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch,
            *options: str) -> tuple[int, str, str]:  # fmt: skip
    monkeypatch.setattr(sys, "argv", ["kaa-bridge", "--config", str(configuration), "service", "install", *options])
    code = 0
    try:
        main()
    except SystemExit as stop:
        code = int(stop.code or 0)
    printed = capsys.readouterr()
    return code, printed.out, printed.err


@with_systemd
@pytest.mark.parametrize("daemon", [True, False])
def test_systemd_finds_nothing_wrong_with_the_units(configuration: Path, tmp_path: Path, daemon: bool) -> None:
    needs = needs_of(load_settings(configuration), daemon=daemon)
    files = {"kaa-bridge.service": service_unit(needs, user="root", daemon=daemon)}
    if not daemon:
        files["kaa-bridge.timer"] = timer_unit(needs)
    for name, text in files.items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    done = subprocess.run([str(ANALYZE), "verify", "--man=no", *(str(tmp_path / name) for name in files)],
                          capture_output=True, text=True, check=False)  # fmt: skip
    assert (done.returncode, done.stdout + done.stderr) == (0, "")


@with_systemd
def test_a_spelling_error_would_be_found(configuration: Path, tmp_path: Path) -> None:
    text = service_unit(needs_of(load_settings(configuration)), user="root", daemon=False)
    path = tmp_path / "kaa-bridge.service"
    path.write_text(text.replace("NoNewPrivileges", "NoNewPrivilege"), encoding="utf-8")
    done = subprocess.run([str(ANALYZE), "verify", "--man=no", str(path)], capture_output=True, text=True, check=False)
    assert "NoNewPrivilege" in done.stderr


@with_systemd
def test_systemd_rates_the_exposure_as_low(configuration: Path, tmp_path: Path) -> None:
    path = tmp_path / "kaa-bridge.service"
    path.write_text(service_unit(needs_of(load_settings(configuration)), user="kaa", daemon=False), encoding="utf-8")
    done = subprocess.run([str(ANALYZE), "security", "--offline=true", "--threshold=20", "--no-pager", str(path)],
                          capture_output=True, text=True, check=False)  # fmt: skip
    if "offline" in done.stderr:
        pytest.skip("this systemd-analyze cannot rate a file")
    assert done.returncode == 0, done.stdout[-2000:]


def test_the_unit_grants_what_the_configuration_needs_and_no_more(configuration: Path, host: str) -> None:
    settings = load_settings(configuration)
    text = service_unit(needs_of(settings), user="kaa", daemon=False)
    assert "LoadCredential=state-key:/etc/kaa-bridge/credentials/state-key" in text
    assert "LoadCredential=qore-password:" in text
    assert "LoadCredential=klient:" in text
    writable = [line for line in text.splitlines() if line.startswith("ReadWritePaths")]
    assert writable == [f'ReadWritePaths="{str(settings.base_dir).replace("%", "%%")}/state"']
    assert ("IPAddressDeny=any" in text.splitlines()) == (host == "192.0.2.7")
    allowed = "IPAddressAllow=192.0.2.7" if host == "192.0.2.7" else "# IPAddressAllow=<address of qore.example>"
    assert allowed in text.splitlines()
    assert "TimeoutStopSec=85" in text, "deadline 5, request 60, and a margin"


def test_the_timer_names_the_time_zone(configuration: Path) -> None:
    assert "OnCalendar=*-*-* 04:15:00 Europe/Stockholm" in timer_unit(needs_of(load_settings(configuration)))


def test_it_writes_prints_and_says_what_is_next(
    configuration: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    place = tmp_path / "units"
    place.mkdir()
    shown = install(configuration, capsys, monkeypatch, "--systemd", "--folder", str(place), "--print")
    assert shown[0] == 0
    assert not list(place.iterdir())
    code, out, _ = install(configuration, capsys, monkeypatch, "--systemd", "--folder", str(place))
    assert code == 0
    assert {path.name for path in place.iterdir()} == {"kaa-bridge.service", "kaa-bridge.timer"}
    assert (place / "kaa-bridge.service").read_text(encoding="utf-8") in shown[1]
    assert "systemctl enable --now kaa-bridge.timer" in out
    assert "/etc/kaa-bridge/credentials/state-key" in out
    install(configuration, capsys, monkeypatch, "--systemd", "--daemon", "--folder", str(place))
    unit = (place / "kaa-bridge.service").read_text(encoding="utf-8")
    assert "Restart=always" in unit
    assert " daemon\n" in unit
    assert unit.count("ReadWritePaths") == 2


def test_wrong_usage_is_refused(
    configuration: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    for options in ((), ("--windows-task", "--daemon")):
        code, _, err = install(configuration, capsys, monkeypatch, *options)
        assert code == 2
        assert "service_kind" in err
    code, _, err = install(configuration, capsys, monkeypatch, "--systemd", "--folder", "/nowhere/at/all")
    assert code == 2
    assert "--print" in err


def test_the_task_has_the_documented_shape(
    configuration: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    options = ("--windows-task", "--user", "KOMMUN\\svc-kaa", "--folder", str(tmp_path))
    code, out, _ = install(configuration, capsys, monkeypatch, *options)
    assert code == 0
    assert "schtasks /Create" in out
    data = (tmp_path / "kaa-bridge-task.xml").read_bytes()
    assert data[:2] in {b"\xff\xfe", b"\xfe\xff"}, "UTF-16 with its mark"
    root = etree.fromstring(data)
    tags = {element.tag.removeprefix(f"{{{NAMESPACE}}}") for element in root.iter()}
    assert root.get("version") == "1.2"
    assert [one.tag.rpartition("}")[2] for one in root] == [
        "RegistrationInfo", "Triggers", "Principals", "Settings", "Actions",
    ]  # fmt: skip
    assert tags <= DOCUMENTED
    find = {name: root.findtext(f".//{{{NAMESPACE}}}{name}") for name in tags}
    assert (find["StartBoundary"] or "").endswith("T04:15:00")
    assert find["UserId"] == "KOMMUN\\svc-kaa"
    assert find["ExecutionTimeLimit"] == "PT21600S"
    assert f'--config "{configuration}"' in (find["Arguments"] or "")
    assert root.find(f".//{{{NAMESPACE}}}Principal").get("id") == root.find(f"{{{NAMESPACE}}}Actions").get("Context")  # type: ignore[union-attr]


DOCUMENTED = {
    *("Task", "RegistrationInfo", "Description", "Triggers", "CalendarTrigger", "StartBoundary", "ScheduleByDay"),
    *("DaysInterval", "Principals", "Principal", "UserId", "LogonType", "RunLevel", "Settings", "Enabled", "Actions"),
    *("MultipleInstancesPolicy", "DisallowStartIfOnBatteries", "StopIfGoingOnBatteries", "StartWhenAvailable"),
    *("RunOnlyIfNetworkAvailable", "ExecutionTimeLimit", "Exec", "Command", "Arguments", "WorkingDirectory"),
}
"""Elements of Microsoft's Task Scheduler schema that we use."""


@pytest.mark.skipif(os.name != "posix", reason="credentials are systemd's")
def test_a_credential_is_read_as_systemd_gives_it(
    configuration: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from kaa_bridge.store.key import read_key
    from kaa_bridge.transport.secrets import resolve_settings

    given = tmp_path / "given"
    given.mkdir(mode=0o500)
    given.chmod(0o700)
    for name, text in (("state-key", "ab" * 32), ("qore-password", "hemligt"), ("klient", "k")):
        (given / name).write_text(text, encoding="utf-8")
        (given / name).chmod(0o440)
    monkeypatch.setenv("CREDENTIALS_DIRECTORY", str(given))
    connection = load_settings(configuration).municipality("2303").source[0].connection
    assert resolve_settings(connection)["password"] == "hemligt"
    assert read_key("credential:state-key") == bytes.fromhex("ab" * 32)
