"""The simulated journals themselves: notes outlive a process, faults strike as planned."""

from __future__ import annotations

import http.client
import time
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from kaa_bridge.testing.simulators.journal_faults import Fault, FaultKind, FaultQueue
from kaa_bridge.testing.simulators.journal_notes import FIRST_ID, NoteBook, read_notes
from kaa_bridge.testing.simulators.lifecare import BASE_PATH, SimulatedLifecare
from kaa_bridge.testing.simulators.treserva import SimulatedTreserva

CREATE = b"""<Envelope xmlns="http://schemas.xmlsoap.org/soap/envelope/"><Body>
<SkapaAnteckning xmlns="urn:kaa-bridge:example:treserva:journal:1"><Modul>kaa</Modul>
<Personnummer>209001010009</Personnummer><ExternReferens>KAA-RAW</ExternReferens><Rubrik>r</Rubrik><Text>t</Text>
<Handelsedatum>2026-02-01</Handelsedatum></SkapaAnteckning></Body></Envelope>"""


def post(server: SimulatedTreserva, body: bytes = CREATE) -> tuple[int, bytes]:
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=5)
    try:
        connection.request("POST", server.PATH, body)
        answer = connection.getresponse()
        return answer.status, answer.read()
    finally:
        connection.close()


def add(book: NoteBook, reference: str) -> str:
    return book.add(
        reference=reference, person_number="209001010009", heading="h", text="å\nb", occurred_on=date(2026, 2, 1)
    ).journal_id


def test_notes_outlive_the_process_and_ids_go_on(tmp_path: Path) -> None:
    path = tmp_path / "notes.jsonl"
    first = NoteBook(path)
    assert [add(first, "KAA-A"), add(first, "KAA-B")] == [str(FIRST_ID), str(FIRST_ID + 1)]
    second = NoteBook(path)
    assert second.all() == first.all()
    assert add(second, "KAA-A") == str(FIRST_ID + 2)
    assert len(NoteBook(path).with_reference("KAA-A")) == 2


def test_a_line_cut_short_is_no_note(tmp_path: Path) -> None:
    path = tmp_path / "notes.jsonl"
    add(NoteBook(path), "KAA-A")
    whole = path.read_text(encoding="utf-8")
    path.write_text(whole + whole[:40], encoding="utf-8")
    assert [note.reference for note in read_notes(path)] == ["KAA-A"]


def test_listing_goes_by_the_day_of_storing_and_prefix() -> None:
    book = NoteBook()
    add(book, "KAA-A")
    add(book, "OTHER-A")
    today = datetime.now(UTC).date()
    assert [note.reference for note in book.between(today, today, "KAA-")] == ["KAA-A"]
    assert book.between(date(2020, 1, 1), date(2020, 1, 2)) == ()


def test_faults_strike_their_operation_as_often_as_planned() -> None:
    queue = FaultQueue()
    queue.plan(Fault(kind=FaultKind.HTML, operation="find", times=2))
    queue.plan(Fault(kind=FaultKind.RESET))
    struck = [queue.take(name) for name in ("find", "create", "create", "find", "find")]
    assert [fault.kind if fault else None for fault in struck] == ["html", "reset", None, "html", None]


def test_a_late_note_lands_late_and_once() -> None:
    with SimulatedTreserva() as server:
        server.fault(FaultKind.LATE_LANDING, seconds=0.3)
        with pytest.raises(http.client.RemoteDisconnected):
            post(server)
        assert server.notes() == ()
        until = time.monotonic() + 5
        while not server.notes() and time.monotonic() < until:
            time.sleep(0.02)
        assert [note.reference for note in server.notes()] == ["KAA-RAW"]


def test_a_reset_is_a_reset_and_the_note_is_there() -> None:
    with SimulatedTreserva() as server:
        server.fault(FaultKind.RESET)
        with pytest.raises(ConnectionResetError):
            post(server)
        assert len(server.notes()) == 1


def test_a_silent_request_does_not_hold_up_the_end() -> None:
    begun = time.monotonic()
    with SimulatedTreserva() as server:
        server.fault(FaultKind.SILENCE, seconds=60)
        connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=0.2)
        connection.request("POST", server.PATH, CREATE)
        with pytest.raises(TimeoutError):
            connection.getresponse()
        connection.close()
    assert time.monotonic() - begun < 5


@pytest.mark.parametrize("body", [b"", b"<a>", b"<a/>", CREATE.replace(b"SkapaAnteckning", b"TaBortAnteckning")])
def test_what_is_no_request_is_a_soap_fault(body: bytes) -> None:
    with SimulatedTreserva() as server:
        status, answer = post(server, body)
    assert status == 500
    assert b"OKAND_OPERATION" in answer


def test_lifecare_wants_key_and_required_fields() -> None:
    with SimulatedLifecare() as server:
        connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=5)
        statuses = []
        for path, body in [
            ("/api/v2/provider_notes?domain=kommun", b"{}"),
            ("/api/v2/provider_notes?domain=kommun&key=hemlig-nyckel", b"{}"),
            ("/api/v2/provider_notes?domain=annan&key=hemlig-nyckel", b"{}"),
            ("/api/v9/nothing?domain=kommun&key=hemlig-nyckel", b"{}"),
        ]:
            connection.request("POST", BASE_PATH + path, body)
            answer = connection.getresponse()
            answer.read()
            statuses.append(answer.status)
        connection.close()
    assert statuses == [401, 400, 401, 404]
    assert server.notes() == ()
