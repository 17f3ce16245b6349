"""A second journal over SOAP, shaped quite differently: other names, nesting, attributes, codes, dates and paging.

SOAP 1.1 with unqualified children, person number with hyphen, dates without hyphens, refusal by SOAP Fault, receipt in
attributes, one list operation, events grouped and paged by a token.
"""

from __future__ import annotations

from collections.abc import Sequence

from lxml import etree

from kaa_bridge.testing.simulators.journal_notes import SimulatedNote
from kaa_bridge.testing.simulators.treserva_codes import SimulatedEvent
from kaa_bridge.testing.simulators.treserva_dialect import Dialect, Place, Refusal

NS = "http://annan.example.invalid/dokumentation"
_OPERATIONS = {
    "RegistreraDokument": "create",
    "SokDokument": "find",
    "DokumentPeriod": "list",
    "LasKontakter": "events",
    "Puls": "check",
}
_KINDS = {"KONTAKT": "K", "SYSSELSATTNING": "S", "AVBOJT": "N", "FORSTA_MOTE": "M"}


class OtherDialect(Dialect):
    def operation_of(self, asked: etree._Element) -> str:
        return _OPERATIONS.get(etree.QName(asked).localname, "unknown")

    def read(self, operation: str, asked: etree._Element) -> dict[str, str]:
        found = {"module": asked.get("enhet", "")}
        if operation == "create":
            found |= {
                "person_number": _text(asked, "akt/person").replace("-", ""),
                "kind": str(asked.xpath("string(handling/@typ)")),
                "reference": _text(asked, "handling/extern/nyckel"),
                "heading": _text(asked, "handling/rubrik"),
                "text": _text(asked, "handling/innehall"),
                "occurred_on": _iso(_text(asked, "handling/datum")),
            }
        elif operation == "find":
            found["reference"] = _text(asked, "nyckel")
        elif operation == "list":
            found |= {"first": _iso(_text(asked, "fr")), "last": _iso(_text(asked, "till"))}
        elif operation == "events":
            token = asked.findtext("fortsatt") or ""
            found |= {"first": _iso(_text(asked, "fr")), "page": token.removeprefix("sida-") or "1"}
        return found

    def receipt(self, *, journal_id: str, reference: str, note: SimulatedNote) -> etree._Element:
        made = _answer("RegistreraDokument")
        kvitto = etree.SubElement(made, "kvitto")
        if journal_id:
            kvitto.set("dokumentId", journal_id)
        if reference:
            kvitto.set("nyckel", reference)
        return made

    def refused(self, refusal: Refusal) -> etree._Element | None:
        return None

    def fault_detail(self, code: str) -> etree._Element:
        made = etree.Element(f"{{{NS}}}avvisning")
        etree.SubElement(made, "orsak").text = code
        return made

    def notes(self, operation: str, notes: Sequence[SimulatedNote], place: Place) -> etree._Element:
        made = _answer("SokDokument" if operation == "find" else "DokumentPeriod")
        found = etree.SubElement(made, "traffar", antal=str(place.total))
        for note in notes:
            etree.SubElement(found, "dokument", id=note.journal_id, nyckel=note.reference)
        return made

    def events(self, events: Sequence[SimulatedEvent], place: Place) -> etree._Element:
        made = _answer("LasKontakter")
        for event in events:
            row = etree.SubElement(etree.SubElement(made, "grupp"), "kontakt", nr=event.event_id)
            number = event.person_number
            etree.SubElement(row, "person").text = f"{number[:8]}-{number[8:]}"
            fields = event.fields
            what = etree.SubElement(row, "vad", slag=_KINDS.get(fields["kind"], fields["kind"]))
            what.text = fields["on"].replace("-", "")
            if "channel" in fields:
                etree.SubElement(row, "hur").text = fields["channel"].lower()
            if "outcome" in fields:
                etree.SubElement(row, "gick").text = "ja" if fields["outcome"] == "NADD" else "nej"
            if "what" in fields:
                etree.SubElement(row, "gor").text = fields["what"].lower()
        etree.SubElement(made, "fortsatt").text = f"sida-{place.page + 1}" if place.page < place.pages else ""
        return made

    def alive(self) -> etree._Element:
        return _answer("Puls")


def _answer(name: str) -> etree._Element:
    return etree.Element(f"{{{NS}}}{name}Response")


def _text(asked: etree._Element, path: str) -> str:
    found = asked.find(path)
    if found is None:
        raise Refusal("FEL_FORMAT")
    return found.text or ""


def _iso(basic: str) -> str:
    return f"{basic[:4]}-{basic[4:6]}-{basic[6:]}"
