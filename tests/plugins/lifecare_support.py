"""How tests make a Lifecare journal against a simulated one."""

from __future__ import annotations

from typing import Any

from kaa_bridge.contract import JournalContext
from kaa_bridge.testing.simulators.lifecare import SimulatedLifecare
from kaa_plugin_lifecare import LifecareJournal
from tests.plugins.treserva_support import QUICK


def lifecare(url: str, *, base_dir: str = ".", **settings: Any) -> LifecareJournal:
    """Return the journal with limits of one second and the ids of the simulated system."""
    given: dict[str, Any] = {
        "url": url,
        "domain": "kommun",
        "api_key": "hemlig-nyckel",
        "provider_unit_id": SimulatedLifecare.PROVIDER_UNIT,
        "headline_id": SimulatedLifecare.HEADLINE,
        "created_personnel_id": 4,
        "created_personnel_title": "Aktivitetsansvar",
        "clients_list": True,
        **QUICK,
        **settings,
    }
    return LifecareJournal(JournalContext(name="journal", municipality="2303", settings=given, base_dir=base_dir))
