"""The example WSDL, the plugin's messages and the simulator's answers agree, proved by the WSDL's own schema."""

from __future__ import annotations

import time
from contextlib import closing
from datetime import date
from importlib.resources import files

import pytest
from lxml import etree

from kaa_bridge.contract import CaseNote, NoteKind
from kaa_bridge.domain.facts import Event
from kaa_bridge.domain.values import EventKind
from kaa_bridge.errors import KaaError
from kaa_bridge.mapping import load_mapping
from kaa_bridge.testing.simulators.journal_faults import FaultKind
from kaa_bridge.testing.simulators.treserva import SimulatedTreserva
from tests.plugins.treserva_support import treserva

SOAP = "{http://schemas.xmlsoap.org/soap/envelope/}"
XSD = "{http://www.w3.org/2001/XMLSchema}"


def schema() -> etree.XMLSchema:
    """Return the schema that stands in the bundled example WSDL."""
    wsdl = etree.fromstring(files("kaa_plugin_treserva").joinpath("treserva_example.wsdl").read_bytes())
    found = wsdl.find(f".//{XSD}schema")
    assert found is not None
    return etree.XMLSchema(found)


def body_of(message: bytes) -> etree._Element:
    body = etree.fromstring(message).find(f"{SOAP}Body")
    assert body is not None
    assert len(body) == 1
    return body[0]


def note() -> CaseNote:
    return CaseNote(
        reference="KAA-WIRE-1",
        person_number="209001010009",
        kind=NoteKind.REGISTERED,
        heading="Rubrik & <",
        text="Text\nåäö ]]>",
        occurred_on=date(2026, 2, 1),
    )


def test_every_request_and_answer_is_valid_by_the_schema() -> None:
    valid = schema()
    with SimulatedTreserva(page_size=1) as server, closing(treserva(server.url)) as journal:
        server.record("H-1", "209001010009", Event(kind=EventKind.WANTS_HELP, on=date(2026, 1, 20)))
        assert journal.check().ok
        journal.create_note(note(), deadline=time.monotonic() + 5)
        journal.find_note("KAA-WIRE-1")
        list(journal.list_notes(date(2020, 1, 1), date(2100, 1, 1)))
        list(journal.read_events(date(2026, 1, 1)))
        requests = server.requests
        answers = [server.perform(server.operation_of(request), request) for request in requests]
    assert [server.operation_of(request) for request in requests] == ["check", "create", "find", "list", "events"]
    for request, answer in zip(requests, answers, strict=True):
        valid.assertValid(body_of(request.body))
        valid.assertValid(body_of(answer.body))


def test_a_refusal_is_valid_too() -> None:
    with SimulatedTreserva(module="annan") as server, closing(treserva(server.url)) as journal:
        with pytest.raises(KaaError):
            journal.create_note(note(), deadline=time.monotonic() + 5)
        (request,) = server.requests
        schema().assertValid(body_of(server.perform("create", request).body))


def test_the_soap_action_is_the_wsdls() -> None:
    with SimulatedTreserva() as server, closing(treserva(server.url)) as journal:
        journal.find_note("KAA-WIRE-1")
        (request,) = server.requests
    actions = {name.lower(): text for name, text in request.headers.items()}
    assert actions["soapaction"] == '"urn:kaa-bridge:example:treserva:journal:1/HamtaAnteckning"'
    assert actions["content-type"].startswith("text/xml")
    assert request.path == SimulatedTreserva.PATH


def test_the_example_says_that_it_is_ours() -> None:
    text = files("kaa_plugin_treserva").joinpath("treserva_example.wsdl").read_text(encoding="utf-8")
    mapping = load_mapping("treserva")
    assert "NOT the supplier's interface" in text
    assert mapping.status == "profile"
    assert "Example written for kaa-bridge" in mapping.note


def test_a_schema_that_could_not_fail_would_prove_nothing() -> None:
    with SimulatedTreserva() as server, closing(treserva(server.url)) as journal:
        server.fault(FaultKind.NO_ID)
        with pytest.raises(KaaError):
            journal.create_note(note(), deadline=time.monotonic() + 5)
        broken = body_of(server.requests[0].body)
    broken.remove(broken[0])
    assert not schema().validate(broken)
