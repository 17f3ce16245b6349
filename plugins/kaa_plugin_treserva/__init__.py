"""Treserva over SOAP, by a documented profile: the supplier's interface is not public."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from kaa_bridge.contract import JournalFactory, deferred, hookimpl

if TYPE_CHECKING:
    from kaa_plugin_treserva.journal import TreservaJournal

__all__ = ["TreservaJournal", "kaa_journals"]


@hookimpl
def kaa_journals() -> Mapping[str, JournalFactory]:
    """Add the journal ``treserva``."""
    return {"treserva": deferred("kaa_plugin_treserva.journal", "TreservaJournal")}


def __getattr__(name: str) -> Any:
    """Import ``TreservaJournal`` when it is first asked for."""
    if name == "TreservaJournal":
        from kaa_plugin_treserva.journal import TreservaJournal

        return TreservaJournal
    raise AttributeError(name)
