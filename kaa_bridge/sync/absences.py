"""Lets an absence in as a departure or not at all: of a pupil who only risks leaving, nothing is kept.

Förordning (2006:39) 4 § lists what the register may hold, and skollagen 29 kap. 9 § lets it hold only those who are
covered. A record whose absence means no departure yet leaves no row, no digest and no youth; each night reads it anew.
"""

from __future__ import annotations

from datetime import date

from msgspec.structs import replace

from kaa_bridge.domain.record import RecordFacts
from kaa_bridge.domain.stored import packed
from kaa_bridge.law.absence import left_by_absence
from kaa_bridge.law.settings import LawSettings
from kaa_bridge.mapping import Mapped
from kaa_bridge.store import records as store
from kaa_bridge.store.connection import Connection
from kaa_bridge.store.digests import KnownDigests

_NOTHING = packed(RecordFacts())


class Absences:
    """The absences of one pull.

    Attributes:
        forgotten: keys of the records of which nothing is kept; one that was kept before has been corrected.
    """

    def __init__(self, connection: Connection, source_id: int, as_of: date, law: LawSettings) -> None:
        """Prepare for a source, a day and a municipality's choices."""
        self._connection, self._source_id, self._as_of, self._law = connection, source_id, as_of, law
        self.forgotten: list[bytes] = []

    def kept(self, key: bytes, mapped: Mapped) -> RecordFacts | None:
        """Return the record's facts with its departures as events; ``None`` when there is no departure."""
        found = [left_by_absence(one, as_of=self._as_of, settings=self._law) for one in mapped.absences or ()]
        departures = tuple(one for one in found if one is not None)
        if not departures:
            self.forgotten.append(key)
            return None
        return replace(mapped.facts, events=(mapped.facts.events or ()) + departures)

    def erase(self, digests: KnownDigests) -> None:
        """Empty what was kept of records that no longer mean a departure; the caller marks them as gone."""
        for known in store.known_keys(self._connection, self._source_id, self.forgotten).values():
            store.tell_otherwise(self._connection, digests, known.record_id, _NOTHING, self._as_of.isoformat())
