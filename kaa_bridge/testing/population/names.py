"""Names, streets and numbers to call that belong to nobody.

Phone numbers are from the series that PTS keeps free for books and films (070-174 06 05 to 06 99); e-mail addresses end
in ``.example`` (RFC 2606); postal codes begin with 00, which no Swedish one does.
"""

from __future__ import annotations

from kaa_bridge.domain.record import Identity
from kaa_bridge.testing.population.model import SchoolUnit

_GIVEN = (
    *("Tuva", "Åke", "Saga", "Örjan", "Ebba", "Måns", "Zahra", "Ali", "Ronja", "Håkan", "Maja", "Yusuf", "Signe"),
    *("Björn", "Amina", "Nils", "Vilja", "Ture", "Leila", "Sixten", "Freja"),
)
_FIRST = (
    "Lingon",
    "Tjäder",
    "Kråk",
    "Hjortron",
    "Älv",
    "Myr",
    "Skare",
    "Blåbärs",
    "Näver",
    "Ripa",
    "Fjun",
    "Ås",
    "Öring",
)
_LAST = ("påhitt", "prov", "låtsas", "exempel", "attrapp", "dikt", "fabel", "saga", "test", "skugga", "mock", "kuliss")

UNITS = (
    SchoolUnit(code="99000001", name="Låtsasgymnasiet", school_form="GY", municipality="2303"),
    SchoolUnit(code="99000002", name="Påhittade gymnasiet", school_form="GY", municipality="2380"),
    SchoolUnit(code="99000003", name="Exempelskolans anpassade gymnasium", school_form="GYAN", municipality="2380"),
    SchoolUnit(code="99000004", name="Provskolan", school_form="GR", municipality="2303"),
    SchoolUnit(code="99000005", name="Vuxenskolan Attrappen", school_form="VUXGY", municipality="2303"),
    SchoolUnit(code="99000006", name="Sagans folkhögskola", school_form="FHS", municipality="2326"),
)
"""Invented school units; the codes lie outside the series that Skolverket has given out."""


def identity(index: int, *, phone: bool = True, address: bool = True) -> Identity:
    """Return the invented identity number ``index`` (from 0); family names repeat after 1 872."""
    first, rest = index % len(_FIRST), index // len(_FIRST)
    family = f"{_FIRST[first]}{_LAST[rest % len(_LAST)]}" + "s" * (rest // len(_LAST) % 12)
    return Identity(
        given_name=_GIVEN[index % len(_GIVEN)],
        family_name=family,
        street=f"Ingenstansvägen {index + 1}" if address else None,
        postal_code=f"00{index % 1000:03d}" if address else None,
        locality="Exempelby" if address else None,
        email=f"ungdom{index + 1}@kaa.example" if index % 3 == 0 else None,
        phone=f"070-17406{index % 95 + 5:02d}" if phone else None,
    )
