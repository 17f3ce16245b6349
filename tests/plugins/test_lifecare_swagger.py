"""Every exchange with Lifecare EC against its official Swagger 2.0 document, client and simulator alike."""

from __future__ import annotations

import json
import time
from contextlib import closing
from datetime import date
from typing import Any

import pytest

from kaa_bridge.contract import CaseNote, NoteKind
from kaa_bridge.testing.simulators.journal_server import SeenRequest
from kaa_bridge.testing.simulators.lifecare import SimulatedLifecare
from tests.plugins.lifecare_support import lifecare
from tests.plugins.swagger import document, errors_of, operation_of, query_errors

NUMBER = "209001010009"
EVERYTHING = {"execution_id": 9, "signed": True, "headlines": {"ended": 12}}


def exchange(**settings: Any) -> tuple[SimulatedLifecare, tuple[SeenRequest, ...]]:
    """Check, then write a note; return the closed server and what it saw."""
    with SimulatedLifecare(page_size=1) as server:
        server.add_client("209001020008", "Åsa", "Öberg-Testsson")
        server.add_client(NUMBER, "Örjan", "Ek-Testsson")
        with closing(lifecare(server.url, **settings)) as journal:
            assert journal.check().ok
            note = CaseNote(
                reference="KAA-SWAGGER-1",
                person_number=NUMBER,
                kind=NoteKind.ENDED,
                heading="Rubrik",
                text="Text med åäö\noch två rader",
                occurred_on=date(2026, 2, 1),
            )
            journal.create_note(note, deadline=time.monotonic() + 5)
    return server, server.requests


@pytest.mark.parametrize("settings", [{}, EVERYTHING])
def test_the_key_in_the_query_is_the_letter_of_the_document(settings: dict[str, Any]) -> None:
    found = document()
    _, requests = exchange(key_in="query", **settings)
    assert len(requests) == 5
    for request in requests:
        assert query_errors(operation_of(found, request), request) == []


def test_the_key_in_the_header_differs_from_the_document_in_that_only() -> None:
    found = document()
    _, requests = exchange()
    for request in requests:
        assert query_errors(operation_of(found, request), request) == ["missing key"]
        assert {name.lower(): text for name, text in request.headers.items()}["x-api-key"] == "hemlig-nyckel"
        assert "hemlig-nyckel" not in request.target


@pytest.mark.parametrize("settings", [{}, EVERYTHING])
def test_the_note_is_a_create_request_of_the_document(settings: dict[str, Any]) -> None:
    found = document()
    _, requests = exchange(**settings)
    operation = operation_of(found, requests[-1])
    assert operation["operationId"] == "ProviderNoteV2_CreateProviderJournalNoteAsync"
    (body,) = [part for part in operation["parameters"] if part["in"] == "body"]
    assert errors_of(found, body["schema"], json.loads(requests[-1].body)) == []
    assert requests[-1].headers["Content-Type"] in operation["consumes"]


def test_the_simulator_answers_as_the_document_says() -> None:
    found = document()
    server, requests = exchange()
    for request in requests:
        answer = server.perform(server.operation_of(request), request)
        schema = operation_of(found, request)["responses"]["200"]["schema"]
        assert answer.status == 200
        assert errors_of(found, schema, json.loads(answer.body)) == []


def test_the_checks_can_fail() -> None:
    found = document()
    _, requests = exchange()
    body = json.loads(requests[-1].body)
    (part,) = [item for item in operation_of(found, requests[-1])["parameters"] if item["in"] == "body"]
    for broken in ({**body, "clientId": "1"}, {**body, "extra": 1}, {k: v for k, v in body.items() if k != "text"}):
        assert errors_of(found, part["schema"], broken) != []


def test_why_the_level_is_nothing() -> None:
    """The document has no way to read a provider note, no reference field and no look-up of a client but by address."""
    paths = document()["paths"]
    assert set(paths["/api/v2/provider_notes"]) == {"post"}
    assert set(paths["/api/v1/provider_notes"]) == {"post"}
    assert [path for path in paths if "provider_notes" in path] == ["/api/v1/provider_notes", "/api/v2/provider_notes"]
    assert {method for path in paths if "/clients" in path for method in paths[path]} == {"get"}
    headers = [part for path in paths.values() for op in path.values() for part in op.get("parameters", [])]
    assert not [part for part in headers if part.get("in") == "header"]


def test_faults_are_not_in_the_document() -> None:
    """It names status 200 only: which statuses mean *not stored* is the installation's to say."""
    operation = document()["paths"]["/api/v2/provider_notes"]["post"]
    assert set(operation["responses"]) == {"200"}
