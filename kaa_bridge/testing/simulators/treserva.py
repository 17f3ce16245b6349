"""A simulated Treserva: SOAP 1.1 on loopback, notes with external reference, events recorded by case officers.

The messages are our documented example (``treserva_example.wsdl``), not the supplier's: Treserva's interface is not
public.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import TypeVar

from lxml import etree

from kaa_bridge.domain.facts import Event
from kaa_bridge.testing.population.model import Population
from kaa_bridge.testing.simulators.journal_faults import MADE_UP, Fault, FaultKind
from kaa_bridge.testing.simulators.journal_notes import SimulatedNote
from kaa_bridge.testing.simulators.journal_server import Answer, JournalServer, SeenRequest
from kaa_bridge.testing.simulators.treserva_codes import SimulatedEvent, simulated_event
from kaa_bridge.testing.simulators.treserva_dialect import SOAP, Dialect, Place, Refusal
from kaa_bridge.testing.simulators.treserva_example import ExampleDialect

_XML = "text/xml; charset=utf-8"
_Row = TypeVar("_Row", SimulatedNote, SimulatedEvent)


class SimulatedTreserva(JournalServer):
    """A journal that knows the people of a population, or anybody when none is given.

    Args:
        population: whose events it shows, where ``case_events_in`` is ``journal``, and who has a case file.
        module: the only module that notes may be written to.
        dialect: how messages look; the bundled example unless given.
        page_size: rows a page of listings and events.
        notes_file: keeps the notes beyond the process.
        lookup_lag_seconds: how long after storing look-ups and listings do not show a note yet.
    """

    PATH = "/treserva/journal"

    def __init__(
        self,
        population: Population | None = None,
        *,
        module: str = "kaa",
        dialect: Dialect | None = None,
        page_size: int = 100,
        notes_file: Path | None = None,
        lookup_lag_seconds: float = 0.0,
    ) -> None:
        """Prepare; see the class."""
        super().__init__(notes_file=notes_file)
        self.lookup_lag_seconds = lookup_lag_seconds
        self.module = module
        self.dialect = dialect or ExampleDialect()
        self.page_size = page_size
        self._known: frozenset[str] | None = None
        self._recorded: dict[str, SimulatedEvent] = {}
        if population is not None:
            self.know(population)

    def know(self, population: Population) -> None:
        """Have case files for these people from now on, and the events that their case officers record here."""
        self._known = frozenset(n for person in population for n in (person.number, *person.replaces))
        if population.case_events_in == "journal":
            for person in population:
                for index, event in enumerate(person.case_events, start=1):
                    self.record(f"H-{person.ref}-{index}", person.number, event)

    @property
    def url(self) -> str:
        """The endpoint to configure."""
        return self.base_url + self.PATH

    def record(self, event_id: str, person_number: str, event: Event, recorded_on: date | None = None) -> None:
        """Let a case officer record an event, or correct the one with the same id."""
        self._recorded[event_id] = simulated_event(event_id, person_number, event, recorded_on)

    def operation_of(self, request: SeenRequest) -> str:
        """Go by the first element of the SOAP body."""
        found = _body_element(request.body)
        return "unknown" if found is None else self.dialect.operation_of(found)

    def perform(self, operation: str, request: SeenRequest) -> Answer:
        """Answer the five operations; everything else is a SOAP Fault."""
        found = _body_element(request.body)
        if found is None or operation == "unknown" or request.method != "POST":
            return self._fault("Client", "OKAND_OPERATION", "unknown operation")
        try:
            fields = self.dialect.read(operation, found)
            return _answer(getattr(self, f"_{operation}")(fields))
        except Refusal as refusal:
            body = self.dialect.refused(refusal) if operation == "create" else None
            return _answer(body) if body is not None else self._fault("Client", refusal.code, refusal.text)

    def disturb(self, fault: Fault, operation: str, request: SeenRequest) -> Answer:
        """Carry out the faults that speak SOAP."""
        found = _body_element(request.body)
        fields = {} if found is None else self.dialect.read(operation, found)
        person = f"Personen {fields.get('person_number', '')} har inget ärende"
        match fault.kind:
            case FaultKind.REFUSE:
                body = self.dialect.refused(Refusal(fault.code, person))
                return _answer(body) if body is not None else self._fault("Client", fault.code, person)
            case FaultKind.ERROR_BODY:
                body = self.dialect.refused(Refusal(fault.code or "INTERNT_FEL", person))
                return _answer(body) if body is not None else self._fault("Server", "INTERNT_FEL", person, status=200)
            case FaultKind.BLIND:
                return _answer(self.dialect.notes(operation, (), Place(1, 1, 0)))
            case FaultKind.WRONG_NOTE:
                other = self._store({**fields, "reference": MADE_UP})
                self._store(fields)
                return _answer(self.dialect.receipt(journal_id=other.journal_id, reference=other.reference, note=other))
            case FaultKind.NO_ECHO | FaultKind.NO_ID:
                note = self._store(fields)
                given_id = "" if fault.kind is FaultKind.NO_ID else note.journal_id
                echoed = "" if fault.kind is FaultKind.NO_ECHO else note.reference
                return _answer(self.dialect.receipt(journal_id=given_id, reference=echoed, note=note))
        return self._fault("Server", "INTERNT_FEL", person)

    def _create(self, fields: dict[str, str]) -> etree._Element:
        if fields["module"] != self.module:
            raise Refusal("MODUL_SAKNAS")
        if self._known is not None and fields["person_number"] not in self._known:
            raise Refusal("PERSON_SAKNAS", f"Personen {fields['person_number']} finns inte")
        note = self._store(fields)
        return self.dialect.receipt(journal_id=note.journal_id, reference=note.reference, note=note)

    def _store(self, fields: dict[str, str]) -> SimulatedNote:
        return self.book.add(
            reference=fields["reference"],
            person_number=fields["person_number"],
            heading=fields["heading"],
            text=fields["text"],
            occurred_on=date.fromisoformat(fields["occurred_on"]),
            module=fields["module"],
            kind=fields.get("kind", ""),
        )

    def _find(self, fields: dict[str, str]) -> etree._Element:
        found = self._shown(self.book.with_reference(fields["reference"]))
        return self.dialect.notes("find", found, Place(1, 1, len(found)))

    def _list(self, fields: dict[str, str]) -> etree._Element:
        first, last = date.fromisoformat(fields["first"]), date.fromisoformat(fields["last"])
        found = self._shown(self.book.between(first, last, fields.get("prefix", "")))
        rows, place = self._page(found, fields)
        return self.dialect.notes("list", rows, place)

    def _events(self, fields: dict[str, str]) -> etree._Element:
        since = date.fromisoformat(fields["first"])
        found = [event for event in self._recorded.values() if event.recorded_on >= since]
        found.sort(key=lambda event: event.event_id)
        rows, place = self._page(found, fields)
        return self.dialect.events(rows, place)

    def _shown(self, notes: Sequence[SimulatedNote]) -> list[SimulatedNote]:
        latest = datetime.now(UTC) - timedelta(seconds=self.lookup_lag_seconds)
        return [note for note in notes if note.stored_at <= latest]

    def _check(self, _: dict[str, str]) -> etree._Element:
        return self.dialect.alive()

    def _page(self, rows: Sequence[_Row], fields: dict[str, str]) -> tuple[Sequence[_Row], Place]:
        page = int(fields.get("page") or 1)
        pages = max(1, -(-len(rows) // self.page_size))
        return rows[(page - 1) * self.page_size : page * self.page_size], Place(page, pages, len(rows))

    def _fault(self, who: str, code: str, text: str, *, status: int = 500) -> Answer:
        return _answer(_soap_fault(who, text, self.dialect.fault_detail(code)), status=status)


def _soap_fault(who: str, text: str, detail: etree._Element) -> etree._Element:
    fault = etree.Element(f"{{{SOAP}}}Fault")
    etree.SubElement(fault, "faultcode").text = f"soap:{who}"
    etree.SubElement(fault, "faultstring").text = text
    etree.SubElement(fault, "detail").append(detail)
    return fault


def _answer(body: etree._Element, *, status: int = 200) -> Answer:
    envelope = etree.Element(f"{{{SOAP}}}Envelope", nsmap={"soap": SOAP})
    etree.SubElement(envelope, f"{{{SOAP}}}Body").append(body)
    return Answer(status, etree.tostring(envelope, xml_declaration=True, encoding="utf-8"), _XML)


def _body_element(message: bytes) -> etree._Element | None:
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False)
    try:
        envelope = etree.fromstring(message, parser)
    except etree.XMLSyntaxError:
        return None
    body = envelope.find(f"{{{SOAP}}}Body")
    return None if body is None or len(body) == 0 else body[0]
