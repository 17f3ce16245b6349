"""What of a source's records does not fit its mapping, kept until the records are read without it.

A code or a name that a mapping does not know makes facts unknown, and only who corrects the mapping ends that. A night
without change reads no record, and a pull of changes brings none: so it is kept by record, as long as the facts are.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from collections.abc import Set as AbstractSet
from functools import cached_property

from kaa_bridge.mapping import Finding
from kaa_bridge.store import findings as store
from kaa_bridge.store.connection import Connection
from kaa_bridge.store.findings import Spot

_OF_THE_MAPPING = frozenset({"unknown_code", "bad_boolean", "maybe_renamed"})
"""Codes that say in a single record already that the mapping lacks a word or a name."""
_OF_THE_RECORD = frozenset({"birth_date_differs", "duplicate_item", "field_not_of_kind", "incomplete_date"})
"""Codes that say nothing of the mapping, however many records have them."""
_LEAST = 5
"""Records with another code at the same place that may be slips of the source; more than half of what a pull reads, and
at least so many, mean that the source writes it otherwise than the mapping expects (a renamed field, another form)."""


class Misfits:
    """The misfits of one pull.

    Attributes:
        read: how many records were read tonight.
    """

    def __init__(self, connection: Connection, source_id: int) -> None:
        """Prepare for a source; the store is asked when the first record is read."""
        self._connection, self._source_id = connection, source_id
        self._met: dict[Spot, set[bytes]] = {}
        self._passing: Counter[Spot] = Counter()
        self.read = 0

    @cached_property
    def before(self) -> frozenset[bytes]:
        """The keys of the records that did not fit before tonight."""
        return frozenset(store.found_keys(self._connection, self._source_id))

    @cached_property
    def _stood(self) -> frozenset[Spot]:
        return frozenset(store.count_findings(self._connection, self._source_id))

    def meet(self, key: bytes, findings: Iterable[Finding], *, kept: bool) -> None:
        """Take the findings of a record that was read; where nothing is ``kept`` of it, it is read anew each night."""
        for one in findings:
            spot = (one.code, one.place)
            if kept:
                self._met.setdefault(spot, set()).add(key)
            elif one.code in _OF_THE_MAPPING:
                self._passing[spot] += 1

    def let_go(self, keys: AbstractSet[bytes]) -> None:
        """Forget what earlier nights kept of records that were read tonight."""
        if self._stood and (again := self.before & keys):
            store.forget_read_anew(self._connection, self._source_id, again)

    def settle(self, *, gone: bool) -> dict[Spot, int]:
        """Keep what was met and is the mapping's, and return how many present records do not fit, by code and place.

        Args:
            gone: whether a record has gone tonight.
        """
        connection, source_id = self._connection, self._source_id
        for spot, keys in self._met.items():
            if spot[0] in _OF_THE_MAPPING or spot in self._stood or self._is_mass(spot, keys):
                store.add_findings(connection, source_id, spot, keys)
        if self._met or gone:
            store.forget_absent(connection, source_id)
        counts = Counter(store.count_findings(connection, source_id))
        for spot in [one for one, count in counts.items() if one[0] not in _OF_THE_MAPPING and count < _LEAST]:
            store.forget_spot(connection, source_id, spot)
            del counts[spot]
        return dict(sorted((counts + self._passing).items()))

    def _is_mass(self, spot: Spot, keys: set[bytes]) -> bool:
        return spot[0] not in _OF_THE_RECORD and len(keys) >= _LEAST and 2 * len(keys) > self.read
