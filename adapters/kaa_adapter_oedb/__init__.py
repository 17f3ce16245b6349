"""Adapter for OEDB (Östergötlands elevdatabas): REST by a documented profile.

OEDB's interface is not public. The bundled profile is an example of ours: a municipality gets the real description from
its supplier and edits the mapping file. OEDB as a file drop is the adapter ``files`` with the mapping ``oedb_file``.
"""

from __future__ import annotations

from collections.abc import Mapping

from kaa_adapter_oedb.source import OedbSource
from kaa_bridge.contract import SourceFactory, hookimpl

__all__ = ["OedbSource", "kaa_sources"]


@hookimpl
def kaa_sources() -> Mapping[str, SourceFactory]:
    """Offer ``adapter = "oedb"``."""
    return {"oedb": OedbSource}
