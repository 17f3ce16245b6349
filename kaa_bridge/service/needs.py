"""What the nights need of the machine, as the configuration tells it: folders, credentials, hosts, time."""

from __future__ import annotations

import ipaddress
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from kaa_bridge.config import Settings

_MARGIN_SECONDS = 20.0


@dataclass(frozen=True, slots=True)
class Needs:
    """What a service file has to grant.

    Attributes:
        configuration: the configuration file.
        at: local time in Sweden, ``HH:MM``.
        writes: folders that must be writable.
        credentials: names that the configuration takes as ``{ credential = "…" }``.
        hosts: hosts of every configured address, in order; a PostgreSQL server among them.
        night_seconds: longest time of a whole start: every municipality's limit together.
        stop_seconds: longest time that the note under way may take after a request to stop.
        memory_mib: memory of one night.
    """

    configuration: Path
    at: str
    writes: tuple[Path, ...]
    credentials: tuple[str, ...]
    hosts: tuple[str, ...]
    night_seconds: float
    stop_seconds: float
    memory_mib: int

    def addresses(self) -> tuple[str, ...] | None:
        """Return the hosts as addresses, ``None`` when one of them is a name, whose address may change."""
        found = []
        for host in self.hosts:
            if host == "localhost":
                found.append("localhost")
                continue
            try:
                found.append(str(ipaddress.ip_address(host)))
            except ValueError:
                return None
        return tuple(dict.fromkeys(found))


def needs_of(settings: Settings, *, daemon: bool = False) -> Needs:
    """Return what the nights of a configuration need, or the daemon, which also writes heartbeat and metrics."""
    conf = settings.configuration
    base = settings.base_dir
    own = [conf.daemon.heartbeat, conf.daemon.metrics] if daemon else []
    writes = {settings.state_dir, *((base / file).parent for file in own if file)}
    tables = [source.connection for one in conf.municipality for source in one.source]
    writers = [writer for one in conf.municipality for writer in (one.journal, one.updates) if writer]
    tables += [writer.connection for writer in writers]
    sends = [writer.send for writer in writers]
    hosts = [host for table in tables for host in _hosts(table)]
    hosts += _hosts({"url": conf.store.url}) if conf.store.url else []
    names = [name for table in (*tables, {"key": conf.store.key}) for name in _credentials(table)]
    return Needs(
        configuration=settings.path,
        at=conf.daemon.at,
        writes=tuple(sorted(path.resolve() for path in writes)),
        credentials=tuple(dict.fromkeys(names)),
        hosts=tuple(dict.fromkeys(hosts)),
        night_seconds=conf.limits.night_seconds * len(conf.municipality),
        stop_seconds=max((one.deadline_seconds + one.request_seconds for one in sends), default=0.0) + _MARGIN_SECONDS,
        memory_mib=conf.limits.memory_mib,
    )


def _values(table: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    for key, value in table.items():
        yield key, value
        if isinstance(value, Mapping):
            yield from _values(value)


def _hosts(table: Mapping[str, Any]) -> Iterator[str]:
    for key, value in _values(table):
        if isinstance(value, str) and "://" in value and (host := urlsplit(value).hostname):
            yield host
        elif key == "allowed_hosts" and isinstance(value, list):
            yield from (urlsplit(f"//{one}").hostname or one for one in value if isinstance(one, str))


def _credentials(table: Mapping[str, Any]) -> Iterator[str]:
    yield from (value for key, value in _values(table) if key == "credential" and isinstance(value, str))
