"""The OEDB source passes the conformance of sources, against both shapes with only another mapping file."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from kaa_adapter_oedb import OedbSource
from kaa_bridge.contract import Source, SourceContext
from kaa_bridge.mapping import load_mapping
from kaa_bridge.testing.conformance import SourceConformance
from kaa_bridge.testing.simulators.credentials import API_KEY, PASSWORD, USER
from kaa_bridge.testing.simulators.oedb import OedbSimulator

LIMITS = {"attempts": 1, "idle_seconds": 1.0, "total_seconds": 4.0}


def oedb_source(simulator: OedbSimulator, mapping: str, *, size: int = 10, **settings: Any) -> OedbSource:
    """Make the source with pages of ``size`` records."""
    profile = load_mapping(mapping).profile
    search = profile["search"]
    profile = {**profile, "search": {**search, "paging": {**search["paging"], "size": size}}}
    account = {"api_key": API_KEY} if mapping == "oedb_other" else {"username": USER, "password": PASSWORD}
    connection = {"url": simulator.base_url, **account, **LIMITS, **settings}
    return OedbSource(SourceContext(name="oedb", municipality="2303", settings=connection, profile=profile))


class TestOedb(SourceConformance):
    """The first shape."""

    system_name = "oedb"
    mapping = "oedb"

    def start(self, folder: Path) -> OedbSimulator:
        return OedbSimulator(self.population())

    def make(self, system: Any) -> Source:
        return oedb_source(system, "oedb")


class TestOedbOther(TestOedb):
    """The second shape: the same adapter, another mapping."""

    mapping = "oedb_other"

    def start(self, folder: Path) -> OedbSimulator:
        return OedbSimulator(self.population(), other_shape=True)

    def make(self, system: Any) -> Source:
        return oedb_source(system, "oedb_other")
