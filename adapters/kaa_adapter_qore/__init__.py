"""Adapter for Qore, the register of school placements of Jämtlands gymnasieförbund: SOAP, by a documented profile.

Qore's interface is not public. The bundled profile and WSDL are an example of ours: a municipality gets the real ones
from its supplier and edits the mapping file.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from kaa_bridge.contract import SourceFactory, deferred, hookimpl

if TYPE_CHECKING:
    from kaa_adapter_qore.source import QoreSource

__all__ = ["QoreSource", "kaa_sources"]


@hookimpl
def kaa_sources() -> Mapping[str, SourceFactory]:
    """Offer ``adapter = "qore"``."""
    return {"qore": deferred("kaa_adapter_qore.source", "QoreSource")}


def __getattr__(name: str) -> Any:
    """Import ``QoreSource`` when it is first asked for."""
    if name == "QoreSource":
        from kaa_adapter_qore.source import QoreSource

        return QoreSource
    raise AttributeError(name)
