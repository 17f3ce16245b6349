"""Every way a network or a server can misbehave, at every place where a note depends on it.

``python -m tests.fault.network [--cells N|all] [--json]``

A *cell* is one fault of ``kaa_bridge.testing.faults`` (raw sockets) at one place: writing a note over SOAP (Treserva)
or REST (Lifecare), looking a note up over SOAP, finding the client over REST; and, in ``tests.fault.pulling``, fetching
a token and pulling a source over SOAP and REST. The real plugins talk to the fault
server, and behind it stands the simulated journal that keeps what was stored. After the fault come healthy nights. In
each cell: no note twice, none lost (in the journal, or with a person), nothing believed that is not so, and no wait
beyond the limit.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import sys
import tempfile
import time
from collections import Counter
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from kaa_bridge.contract.journal import Journal, NoteKind
from kaa_bridge.journal.outbox import PlannedNote, note_key, plan_note, reference_of
from kaa_bridge.journal.send import send_planned
from kaa_bridge.journal.settings import SendSettings
from kaa_bridge.journal.states import NoteState
from kaa_bridge.store.engine import Store, StoreKind, StoreSettings
from kaa_bridge.store.key import make_key_file
from kaa_bridge.store.lock import RunLock
from kaa_bridge.testing.fault_server import Answer, FaultServer, Seen
from kaa_bridge.testing.faults import FAULTS
from kaa_bridge.testing.simulators.journal_server import JournalServer, SeenRequest
from kaa_bridge.testing.simulators.lifecare import SimulatedLifecare
from kaa_bridge.testing.simulators.treserva import SimulatedTreserva
from tests.fault.bench import ShiftedClock
from tests.fault.pulling import PLACES as PULLED
from tests.fault.pulling import pulling
from tests.fault.world_process import small_population
from tests.journal.support import states
from tests.plugins.lifecare_support import lifecare
from tests.plugins.treserva_support import treserva
from tests.store.support import add_run, add_youth

PLACES = ("soap send", "soap look-up", "rest send", "rest client")
SETTINGS = SendSettings(settle_seconds=400.0)
_LIMIT = 12.0
_PEOPLE = 3
_WITH_PERSON = {NoteState.IN_DOUBT, NoteState.REFUSED, NoteState.HELD, NoteState.QUARANTINED}


@dataclass(frozen=True, slots=True)
class Cell:
    """One fault at one place."""

    place: str
    fault: str


def cells() -> list[Cell]:
    """Return every cell."""
    return [Cell(place, fault) for place in (*PLACES, *PULLED) for fault in FAULTS]


class Trial:
    """One cell, tried in a folder of its own."""

    def __init__(self, cell: Cell, folder: Path) -> None:
        self.cell = cell
        self.clock = ShiftedClock()
        key = folder / "key"
        make_key_file(key)
        self.settings = StoreSettings(
            municipality="2303", directory=folder / "2303", key=f"file:{key}", kind=StoreKind.SQLITE
        )
        people = small_population()
        soap = cell.place.startswith("soap")
        self.system: JournalServer = SimulatedTreserva(people) if soap else SimulatedLifecare(people)
        known = [person for person in people if "lifecare" in person.systems or soap]
        self.numbers = [person.number for person in (known or list(people)) if person.protection == "none"][:_PEOPLE]
        self.longest = 0.0

    def run(self) -> list[str]:
        """Try the cell and return what is wrong."""
        with FaultServer(self._behind) as server, Store.create(self.settings) as store:
            path = self.system.url.split(str(self.system.port), 1)[1]
            journal = self._journal(server.url + path)
            try:
                references = self._plan(store)
                self._faulty_night(store, journal, server)
                for _ in range(3):
                    self.clock.seconds += 500.0
                    self._night(store, journal)
                found = states(store)
            finally:
                journal.close()
        return self._judge(references, found)

    def _faulty_night(self, store: Store, journal: Journal, server: FaultServer) -> None:
        before = {"soap send": (), "soap look-up": (), "rest send": ("ok",), "rest client": ()}[self.cell.place]
        if self.cell.place == "soap look-up":
            server.plan("close_after_commit")
            self._night(store, journal)
            self.clock.seconds += 500.0
        server.plan(*before, self.cell.fault)
        started = time.monotonic()
        self._night(store, journal)
        self.longest = time.monotonic() - started

    def _night(self, store: Store, journal: Journal) -> None:
        with RunLock(store, clock=self.clock) as held:
            send_planned(held, journal, SETTINGS, clock=self.clock)

    def _judge(self, references: list[str], found: dict[str, NoteState]) -> list[str]:
        counts = Counter(note.reference for note in self.system.notes())
        wrong = [f"{count} times in the journal" for count in counts.values() if count > 1]
        for reference in references:
            state = found[reference]
            if state is NoteState.CONFIRMED and not counts[reference]:
                wrong.append("confirmed and not in the journal")
            if state is not NoteState.CONFIRMED and state not in _WITH_PERSON:
                wrong.append(f"left {state}")
            if state is NoteState.REFUSED and counts[reference]:
                wrong.append("refused and in the journal")
        if self.cell.place.startswith("soap") and any(found[one] is NoteState.IN_DOUBT for one in references):
            wrong.append("in doubt although the look-up counts")
        if sum(state is NoteState.CONFIRMED for state in found.values()) < len(references) - 1:
            wrong.append("one fault touched more than one note")
        if self.longest > _LIMIT:
            wrong.append(f"took {self.longest:.0f} s")
        return wrong

    def _behind(self, seen: Seen) -> Answer:
        request = SeenRequest(seen.method, seen.target, dict(seen.headers), seen.body)
        answer = self.system.respond(request)
        return Answer(answer.status, answer.body, answer.content_type, tuple(answer.headers.items()))

    def _journal(self, url: str) -> Journal:
        if self.cell.place.startswith("soap"):
            return treserva(url, level=2, lateness_seconds=5.0)
        return lifecare(url)

    def _plan(self, store: Store) -> list[str]:
        run_id, references = add_run(store), []
        for number, person in enumerate(self.numbers):
            pseudonym = bytes([number]) * 16
            youth = add_youth(store, pseudonym, number=person)
            key = note_key(store.keys.note, pseudonym, "registered", "1")
            note = PlannedNote(
                key=key,
                youth_id=youth,
                journal="journal",
                kind=NoteKind.REGISTERED,
                cause="registered:1",
                person_number=person,
                heading="Ny i aktivitetsansvaret",
                body=f"Ungdomen omfattas av det kommunala aktivitetsansvaret.\nReferens: {reference_of(key)}",
                occurred_on=date(2026, 2, 1),
                run_id=run_id,
                planned_at="2026-02-02T03:30:00Z",
            )
            with store.write() as connection:
                assert plan_note(connection, note)
            references.append(reference_of(key))
        return references


def try_cell(cell: Cell) -> list[str]:
    """Try one cell and return what is wrong."""
    if cell.place in PULLED:
        return pulling().try_cell(cell.place, cell.fault)
    folder = Path(tempfile.mkdtemp(prefix="kaa-cell-", dir="/dev/shm" if os.path.isdir("/dev/shm") else None))
    trial = Trial(cell, folder)
    try:
        return trial.run()
    finally:
        trial.system.close()
        shutil.rmtree(folder, ignore_errors=True)


def main() -> int:
    """Read the command line, run, print; exit code 1 when anything is wrong."""
    parser = argparse.ArgumentParser(prog="python -m tests.fault.network", description=__doc__)
    parser.add_argument("--cells", default="all")
    parser.add_argument("--json", action="store_true")
    given = parser.parse_args()
    every = cells()
    step = 1 if given.cells == "all" else max(1, len(every) // int(given.cells))
    started = time.monotonic()
    chosen = every[::step]
    wrong = {}
    for number, cell in enumerate(chosen):
        if said := try_cell(cell):
            wrong[f"{cell.place}: {cell.fault}"] = said
        if number % 20 == 0:
            print(f"network: {number} of {len(chosen)} cells, {len(wrong)} wrong", file=sys.stderr, flush=True)
    found: dict[str, Any] = {
        "cells": len(chosen),
        "wrong": wrong,
        "seconds": round(time.monotonic() - started, 1),
    }
    print(json.dumps(found) if given.json else "\n".join(f"{name}: {value}" for name, value in found.items()))
    return int(bool(wrong))


if __name__ == "__main__":
    sys.exit(main())
