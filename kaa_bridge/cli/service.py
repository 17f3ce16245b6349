"""``service install``: the files by which the operating system starts the nights."""

from __future__ import annotations

import getpass
from pathlib import Path

import click

from kaa_bridge.cli.clock import today
from kaa_bridge.cli.context import App, pass_app
from kaa_bridge.errors import InputRefused
from kaa_bridge.service.needs import Needs

_SYSTEMD = Path("/etc/systemd/system")
_TASK = "kaa-bridge-task.xml"


@click.group()
def service() -> None:
    """Have the operating system start the nights."""


@service.command()
@click.option("--systemd", "kind", flag_value="systemd", help="A hardened unit and its timer (Linux).")
@click.option("--windows-task", "kind", flag_value="windows", help="A task for the Task Scheduler (Windows).")
@click.option("--daemon", is_flag=True, help="With --systemd: keep the daemon running, without a timer.")
@click.option("--user", default="", help="The account that owns state, key and secrets; default: kaa, or yours.")
@click.option("--folder", type=click.Path(path_type=Path, file_okay=False), help="Where the files go.")
@click.option("--print", "show", is_flag=True, help="Print the files and write nothing.")
@pass_app
def install(app: App, kind: str | None, daemon: bool, user: str, folder: Path | None, show: bool) -> None:
    """Write the files for systemd or for Windows' Task Scheduler, made from the configuration.

    Nothing is started and nothing that exists is changed but these files; the commands to run next are printed.
    """
    from kaa_bridge.service.needs import needs_of

    if kind is None or (daemon and kind != "systemd"):
        raise InputRefused(
            "service_kind",
            "service install writes files for one of two systems, and the daemon's for systemd only; nothing was done.",
            remedy="kaa-bridge service install --systemd (or --windows-task), with --print to look first.",
        )
    needs = needs_of(app.settings, daemon=daemon)
    files = _systemd(needs, user or "kaa", daemon=daemon) if kind == "systemd" else _windows(needs, user)
    place = folder or (_SYSTEMD if kind == "systemd" else needs.configuration.parent)
    if show:
        for name, data in files.items():
            click.echo(f"# {place / name}")
            click.echo(data.decode("utf-16" if name.endswith(".xml") else "utf-8"))
        return
    for name, data in files.items():
        _write(place / name, data)
        click.echo(f"Wrote {place / name}")
    for line in _next(needs, place, kind, daemon=daemon):
        click.echo(line)


def _systemd(needs: Needs, user: str, *, daemon: bool) -> dict[str, bytes]:
    from kaa_bridge.service.systemd import service_unit, timer_unit

    files = {"kaa-bridge.service": service_unit(needs, user=user, daemon=daemon)}
    if not daemon:
        files["kaa-bridge.timer"] = timer_unit(needs)
    return {name: text.encode() for name, text in files.items()}


def _windows(needs: Needs, user: str) -> dict[str, bytes]:
    from kaa_bridge.service.windows import task_xml

    return {_TASK: task_xml(needs, user=user or getpass.getuser(), first=today())}


def _write(path: Path, data: bytes) -> None:
    half = path.with_name(f"{path.name}.new")
    try:
        half.write_bytes(data)
        half.chmod(0o644)
        half.replace(path)
    except OSError as error:
        raise InputRefused(
            "service_folder",
            f"{path.name} was not written to {path.parent} ({error.strerror}).",
            remedy="Run the command with sudo, or give --folder and copy the files; --print shows them.",
        ) from None


def _next(needs: Needs, place: Path, kind: str, *, daemon: bool) -> list[str]:
    if kind == "windows":
        task = place / "kaa-bridge-task.xml"
        return [
            f'Next: schtasks /Create /TN kaa-bridge /XML "{task}" /RU ACCOUNT /RP *',
            "      schtasks /Run /TN kaa-bridge",
        ]
    unit = "kaa-bridge.service" if daemon else "kaa-bridge.timer"
    from kaa_bridge.service.systemd import CREDENTIALS

    lines = [f"Next: put the secret {name} in {CREDENTIALS / name} (root, mode 0600)" for name in needs.credentials]
    lines.append(f"{'      ' if lines else 'Next: '}systemctl daemon-reload && systemctl enable --now {unit}")
    return [*lines, "      systemctl start kaa-bridge.service, then journalctl -u kaa-bridge.service"]
