"""A simulated OEDB that takes changes, in two shapes with nothing in common: paths, verbs, names, log-in, receipts.

OEDB's interface is not public: both shapes and their ``[profile.updates]`` (``oedb.toml``, ``oedb_other.toml``) are our
documented examples, never the supplier's. What is taken is kept as a note: its kind says *close* or *open*, its heading
is the reason.
"""

from __future__ import annotations

import base64
import json
from abc import ABC, abstractmethod
from datetime import datetime
from pathlib import Path
from typing import Any, ClassVar

from kaa_bridge.testing.simulators.credentials import API_KEY, PASSWORD, USER
from kaa_bridge.testing.simulators.journal_faults import Fault, FaultKind
from kaa_bridge.testing.simulators.journal_notes import NoteBook, SimulatedNote
from kaa_bridge.testing.simulators.journal_server import Answer, JournalServer, SeenRequest


class Shape(ABC):
    """How a request is written and answered."""

    root: ClassVar[str]
    operations: ClassVar[dict[tuple[str, str], str]]
    refusal: ClassVar[str]

    @abstractmethod
    def may(self, headers: dict[str, str]) -> bool:
        """Tell whether the caller shows what it must."""

    @abstractmethod
    def store(self, book: NoteBook, path: str, body: dict[str, Any]) -> SimulatedNote:
        """Store what is asked for."""

    @abstractmethod
    def receipt(self, journal_id: str | None, reference: str | None) -> Any:
        """Return the answer after storing."""

    @abstractmethod
    def error(self, code: str, text: str) -> Any:
        """Return the answer when nothing was stored."""

    @abstractmethod
    def reference(self, body: dict[str, Any]) -> str:
        """Return the caller's reference."""


class ExampleShape(Shape):
    """Swedish names, a path for each step, HTTP Basic, a word for success, a look-up by reference."""

    root = "/oedb-exempel/v1"
    operations: ClassVar = {
        ("POST", "arenden/avslut"): "create",
        ("POST", "arenden/nya"): "create",
        ("POST", "arenden/sok"): "find",
        ("GET", "halsa"): "check",
    }
    refusal = "UNGDOM_SAKNAS"

    def may(self, headers: dict[str, str]) -> bool:
        """Go by user and password."""
        return headers.get("authorization") == "Basic " + base64.b64encode(f"{USER}:{PASSWORD}".encode()).decode()

    def store(self, book: NoteBook, path: str, body: dict[str, Any]) -> SimulatedNote:
        """Store by the path's step; a key more or less than the shape has is a fault of the caller."""
        assert set(body) == {"personnummer", "datum", "orsak", "text", "referens"}
        return book.add(
            reference=body["referens"],
            person_number=body["personnummer"].replace("-", ""),
            heading=body["orsak"],
            text=body["text"],
            occurred_on=datetime.fromisoformat(body["datum"]).date(),
            kind="close" if path.endswith("avslut") else "open",
        )

    def receipt(self, journal_id: str | None, reference: str | None) -> Any:
        """Say OK, with a receipt whose id is a number."""
        told = {"id": int(journal_id) if journal_id else None, "referens": reference}
        return {"resultat": "OK", "kvittens": told}

    def error(self, code: str, text: str) -> Any:
        """Say FEL with a code."""
        return {"resultat": "FEL", "felkod": code, "meddelande": text}

    def reference(self, body: dict[str, Any]) -> str:
        """Return ``referens``."""
        return str(body.get("referens"))


class OtherShape(Shape):
    """English names, one path and PATCH for both steps, a key in a header, a bare receipt, no look-up."""

    root = "/registry"
    operations: ClassVar = {("PATCH", "cases"): "create", ("GET", "ping"): "check"}
    refusal = "NO_SUCH_CASE"

    def may(self, headers: dict[str, str]) -> bool:
        """Go by the key."""
        return headers.get("x-api-key") == API_KEY

    def store(self, book: NoteBook, path: str, body: dict[str, Any]) -> SimulatedNote:
        """Store by the case's new state."""
        case = body["case"]
        assert set(case) == {"who", "state", "since", "why"}
        reason, text = case["why"]
        return book.add(
            reference=body["key"],
            person_number=case["who"]["civicNo"],
            heading=reason,
            text=text,
            occurred_on=datetime.strptime(case["since"], "%Y%m%d").date(),  # noqa: DTZ007 - a date without time
            kind={"CLOSED": "close", "OPEN": "open"}[case["state"]],
        )

    def receipt(self, journal_id: str | None, reference: str | None) -> Any:
        """Repeat the key beside the receipt."""
        return {"receipt": journal_id, "echo": {"key": reference}}

    def error(self, code: str, text: str) -> Any:
        """Tell an error object."""
        return {"error": {"code": code, "detail": text}}

    def reference(self, body: dict[str, Any]) -> str:
        """Return ``key``."""
        return str(body.get("key"))


class SimulatedOedbUpdates(JournalServer):
    """The part of one OEDB that takes changes."""

    def __init__(self, *, other_shape: bool = False, notes_file: Path | None = None) -> None:
        """Prepare; see the module."""
        super().__init__(notes_file=notes_file)
        self.shape: Shape = OtherShape() if other_shape else ExampleShape()

    @property
    def url(self) -> str:
        """The address to configure."""
        return self.base_url + self.shape.root

    def operation_of(self, request: SeenRequest) -> str:
        """Go by verb and path."""
        return self.shape.operations.get((request.method, self._path(request)), "unknown")

    def perform(self, operation: str, request: SeenRequest) -> Answer:
        """Answer a caller who may."""
        if not self.shape.may({name.lower(): text for name, text in request.headers.items()}):
            return _json({}, 401)
        if operation == "check":
            return _json({})
        if operation == "find":
            wanted = self.shape.reference(json.loads(request.body))
            found = self.book.with_reference(wanted)
            return _json({"andringar": [{"id": int(one.journal_id), "referens": one.reference} for one in found]})
        if operation == "create":
            stored = self._store(request)
            return _json(self.shape.receipt(stored.journal_id, stored.reference), 201)
        return _json({}, 404)

    def disturb(self, fault: Fault, operation: str, request: SeenRequest) -> Answer:
        """Carry out the faults that speak this protocol."""
        person = f"Ungdomen i {request.body.decode()} kunde inte hanteras."
        match fault.kind:
            case FaultKind.REFUSE:
                return _json(self.shape.error(fault.code, person), 422)
            case FaultKind.ERROR_BODY:
                return _json(self.shape.error("OKANT_FEL", person))
            case FaultKind.WRONG_NOTE:
                self._store(request)
                return _json(self.shape.receipt("999999", "KAA-NOT-THE-ONE-ASKED-FOR"))
            case FaultKind.NO_ECHO:
                return _json(self.shape.receipt(self._store(request).journal_id, None))
            case FaultKind.NO_ID:
                return _json(self.shape.receipt(None, self._store(request).reference))
        return _json(self.shape.error("OKANT_FEL", person), 500)

    def _store(self, request: SeenRequest) -> SimulatedNote:
        return self.shape.store(self.book, self._path(request), json.loads(request.body))

    def _path(self, request: SeenRequest) -> str:
        return request.path.removeprefix(self.shape.root).lstrip("/")


def _json(document: Any, status: int = 200) -> Answer:
    return Answer(status, json.dumps(document, ensure_ascii=False).encode(), "application/json; charset=utf-8")
