"""How the simulated OEDB writes: the first of two shapes, both invented by us.

OEDB's interface is not public. This shape and its mapping (``oedb.toml``) are our documented example, never the
supplier's.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, ClassVar

from kaa_bridge.domain.facts import Event
from kaa_bridge.testing.population import Person, Poison
from kaa_bridge.testing.simulators.base import Answer, SeenRequest
from kaa_bridge.testing.simulators.credentials import basic_refusal
from kaa_bridge.testing.simulators.poison import damaged


@dataclass(frozen=True, slots=True, kw_only=True)
class Ask:
    """What a request asks for, whichever shape it was written in; ``skip`` and ``take`` count records."""

    operation: str
    municipality: str = ""
    skip: int = 0
    take: int = 0
    number: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Listing:
    """What goes into the answer: some of ``total`` records, as JSON text."""

    ask: Ask
    records: Sequence[str]
    total: int
    list_name: str


def without_none(values: dict[str, Any]) -> dict[str, Any]:
    """Leave out what is not known."""
    return {name: value for name, value in values.items() if value is not None}


def iso(day: date | None) -> str | None:
    """Write a date as ``2026-01-31``."""
    return day.isoformat() if day else None


class ExampleShape:
    """Numbered pages, Swedish names, nested objects, words as codes, HTTP Basic."""

    list_names: ClassVar[tuple[str, str]] = ("ungdomar", "personer")
    renamed: ClassVar[tuple[str, str]] = ('"personnummer"', '"pnr"')
    root: ClassVar[str] = "/oedb-exempel/v1"
    protection: ClassVar[dict[str, str]] = {
        "none": "NEJ",
        "sekretessmarkering": "SEKRETESSMARKERING",
        "skyddad_folkbokforing": "SKYDDAD_FOLKBOKFORING",
        "fingerade_personuppgifter": "FINGERADE_UPPGIFTER",
    }
    life: ClassVar[dict[str, str]] = {"alive": "FOLKBOKFORD", "deceased": "AVLIDEN", "emigrated": "UTVANDRAD"}
    basis: ClassVar[dict[str, str]] = {"registered": "F", "stays": "V"}
    schooling: ClassVar[dict[str, str]] = {"ended": "AVSLUTAD", "ongoing": "PAGAENDE", "never": "INGEN"}
    ended: ClassVar[dict[str, str]] = {
        "completed": "SLUTFORD",
        "withdrawn": "STUDIEAVBROTT",
        "no_show": "UTEBLIVEN",
        "absent_over_month": "LANGVARIG_FRANVARO",
        "moved_school": "BYTT_SKOLA",
        "unknown": "OKAND",
    }
    document: ClassVar[dict[str, str]] = {
        "gymnasieexamen": "EXAMEN",
        "gymnasiebevis_anpassad": "GYMNASIEBEVIS",
        "studiebevis": "STUDIEBEVIS",
        "gymnasieintyg": "GYMNASIEINTYG",
        "ib_diploma": "IB",
    }
    event: ClassVar[dict[str, str]] = {
        "allocated": "FORDELAD",
        "contact": "KONTAKTFORSOK",
        "occupation": "SYSSELSATTNING",
        "declined": "AVBOJT",
        "wants_help": "ONSKAR_STOD",
        "first_meeting": "FORSTA_MOTE",
        "measure_started": "INSATS_START",
        "measure_ended": "INSATS_SLUT",
        "follow_up_agreed": "UPPFOLJNING_AVTALAD",
        "withdrawal_form": "AVBROTTSBLANKETT",
        "moved_in": "INFLYTTAD",
        "considered_left": "BEDOMD_AVSLUTAD",
    }
    channel: ClassVar[dict[str, str]] = {
        "phone": "TELEFON",
        "sms": "SMS",
        "email": "MEJL",
        "letter": "BREV",
        "postcard": "VYKORT",
        "home_visit": "HEMBESOK",
        "meeting": "MOTE",
        "social_media": "SOCIALA_MEDIER",
        "other": "ANNAT",
    }
    outcome: ClassVar[dict[str, str]] = {
        "reached": "FICK_KONTAKT",
        "no_answer": "EJ_SVAR",
        "returned_unknown": "RETUR_OKAND",
        "sent": "SKICKAT",
    }
    occupation: ClassVar[dict[str, str]] = {
        "work": "ARBETE",
        "internship": "PRAKTIK",
        "studies": "STUDIER",
        "komvux": "KOMVUX",
        "folkhogskola": "FOLKHOGSKOLA",
        "none": "SAKNAS",
        "other": "ANNAN",
        "unknown": "OKAND",
    }

    def refusal(self, request: SeenRequest) -> Answer | None:
        """Return a 401 unless the credentials are right."""
        return basic_refusal(request)

    def number(self, canonical: str) -> str:
        """Write a person number."""
        return f"{canonical[:8]}-{canonical[8:]}"

    def day(self, day: date) -> str:
        """Write a date."""
        return day.isoformat()

    def new_code(self, record: str) -> str:
        """Return the record with a protection code that nobody has agreed on."""
        return record.replace('"skyddadIdentitet": "NEJ"', '"skyddadIdentitet": "NIVA_9"')

    def record(self, person: Person, *, with_events: bool) -> str:
        """Write one youth as JSON text."""
        known = person.identity
        duty = person.compulsory_schooling
        made = without_none(
            {
                "personnummer": self.number(person.number),
                "tidigareNummer": [self.number(number) for number in person.replaces] or None,
                "namn": {"fornamn": known.given_name, "efternamn": known.family_name},
                "skyddadIdentitet": self.protection.get(person.protection.value),
                "livsstatus": self.life[person.life_status.value],
                "mobil": known.phone,
                "epost": known.email,
                "forstFolkbokford": iso(person.first_registered),
                "aktualiserad": iso(person.registered_on),
                "handlaggare": person.handler,
                "kontakter": [self.event_record(event) for event in person.case_events] if with_events else None,
            }
        )
        made["adress"] = (
            {"gata": known.street, "postnummer": known.postal_code, "ort": known.locality} if known.street else None
        )
        made["folkbokforing"] = [
            {
                "kommun": home.municipality,
                "typ": self.basis[home.basis.value],
                "fran": iso(home.start),
                "till": iso(home.end),
            }
            for home in person.residence
        ]
        if duty:
            lage = self.schooling[duty.status.value]
            made["skolplikt"] = {"lage": lage, "slutade": iso(duty.on), "vantasSluta": iso(duty.expected_end)}
        made["studier"] = [
            {
                "skolform": place.school_form,
                "studievag": place.study_path,
                "skolenhet": place.school_unit,
                "start": iso(place.start),
                "slut": iso(place.end),
                "slutorsak": self.ended[place.ended_as.value] if place.ended_as else None,
            }
            for place in person.placements_for("oedb")
        ]
        made["dokument"] = [
            {"typ": self.document[paper.kind.value], "datum": iso(paper.on)} for paper in person.qualifications
        ]
        return json.dumps(made, ensure_ascii=False)

    def poisoned(self, poison: Poison) -> str:
        """Write a planted record."""
        text = self.record(poison.person, with_events=False)
        return damaged(text, poison, number=self.number, day=self.day, code=self.ended["withdrawn"])

    def read(self, request: SeenRequest) -> Ask | None:
        """Read a request; ``None`` when there is no such address."""
        if request.method == "POST" and request.path == f"{self.root}/ungdomar/sok":
            return Ask(operation="person", number=json.loads(request.body)["personnummer"].replace("-", ""))
        if request.method == "GET" and request.path == f"{self.root}/ungdomar":
            query = request.query
            take = int(query.get("antal") or 100)
            skip = (int(query.get("sida") or 1) - 1) * take
            return Ask(operation="search", municipality=query.get("kommun", ""), skip=skip, take=take)
        return None

    def write(self, listing: Listing) -> str:
        """Write an answer."""
        ask = listing.ask
        pages = -(-listing.total // ask.take) if ask.take else 1
        page = ask.skip // ask.take + 1 if ask.take else 1
        head = f'"sida": {page}, "antalSidor": {max(pages, 1)}, "totalt": {listing.total}'
        return f'{{{head}, "{listing.list_name}": [{", ".join(listing.records)}]}}'

    def event_record(self, event: Event) -> dict[str, Any]:
        """Write what a case officer has recorded."""
        return without_none(
            {
                "handelse": self.event[event.kind.value],
                "datum": iso(event.on),
                "satt": self.channel[event.channel.value] if event.channel else None,
                "resultat": self.outcome[event.outcome.value] if event.outcome else None,
                "steg": event.purpose,
                "sysselsattning": self.occupation[event.what.value] if event.what else None,
                "till": iso(event.until),
                "insats": event.measure,
                "orsak": event.reason,
                "avtaladTill": iso(event.agreed_for),
            }
        )
