"""Adapter for Qore, the register of school placements of Jämtlands gymnasieförbund: SOAP, by a documented profile.

Qore's interface is not public. The bundled profile and WSDL are an example of ours: a municipality gets the real ones
from its supplier and edits the mapping file.
"""

from __future__ import annotations

from collections.abc import Mapping

from kaa_adapter_qore.source import QoreSource
from kaa_bridge.contract import SourceFactory, hookimpl

__all__ = ["QoreSource", "kaa_sources"]


@hookimpl
def kaa_sources() -> Mapping[str, SourceFactory]:
    """Offer ``adapter = "qore"``."""
    return {"qore": QoreSource}
