"""OEDB as a file drop: writes the files that the mappings ``oedb_file`` and ``oedb_file_events`` read.

The layout is our documented example: OEDB's files are not publicly described. One row for each placement of a youth (a
youth without any has one row), cp1252, semicolons, a trailer that counts the rows, and a marker written last.
"""

from __future__ import annotations

import csv
from collections.abc import Iterable, Sequence
from pathlib import Path

from openpyxl import Workbook

from kaa_bridge.testing.population import Person, Population
from kaa_bridge.testing.simulators.oedb_example import ExampleShape, iso
from kaa_bridge.testing.simulators.poison import damaged

MARKER = ".klar"
TRAILER = "ANTAL"
COMMON = (
    *("Personnummer", "TidigareNummer", "Fornamn", "Efternamn", "Skydd", "Livsstatus", "Gata", "Postnr", "Ort"),
    *("Mobil", "Epost", "Kommun", "Boendetyp", "BorDarSedan", "BorDarTill", "ForstFolkbokford", "Skolplikt"),
    *("SkolpliktSlut", "SkolpliktVantas", "Aktualiserad", "Handlaggare"),
)
REPEATED = ("Skolform", "Studievag", "Skolenhet", "Start", "Slut", "Slutorsak", "Dokument", "DokumentDatum")
EVENTS = (
    *("HandelseId", "Personnummer", "Handelse", "Datum", "Satt", "Resultat", "Steg", "Sysselsattning", "Till"),
    *("Insats", "Orsak", "AvtaladTill"),
)
_SHAPE = ExampleShape()


def write_drop(population: Population, folder: Path, *, workbook: bool = False, marker: bool = True) -> Path:
    """Write the day's file of youths and placements, and its marker last; return the file's path."""
    rows = [row for person in population.known_to("oedb") for row in youth_rows(person)]
    for poison in population.poison_in("oedb"):
        for row in youth_rows(poison.person):
            text = damaged("\x1f".join(row), poison, number=_SHAPE.number, day=_SHAPE.day, code="STUDIEAVBROTT")
            rows.append(text.split("\x1f"))
    name = f"oedb_{population.municipality}_{population.as_of:%Y%m%d}"
    if workbook:
        return write_workbook(folder / f"{name}.xlsx", [*COMMON, *REPEATED], rows, marker=marker)
    return write_table(folder / f"{name}.csv", [*COMMON, *REPEATED], rows, marker=marker)


def write_events(population: Population, folder: Path) -> Path:
    """Write everything that case officers have recorded, and the marker last; return the file's path."""
    rows = [
        [f"{person.ref}-{index}", _SHAPE.number(person.number), *_event_cells(person, index)]
        for person in population.people
        for index in range(len(person.case_events))
    ]
    return write_table(folder / f"handelser_{population.municipality}_{population.as_of:%Y%m%d}.csv", EVENTS, rows)


def write_table(path: Path, header: Sequence[str], rows: Iterable[Sequence[str]], *, marker: bool = True) -> Path:
    """Write a table with header and trailer, cp1252 and semicolons, and its marker."""
    listed = list(rows)
    with path.open("w", encoding="cp1252", newline="") as stream:
        writer = csv.writer(stream, delimiter=";", lineterminator="\r\n")
        writer.writerows([header, *listed, [TRAILER, str(len(listed))]])
    if marker:
        path.with_name(path.name + MARKER).write_bytes(b"")
    return path


def write_workbook(path: Path, header: Sequence[str], rows: Iterable[Sequence[str]], *, marker: bool = True) -> Path:
    """Write the same as a workbook, every cell as text, and its marker."""
    listed = list(rows)
    book = Workbook(write_only=True)
    sheet = book.create_sheet("Ungdomar")
    for row in [header, *listed, [TRAILER, str(len(listed))]]:
        sheet.append(row)
    book.save(path)
    book.close()
    if marker:
        path.with_name(path.name + MARKER).write_bytes(b"")
    return path


def youth_rows(person: Person) -> list[list[str]]:
    """Return the rows of one youth: as many as there are placements or documents, at least one."""
    common = [*_who(person), *_where(person)]
    places, papers = person.placements_for("oedb"), person.qualifications
    rows = []
    for index in range(max(len(places), len(papers), 1)):
        cells: list[str | None] = list(common)
        cells += _place_cells(person, index) if index < len(places) else [""] * 6
        paper = papers[index] if index < len(papers) else None
        cells += [_SHAPE.document[paper.kind.value], iso(paper.on)] if paper else ["", ""]
        rows.append([cell or "" for cell in cells])
    return rows


def _who(person: Person) -> list[str | None]:
    known = person.identity
    former = _SHAPE.number(person.replaces[0]) if person.replaces else None
    numbers = [_SHAPE.number(person.number), former]
    marks = [_SHAPE.protection.get(person.protection.value), _SHAPE.life[person.life_status.value]]
    reach = [known.street, known.postal_code, known.locality, known.phone, known.email]
    return [*numbers, known.given_name, known.family_name, *marks, *reach]


def _where(person: Person) -> list[str | None]:
    home = person.residence[-1] if person.residence else None
    duty = person.compulsory_schooling
    cells: list[str | None] = [None] * 4
    if home:
        cells = [home.municipality, _SHAPE.basis[home.basis.value], iso(home.start), iso(home.end)]
    cells.append(iso(person.first_registered))
    cells += [_SHAPE.schooling[duty.status.value], iso(duty.on), iso(duty.expected_end)] if duty else [None] * 3
    return [*cells, iso(person.registered_on), person.handler]


def _place_cells(person: Person, index: int) -> list[str]:
    place = person.placements_for("oedb")[index]
    ended = _SHAPE.ended[place.ended_as.value] if place.ended_as else ""
    return [
        place.school_form,
        place.study_path or "",
        place.school_unit or "",
        iso(place.start) or "",
        iso(place.end) or "",
        ended,
    ]


def _event_cells(person: Person, index: int) -> list[str]:
    event = _SHAPE.event_record(person.case_events[index])
    names = (
        "handelse",
        "datum",
        "satt",
        "resultat",
        "steg",
        "sysselsattning",
        "till",
        "insats",
        "orsak",
        "avtaladTill",
    )
    return [str(event.get(name, "")) for name in names]
