"""What a comparison keeps for its report, outside memory: rows in the order of the report, handles of the protected."""

from __future__ import annotations

from collections.abc import Iterator

import msgspec

from kaa_bridge.reconcile.model import Category, Row
from kaa_bridge.store.spool import Spool

_ORDER = {category: place for place, category in enumerate(Category)}
_PROTECTED = _ORDER[Category.PROTECTED]
"""The protected stand first among the categories and never have a row, so their handles have this place alone."""


class KeptRows:
    """The rows with a proposed step, outside memory, by category and handle."""

    def __init__(self, spool: Spool) -> None:
        """Keep them in the spool."""
        self._spool = spool
        self._decoder = msgspec.msgpack.Decoder(Row)

    def add(self, row: Row) -> None:
        """Keep a row."""
        self._spool.add(_ORDER[row.category], row.handle, msgspec.msgpack.encode(row))

    def __iter__(self) -> Iterator[Row]:
        """Yield the rows in the order of the report."""
        for _, data in self._spool.items(_PROTECTED + 1, len(_ORDER)):
            yield self._decoder.decode(data)


class KeptHandles:
    """The handles of the protected, outside memory, sorted."""

    def __init__(self, spool: Spool) -> None:
        """Keep them in the spool."""
        self._spool = spool

    def add(self, handle: str) -> None:
        """Keep a handle."""
        self._spool.add(_PROTECTED, handle, b"")

    def __iter__(self) -> Iterator[str]:
        """Yield the handles in order."""
        for handle, _ in self._spool.items(_PROTECTED, _PROTECTED):
            yield handle
