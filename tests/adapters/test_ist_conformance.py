"""The IST source passes the conformance of sources in every dialect and version, whole pulls and deltas."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Literal

from kaa_adapter_ist import IstSource
from kaa_bridge.contract import Source, SourceContext
from kaa_bridge.testing.conformance import SourceConformance
from kaa_bridge.testing.simulators.base import Fault
from kaa_bridge.testing.simulators.ist import IstSimulator

LIMITS = {"attempts": 1, "idle_seconds": 1.0, "total_seconds": 4.0, "page_size": 6}


class TestIst(SourceConformance):
    """The standard, version 2.1."""

    system_name = "ist"
    mapping = "ist_ss12000"
    version: Literal["2.0", "2.1"] = "2.1"
    dialect: Literal["standard", "edlevo", "educloud"] = "standard"

    def start(self, folder: Path) -> IstSimulator:
        return IstSimulator(self.population(), version=self.version, dialect=self.dialect)

    def make(self, system: Any) -> Source:
        return IstSource(SourceContext(name="ist", municipality="2303", settings={**system.connection(), **LIMITS}))

    def inflict(self, system: Any, fault: Fault) -> bool:
        """SS 12000 tells no total, so none can be wrong."""
        return fault is not Fault.COUNT_MISMATCH and super().inflict(system, fault)

    def known_numbers(self) -> tuple[str, ...]:
        """Asked for are persons with an enrolment: who has none is not in the answer."""
        known = self.population().known_to("ist")
        return tuple(person.number for person in known if person.placements_for("ist"))


class TestIst20(TestIst):
    """The standard, version 2.0."""

    version = "2.0"


class TestEdlevo(TestIst):
    """Edlevo's and Procapita's dialect."""

    dialect = "edlevo"


class TestEduCloud(TestIst):
    """IST EduCloud's dialect."""

    dialect = "educloud"


class TestIstDelta(TestIst):
    """With deltas between whole pulls."""

    def make(self, system: Any) -> Source:
        settings = {**system.connection(), **LIMITS, "delta": True}
        return IstSource(SourceContext(name="ist", municipality="2303", settings=settings))
