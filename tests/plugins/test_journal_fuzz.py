"""Any text arrives unchanged or not at all; any answer is a receipt for our note, a listed refusal, or doubt."""

from __future__ import annotations

import time
from collections.abc import Iterator
from datetime import date

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kaa_bridge.contract import CaseNote, Journal, NoteKind, Receipt
from kaa_bridge.errors import NoteInDoubt, NoteNotSent, NoteRefused
from kaa_bridge.testing.simulators.journal_server import Answer, JournalServer, SeenRequest
from kaa_bridge.testing.simulators.lifecare import SimulatedLifecare
from kaa_bridge.testing.simulators.treserva import SimulatedTreserva
from tests.plugins.lifecare_support import lifecare
from tests.plugins.treserva_support import treserva

NUMBER = "209001010009"
TRICKY = [
    "]]>",
    "<![CDATA[",
    "&amp;",
    "&",
    "\u202e",
    "\r\n",
    "\r",
    "\x00",
    "\x0b",
    "\ufffe",
    "\U0001f600",
    "é",
    '"',
    "'",
    "\\u0000",
]
TEXTS = st.lists(st.sampled_from(TRICKY) | st.text(max_size=20), min_size=1, max_size=6).map("".join)
NO_FIXTURE_CHECK = [HealthCheck.function_scoped_fixture, HealthCheck.too_slow]


class Twisted:
    """Changes the bytes of the next answers; mixed into a simulated journal."""

    edit: tuple[int, int, bytes] | None = None

    def perform(self, operation: str, request: SeenRequest) -> Answer:
        answer: Answer = super().perform(operation, request)  # type: ignore[misc]
        if self.edit is None or operation != "create":
            return answer
        at, length, new = self.edit
        at = at % (len(answer.body) + 1)
        return Answer(answer.status, answer.body[:at] + new + answer.body[at + length :], answer.content_type)


class TwistedTreserva(Twisted, SimulatedTreserva):
    pass


class TwistedLifecare(Twisted, SimulatedLifecare):
    pass


Rig = tuple[JournalServer, Journal]


@pytest.fixture(params=["treserva", "lifecare"])
def rig(request: pytest.FixtureRequest) -> Iterator[Rig]:
    server: TwistedTreserva | TwistedLifecare
    if request.param == "treserva":
        server = TwistedTreserva()
    else:
        server = TwistedLifecare()
        server.add_client(NUMBER, "Åsa", "Öberg-Testsson")
    with server:
        journal = treserva(server.url) if request.param == "treserva" else lifecare(server.url)
        yield server, journal
        journal.close()


def send(journal: Journal, text: str, reference: str = "KAA-FUZZ-1") -> Receipt:
    note = CaseNote(
        reference=reference,
        person_number=NUMBER,
        kind=NoteKind.REGISTERED,
        heading="Rubrik",
        text=text,
        occurred_on=date(2026, 2, 1),
    )
    return journal.create_note(note, deadline=time.monotonic() + 5)


@settings(max_examples=60, deadline=None, suppress_health_check=NO_FIXTURE_CHECK)
@given(text=TEXTS)
def test_text_arrives_unchanged_or_not_at_all(rig: Rig, text: str) -> None:
    server, journal = rig
    before = len(server.notes())
    try:
        receipt = send(journal, text)
    except NoteNotSent:
        assert len(server.notes()) == before
        return
    stored = server.notes()[-1]
    assert len(server.notes()) == before + 1
    assert stored.journal_id == receipt.journal_id
    assert text in stored.text


@settings(max_examples=150, deadline=None, suppress_health_check=NO_FIXTURE_CHECK)
@given(at=st.integers(0, 2000), length=st.integers(0, 40), new=st.binary(max_size=12))
def test_a_damaged_answer_is_never_taken_for_something_else(rig: Rig, at: int, length: int, new: bytes) -> None:
    server, journal = rig
    assert isinstance(server, Twisted)
    server.edit = (at, length, new)
    try:
        receipt = send(journal, "Text")
    except NoteInDoubt:
        return
    except NoteRefused as error:
        listed = error.code in journal.describe().refusals
        assert listed
        return
    finally:
        server.edit = None
    assert receipt.reference == "KAA-FUZZ-1"
    assert receipt.journal_id.strip()


@settings(max_examples=100, deadline=None, suppress_health_check=NO_FIXTURE_CHECK)
@given(
    body=st.binary(max_size=200)
    | st.sampled_from([b"{}", b"[]", b"1", b"null", b"true", b'"x"', b"<a/>", b'{"id": 1}'])
)
def test_rubbish_is_doubt(rig: Rig, body: bytes) -> None:
    server, journal = rig
    assert isinstance(server, Twisted)
    server.edit = (0, 10_000, body)
    with pytest.raises(NoteInDoubt):
        send(journal, "Text")
    server.edit = None
