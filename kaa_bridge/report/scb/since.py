"""What has changed since the last file of the half-year, row by row, from keyed digests alone."""

from __future__ import annotations

import hashlib
import hmac
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from kaa_bridge.report.scb.cells import Written
from kaa_bridge.report.scb.fields import BlockKind
from kaa_bridge.report.scb.rows import Values
from kaa_bridge.store.scb_files import Row, ScbFile

NEW, CHANGED, REMOVED = "new", "changed", "removed"
_ABOUT: dict[BlockKind, tuple[str, ...]] = {
    BlockKind.IDENTITY: (),
    BlockKind.CONTACTS: ("contact_on", "contact_channel"),
    BlockKind.MEASURE_BEGINS: ("measure", "measure_started_on"),
    BlockKind.MEASURE_ENDED: ("measure", "measure_ended_on"),
    BlockKind.RESPONSIBILITY_ENDED: ("covered_since",),
}
"""By what a row is known again, beside the youth: the same contact or measure with another content has changed."""
MOST_HANDLES = 200
"""Handles that are listed for each block and kind; all are counted."""


@dataclass(slots=True)
class Changes:
    """Rows since an earlier file, by block: how many, and whose; protected youths are counted only."""

    since: ScbFile | None
    counts: dict[BlockKind, Counter[str]] = field(default_factory=lambda: {kind: Counter() for kind in BlockKind})
    handles: dict[tuple[BlockKind, str], list[str]] = field(default_factory=dict)

    def take(self, handle: str | None, before: Iterable[Row], now: Iterable[Row]) -> None:
        """Compare one youth's rows; ``handle`` is ``None`` where it may not be shown."""
        old = {(block, about): digest for block, about, digest in before}
        new = {(block, about): digest for block, about, digest in now}
        for key, digest in new.items():
            if key not in old:
                self._count(key[0], NEW, handle)
            elif old[key] != digest:
                self._count(key[0], CHANGED, handle)
        for key in old.keys() - new.keys():
            self._count(key[0], REMOVED, handle)

    def total(self, kind: str) -> int:
        """Return how many rows of all blocks are new, changed or removed."""
        return sum(counts[kind] for counts in self.counts.values())

    def _count(self, block: str, kind: str, handle: str | None) -> None:
        place = BlockKind(block)
        self.counts[place][kind] += 1
        listed = self.handles.setdefault((place, kind), [])
        if handle is not None and len(listed) < MOST_HANDLES and handle not in listed[-1:]:
            listed.append(handle)


def digest_key(pseudonym_key: bytes) -> bytes:
    """Return the key of the digests, derived from the municipality's key of pseudonyms."""
    return hmac.digest(pseudonym_key, b"kaa-bridge/scb-rows", hashlib.sha256)


def digests(
    key: bytes,
    handle: str,
    values: Mapping[BlockKind, Sequence[Values]],
    written: Mapping[BlockKind, Sequence[Written]],
) -> Iterator[Row]:
    """Yield a youth's rows as they are kept; an earlier number of the youth changes none of what they are about."""
    for kind, rows in values.items():
        met: Counter[str] = Counter()
        for value, row in zip(rows, written[kind], strict=True):
            about = "|".join(str(value.get(name)) for name in _ABOUT[kind])
            met[about] += 1
            named = _digest(key, handle, kind, about, str(met[about]))
            yield kind.value, named, _digest(key, handle, kind, *row.cells)


def _digest(key: bytes, *parts: str) -> bytes:
    message = b"".join(len(part.encode()).to_bytes(4, "big") + part.encode() for part in parts)
    return hmac.digest(key, message, hashlib.sha256)[:16]
