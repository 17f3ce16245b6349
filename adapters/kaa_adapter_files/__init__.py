"""Adapter for files that another system leaves in a folder: CSV, text tables, XLSX, XML, JSON lines.

Used for OEDB's and IST's drops and for events that case officers record elsewhere; the layout is a mapping's profile.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from kaa_bridge.contract import SourceFactory, deferred, hookimpl

if TYPE_CHECKING:
    from kaa_adapter_files.source import FilesSource

__all__ = ["FilesSource", "kaa_sources"]


@hookimpl
def kaa_sources() -> Mapping[str, SourceFactory]:
    """Offer ``adapter = "files"``."""
    return {"files": deferred("kaa_adapter_files.source", "FilesSource")}


def __getattr__(name: str) -> Any:
    """Import ``FilesSource`` when it is first asked for."""
    if name == "FilesSource":
        from kaa_adapter_files.source import FilesSource

        return FilesSource
    raise AttributeError(name)
