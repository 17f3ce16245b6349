"""IST (and any other pupil register) over SS 12000 2.0 and 2.1: docs/reference/adapters/ist.md."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from kaa_bridge.contract import SourceFactory, deferred, hookimpl

if TYPE_CHECKING:
    from kaa_adapter_ist.source import IstSource

__all__ = ["IstSource", "kaa_sources"]


@hookimpl
def kaa_sources() -> Mapping[str, SourceFactory]:
    """Return the adapter ``ist``."""
    return {"ist": deferred("kaa_adapter_ist.source", "IstSource")}


def __getattr__(name: str) -> Any:
    """Import ``IstSource`` when it is first asked for."""
    if name == "IstSource":
        from kaa_adapter_ist.source import IstSource

        return IstSource
    raise AttributeError(name)
