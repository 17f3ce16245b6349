"""The entry point of the hostile plugins."""

from __future__ import annotations

from collections.abc import Mapping

from kaa_bridge.contract import JournalFactory, SourceFactory, hookimpl
from kaa_bridge.testing.hostile.journal import HostileJournal
from kaa_bridge.testing.hostile.source import HostileSource


@hookimpl
def kaa_sources() -> Mapping[str, SourceFactory]:
    """Offer ``adapter = "hostile"``."""
    return {"hostile": HostileSource}


@hookimpl
def kaa_journals() -> Mapping[str, JournalFactory]:
    """Offer ``plugin = "hostile"``."""
    return {"hostile": HostileJournal}
