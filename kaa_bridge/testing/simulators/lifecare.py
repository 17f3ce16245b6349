"""A simulated Lifecare EC: the three operations of its public API description that a bridge for notes needs.

``POST /api/v2/provider_notes``, ``GET /api/v1/clients`` and ``GET /api/v1/provider_units``, with field names as in
"Lifecare Welfare API Services / Elderly care" V1 (Swagger 2.0). That document has no way to read a provider note
back, so neither has the simulator: ``notes()`` is for the verifier only.
"""

from __future__ import annotations

import json
import re
from datetime import datetime
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

from kaa_bridge.domain.values import Protection
from kaa_bridge.testing.population.model import Population
from kaa_bridge.testing.simulators.journal_faults import Fault, FaultKind
from kaa_bridge.testing.simulators.journal_notes import SimulatedNote
from kaa_bridge.testing.simulators.journal_server import Answer, JournalServer, SeenRequest

BASE_PATH = "/WE.EC.Integration.Host"
REQUIRED = {
    "occurrenceTimeUtc": str,
    "text": str,
    "clientId": int,
    "providerUnitId": int,
    "headlineId": int,
    "createdPersonnelId": int,
    "createdPersonnelTitle": str,
}
OPTIONAL = {"executionId": int, "createdDateTimeUtc": str, "isSigned": bool}
_OPERATIONS = {
    ("POST", "/api/v2/provider_notes"): "create",
    ("GET", "/api/v1/clients"): "clients",
    ("GET", "/api/v1/provider_units"): "check",
}
_REFERENCE = re.compile(r"KAA-[0-9A-Za-z_-]+")
_FIRST_CLIENT = 1001


class SimulatedLifecare(JournalServer):
    """Lifecare EC for the people of a population; each is a client with an id of its own.

    Args:
        key, domain: what a caller must show; the key as header ``X-API-Key`` or, as the document has it, in the query.
        header_key: whether the header is accepted; the document names the query only.
        page_size: most clients a page, also when the caller asks for more.
    """

    PROVIDER_UNIT = 77
    HEADLINE = 12

    def __init__(
        self,
        population: Population | None = None,
        *,
        key: str = "hemlig-nyckel",
        domain: str = "kommun",
        header_key: bool = True,
        page_size: int = 100,
        notes_file: Path | None = None,
    ) -> None:
        """Prepare; see the class."""
        super().__init__(notes_file=notes_file)
        self.key = key
        self.domain = domain
        self.header_key = header_key
        self.page_size = page_size
        self._clients: list[dict[str, Any]] = []
        for person in population or ():
            known = person.protection not in (Protection.NONE, Protection.UNKNOWN)
            names = (person.identity.given_name or "", person.identity.family_name or "")
            self.add_client(person.number, *names, protected=known)

    @property
    def url(self) -> str:
        """The base address to configure."""
        return self.base_url + BASE_PATH

    def add_client(self, person_number: str, first: str = "", last: str = "", *, protected: bool = False) -> int:
        """Open a client record and return its id; nothing hinders two for one person, as in real registers."""
        client_id = _FIRST_CLIENT + len(self._clients)
        names = {"FirstName": first, "LastName": last, "FullName": f"{first} {last}".strip()}
        self._clients.append(
            {"Id": client_id, "PersonId": person_number, "Active": True, "ProtectedRegistration": protected, **names}
        )
        return client_id

    def operation_of(self, request: SeenRequest) -> str:
        """Go by method and path."""
        path = request.path.removeprefix(BASE_PATH)
        return _OPERATIONS.get((request.method, path), "unknown")

    def perform(self, operation: str, request: SeenRequest) -> Answer:
        """Answer the known operations to a caller with the right key."""
        query = {name: texts[0] for name, texts in parse_qs(urlsplit(request.target).query).items()}
        headers = {name.lower(): text for name, text in request.headers.items()}
        given = query.get("key") or (headers.get("x-api-key") if self.header_key else None)
        if given != self.key or query.get("domain") != self.domain:
            return _json({"Message": "Authorization has been denied for this request."}, status=401)
        if operation == "create":
            return self._create(json.loads(request.body))
        if operation == "clients":
            offset, limit = int(query.get("offset", 0)), min(int(query.get("limit", self.page_size)), self.page_size)
            return _json(self._clients[offset : offset + limit])
        if operation == "check":
            return _json([{"Id": self.PROVIDER_UNIT, "Name": "Aktivitetsansvar"}])
        return _json({"Message": "No HTTP resource was found."}, status=404)

    def disturb(self, fault: Fault, operation: str, request: SeenRequest) -> Answer:
        """Carry out the faults that speak this API."""
        if operation == "clients":
            return _json([]) if fault.kind is FaultKind.BLIND else _json({"Message": "An error has occurred."}, 500)
        body = json.loads(request.body)
        client = self._client(body["clientId"]) or {}
        person = f"Client {client.get('PersonId')} {client.get('FullName')} has no ongoing execution."
        match fault.kind:
            case FaultKind.REFUSE:
                return _json({"Message": person}, status=int(fault.code or 400))
            case FaultKind.ERROR_BODY:
                return _json({"Message": "An error has occurred.", "ExceptionMessage": person})
            case FaultKind.WRONG_NOTE:
                other = self._store({**body, "text": "Helt annan anteckning. KAA-NOT-THE-ONE-ASKED-FOR"})
                self._store(body)
                return _json(self._shown(other, {**body, "text": other.text}))
            case FaultKind.NO_ECHO:
                return _json(self._shown(self._store(body), body) | {"text": None})
            case FaultKind.NO_ID:
                shown = self._shown(self._store(body), body)
                del shown["id"]
                return _json(shown)
        return _json({"Message": "An error has occurred.", "ExceptionMessage": person}, status=500)

    def _create(self, body: dict[str, Any]) -> Answer:
        known = REQUIRED | OPTIONAL
        wrong = [name for name, text in body.items() if name not in known or type(text) is not known[name]]
        missing = [name for name in REQUIRED if name not in body]
        if wrong or missing or body["providerUnitId"] != self.PROVIDER_UNIT or body["headlineId"] != self.HEADLINE:
            return _json({"Message": "The request is invalid."}, status=400)
        if self._client(body["clientId"]) is None:
            return _json({"Message": "The client does not exist."}, status=400)
        return _json(self._shown(self._store(body), body))

    def _client(self, client_id: int) -> dict[str, Any] | None:
        return next((client for client in self._clients if client["Id"] == client_id), None)

    def _store(self, body: dict[str, Any]) -> SimulatedNote:
        client = self._client(body["clientId"]) or {}
        found = _REFERENCE.findall(body["text"])
        return self.book.add(
            reference=found[-1] if found else "",
            person_number=client.get("PersonId", ""),
            heading=body["text"].split("\n", 1)[0],
            text=body["text"],
            occurred_on=datetime.fromisoformat(body["occurrenceTimeUtc"]).date(),
            module=str(body["providerUnitId"]),
        )

    def _shown(self, note: SimulatedNote, body: dict[str, Any]) -> dict[str, Any]:
        client = self._client(body["clientId"]) or {}
        created = {
            "personnelId": body["createdPersonnelId"],
            "title": body["createdPersonnelTitle"],
            "dateTimeUtc": note.stored_at.isoformat(),
        }
        return {
            "id": int(note.journal_id),
            "unitId": body["providerUnitId"],
            "occurrenceTimeUtc": body["occurrenceTimeUtc"],
            "createdBy": created,
            "text": body["text"],
            "headline": "Aktivitetsansvar",
            "clientId": body["clientId"],
            "clientFirstName": client.get("FirstName"),
            "clientLastName": client.get("LastName"),
            "clientPersonId": client.get("PersonId"),
        }


def _json(document: Any, status: int = 200) -> Answer:
    return Answer(status, json.dumps(document, ensure_ascii=False).encode(), "application/json; charset=utf-8")
