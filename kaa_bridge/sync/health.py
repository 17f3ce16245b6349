"""How far each configured source can be trusted on a day, from what the store knows of its last proof."""

from __future__ import annotations

from datetime import date

from msgspec.structs import replace

from kaa_bridge.store.connection import Connection
from kaa_bridge.store.query import rows
from kaa_bridge.sync.bridge import Bridge
from kaa_bridge.sync.completeness import SourceHealth
from kaa_bridge.sync.sources import Feed


def source_health(connection: Connection, bridge: Bridge, as_of: date) -> list[SourceHealth]:
    """Return the health of every configured source, one that could not be made or was never pulled included."""
    proved: dict[str, str | None] = dict(map(tuple, rows(connection, "SELECT name, proved_on FROM source")))
    frozen = {feed.name for feed in bridge.feeds if feed.frozen(as_of)}
    reads = {feed.name: _read_by(feed) for feed in bridge.feeds}
    return [
        SourceHealth(
            name=table.name,
            tells=frozenset(table.tells),
            proved_on=date.fromisoformat(day) if (day := proved.get(table.name)) else None,
            trust_days=table.trust_days,
            frozen=table.name in frozen,
            reads=reads.get(table.name, frozenset()),
        )
        for table in bridge.table.source
    ]


def expected_health(connection: Connection, bridge: Bridge, as_of: date) -> list[SourceHealth]:
    """Return the health that the sources will have when every one that can be asked proves a whole tonight."""
    return [
        one if one.name in bridge.broken else replace(one, proved_on=as_of)
        for one in source_health(connection, bridge, as_of)
    ]


def _read_by(feed: Feed) -> frozenset[str]:
    """Return of which kinds, whose absence can mean something, the source's mapping reads any fact."""
    return frozenset(kind for kind in ("placements", "qualifications") if getattr(feed.mapping.facts, kind))
