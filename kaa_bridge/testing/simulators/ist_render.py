"""Renders people as SS 12000 objects, 2.0 or 2.1, to the letter of the official documents."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import NAMESPACE_URL, uuid5

from kaa_bridge.domain.facts import Placement
from kaa_bridge.domain.values import LifeStatus, PlacementEnd, Protection
from kaa_bridge.testing.population.model import Person, Poison, PoisonKind, SchoolUnit

Object = dict[str, Any]

_SCHOOL_TYPES: Mapping[str, Mapping[str, str]] = {
    "2.0": {"GYAN": "GYS", "GRAN": "GRS", "VUXGY": "KOMVUX", "VUXGR": "KOMVUX", "VUXGYAN": "SARVUX", "VUXSFI": "SFI"},
    "2.1": {"GYAN": "GYS", "GRAN": "GRS", "VUXGYAN": "VUXSARGY", "VUXGRAN": "VUXSARGR"},
}
"""Codes of Skolverket's present value store that the published documents do not list yet, and what they say instead."""
_PROTECTION = {
    Protection.NONE: "Ingen",
    Protection.SEKRETESSMARKERING: "Sekretessmarkering",
    Protection.SKYDDAD_FOLKBOKFORING: "Skyddad folkbokföring",
    Protection.FINGERADE_PERSONUPPGIFTER: "Sekretessmarkering",
}
_STATUS = {LifeStatus.ALIVE: "Aktiv", LifeStatus.EMIGRATED: "Utvandrad", LifeStatus.DECEASED: "Avliden"}
_EARLY_ENDS = {PlacementEnd.WITHDRAWN, PlacementEnd.NO_SHOW, PlacementEnd.ABSENT_OVER_MONTH, PlacementEnd.MOVED_SCHOOL}
_ACADEMIC = {"NA", "SA", "TE", "EK", "ES", "HU", "IB"}


@dataclass(frozen=True, slots=True)
class Style:
    """How one installation writes: the version, the dialect, and whether it uses school type codes newer than both."""

    version: str = "2.1"
    dialect: str = "standard"
    new_codes: bool = False

    def school_type(self, code: str) -> str:
        """Return the code as this installation writes it."""
        return code if self.new_codes else _SCHOOL_TYPES[self.version].get(code, code)

    @property
    def tells_cancelled(self) -> bool:
        """Edlevo never delivers ``cancelled`` (supplier's list of deviations, 2026-06-29)."""
        return self.dialect != "edlevo"

    @property
    def has_programmes(self) -> bool:
        """Edlevo has no endpoint for programmes (supplier's list of deviations, 2026-06-29)."""
        return self.dialect != "edlevo"


def identifier(kind: str, name: str) -> str:
    """Return the transfer id (överförings-ID): the same for the same thing in every system and every night."""
    return str(uuid5(NAMESPACE_URL, f"https://ist.kaa.example/{kind}/{name}"))


def meta(modified: str) -> Object:
    """Return ``meta`` with that time of change (RFC 3339)."""
    return {"created": "2024-01-01T00:00:00+00:00", "modified": modified}


def unit_object(unit: SchoolUnit, style: Style, modified: str) -> Object:
    """Return a school unit; Edlevo knows schools above units and nothing above those."""
    parent = identifier("organisation", "school " + unit.code if style.dialect == "edlevo" else unit.municipality)
    return {
        "id": identifier("organisation", unit.code),
        "meta": meta(modified),
        "displayName": unit.name,
        "organisationType": "Skolenhet",
        "parentOrganisation": {"id": parent},
        "schoolUnitCode": unit.code,
        "schoolTypes": [style.school_type(unit.school_form)],
        "municipalityCode": unit.municipality,
    }


def parent_object(unit: SchoolUnit, style: Style, modified: str) -> Object:
    """Return what stands above a school unit: its principal (huvudman), in Edlevo its school."""
    school = style.dialect == "edlevo"
    return {
        "id": identifier("organisation", "school " + unit.code if school else unit.municipality),
        "meta": meta(modified),
        "displayName": unit.name if school else f"Påhittade huvudmannen i {unit.municipality}",
        "organisationType": "Skola" if school else "Huvudman",
    }


def programme_object(code: str, school_form: str, style: Style, modified: str, parent: str = "") -> Object:
    """Return a programme, or an orientation (programinriktning) of ``parent``; IM spelt as in the standard."""
    kind = "Högskoleförberedande program" if code in _ACADEMIC else "Yrkesprogram"
    if code.startswith("IM"):
        kind = "Intruduktionsprogram"
    found: Object = {
        "id": identifier("programme", code),
        "meta": meta(modified),
        "name": f"Programmet {code}",
        "type": "Programinriktning" if parent else kind,
        "schoolType": style.school_type(school_form),
        "code": code,
    }
    return found | {"parentProgramme": {"id": identifier("programme", parent)}} if parent else found


def enrolment_object(place: Placement, style: Style, *, by_reference: bool) -> Object:
    """Return an enrolment; ``by_reference`` leaves the code out, so that only the programme tells the study path."""
    found: Object = {
        "enroledAt": {"id": identifier("organisation", place.school_unit or "")},
        "schoolType": style.school_type(place.school_form),
        "startDate": place.start.isoformat() if place.start else "1900-01-01",
    }
    if place.end:
        found["endDate"] = place.end.isoformat()
    if style.tells_cancelled:
        found["cancelled"] = place.ended_as in _EARLY_ENDS
    if place.study_path:
        if not (by_reference and style.has_programmes):
            found["educationCode"] = place.study_path
        if style.has_programmes:
            found["programme"] = {"id": identifier("programme", place.study_path)}
    return found


def person_object(person: Person, style: Style, modified: str, day: date) -> Object:
    """Return a pupil as of the day: an absent fact is an absent property, never ``null``."""
    found: Object = {
        "id": identifier("person", person.ref),
        "meta": meta(modified),
        "givenName": person.identity.given_name or "Namnlös",
        "familyName": person.identity.family_name or "Namnlös",
        "civicNo": {"value": person.number, "nationality": "SE"},
    }
    if person.birth_date:
        found["birthDate"] = person.birth_date.isoformat()
    if marking := _PROTECTION.get(person.protection):
        found["securityMarking"] = marking
    if status := _STATUS.get(person.life_status):
        found["personStatus"] = status
    found |= _contact(person, style, day)
    by_reference = sum(map(ord, person.ref)) % 3 == 0
    places = person.placements_for("ist")
    if places:
        found["enrolments"] = [enrolment_object(place, style, by_reference=by_reference) for place in places]
    return found


def adult_object(name: str, modified: str) -> Object:
    """Return somebody who is no pupil: staff or a guardian. Nobody but a server that ignores filters shows them."""
    return {
        "id": identifier("adult", name),
        "meta": meta(modified),
        "givenName": "Vuxen",
        "familyName": "Påhittad",
        "securityMarking": "Ingen",
    }


def poison_object(poison: Poison, style: Style, modified: str, day: date) -> Object:
    """Return a record that is damaged as planned; nothing else about it is wrong."""
    found = person_object(poison.person, style, modified, day)
    number = poison.person.number
    match poison.kind:
        case PoisonKind.BAD_CHECK_DIGIT:
            found["civicNo"]["value"] = number[:-1] + str((int(number[-1]) + 1) % 10)
        case PoisonKind.SHORTENED_NUMBER:
            found["civicNo"]["value"] = number[:-1]
        case PoisonKind.BAD_DATE:
            found["enrolments"][0]["startDate"] = "2025-02-30"
        case PoisonKind.UNKNOWN_CODE:
            found["enrolments"][0]["cancelled"] = "KANSKE"
    return found


def _contact(person: Person, style: Style, day: date) -> Object:
    known, found = person.identity, dict[str, Any]()
    if known.email:
        found["emails"] = [{"value": known.email, "type": "Privat"}]
    if known.phone:
        found["phoneNumbers"] = [{"value": known.phone, "type": "Hem", "mobile": True}]
    if known.street and known.postal_code and known.locality:
        address: Object = {
            "type": "Folkbokföring",
            "streetAddress": known.street,
            "locality": known.locality,
            "postalCode": known.postal_code,
            "country": "Sverige",
        }
        if (home := person.home_on(day)) is not None:
            address |= {"countyCode": int(home[:2]), "municipalityCode": int(home)}
        found["addresses"] = [address]
    return found
