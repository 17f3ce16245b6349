"""Adapter for OEDB (Östergötlands elevdatabas): REST by a documented profile.

OEDB's interface is not public. The bundled profile is an example of ours: a municipality gets the real description from
its supplier and edits the mapping file. OEDB as a file drop is the adapter ``files`` with the mapping ``oedb_file``.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from kaa_bridge.contract import JournalFactory, SourceFactory, deferred, hookimpl

if TYPE_CHECKING:
    from kaa_adapter_oedb.source import OedbSource

__all__ = ["OedbSource", "kaa_journals", "kaa_sources"]


@hookimpl
def kaa_sources() -> Mapping[str, SourceFactory]:
    """Offer ``adapter = "oedb"``."""
    return {"oedb": deferred("kaa_adapter_oedb.source", "OedbSource")}


@hookimpl
def kaa_journals() -> Mapping[str, JournalFactory]:
    """Offer ``plugin = "oedb_updates"`` for ``[municipality.updates]``."""
    return {"oedb_updates": deferred("kaa_adapter_oedb.updates", "OedbUpdates")}


def __getattr__(name: str) -> Any:
    """Import ``OedbSource`` when it is first asked for."""
    if name == "OedbSource":
        from kaa_adapter_oedb.source import OedbSource

        return OedbSource
    raise AttributeError(name)
