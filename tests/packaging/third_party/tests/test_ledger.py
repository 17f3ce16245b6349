"""The whole of a third party's proof: a simulated ledger on a real socket, and the conformance class."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import msgspec

from kaa_adapter_ledger.source import LedgerSource
from kaa_bridge.contract import Source, SourceContext
from kaa_bridge.domain.values import Protection
from kaa_bridge.testing.conformance import SourceConformance
from kaa_bridge.testing.population import Person, Population, build
from kaa_bridge.testing.simulators.base import Answer, Fault, SeenRequest, SourceSimulator

MAPPING = Path(__file__).parents[1] / "ledger.toml"


def row(person: Person) -> dict[str, Any]:
    """Render one person as the ledger does."""
    home = person.residence[-1] if person.residence else None
    return {
        "number": person.number,
        "protected": "no" if person.protection is Protection.NONE else "yes",
        "life": "alive",
        "home": home.municipality if home else "2303",
        "home_since": home.start if home else None,
        "places": [
            {"form": place.school_form, "path": place.study_path, "from": place.start, "to": place.end}
            for place in person.placements
        ],
    }


class Ledger(SourceSimulator):
    """The simulated system."""

    def __init__(self, population: Population) -> None:
        """Hold everybody."""
        super().__init__()
        self.rows = [row(person) for person in population]

    def answer(self, request: SeenRequest) -> Answer:
        """Answer the one question there is."""
        total = len(self.rows) + self.fault(Fault.COUNT_MISMATCH)
        rows = "rader" if self.fault(Fault.MISSING_LIST) else "rows"
        return Answer(200, msgspec.json.encode({"total": total, rows: self.rows}), "application/json")


class TestLedger(SourceConformance):
    """The conformance class, run against it."""

    system_name = "qore"
    mapping = str(MAPPING)

    def population(self) -> Population:
        """Nobody's record is damaged in this ledger."""
        return build(1, as_of=self.as_of, poisoned=False)

    def inflict(self, system: Ledger, fault: Fault) -> bool:
        """The ledger has one page and cannot show what goes wrong between pages."""
        between = (Fault.TRUNCATED, Fault.REPEATED_RECORD, Fault.PAGE_LOOP)
        return fault not in between and super().inflict(system, fault)

    def start(self, folder: Path) -> Ledger:
        """Start the ledger."""
        return Ledger(self.population())

    def make(self, system: Ledger) -> Source:
        """Make the source with limits of a few seconds."""
        limits = {"attempts": 1, "idle_seconds": 1.0, "total_seconds": 3.0}
        settings = {"url": system.url + "/ledger", "token": "t", **limits}
        return LedgerSource(SourceContext(name="ledger", municipality="2303", settings=settings))
