"""IST (and any other pupil register) over SS 12000 2.0 and 2.1: docs/reference/adapters/ist.md."""

from __future__ import annotations

from collections.abc import Mapping

from kaa_adapter_ist.source import IstSource
from kaa_bridge.contract import SourceFactory, hookimpl

__all__ = ["IstSource", "kaa_sources"]


@hookimpl
def kaa_sources() -> Mapping[str, SourceFactory]:
    """Return the adapter ``ist``."""
    return {"ist": IstSource}
