"""Measures the mapper: microseconds of CPU per SS 12000 person.

Run: python benchmarks/mapping.py [persons]. Twelve facts and 2.4 enrolments of six facts a person, births in the
future. Printed beside it: the plain reading of the same values by hand-written code, as the floor.
"""

from __future__ import annotations

import gc
import sys
import time
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

from kaa_bridge.domain.person_number import luhn_holds
from kaa_bridge.mapping import compile_mapping, load_mapping

AS_OF = date(2109, 9, 1)
CHUNK = 200


def person(index: int) -> dict[str, Any]:
    """Return one generated person, as GET /persons gives it."""
    born = date(2090, 1, 1) + timedelta(days=index % 1400)
    stem = f"{born:%Y%m%d}{index // 1400 % 1000:03d}"
    number = next(stem + str(digit) for digit in range(10) if luhn_holds(stem[2:] + str(digit)))
    enrolments = [
        {
            "enroledAt": {"id": f"unit-{place % 40}"},
            "schoolType": "GY" if place else "GR",
            "startDate": f"{2100 + place}-08-19",
            "educationCode": "NANAT00",
            "cancelled": False,
            "_schoolUnitCode": f"{10000000 + place % 40}",
        }
        for place in range(2 + (index % 5 < 2))
    ]
    enrolments[0]["endDate"] = "2101-06-12"
    return {
        "id": f"7b1c2f0e-0000-4000-8000-{index:012d}",
        "meta": {"created": "2109-01-01T00:00:00Z", "modified": "2109-01-01T00:00:00Z"},
        "givenName": f"Given{index % 977}",
        "familyName": f"Family{index % 1979}",
        "civicNo": {"value": number},
        "birthDate": born.isoformat(),
        "securityMarking": "Ingen",
        "personStatus": "Aktiv",
        "emails": [{"value": f"n{index}@example.org", "type": "Privat"}],
        "phoneNumbers": [{"value": f"070-{index:07d}", "type": "Hem", "mobile": True}],
        "addresses": [
            {
                "type": "Folkbokföring",
                "streetAddress": f"Storgatan {index % 300}",
                "postalCode": f"8{index % 9000 + 1000}",
                "locality": "Hammarstrand",
                "country": "Sverige",
                "municipalityCode": 2303,
            }
        ],
        "enrolments": enrolments,
    }


def by_hand(raw: dict[str, Any]) -> tuple[Any, ...]:
    """Read the same values without checks, objects or findings: the floor."""
    home = next(entry for entry in raw["addresses"] if entry["type"] == "Folkbokföring")
    return (
        raw["id"],
        raw["civicNo"]["value"],
        date.fromisoformat(raw["birthDate"]),
        raw["securityMarking"],
        raw["personStatus"],
        (raw["givenName"], raw["familyName"], home["streetAddress"], home["postalCode"], home["locality"]),
        (raw["emails"][0]["value"], raw["phoneNumbers"][0]["value"]),
        f"{home['municipalityCode']:04d}",
        [
            (
                entry["schoolType"],
                entry.get("educationCode"),
                entry.get("_schoolUnitCode"),
                date.fromisoformat(entry["startDate"]),
                date.fromisoformat(entry["endDate"]) if "endDate" in entry else None,
                entry["cancelled"],
            )
            for entry in raw["enrolments"]
        ],
    )


def microseconds(calls: list[Callable[[dict[str, Any]], object]], people: list[dict[str, Any]]) -> list[float]:
    """Return CPU microseconds per person of each call: chunks in turn, the best of seven rounds for each chunk."""
    chunks = [people[start : start + CHUNK] for start in range(0, len(people), CHUNK)]
    totals = [0.0 for _ in calls]
    gc.collect()
    for chunk in chunks:
        best = [float("inf") for _ in calls]
        for _ in range(7):
            for index, call in enumerate(calls):
                started = time.process_time_ns()
                for raw in chunk:
                    call(raw)
                best[index] = min(best[index], time.process_time_ns() - started)
        totals = [total + one for total, one in zip(totals, best, strict=True)]
    return [total / len(people) / 1000 for total in totals]


def main() -> None:
    """Print both figures and their ratio."""
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 20_000
    people = [person(index) for index in range(count)]
    mapper = compile_mapping(load_mapping("ist_ss12000"), as_of=AS_OF)
    floor, mapped = microseconds([by_hand, mapper.map], people)
    print(f"by hand {floor:.1f} us, mapper {mapped:.1f} us per person, ratio {mapped / floor:.1f}")
    print(f"places that no rule names: {len(mapper.unnamed())}")


if __name__ == "__main__":
    main()
