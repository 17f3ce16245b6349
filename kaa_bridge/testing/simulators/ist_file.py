"""A pupil register as a file drop: writes the files that the mapping ``ist_file`` reads.

The layout is our documented example: IST publishes none. Its columns have the names of SS 12000's properties. One row
for each enrolment of a pupil (a pupil without any has one row), with a trailer and a marker.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from kaa_bridge.testing.population import Person, Population
from kaa_bridge.testing.simulators.ist_render import Style, person_object
from kaa_bridge.testing.simulators.oedb_file import write_table, write_workbook
from kaa_bridge.testing.simulators.poison import damaged

PUPIL = (
    *("civicNo", "birthDate", "givenName", "familyName", "securityMarking", "personStatus"),
    *("streetAddress", "postalCode", "locality", "municipalityCode", "email", "phoneNumber"),
)
ENROLMENT = ("schoolType", "educationCode", "schoolUnitCode", "startDate", "endDate", "cancelled")
_STYLE = Style()


def write_pupils(population: Population, folder: Path, *, workbook: bool = False) -> Path:
    """Write the day's file of pupils and enrolments, and its marker last; return the file's path."""
    rows = [row for person in population.known_to("ist") for row in pupil_rows(person, population)]
    for poison in population.poison_in("ist"):
        for row in pupil_rows(poison.person, population):
            text = damaged("\x1f".join(row), poison, number=str, day=str, code="true")
            rows.append(text.split("\x1f"))
    name = f"elever_{population.municipality}_{population.as_of:%Y%m%d}"
    write, ending = (write_workbook, "xlsx") if workbook else (write_table, "csv")
    return write(folder / f"{name}.{ending}", [*PUPIL, *ENROLMENT], rows)


def pupil_rows(person: Person, population: Population) -> list[list[str]]:
    """Return the rows of one pupil: as many as there are enrolments, at least one."""
    told = person_object(person, _STYLE, "", population.as_of)
    address: dict[str, Any] = next(iter(told.get("addresses", [])), {})
    home = address.get("municipalityCode")
    pupil = {
        **told,
        **address,
        "civicNo": told["civicNo"]["value"],
        "municipalityCode": f"{home:04d}" if home else "",
        "email": next((one["value"] for one in told.get("emails", [])), ""),
        "phoneNumber": next((one["value"] for one in told.get("phoneNumbers", [])), ""),
    }
    enrolments = [
        {**enrolment, "educationCode": place.study_path, "schoolUnitCode": place.school_unit}
        for enrolment, place in zip(told.get("enrolments", []), person.placements_for("ist"), strict=True)
    ]
    return [_cells(pupil, PUPIL) + _cells(enrolment, ENROLMENT) for enrolment in enrolments or [{}]]


def _cells(told: Mapping[str, Any], columns: tuple[str, ...]) -> list[str]:
    return [{True: "true", False: "false", None: ""}.get(told.get(name), str(told.get(name))) for name in columns]
