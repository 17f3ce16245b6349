"""Lifecare EC (Tietoevry): provider notes over REST, by the public API description."""

from __future__ import annotations

from collections.abc import Mapping

from kaa_bridge.contract import JournalFactory, hookimpl
from kaa_plugin_lifecare.journal import LifecareJournal

__all__ = ["LifecareJournal", "kaa_journals"]


@hookimpl
def kaa_journals() -> Mapping[str, JournalFactory]:
    """Add the journal ``lifecare``."""
    return {"lifecare": LifecareJournal}
