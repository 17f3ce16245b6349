"""A source that knows a few youths and misbehaves in one way."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from datetime import date
from typing import Any

from kaa_bridge.contract import (
    CheckResult,
    Page,
    Proof,
    PullKind,
    PullRequest,
    Source,
    SourceContext,
    SourceDescription,
)
from kaa_bridge.testing.hostile.in_process import PROCESS_WAYS
from kaa_bridge.testing.hostile.raising import RAISING
from kaa_bridge.testing.hostile.source_ways import SOURCE_ONLY
from kaa_bridge.testing.population import build

_AS_OF = date(2026, 2, 2)
_STORIES = 12


class HostileSource(Source):
    """A source that would be a good one, but for its way.

    The setting ``way`` names the way; ``good`` has none, and the source then passes the conformance kit.
    """

    def __init__(self, context: SourceContext) -> None:
        """Take the setting; a way may strike here already."""
        self.context_given = context
        self.way = str(context.settings["way"])
        self.records = _records(context.municipality)
        self._strike("make")

    def describe(self) -> SourceDescription:
        """Tell what it can."""
        return self._strike("describe") or SourceDescription(
            name=self.context_given.name,
            system="Hostile",
            kinds=frozenset({PullKind.SNAPSHOT}),
            proves_completeness=True,
        )

    def check(self) -> CheckResult:
        """Say that all is well."""
        return self._strike("check") or CheckResult(True, "It answers.")

    def pull(self, request: PullRequest) -> Iterator[Page | Proof]:
        """Yield its youths, or do what the way says."""
        if self.way in RAISING:
            yield Page(self.records[:1])
            RAISING[self.way]()
        if self.way in PROCESS_WAYS:
            PROCESS_WAYS[self.way]()
        struck = self._strike("pull", request)
        if struck is not None:
            yield from struck
            return
        yield Page(self.records)
        yield Proof(whole=True, how="all there is", total=len(self.records))

    def parse(self, record: bytes) -> Mapping[str, Any]:
        """Return the record."""
        made: dict[str, Any] = json.loads(record)
        return self._strike("parse", made) or made

    def plain_json(self) -> Mapping[str, Callable[[dict[str, Any]], object]] | None:
        """Say nothing of plain JSON."""
        told: Mapping[str, Callable[[dict[str, Any]], object]] | None = self._strike("plain_json")
        return told

    def close(self) -> None:
        """Let go."""
        self._strike("close")

    def _strike(self, where: str, *given: object) -> Any:
        way = SOURCE_ONLY.get(self.way)
        return way(self, *given) if way is not None and way.__name__.startswith(where) else None


def _records(municipality: str) -> list[bytes]:
    people = build(3, municipality=municipality, as_of=_AS_OF, size=25, poisoned=False).people[:_STORIES]
    return [
        json.dumps(
            {
                "number": person.number,
                "protected": "no" if person.protection.value == "none" else "yes",
                "life": "alive",
                "home": municipality,
                "home_since": "2010-01-01",
                "places": [
                    {"form": place.school_form, "from": str(place.start), "to": str(place.end) if place.end else None}
                    for place in person.placements
                ],
                "exams": [],
            }
        ).encode()
        for person in people
    ]
