"""How the simulated Qore writes: the first of two shapes, both invented by us.

Qore's interface is not public. This shape, its WSDL (``kaa_adapter_qore/wsdl/qore_example.wsdl``) and its mapping
(``qore.toml``) are our documented example, never the supplier's.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import ClassVar
from xml.sax.saxutils import escape

from lxml import etree

from kaa_bridge.domain.facts import Placement, Residence
from kaa_bridge.testing.population import Person, Poison
from kaa_bridge.testing.simulators.poison import damaged

SOAP = "http://schemas.xmlsoap.org/soap/envelope/"


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """What a SOAP request asks for, whichever shape it was written in.

    ``skip`` and ``take`` count records; ``only_unlisted`` asks for the negative list (placering: ej listade).
    """

    operation: str
    municipality: str = ""
    only_unlisted: bool = False
    skip: int = 0
    take: int = 0
    number: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """What goes into the answer: some records of ``total``, and what the question was."""

    question: Question
    records: Sequence[str]
    total: int
    list_name: str = field(default="")


def tag(name: str, text: object) -> str:
    """Return an element with escaped text, nothing when there is no text."""
    return "" if text is None else f"<{name}>{escape(str(text))}</{name}>"


class ExampleShape:
    """Page numbers from 1, Swedish element names, word codes, ISO dates, numbers with a hyphen."""

    path: ClassVar[str] = "/QoreExempel/ElevregisterService"
    namespace: ClassVar[str] = "urn:kaa-bridge:exempel:qore:elevregister:1"
    renamed: ClassVar[tuple[str, str]] = ("Personnummer", "PersonNr")
    list_renamed: ClassVar[tuple[str, str]] = ("Elever", "Personer")
    operations: ClassVar[dict[str, str]] = {"SokElever": "search", "HamtaElev": "person", "Ping": "ping"}
    protection: ClassVar[dict[str, str]] = {
        "none": "INGET",
        "sekretessmarkering": "SEKRETESS",
        "skyddad_folkbokforing": "SKYDDAD_FOLKBOKFORING",
        "fingerade_personuppgifter": "FINGERADE",
    }
    life: ClassVar[dict[str, str]] = {"alive": "LEVER", "deceased": "AVLIDEN", "emigrated": "UTVANDRAD"}
    basis: ClassVar[dict[str, str]] = {"registered": "FOLKBOKFORD", "stays": "VISTAS"}
    schooling: ClassVar[dict[str, str]] = {"ended": "AVSLUTAD", "ongoing": "PAGAR", "never": "ALDRIG"}
    ended: ClassVar[dict[str, str]] = {
        "completed": "FULLFOLJD",
        "withdrawn": "AVBROTT",
        "no_show": "EJ_INFUNNEN",
        "absent_over_month": "FRANVARO",
        "moved_school": "SKOLBYTE",
        "unknown": "OKAND",
    }
    document: ClassVar[dict[str, str]] = {
        "gymnasieexamen": "EXAMEN",
        "gymnasiebevis_anpassad": "BEVIS_ANPASSAD",
        "studiebevis": "STUDIEBEVIS",
        "gymnasieintyg": "INTYG",
        "ib_diploma": "IB",
    }

    def number(self, canonical: str) -> str:
        """Write a person number."""
        return f"{canonical[:8]}-{canonical[8:]}"

    def day(self, day: date) -> str:
        """Write a date."""
        return day.isoformat()

    def new_code(self, record: str) -> str:
        """Return the record with a protection code that nobody has agreed on."""
        return record.replace(f"<Skydd>{self.protection['none']}</Skydd>", "<Skydd>NIVA_9</Skydd>")

    def record(self, person: Person) -> str:
        """Write one person."""
        known = person.identity
        address = tag("Gata", known.street) + tag("Postnr", known.postal_code) + tag("Ort", known.locality)
        return "".join(
            (
                "<Elev>",
                tag("Personnummer", self.number(person.number)),
                *(tag("TidigareNummer", self.number(number)) for number in person.replaces),
                tag("Fornamn", known.given_name) + tag("Efternamn", known.family_name),
                tag("Skydd", self.protection.get(person.protection.value)),
                tag("Status", self.life[person.life_status.value]),
                f"<Adress>{address}</Adress>" if address else "",
                tag("Telefon", known.phone) + tag("Epost", known.email),
                *map(self._home, person.residence),
                tag("ForstFolkbokford", person.first_registered),
                self._schooling(person),
                f"<Placeringar>{''.join(map(self._place, person.placements_for('qore')))}</Placeringar>",
                f"<Dokumentation>{self._documents(person)}</Dokumentation>",
                tag("EjListadSedan", person.registered_on),
                "</Elev>",
            )
        )

    def poisoned(self, poison: Poison) -> str:
        """Write a planted record."""
        code = self.ended["withdrawn"]
        return damaged(self.record(poison.person), poison, number=self.number, day=self.day, code=code)

    def read(self, message: etree._Element) -> Question:
        """Read a request's first body element."""
        text = {etree.QName(item).localname: (item.text or "").strip() for item in message.iter("{*}*")}
        size = int(text.get("AntalPerSida") or 0)
        return Question(
            operation=self.operations.get(etree.QName(message).localname, ""),
            municipality=text.get("LanKod", "") + text.get("KommunKod", ""),
            only_unlisted=text.get("Urval") == "EJ_LISTADE",
            skip=(int(text.get("Sida") or 1) - 1) * size,
            take=size,
            number=text.get("Personnummer", "").replace("-", ""),
        )

    def write(self, reply: Reply) -> str:
        """Write the body element of an answer."""
        if reply.question.operation == "ping":
            return f'<PingSvar xmlns="{self.namespace}"><Svar>OK</Svar></PingSvar>'
        name = "SokEleverSvar" if reply.question.operation == "search" else "HamtaElevSvar"
        listed = reply.list_name or self.list_renamed[0]
        page = reply.question.skip // (reply.question.take or 1) + 1
        head = tag("Sida", page) + tag("TotaltAntal", reply.total)
        return f'<{name} xmlns="{self.namespace}">{head}<{listed}>{"".join(reply.records)}</{listed}></{name}>'

    def _home(self, home: Residence) -> str:
        code = tag("LanKod", home.municipality[:2]) + tag("KommunKod", home.municipality[2:])
        dates = tag("From", home.start) + tag("Tom", home.end)
        return f"<Boende>{code}{tag('Grund', self.basis[home.basis.value])}{dates}</Boende>"

    def _schooling(self, person: Person) -> str:
        duty = person.compulsory_schooling
        if duty is None:
            return ""
        dates = tag("Slut", duty.on) + tag("VantatSlut", duty.expected_end)
        return f"<Skolplikt>{tag('Lage', self.schooling[duty.status.value])}{dates}</Skolplikt>"

    def _place(self, place: Placement) -> str:
        ended = self.ended[place.ended_as.value] if place.ended_as else None
        what = tag("Skolform", place.school_form) + tag("Studievag", place.study_path)
        where = tag("Skolenhet", place.school_unit) + tag("From", place.start) + tag("Tom", place.end)
        return f"<Placering>{what}{where}{tag('Avslut', ended)}</Placering>"

    def _documents(self, person: Person) -> str:
        return "".join(
            f"<Dokument>{tag('Typ', self.document[paper.kind.value])}{tag('Datum', paper.on)}</Dokument>"
            for paper in person.qualifications
        )
