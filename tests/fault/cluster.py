"""A PostgreSQL server of the harness's own, in memory where there is a tmpfs, that may be restarted at will."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import tempfile
import time
from pathlib import Path
from typing import Self

import psycopg

_BINARIES = sorted(Path("/usr/lib/postgresql").glob("*/bin"))
_OWNER = "postgres"


def server_binaries() -> Path | None:
    """Return the folder with ``initdb`` and ``pg_ctl``, ``None`` where no server is installed."""
    usable = [folder for folder in _BINARIES if (folder / "pg_ctl").exists()]
    return usable[-1] if usable else None


class Cluster:
    """A server on loopback with one superuser and no password; use it as a context manager.

    Its programs run as the user ``postgres`` when this process is root, since they refuse to run as root.
    """

    def __init__(self) -> None:
        """Make the cluster; it does not listen yet."""
        folder = server_binaries()
        assert folder, "no PostgreSQL server is installed"
        self._binaries = folder
        base = "/dev/shm" if os.path.isdir("/dev/shm") else None
        self._folder = Path(tempfile.mkdtemp(prefix="kaa-cluster-", dir=base))
        if os.getuid() == 0:
            shutil.chown(self._folder, _OWNER)
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self._port = probe.getsockname()[1]
        self._run("initdb", "-D", self._data, "-U", _OWNER, "-A", "trust", "-E", "UTF8", "--no-sync")

    @property
    def url(self) -> str:
        """The address of its first database."""
        return f"postgresql://{_OWNER}@127.0.0.1:{self._port}/postgres"

    @property
    def _data(self) -> str:
        return str(self._folder / "data")

    def restart(self) -> None:
        """Stop without a checkpoint, as a fallen machine does, and start again with recovery."""
        self._control("restart", "-m", "immediate")

    def await_service(self) -> None:
        """Wait until it serves again, wherever the restart was asked for."""
        for _ in range(300):
            try:
                psycopg.connect(self.url, connect_timeout=5).close()
            except psycopg.OperationalError:
                time.sleep(0.1)
            else:
                return
        raise TimeoutError("the server did not come back")

    def _control(self, *words: str) -> None:
        options = f"-p {self._port} -c listen_addresses=127.0.0.1 -c unix_socket_directories={self._folder}"
        self._run("pg_ctl", "-D", self._data, "-w", "-l", str(self._folder / "log"), "-o", options, *words)

    def _run(self, program: str, *words: str) -> None:
        command = [str(self._binaries / program), *words]
        if os.getuid() == 0:
            command = ["runuser", "-u", _OWNER, "--", *command]
        done = subprocess.run(
            command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, cwd=self._folder,
            check=False,
        )  # fmt: skip
        assert done.returncode == 0, f"{program} ended with {done.returncode}"

    def __enter__(self) -> Self:
        """Start."""
        self._control("start")
        return self

    def __exit__(self, *_: object) -> None:
        """Stop, and take everything away."""
        try:
            self._control("stop", "-m", "immediate")
        finally:
            shutil.rmtree(self._folder, ignore_errors=True)
