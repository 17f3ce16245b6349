"""What the outbox costs: sends with it beside the same sends without, in one interleaved run.

``python benchmarks/outbox.py [--notes 400] [--parallel 8] [--milliseconds 10] [--rounds 3] [--store sqlcipher]``

The journal is a small HTTP server of its own that answers after the given time (0 as well). *Without* is the same
number of threads doing the same calls; *with* is ``send_planned`` with a window as wide as the threads. Ratios of wall
time and of this process's CPU are medians over the rounds; the first round warms up and is not counted.
"""

from __future__ import annotations

import argparse
import http.client
import json
import multiprocessing
import os
import socketserver
import statistics
import tempfile
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from kaa_bridge.contract.journal import CaseNote, Found, Journal, JournalDescription, JournalLevel, NoteKind, Receipt
from kaa_bridge.contract.source import CheckResult
from kaa_bridge.journal.outbox import PlannedNote, note_key, plan_note
from kaa_bridge.journal.send import send_planned
from kaa_bridge.journal.settings import SendSettings
from kaa_bridge.journal.states import NoteState
from kaa_bridge.store.clock import SystemClock
from kaa_bridge.store.engine import Store, StoreKind, StoreSettings
from kaa_bridge.store.key import make_key_file
from kaa_bridge.store.lock import RunLock
from kaa_bridge.store.sql import run, run_many

LIMIT = 1.25
"""The goal: at 10 ms, at most this many times the wall time without an outbox (performance G12)."""


class _Answering(socketserver.StreamRequestHandler):
    def handle(self) -> None:
        while line := self.rfile.readline():
            length = 0
            reference = line.split()[1].rsplit(b"/", 1)[-1]
            while (field := self.rfile.readline().strip()) != b"":
                if field.lower().startswith(b"content-length:"):
                    length = int(field.split(b":")[1])
            self.rfile.read(length)
            time.sleep(self.server.seconds)  # type: ignore[attr-defined]
            self.wfile.write(b"HTTP/1.1 201 Created\r\nContent-Length: %d\r\n\r\n%s" % (len(reference), reference))


class _Server(socketserver.ThreadingTCPServer):
    daemon_threads = True
    allow_reuse_address = True
    request_queue_size = 64
    seconds = 0.0


def _serve(seconds: float, pipe: Any) -> None:
    with _Server(("127.0.0.1", 0), _Answering) as server:
        server.seconds = seconds
        pipe.send(server.server_address[1])
        server.serve_forever()


class BareJournal(Journal):
    """One kept connection a thread, and nothing else: the floor that both sides share."""

    def __init__(self, port: int) -> None:
        """Name the server's port."""
        self._port = port
        self._local = threading.local()

    def describe(self) -> JournalDescription:
        """Return level 0."""
        return JournalDescription(name="bare", system="bare", level=JournalLevel.NOTHING, lateness_seconds=1.0)

    def check(self) -> CheckResult:
        """Say yes."""
        return CheckResult(True, "bare")

    def create_note(self, note: CaseNote, *, deadline: float) -> Receipt:
        """Post the text and read the reference back."""
        connection = getattr(self._local, "connection", None)
        if connection is None:
            connection = self._local.connection = http.client.HTTPConnection("127.0.0.1", self._port, timeout=10)
        connection.request("POST", f"/notes/{note.reference}", note.text.encode())
        answer = connection.getresponse()
        return Receipt("1", answer.read().decode())

    def find_note(self, reference: str) -> Found:
        """Level 0 has none."""
        raise NotImplementedError


@dataclass(frozen=True, slots=True)
class Cost:
    """Seconds of wall time and of CPU."""

    wall: float
    cpu: float


def measured(work: Any) -> Cost:
    """Time one piece of work."""
    wall, cpu = time.perf_counter(), time.process_time()
    work()
    return Cost(time.perf_counter() - wall, time.process_time() - cpu)


def without(journal: Journal, notes: list[CaseNote], parallel: int) -> None:
    """The same sends by a pool of threads."""
    with ThreadPoolExecutor(parallel) as pool:
        for receipt in pool.map(lambda note: journal.create_note(note, deadline=0), notes):
            assert receipt.journal_id


def planned(store: Store, count: int, text: str, round_number: int) -> list[CaseNote]:
    """Plan the notes of one round."""
    with store.write() as connection:
        run(connection, "INSERT INTO run (kind, local_date, started_at) VALUES ('night', '2091-01-01', 't')")
        rows = [(bytes([round_number]) + os.urandom(15), f"U-{os.urandom(6).hex()}") for _ in range(count)]
        insert = "INSERT INTO youth (pseudonym, handle, protection, conflicts) VALUES (?, ?, 'none', 0)"
        run_many(connection, insert, rows)
        found = run(connection, "SELECT id, pseudonym FROM youth ORDER BY id DESC LIMIT ?", (count,)).all()
        for youth in found:
            plan_note(
                connection,
                PlannedNote(
                    key=note_key(store.keys.note, bytes(youth.pseudonym), "bench", "1"),
                    youth_id=youth.id,
                    journal="bare",
                    kind=NoteKind.REGISTERED,
                    cause="bench:1",
                    person_number="209101010000",
                    heading="Rubrik",
                    body=text,
                    occurred_on=date(2091, 1, 1),
                    run_id=1,
                    planned_at="2091-01-01T03:30:00Z",
                ),
            )
        references = [row.reference for row in run(connection, "SELECT reference FROM note WHERE state = 'PLANNED'")]
    return [
        CaseNote(
            reference=reference,
            person_number="209101010000",
            kind=NoteKind.REGISTERED,
            heading="Rubrik",
            text=text,
            occurred_on=date(2091, 1, 1),
        )
        for reference in references
    ]


def compare(
    kind: StoreKind, notes: int, parallel: int, milliseconds: float, rounds: int, folder: Path
) -> dict[str, Any]:
    """Run both sides in turn and return the ratios."""
    ours, theirs = multiprocessing.Pipe()
    server = multiprocessing.get_context("fork").Process(target=_serve, args=(milliseconds / 1000, theirs), daemon=True)
    server.start()
    journal, text = BareJournal(ours.recv()), "Ungdomen omfattas. " * 20
    key = folder / "key"
    make_key_file(key)
    settings = StoreSettings(municipality="0000", directory=folder / "0000", key=f"file:{key}", kind=kind)
    pairs: list[tuple[Cost, Cost]] = []
    with Store.create(settings) as store:
        for number in range(rounds + 1):
            wanted = planned(store, notes, text, number)
            floor = measured(lambda wanted=wanted: without(journal, wanted, parallel))
            with RunLock(store, clock=SystemClock()) as held:
                given = SendSettings(parallel=parallel)
                outbox = measured(lambda held=held, given=given: _checked(held, journal, given, notes))
            pairs.append((floor, outbox))
    server.terminate()
    server.join()
    counted = pairs[1:]
    return {
        "store": kind.value,
        "notes": notes,
        "parallel": parallel,
        "milliseconds": milliseconds,
        "wall_without": round(statistics.median(one.wall for one, _ in counted), 3),
        "wall_with": round(statistics.median(two.wall for _, two in counted), 3),
        "wall_ratio": round(statistics.median(two.wall / one.wall for one, two in counted), 3),
        "cpu_us_without": round(statistics.median(one.cpu for one, _ in counted) / notes * 1e6),
        "cpu_us_with": round(statistics.median(two.cpu for _, two in counted) / notes * 1e6),
        "cpu_ratio": round(statistics.median(two.cpu / one.cpu for one, two in counted), 2),
    }


def _checked(held: RunLock, journal: Journal, settings: SendSettings, notes: int) -> None:
    report = send_planned(held, journal, settings)
    assert report.sent == {NoteState.CONFIRMED: notes}, report


def main() -> None:
    """Read the command line, measure, print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--notes", type=int, default=400)
    parser.add_argument("--parallel", type=int, default=8)
    parser.add_argument("--milliseconds", type=float, default=10.0)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--store", choices=["sqlcipher", "sqlite"], default="sqlcipher")
    parser.add_argument("--folder", help="where the state lies while measuring; its disk is part of the measure")
    parser.add_argument("--json", action="store_true")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory(dir=given.folder) as folder:
        kind = StoreKind(given.store)
        found = compare(kind, given.notes, given.parallel, given.milliseconds, given.rounds, Path(folder))
    print(json.dumps(found) if given.json else "\n".join(f"{name}: {value}" for name, value in found.items()))


if __name__ == "__main__":
    main()
