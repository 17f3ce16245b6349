"""What every journal must hold to: run by the bundled plugins and by third parties alike.

Subclass it in a test module, start a simulated system that can misbehave, and say how your journal is made::

    class TestMyJournal(JournalConformance):
        refusal = ("NO_SUCH_CASE", "NO_SUCH_CASE")

        def start(self, folder: Path) -> JournalServer:
            return MySimulatedJournal()

        def make(self, url: str) -> Journal:
            return MyJournal(JournalContext(name="mine", municipality="2303", settings={"url": url}))

The simulated system is a subclass of ``kaa_bridge.testing.simulators.journal_server.JournalServer``, which brings
real sockets, recorded requests and the faults.
"""

from __future__ import annotations

import socket
import time
from abc import ABC, abstractmethod
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import ClassVar

import pytest

from kaa_bridge.contract import CaseNote, Found, Journal, JournalLevel, NoteKind, Page, Proof
from kaa_bridge.errors import NoteInDoubt, NoteNotSent, NoteRefused, Unreachable
from kaa_bridge.testing.conformance.journal_checks import assert_clean, assert_no_person_outside_bodies
from kaa_bridge.testing.simulators.journal_faults import FaultKind
from kaa_bridge.testing.simulators.journal_server import JournalServer

PATIENCE = 10.0
"""Seconds within which a call must have ended, whatever the journal does; set your journal's limits to about one."""
TRICKY = "Åsa & Örjan <b>\n]]> \"citat\" 'apostrof' – tankstreck € 100 %"

DOUBTS = [
    (FaultKind.ERROR_BODY, ""),
    (FaultKind.PERSONAL_FAULT, ""),
    (FaultKind.HTML, ""),
    (FaultKind.RESET, ""),
    (FaultKind.TRUNCATED, ""),
    (FaultKind.REDIRECT, ""),
    (FaultKind.WRONG_NOTE, ""),
    (FaultKind.NO_ECHO, ""),
    (FaultKind.NO_ID, ""),
    (FaultKind.SILENCE, ""),
    (FaultKind.TIMEOUT_AFTER_STORE, ""),
    (FaultKind.LATE_LANDING, ""),
    *((FaultKind.STATUS, code) for code in ("201", "202", "204", "404", "409", "429", "500", "502", "503")),
]
"""Everything after the first byte that is neither a receipt nor a listed refusal."""


class JournalConformance(ABC):
    """Subclass it; see the module.

    Attributes:
        person_number: somebody with a case file in the simulated system.
        refusal: the code the simulated system is told to refuse with, and the code the journal must then tell.
    """

    person_number: ClassVar[str] = "209001010009"
    refusal: ClassVar[tuple[str, str]]

    @abstractmethod
    def start(self, folder: Path) -> JournalServer:
        """Return the simulated system, not yet started; ``folder`` is an empty one for whatever files are needed."""

    @abstractmethod
    def make(self, url: str) -> Journal:
        """Return the journal against that address, with limits of about one second a call."""

    @pytest.fixture
    def server(self, tmp_path: Path) -> Iterator[JournalServer]:
        """Run the simulated system for one test."""
        with self.start(tmp_path) as server:
            yield server

    @pytest.fixture
    def journal(self, server: JournalServer) -> Iterator[Journal]:
        """Make the journal for one test; afterwards no request may hold the person outside its body."""
        with closing(self.make(server.url)) as journal:
            yield journal
        assert_no_person_outside_bodies(server, self.person_number)

    def note(self, reference: str = "KAA-CONFORM-1", **changes: str) -> CaseNote:
        """Return a note about ``person_number``."""
        text = changes.get("text", f"Ungdomen omfattas. Referens: {reference}")
        return CaseNote(
            reference=reference,
            person_number=self.person_number,
            kind=NoteKind.REGISTERED,
            heading=changes.get("heading", "Aktivitetsansvar"),
            text=text,
            occurred_on=date(2026, 2, 1),
        )

    def send(self, journal: Journal, note: CaseNote, seconds: float = 5.0) -> str:
        """Write the note and return the journal's id; fails when the call outlasts ``PATIENCE``."""
        begun = time.monotonic()
        try:
            receipt = journal.create_note(note, deadline=begun + seconds)
        finally:
            assert time.monotonic() - begun < PATIENCE, "create_note took too long"
        assert receipt.reference == note.reference
        assert receipt.journal_id
        return receipt.journal_id

    def test_describe_needs_no_network(self, server: JournalServer, journal: Journal) -> None:
        """The capabilities are stated at once, always the same, without a request."""
        described = journal.describe()
        assert described == journal.describe()
        assert described.name
        assert described.system
        assert described.lateness_seconds >= 0
        assert server.requests == ()

    def test_check_tells_ok_and_fail(self, server: JournalServer, journal: Journal) -> None:
        """``check`` never raises; it writes no note and says what to do."""
        assert journal.check().ok
        assert server.notes() == ()
        with closing(self.make(_dead_url(server))) as dead:
            failed = dead.check()
        assert not failed.ok
        assert failed.text
        assert failed.remedy

    def test_a_note_is_stored_once_with_its_receipt(self, server: JournalServer, journal: Journal) -> None:
        """The id in the receipt is the stored note's, and the note stands in the right person's file."""
        note = self.note()
        journal_id = self.send(journal, note)
        (stored,) = server.notes()
        assert (stored.journal_id, stored.reference) == (journal_id, note.reference)
        assert stored.person_number == self.person_number
        assert stored.occurred_on == note.occurred_on

    def test_text_arrives_unchanged(self, server: JournalServer, journal: Journal) -> None:
        """Swedish letters, markup and line ends come through."""
        self.send(journal, self.note(text=TRICKY, heading="Rubrik å < &"))
        (stored,) = server.notes()
        assert TRICKY in stored.text
        assert "Rubrik å < &" in (stored.heading, stored.text.split("\n")[0])

    def test_a_listed_refusal_is_refused(self, server: JournalServer, journal: Journal) -> None:
        """A refusal carries its listed code and nothing of the journal's own text."""
        told, expected = self.refusal
        server.fault(FaultKind.REFUSE, code=told)
        with pytest.raises(NoteRefused) as caught:
            self.send(journal, self.note())
        assert caught.value.code == expected
        assert expected in journal.describe().refusals
        assert server.notes() == ()
        assert_clean(caught.value, self.note())

    @pytest.mark.parametrize(("kind", "code"), DOUBTS)
    def test_everything_else_is_doubt(
        self, server: JournalServer, journal: Journal, kind: FaultKind, code: str
    ) -> None:
        """No status, silence or strange answer is taken for *stored* or *not stored*, and nothing is sent twice."""
        journal.check()
        before = len(server.requests)
        server.fault(kind, code=code, seconds=3.0)
        with pytest.raises(NoteInDoubt) as caught:
            self.send(journal, self.note())
        assert_clean(caught.value, self.note())
        asked = [request for request in server.requests[before:] if server.operation_of(request) == "create"]
        assert len(asked) == 1, "a send was repeated or a redirect was followed"

    def test_nothing_left_when_nobody_listens(self, server: JournalServer, journal: Journal) -> None:
        """Only a failure before the first byte is *not sent*."""
        with closing(self.make(_dead_url(server))) as dead, pytest.raises(NoteNotSent) as caught:
            self.send(dead, self.note())
        assert_clean(caught.value, self.note())

    def test_deadline_is_respected(self, server: JournalServer, journal: Journal) -> None:
        """After the deadline not a byte of the note leaves."""
        with pytest.raises(NoteNotSent):
            self.send(journal, self.note(), seconds=-1.0)
        assert [request for request in server.requests if server.operation_of(request) == "create"] == []

    def test_parallel_sends_do_not_mix(self, server: JournalServer, journal: Journal) -> None:
        """Each of several notes sent at once gets its own receipt."""
        notes = [self.note(f"KAA-PARALLEL-{index}") for index in range(6)]
        with ThreadPoolExecutor(3) as pool:
            ids = list(pool.map(lambda note: self.send(journal, note), notes))
        assert {note.reference: note.journal_id for note in server.notes()} == {
            note.reference: journal_id for note, journal_id in zip(notes, ids, strict=True)
        }

    def test_look_up_finds_none_one_and_two(self, server: JournalServer, journal: Journal) -> None:
        """The look-up is exact; two are told as two, never as one of them."""
        if journal.describe().level < JournalLevel.LOOKUP_MAY_LAG:
            with pytest.raises(NotImplementedError):
                journal.find_note("KAA-CONFORM-1")
            return
        assert journal.find_note("KAA-CONFORM-1") == Found(())
        journal_id = self.send(journal, self.note("KAA-CONFORM-12"))
        assert journal.find_note("KAA-CONFORM-1") == Found(())
        assert [item.journal_id for item in journal.find_note("KAA-CONFORM-12").receipts] == [journal_id]
        server.fault(FaultKind.DOUBLE)
        self.send(journal, self.note("KAA-TWICE"))
        assert len(journal.find_note("KAA-TWICE").receipts) == 2

    @pytest.mark.parametrize("kind", [FaultKind.HTML, FaultKind.PERSONAL_FAULT, FaultKind.SILENCE, FaultKind.TRUNCATED])
    def test_a_failed_look_up_proves_nothing(self, server: JournalServer, journal: Journal, kind: FaultKind) -> None:
        """A look-up that is not answered raises; it never says *absent*."""
        if journal.describe().level < JournalLevel.LOOKUP_MAY_LAG:
            with pytest.raises(NotImplementedError):
                journal.find_note("KAA-CONFORM-1")
            return
        self.send(journal, self.note())
        server.fault(kind, operation="find", times=99, seconds=2.0)
        with pytest.raises(Unreachable) as caught:
            journal.find_note("KAA-CONFORM-1")
        assert_clean(caught.value, self.note())

    def test_level_is_as_declared(self, server: JournalServer, journal: Journal) -> None:
        """From level 2 a note is found within the declared lateness of a lost answer; at 3 a repeat stores nothing."""
        described = journal.describe()
        if described.level < JournalLevel.AUTHORITATIVE_LOOKUP:
            return
        server.fault(FaultKind.RESET)
        with pytest.raises(NoteInDoubt):
            self.send(journal, self.note())
        until = time.monotonic() + min(described.lateness_seconds, PATIENCE)
        while not (found := journal.find_note("KAA-CONFORM-1").receipts) and time.monotonic() < until:
            time.sleep(0.05)
        assert len(found) == 1
        if described.level is JournalLevel.IDEMPOTENT_CREATE:
            self.send(journal, self.note())
            assert len(server.notes()) == 1

    def test_listing_is_whole_where_declared(self, server: JournalServer, journal: Journal) -> None:
        """The listing of today holds each note of ours once, over as many pages as it takes."""
        today = datetime.now(UTC).date()
        if not journal.describe().lists_notes:
            with pytest.raises(NotImplementedError):
                list(journal.list_notes(today, today))
            return
        sent = {self.send(journal, self.note(f"KAA-LISTED-{index}")) for index in range(5)}
        listed = [item.journal_id for item in journal.list_notes(today - timedelta(days=1), today)]
        assert sorted(listed) == sorted(sent)
        assert list(journal.list_notes(date(2020, 1, 1), date(2020, 1, 2))) == []

    def test_events_end_with_a_proof_where_declared(self, server: JournalServer, journal: Journal) -> None:
        """Events come as pages of raw records that can be parsed, then one proof as the last item."""
        if not journal.describe().reads_events:
            with pytest.raises(NotImplementedError):
                list(journal.read_events(date(2020, 1, 1)))
            return
        items = list(journal.read_events(date(2020, 1, 1)))
        assert [item for item in items if isinstance(item, Proof)] == items[-1:]
        for page in items:
            for record in page.records if isinstance(page, Page) else ():
                assert journal.parse_event(record)


def _dead_url(server: JournalServer) -> str:
    """Return the server's address at a port where nobody listens."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    return server.url.replace(str(server.port), str(port), 1)
