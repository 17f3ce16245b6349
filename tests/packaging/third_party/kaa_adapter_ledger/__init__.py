"""The source ``ledger``: one GET that answers every youth as JSON."""

from __future__ import annotations

from collections.abc import Mapping

from kaa_bridge.contract import SourceFactory, hookimpl


@hookimpl
def kaa_sources() -> Mapping[str, SourceFactory]:
    """Add the adapter ``ledger``."""
    from kaa_adapter_ledger.source import LedgerSource

    return {"ledger": LedgerSource}
