"""The example messages of the simulated Treserva: ours, and *not* the supplier's, whose interface is not public."""

from __future__ import annotations

from collections.abc import Sequence

from lxml import etree

from kaa_bridge.testing.simulators.journal_notes import SimulatedNote
from kaa_bridge.testing.simulators.treserva_codes import SimulatedEvent
from kaa_bridge.testing.simulators.treserva_dialect import Dialect, Place, Refusal, element

NAMESPACE = "urn:kaa-bridge:example:treserva:journal:1"

_OPERATIONS = {
    "SkapaAnteckning": "create",
    "HamtaAnteckning": "find",
    "ListaAnteckningar": "list",
    "HamtaHandelser": "events",
    "KontrolleraAnslutning": "check",
}
_FIELDS = {
    "Modul": "module",
    "Personnummer": "person_number",
    "ExternReferens": "reference",
    "Anteckningstyp": "kind",
    "Rubrik": "heading",
    "Text": "text",
    "Handelsedatum": "occurred_on",
    "ReferensPrefix": "prefix",
    "FranDatum": "first",
    "TillDatum": "last",
    "Sida": "page",
}
_EVENT_FIELDS = {
    "kind": "Typ",
    "on": "Datum",
    "channel": "Kanal",
    "outcome": "Utfall",
    "purpose": "Steg",
    "what": "Sysselsattning",
    "until": "TillOchMed",
    "measure": "Insats",
    "reason": "Orsak",
    "agreed_for": "AvtaladDag",
}


class ExampleDialect(Dialect):
    """The messages of ``treserva_example.wsdl``."""

    def operation_of(self, asked: etree._Element) -> str:
        """Go by the local name."""
        return _OPERATIONS.get(etree.QName(asked).localname, "unknown")

    def read(self, operation: str, asked: etree._Element) -> dict[str, str]:
        """Rename the children; an element of another name or namespace is refused as a schema would."""
        found: dict[str, str] = {}
        for child in asked:
            name = etree.QName(child)
            if name.namespace != NAMESPACE or name.localname not in _FIELDS:
                raise Refusal("OGILTIGT_MEDDELANDE")
            found[_FIELDS[name.localname]] = child.text or ""
        return found

    def receipt(self, *, journal_id: str, reference: str, note: SimulatedNote) -> etree._Element:
        """Answer ``SkapaAnteckningSvar`` with ``Resultat`` OK."""
        texts = {
            "Resultat": "OK",
            "AnteckningsId": journal_id,
            "ExternReferens": reference,
            "Modul": note.module,
            "Registrerad": note.stored_at.isoformat(),
        }
        return element(f"{{{NAMESPACE}}}SkapaAnteckningSvar", texts)

    def refused(self, refusal: Refusal) -> etree._Element | None:
        """Answer ``SkapaAnteckningSvar`` with ``Resultat`` FEL, the code, and a text that quotes the person."""
        texts = {"Resultat": "FEL", "Felkod": refusal.code, "Feltext": refusal.text}
        return element(f"{{{NAMESPACE}}}SkapaAnteckningSvar", texts)

    def notes(self, operation: str, notes: Sequence[SimulatedNote], place: Place) -> etree._Element:
        """Answer with ``Anteckning`` elements, and counts for a listing."""
        rows = [
            element(
                f"{{{NAMESPACE}}}Anteckning",
                {
                    "AnteckningsId": note.journal_id,
                    "ExternReferens": note.reference,
                    "Registrerad": note.stored_at.isoformat(),
                },
            )
            for note in notes
        ]
        if operation == "find":
            return element(f"{{{NAMESPACE}}}HamtaAnteckningSvar", {}, rows)
        counts = _counts(place)
        return element(f"{{{NAMESPACE}}}ListaAnteckningarSvar", counts, rows)

    def events(self, events: Sequence[SimulatedEvent], place: Place) -> etree._Element:
        """Answer with ``Handelse`` elements and counts."""
        rows = [
            element(
                f"{{{NAMESPACE}}}Handelse",
                {"HandelseId": event.event_id, "Personnummer": event.person_number}
                | {_EVENT_FIELDS[name]: text for name, text in event.fields.items()},
            )
            for event in events
        ]
        counts = _counts(place)
        return element(f"{{{NAMESPACE}}}HamtaHandelserSvar", counts, rows)

    def alive(self) -> etree._Element:
        """Answer ``KontrolleraAnslutningSvar``."""
        return element(f"{{{NAMESPACE}}}KontrolleraAnslutningSvar", {"Status": "OK"})


def _counts(place: Place) -> dict[str, str]:
    return {"Antal": str(place.total), "Sida": str(place.page), "Sidor": str(place.pages)}
