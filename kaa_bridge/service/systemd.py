"""A systemd unit and its timer. Directives after systemd.exec(5), systemd.service(5) and systemd.resource-control(5).

Left out on purpose: ``ProcSubset=pid`` would hide the boot id by which a note's age survives a corrected clock, and
``MemoryDenyWriteExecute`` breaks the libraries that make charts when reports run under the same unit.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

from kaa_bridge.service.needs import Needs

CREDENTIALS = Path("/etc/kaa-bridge/credentials")
_HARDENING = """\
UMask=0077
NoNewPrivileges=true
ProtectSystem=strict
PrivateTmp=true
PrivateDevices=true
ProtectClock=true
ProtectHostname=true
ProtectKernelTunables=true
ProtectKernelModules=true
ProtectKernelLogs=true
ProtectControlGroups=true
ProtectProc=invisible
RestrictAddressFamilies=AF_UNIX AF_INET AF_INET6
RestrictNamespaces=true
RestrictRealtime=true
RestrictSUIDSGID=true
LockPersonality=true
RemoveIPC=true
CapabilityBoundingSet=
AmbientCapabilities=
SystemCallArchitectures=native
SystemCallFilter=@system-service
SystemCallErrorNumber=EPERM
LimitCORE=0"""


def service_unit(needs: Needs, *, user: str, daemon: bool, credentials: Path = CREDENTIALS) -> str:
    """Return the text of ``kaa-bridge.service``.

    Args:
        needs: what the configuration asks for.
        user: the account that owns state, key and secrets; made beforehand.
        daemon: keep ``kaa-bridge daemon`` running, instead of one ``run`` for each start of the timer.
        credentials: folder of the files that the configuration's credentials come from; root's, mode 0600.
    """
    return "\n".join(_service(needs, user, daemon, credentials)) + "\n"


def timer_unit(needs: Needs) -> str:
    """Return the text of ``kaa-bridge.timer``: each night at the configured time, made up for when the machine was off.

    The time zone is named, so that summer time moves nothing.
    """
    return f"""\
[Unit]
Description=The nights of kaa-bridge

[Timer]
OnCalendar=*-*-* {needs.at}:00 Europe/Stockholm
Persistent=true
AccuracySec=1min

[Install]
WantedBy=timers.target
"""


def _service(needs: Needs, user: str, daemon: bool, credentials: Path) -> Iterator[str]:
    base = needs.configuration.parent
    yield "# Written by: kaa-bridge service install --systemd. Change it with: systemctl edit kaa-bridge.service"
    yield "[Unit]"
    yield f"Description=kaa-bridge, {'the daemon' if daemon else 'one night'}"
    yield "Wants=network-online.target"
    yield "After=network-online.target"
    yield ""
    yield "[Service]"
    yield f"Type={'exec' if daemon else 'oneshot'}"
    yield f"User={user}"
    yield f"WorkingDirectory={_path(base)}"
    command = "daemon" if daemon else "run"
    program = f"{_word(sys.executable)} -P -m kaa_bridge --config {_word(needs.configuration)}"
    yield f"ExecStart={program} --log-format json {command}"
    if daemon:
        yield "Restart=always"
        yield "RestartSec=60"
    else:
        yield "# 6: done, but something waits for a person (kaa-bridge status says what)."
        yield "SuccessExitStatus=6"
        yield f"TimeoutStartSec={needs.night_seconds:.0f}"
    yield "# SIGTERM goes to the main process alone, which passes it on: the note under way is finished first."
    yield "KillMode=mixed"
    yield f"TimeoutStopSec={needs.stop_seconds:.0f}"
    yield f"MemoryMax={needs.memory_mib + 512}M"
    yield from (f"LoadCredential={name}:{_path(credentials / name)}" for name in needs.credentials)
    yield from (f"ReadWritePaths={_word(folder)}" for folder in needs.writes)
    at_home = base.is_relative_to("/home") or base.is_relative_to("/root")
    yield f"ProtectHome={'read-only' if at_home else 'true'}"
    yield _HARDENING
    yield from _network(needs)
    if daemon:
        yield ""
        yield "[Install]"
        yield "WantedBy=multi-user.target"


def _network(needs: Needs) -> Iterator[str]:
    addresses = needs.addresses()
    if addresses is not None:
        yield "IPAddressDeny=any"
        yield from (f"IPAddressAllow={address}" for address in addresses)
        return
    yield "# The configuration names hosts, and systemd takes addresses only. When theirs are fixed, write them here"
    yield "# (and the name server's), so that nothing else can be reached:"
    yield "# IPAddressDeny=any"
    yield from (f"# IPAddressAllow=<address of {host}>" for host in needs.hosts)


def _word(text: str | Path) -> str:
    """Return a word of a command line or a list of paths, quoted where it has to be."""
    plain = _path(text)
    if not any(sign in plain for sign in " \t'\"\\"):
        return plain
    return '"' + plain.replace("\\", "\\\\").replace('"', '\\"') + '"'


def _path(text: str | Path) -> str:
    """Return a path with systemd's own sign doubled."""
    return str(text).replace("%", "%%")
