"""Treserva over SOAP, by a documented profile: the supplier's interface is not public."""

from __future__ import annotations

from collections.abc import Mapping

from kaa_bridge.contract import JournalFactory, hookimpl
from kaa_plugin_treserva.journal import TreservaJournal

__all__ = ["TreservaJournal", "kaa_journals"]


@hookimpl
def kaa_journals() -> Mapping[str, JournalFactory]:
    """Add the journal ``treserva``."""
    return {"treserva": TreservaJournal}
