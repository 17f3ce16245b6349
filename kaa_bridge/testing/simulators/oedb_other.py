"""The simulated OEDB's second shape: as different from the first as two suppliers are. Invented by us as well.

A cursor instead of page numbers, another tree, English names, digits as codes, compact dates, a key in a header. Only
the mapping file ``oedb_other.toml`` knows it.
"""

from __future__ import annotations

import json
from datetime import date
from typing import Any, ClassVar

from kaa_bridge.domain.facts import Event
from kaa_bridge.testing.population import Person, Poison
from kaa_bridge.testing.simulators.base import Answer, SeenRequest
from kaa_bridge.testing.simulators.credentials import API_KEY
from kaa_bridge.testing.simulators.oedb_example import Ask, ExampleShape, Listing, without_none
from kaa_bridge.testing.simulators.poison import damaged


def compact(day: date | None) -> str | None:
    """Write a date as ``20260131``."""
    return day.strftime("%Y%m%d") if day else None


def _numbered(words: dict[str, str]) -> dict[str, int]:
    return {word: 100 + 10 * index for index, word in enumerate(words)}


class OtherShape:
    """Cursor, flat lists under named sections, digits as codes, an API key."""

    list_names: ClassVar[tuple[str, str]] = ("items", "elements")
    renamed: ClassVar[tuple[str, str]] = ('"civicNo"', '"personId"')
    root: ClassVar[str] = "/open/api/persons"
    protection: ClassVar[dict[str, int]] = {
        "none": 0,
        "sekretessmarkering": 1,
        "skyddad_folkbokforing": 2,
        "fingerade_personuppgifter": 3,
    }
    life: ClassVar[dict[str, int]] = {"alive": 1, "deceased": 2, "emigrated": 3}
    form: ClassVar[dict[str, str]] = {"GY": "USS", "GYAN": "USSA", "GR": "CS", "VUXGY": "AE", "FHS": "FHS"}
    schooling: ClassVar[dict[str, int]] = {"ended": 2, "ongoing": 1, "never": 0}
    ended: ClassVar[dict[str, str]] = {
        "completed": "E0",
        "withdrawn": "E1",
        "no_show": "E2",
        "absent_over_month": "E3",
        "moved_school": "E4",
        "unknown": "E9",
    }
    document: ClassVar[dict[str, int]] = {
        "gymnasieexamen": 1,
        "gymnasiebevis_anpassad": 2,
        "studiebevis": 3,
        "gymnasieintyg": 4,
        "ib_diploma": 5,
    }
    event: ClassVar[dict[str, int]] = _numbered(ExampleShape.event)
    channel: ClassVar[dict[str, int]] = _numbered(ExampleShape.channel)
    outcome: ClassVar[dict[str, int]] = _numbered(ExampleShape.outcome)
    occupation: ClassVar[dict[str, int]] = _numbered(ExampleShape.occupation)

    def refusal(self, request: SeenRequest) -> Answer | None:
        """Return a 401 unless the key is right."""
        given = {name.lower(): text for name, text in request.headers.items()}.get("x-api-key")
        return None if given == API_KEY else Answer(401, b"{}", "application/json")

    def number(self, canonical: str) -> str:
        """Write a person number."""
        return canonical

    def day(self, day: date) -> str:
        """Write a date."""
        return day.strftime("%Y%m%d")

    def new_code(self, record: str) -> str:
        """Return the record with a protection code that nobody has agreed on."""
        return record.replace('"secrecy": 0', '"secrecy": 9')

    def record(self, person: Person, *, with_events: bool) -> str:
        """Write one youth as JSON text."""
        known = person.identity
        reach = without_none({"mobile": known.phone, "mail": known.email})
        home = {"lines": [known.street], "zip": known.postal_code, "city": known.locality} if known.street else None
        made = {
            "person": without_none(
                {
                    "civicNo": person.number,
                    "formerCivicNos": list(person.replaces) or None,
                    "name": {"given": known.given_name, "family": known.family_name},
                    "secrecy": self.protection.get(person.protection.value),
                    "state": self.life[person.life_status.value],
                    "address": home,
                    "reach": reach,
                    "firstRegistered": compact(person.first_registered),
                    "homes": [self._home(home) for home in person.residence],
                }
            ),
            "education": {
                "duty": self._duty(person),
                "spells": [self._spell(place) for place in person.placements_for("oedb")],
                "papers": [
                    {"type": self.document[paper.kind.value], "date": compact(paper.on)}
                    for paper in person.qualifications
                ],
            },
            "responsibility": without_none(
                {
                    "activated": compact(person.registered_on),
                    "officer": {"sign": person.handler} if person.handler else None,
                    "log": [self._event(event) for event in person.case_events] if with_events else None,
                }
            ),
        }
        return json.dumps(made, ensure_ascii=False)

    def poisoned(self, poison: Poison) -> str:
        """Write a planted record."""
        text = self.record(poison.person, with_events=False)
        return damaged(text, poison, number=self.number, day=self.day, code=self.ended["withdrawn"])

    def read(self, request: SeenRequest) -> Ask | None:
        """Read a request; ``None`` when there is no such address."""
        if request.method == "POST" and request.path == f"{self.root}/query":
            return Ask(operation="person", number=json.loads(request.body)["who"]["civicNo"])
        if request.method == "GET" and request.path == self.root:
            query = request.query
            skip = int(query["cursor"].removeprefix("c-")) if "cursor" in query else 0
            code = query.get("municipality", "").zfill(4)
            return Ask(operation="search", municipality=code, skip=skip, take=int(query.get("limit") or 50))
        return None

    def write(self, listing: Listing) -> str:
        """Write an answer."""
        following = listing.ask.skip + listing.ask.take
        cursor = f'"c-{following}"' if listing.ask.take and following < listing.total else "null"
        meta = f'"meta": {{"next": {cursor}, "matching": {listing.total}}}'
        return f'{{{meta}, "{listing.list_name}": [{", ".join(listing.records)}]}}'

    def _home(self, home: Any) -> dict[str, Any]:
        return without_none(
            {
                "municipality": int(home.municipality),
                "kind": home.basis.value[0],
                "since": compact(home.start),
                "until": compact(home.end),
            }
        )

    def _duty(self, person: Person) -> dict[str, Any] | None:
        duty = person.compulsory_schooling
        if duty is None:
            return None
        ends = {"ended": compact(duty.on), "expected": compact(duty.expected_end)}
        return {"state": self.schooling[duty.status.value], **without_none(ends)}

    def _spell(self, place: Any) -> dict[str, Any]:
        return {
            "form": self.form[place.school_form],
            "path": place.study_path,
            "unit": place.school_unit,
            "period": {"first": compact(place.start), "last": compact(place.end) or "99991231"},
            "ending": self.ended[place.ended_as.value] if place.ended_as else None,
        }

    def _event(self, event: Event) -> dict[str, Any]:
        return without_none(
            {
                "what": self.event[event.kind.value],
                "when": compact(event.on),
                "how": self.channel[event.channel.value] if event.channel else None,
                "gave": self.outcome[event.outcome.value] if event.outcome else None,
                "step": event.purpose,
                "occupation": self.occupation[event.what.value] if event.what else None,
                "lasts": compact(event.until),
                "measure": event.measure,
                "why": event.reason,
                "next": compact(event.agreed_for),
            }
        )
