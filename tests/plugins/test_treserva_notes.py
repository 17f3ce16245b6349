"""What the conformance does not know of Treserva: modules, fault codes, filters that are ignored, cut listings."""

from __future__ import annotations

import base64
import time
from collections.abc import Sequence
from contextlib import closing
from datetime import UTC, date, datetime
from typing import Any

import pytest
from lxml import etree

from kaa_bridge.contract import CaseNote, Found, NoteKind
from kaa_bridge.errors import NoteInDoubt, NoteNotSent, NoteRefused, Unreachable
from kaa_bridge.testing.population import build
from kaa_bridge.testing.simulators.journal_faults import FaultKind
from kaa_bridge.testing.simulators.journal_notes import SimulatedNote
from kaa_bridge.testing.simulators.treserva import SimulatedTreserva
from kaa_bridge.testing.simulators.treserva_dialect import Place
from kaa_bridge.testing.simulators.treserva_example import ExampleDialect
from tests.plugins.treserva_support import treserva

NUMBER = "209001010009"


def note(reference: str = "KAA-NOTE-1", number: str = NUMBER, **changes: Any) -> CaseNote:
    words: dict[str, Any] = {"kind": NoteKind.ENDED, "heading": "Rubrik", "text": "Text", **changes}
    return CaseNote(reference=reference, person_number=number, occurred_on=date(2026, 2, 1), **words)


def soon() -> float:
    return time.monotonic() + 5


class OtherModuleDialect(ExampleDialect):
    """Answers as if the note had landed in another module."""

    def receipt(self, *, journal_id: str, reference: str, note: SimulatedNote) -> etree._Element:
        made = super().receipt(journal_id=journal_id, reference=reference, note=note)
        made.find("{*}Modul").text = "ifo_barn"  # type: ignore[union-attr]
        return made


class AnyNoteDialect(ExampleDialect):
    """Answers each look-up with a note that nobody asked for, and each listing with a total that does not agree."""

    def notes(self, operation: str, notes: Sequence[SimulatedNote], place: Place) -> etree._Element:
        stranger = SimulatedNote(
            journal_id="1",
            reference="KAA-STRANGER",
            person_number="",
            module="kaa",
            kind="",
            heading="",
            text="",
            occurred_on=date(2026, 1, 1),
            stored_at=datetime(2026, 1, 1, tzinfo=UTC),
        )
        return super().notes(operation, [stranger], place._replace(total=place.total + 7))


def test_a_receipt_from_another_module_is_doubt() -> None:
    with SimulatedTreserva(dialect=OtherModuleDialect()) as server, closing(treserva(server.url)) as journal:
        with pytest.raises(NoteInDoubt, match="another module"):
            journal.create_note(note(), deadline=soon())
        assert len(server.notes()) == 1


def test_a_module_that_the_journal_does_not_know_is_refused() -> None:
    with SimulatedTreserva(module="annan") as server, closing(treserva(server.url)) as journal:
        with pytest.raises(NoteRefused) as caught:
            journal.create_note(note(), deadline=soon())
        assert caught.value.code == "MODUL_SAKNAS"
        assert server.notes() == ()


def test_somebody_without_a_case_file_is_refused() -> None:
    people = build(seed=1, as_of=date(2026, 2, 1))
    with SimulatedTreserva(people) as server, closing(treserva(server.url)) as journal:
        with pytest.raises(NoteRefused) as caught:
            journal.create_note(note(), deadline=soon())
        assert caught.value.code == "PERSON_SAKNAS"
        receipt = journal.create_note(note(number=people.people[0].number), deadline=soon())
        assert receipt.journal_id == server.notes()[0].journal_id


def test_an_unlisted_refusal_is_doubt_and_a_listed_status_is_not() -> None:
    with SimulatedTreserva() as server, closing(treserva(server.url)) as journal:
        server.fault(FaultKind.REFUSE, code="NYTT_FEL")
        with pytest.raises(NoteInDoubt):
            journal.create_note(note(), deadline=soon())
        for status in ("401", "403"):
            server.fault(FaultKind.STATUS, code=status)
            with pytest.raises(NoteRefused) as caught:
                journal.create_note(note(), deadline=soon())
            assert caught.value.code == f"http_{status}"


def test_an_answer_to_another_question_proves_nothing() -> None:
    with SimulatedTreserva(dialect=AnyNoteDialect()) as server, closing(treserva(server.url)) as journal:
        with pytest.raises(Unreachable, match="not asked for"):
            journal.find_note("KAA-NOTE-1")
        with pytest.raises(Unreachable, match="not proven whole"):
            list(journal.list_notes(date(2026, 1, 1), date(2026, 1, 2)))


def test_a_lagging_look_up_is_passed_on_as_it_is() -> None:
    with SimulatedTreserva() as server, closing(treserva(server.url)) as journal:
        journal.create_note(note(), deadline=soon())
        server.fault(FaultKind.BLIND, operation="find")
        assert journal.find_note("KAA-NOTE-1") == Found(())
        assert len(journal.find_note("KAA-NOTE-1").receipts) == 1


def test_what_xml_cannot_carry_is_never_sent() -> None:
    with SimulatedTreserva() as server, closing(treserva(server.url)) as journal:
        with pytest.raises(NoteNotSent) as caught:
            journal.create_note(note(text="klocka \x07"), deadline=soon())
        assert server.requests == ()
        assert "klocka" not in str(caught.value)


def test_credentials_go_in_the_header_and_nowhere_else() -> None:
    with SimulatedTreserva() as server:
        with closing(treserva(server.url, username="kaa", password="hemligt-ord")) as journal:
            journal.create_note(note(), deadline=soon())
            assert journal.check().ok
        sent = base64.b64encode(b"kaa:hemligt-ord").decode()
        assert [request.headers["Authorization"] for request in server.requests] == [f"Basic {sent}"] * 2
        assert all("hemligt" not in request.target and b"hemligt" not in request.body for request in server.requests)


def test_a_username_token_goes_in_the_envelope() -> None:
    account = {"username": "kaa", "password": "hemligt-ord"}
    with SimulatedTreserva() as server:
        for way in ("username_token", "username_token_digest"):
            with closing(treserva(server.url, authentication=way, **account)) as journal:
                journal.create_note(note(f"KAA-TOKEN-{way}"), deadline=soon())
        plain, digest = server.requests
    assert b"hemligt-ord</wsse:Password>" in plain.body
    assert b"hemligt-ord" not in digest.body
    assert b"#PasswordDigest" in digest.body
    assert all("Authorization" not in request.headers for request in (plain, digest))


def test_the_kind_becomes_the_profiles_word() -> None:
    with SimulatedTreserva() as server, closing(treserva(server.url)) as journal:
        for kind in NoteKind:
            journal.create_note(note(f"KAA-KIND-{kind.value}", kind=kind), deadline=soon())
        assert [stored.kind for stored in server.notes()] == [
            "KAA_INSKRIVEN",
            "KAA_AVSLUTAD",
            "KAA_ATGARD",
            "KAA_RATTELSE",
        ]
