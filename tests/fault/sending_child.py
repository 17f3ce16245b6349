"""Sends planned notes to a journal on loopback, in a process of its own that ``strace`` can watch.

``python -m tests.fault.sending_child FOLDER KIND PORT NOTES [off]``; ``off`` builds in the mistake that the watch must
see: commits that are not synced.
"""

from __future__ import annotations

import socket
import sys
from pathlib import Path

from kaa_bridge.contract.journal import CaseNote, Receipt
from kaa_bridge.journal.send import send_planned
from kaa_bridge.journal.settings import SendSettings
from kaa_bridge.journal.states import NoteState
from kaa_bridge.store import sqlite
from kaa_bridge.store.clock import SystemClock
from kaa_bridge.store.engine import Store, StoreKind
from kaa_bridge.store.lock import RunLock
from tests.journal.support import MemoryJournal, plan
from tests.store.support import store_settings


class SocketJournal(MemoryJournal):
    """One request, one connection, the reference in the first line: easy to see in a trace."""

    port = 0

    def create_note(self, note: CaseNote, *, deadline: float) -> Receipt:
        with socket.create_connection(("127.0.0.1", self.port), timeout=10) as connection:
            connection.send(f"POST {note.reference}\n".encode())
            return Receipt(connection.recv(100).decode().strip(), note.reference)


def main() -> None:
    folder, kind, port, notes = Path(sys.argv[1]), StoreKind(sys.argv[2]), int(sys.argv[3]), int(sys.argv[4])
    if sys.argv[5:] == ["off"]:
        sqlite.journal_settings = lambda version: ("WAL", "OFF")
    journal = SocketJournal()
    journal.port = port
    with store_settings(folder, kind) as settings, Store.create(settings) as store:
        plan(store, notes)
        with RunLock(store, clock=SystemClock()) as held:
            report = send_planned(held, journal, SendSettings())
    assert report.sent == {NoteState.CONFIRMED: notes}, report


if __name__ == "__main__":
    main()
