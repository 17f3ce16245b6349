"""The Qore source passes the conformance of sources, against both shapes with only another mapping file."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from kaa_adapter_qore import QoreSource
from kaa_bridge.contract import Source, SourceContext
from kaa_bridge.mapping import load_mapping
from kaa_bridge.testing.conformance import SourceConformance
from kaa_bridge.testing.simulators.credentials import PASSWORD, USER
from kaa_bridge.testing.simulators.qore import QoreSimulator

LIMITS = {"attempts": 1, "idle_seconds": 1.0, "total_seconds": 4.0}


def qore_source(simulator: QoreSimulator, mapping: str, *, size: int = 10, **settings: Any) -> QoreSource:
    """Make the source with pages of ``size`` records."""
    profile = load_mapping(mapping).profile
    search = profile["search"]
    profile = {**profile, "search": {**search, "paging": {**search["paging"], "size": size}}}
    connection = {"url": simulator.endpoint, "username": USER, "password": PASSWORD, **LIMITS, **settings}
    return QoreSource(SourceContext(name="qore", municipality="2303", settings=connection, profile=profile))


class TestQore(SourceConformance):
    """The first shape."""

    system_name = "qore"
    mapping = "qore"

    def start(self, folder: Path) -> QoreSimulator:
        return QoreSimulator(self.population())

    def make(self, system: Any) -> Source:
        return qore_source(system, "qore")


class TestQoreOther(TestQore):
    """The second shape: the same adapter, another mapping."""

    mapping = "qore_other"

    def start(self, folder: Path) -> QoreSimulator:
        return QoreSimulator(self.population(), other_shape=True)

    def make(self, system: Any) -> Source:
        return qore_source(system, "qore_other")
