"""Records and mapping files that the tests of this room share. Numbers are Skatteverket's published test numbers."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

from kaa_bridge.mapping import Mapper, compile_mapping, load_mapping

AS_OF = date(2026, 11, 22)
NUMBER = "201001012382"
OTHER_NUMBER = "201001012390"

XML_MAPPING = """
[mapping]
name = "register"
version = "1"
status = "profile"
format = "xml"

[record]
key = "@id"

[facts]
number = { path = "PersonId/PersonNr", required = true }
birth_date = { path = "Fodelsedatum", unknown = "unknown" }
protection = [
    { path = "Sekretessmarkering", codes = "navet_sekretessmarkering" },
    { path = "SkyddadFolkbokforing", codes = "navet_skyddad_folkbokforing" },
]
life_status = { path = "Status", codes = { levande = "alive", avliden = "deceased" }, unknown = "unknown" }
first_registered = { path = "Invandringsdatum", unknown = "unknown" }

[facts.identity]
given_name = "Namn/Fornamn"
family_name = "Namn/Efternamn"
postal_code = "Adress/PostNr"

[facts.compulsory_schooling]
status = { path = "Skolplikt/Status", codes = { avslutad = "ended", pagar = "ongoing" }, unknown = "unknown" }
on = { path = "Skolplikt/Sista", unknown = "unknown" }

[[facts.residence]]
each = "Folkbokforing"
municipality = { parts = ["LanKod", "KommunKod"], convert = "municipality", unknown = "unknown" }
start = { path = "Fran", unknown = "unknown" }
end = "Till"
basis = { const = "registered" }

[[facts.placements]]
each = "Placeringar/Placering"
school_form = { path = "@skolform", codes = "ss12000_school_types" }
study_path = { path = "Studievag", unknown = "unknown" }
start = { path = "Fran", required = true }
end = { path = "Till", convert = "end_date" }
ended_as = { path = "Avslut", codes = { avbrott = "withdrawn", slutford = "completed" }, unknown = "unknown" }

[[facts.qualifications]]
each = "Bevis"
kind = { path = "Typ", codes = { EX = "gymnasieexamen", SB = "studiebevis" }, unknown = "unknown" }
on = { path = "Datum", unknown = "unknown" }
"""

TABLE_MAPPING = """
[mapping]
name = "rows"
version = "1"
status = "profile"
format = "table"

[record]
key = { path = "nr", convert = "person_number" }

[facts]
number = { path = "nr", required = true }
protection = { path = "skydd", codes = { J = "sekretessmarkering", N = "none" } }
handler = "handlaggare"

[[facts.residence]]
municipality = { path = "kommun", unknown = "unknown" }
basis = { const = "registered" }

[[facts.placements]]
when = "skolform"
school_form = { path = "skolform", codes = "ss12000_school_types" }
school_unit = { path = "enhet", unknown = "unknown" }
start = { path = "fran", required = true }
end = "till"
"""


def person(**changed: Any) -> dict[str, Any]:
    """Return one SS 12000 person as the adapter yields it: one ended and one open enrolment."""
    record: dict[str, Any] = {
        "id": "5f7f9a2e-1d7c-4d2b-9a53-d1b0a86d6f11",
        "meta": {"created": "2024-08-01T06:00:00Z", "modified": "2026-08-20T06:00:00Z"},
        "givenName": "Anna",
        "familyName": "Testsson",
        "civicNo": {"value": NUMBER, "nationality": "SE"},
        "birthDate": "2010-01-01",
        "sex": "Kvinna",
        "securityMarking": "Ingen",
        "personStatus": "Aktiv",
        "emails": [{"value": "anna@example.org", "type": "Privat"}],
        "phoneNumbers": [{"value": "070-174 06 05", "type": "Hem", "mobile": True}],
        "addresses": [
            {
                "type": "Folkbokföring",
                "streetAddress": "Storgatan 1",
                "postalCode": "840 70",
                "locality": "Hammarstrand",
                "country": "Sverige",
                "countyCode": 23,
                "municipalityCode": 2303,
            }
        ],
        "enrolments": [
            {
                "enroledAt": {"id": "0a6e0b0e-53b4-4b5f-8f57-0f4e2b2cbb6a"},
                "schoolType": "GR",
                "startDate": "2020-08-19",
                "endDate": "2026-06-12",
                "cancelled": False,
                "_schoolUnitCode": "12345678",
            },
            {
                "enroledAt": {"id": "a1e2e7f4-0d3a-4a40-bd2b-6a4de0b1c0de"},
                "schoolType": "GY",
                "startDate": "2026-08-19",
                "educationCode": "NANAT00",
                "programme": {"id": "c9a8b4d0-9a5f-4f0b-8ab1-7a6c3f0f5e1d"},
                "_schoolUnitCode": "87654321",
                "_programmeCode": "NANAT00",
                "_programmeType": "Högskoleförberedande program",
            },
        ],
    }
    record.update(changed)
    return record


def register_post() -> dict[str, Any]:
    """Return an XML record as ``element_to_mapping`` gives it; one ``Placering`` stands alone, not in a list."""
    return {
        "@id": "P-17",
        "PersonId": {"PersonNr": NUMBER},
        "Fodelsedatum": "20100101",
        "Sekretessmarkering": "N",
        "SkyddadFolkbokforing": "N",
        "Status": "levande",
        "Invandringsdatum": "20150301",
        "Namn": {"Fornamn": "Anna", "Efternamn": "Testsson"},
        "Adress": {"PostNr": "84070"},
        "Skolplikt": {"Status": "avslutad", "Sista": "2026-06-12"},
        "Folkbokforing": {"LanKod": "23", "KommunKod": "03", "Fran": "20150301"},
        "Placeringar": {
            "Placering": {
                "@skolform": "GY",
                "Studievag": "na",
                "Fran": "2026-08-19",
                "Till": "2026-10-01",
                "Avslut": "avbrott",
            }
        },
        "Bevis": [{"Typ": "SB", "Datum": "2026-06-10"}],
    }


def table_row() -> dict[str, Any]:
    """Return a table row as the file reader gives it."""
    return {
        "nr": "20100101-2382",
        "skydd": "N",
        "handlaggare": "anso01",
        "kommun": "2303",
        "skolform": "GY",
        "enhet": "12345678",
        "fran": "2026-08-19",
        "till": "2026-10-01",
    }


def mapper_of(text: str, folder: Path, *, as_of: date = AS_OF) -> Mapper:
    """Return a mapper for mapping text, through a file as users have it."""
    path = folder / "mapping.toml"
    path.write_text(text, encoding="utf-8")
    return compile_mapping(load_mapping(str(path)), as_of=as_of)


def bundled(name: str) -> Mapper:
    """Return a mapper for a bundled mapping."""
    return compile_mapping(load_mapping(name), as_of=AS_OF)
