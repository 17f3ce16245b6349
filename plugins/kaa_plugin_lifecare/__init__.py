"""Lifecare EC (Tietoevry): provider notes over REST, by the public API description."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from kaa_bridge.contract import JournalFactory, deferred, hookimpl

if TYPE_CHECKING:
    from kaa_plugin_lifecare.journal import LifecareJournal

__all__ = ["LifecareJournal", "kaa_journals"]


@hookimpl
def kaa_journals() -> Mapping[str, JournalFactory]:
    """Add the journal ``lifecare``."""
    return {"lifecare": deferred("kaa_plugin_lifecare.journal", "LifecareJournal")}


def __getattr__(name: str) -> Any:
    """Import ``LifecareJournal`` when it is first asked for."""
    if name == "LifecareJournal":
        from kaa_plugin_lifecare.journal import LifecareJournal

        return LifecareJournal
    raise AttributeError(name)
