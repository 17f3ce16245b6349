"""The order that matters, read from the system calls: the intent is on disk before a byte of the note leaves."""

from __future__ import annotations

import re
import shutil
import socketserver
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from kaa_bridge.store.engine import StoreKind
from tests.store.support import KINDS, postgresql_answers

ROOT = Path(__file__).parents[2]
NOTES = 12
pytestmark = pytest.mark.skipif(shutil.which("strace") is None, reason="strace is not installed")


class _Answer(socketserver.StreamRequestHandler):
    def handle(self) -> None:
        if self.rfile.readline():
            self.wfile.write(b"J1\n")


@pytest.fixture
def port() -> Iterator[int]:
    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), _Answer) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
        thread.start()
        yield server.server_address[1]
        server.shutdown()
        thread.join()


def trace(folder: Path, kind: StoreKind, port: int, *mistake: str) -> list[str]:
    """Return, in order, ``durable`` for each sync of the state or commit that the server has answered, and ``sent``."""
    log = folder / "trace"
    calls = "trace=fdatasync,fsync,sendto,recvfrom,write"
    command = [
        "strace",
        "-f",
        "-s",
        "60",
        "-e",
        calls,
        "-o",
        str(log),
        sys.executable,
        "-m",
        "tests.fault.sending_child",
    ]
    done = subprocess.run(
        [*command, str(folder), kind.value, str(port), str(NOTES), *mistake],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    durable = (
        r"recvfrom\(.*COMMIT"
        if kind is StoreKind.POSTGRESQL
        else r"(fdatasync|fsync)\(\d+\) += 0|(fdatasync|fsync) resumed>\) += 0"
    )
    events = []
    for line in log.read_text(errors="replace").splitlines():
        if re.search(r'sendto\(\d+, "POST KAA-', line):
            events.append("sent")
        elif re.search(durable, line):
            events.append("durable")
    return events


def inversions(events: list[str]) -> int:
    """Count notes that left with nothing made durable since the note before."""
    first = events.index("sent")
    return sum(one == other == "sent" for one, other in zip(events[first:], events[first + 1 :], strict=False))


@pytest.mark.slow
@pytest.mark.parametrize("kind", KINDS)
def test_an_intent_is_durable_before_its_note_leaves(tmp_path: Path, kind: StoreKind, port: int) -> None:
    if kind is StoreKind.POSTGRESQL and not postgresql_answers():
        pytest.skip("PostgreSQL does not answer on 127.0.0.1:5432")
    events = trace(tmp_path, kind, port)
    assert events.count("sent") == NOTES
    assert events[events.index("sent") - 1] == "durable"
    assert inversions(events) == 0


@pytest.mark.slow
def test_the_watch_sees_an_intent_that_is_not_synced(tmp_path: Path, port: int) -> None:
    events = trace(tmp_path, StoreKind.SQLCIPHER, port, "off")
    assert events.count("sent") == NOTES
    assert inversions(events) > NOTES // 2
