"""What a comparison keeps for its report, outside memory: rows in the order of the report, handles of the protected."""

from __future__ import annotations

from collections.abc import Iterator

import msgspec

from kaa_bridge.reconcile.model import Beside, Category, Row
from kaa_bridge.store.spool import Spool

_ORDER = {category: place for place, category in enumerate(Category)}
_PROTECTED = _ORDER[Category.PROTECTED]
"""The protected stand first among the categories and never have a row, so their handles have this place alone."""
_BESIDE = len(_ORDER)


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
        for _, data in self._spool.items(_PROTECTED + 1, _BESIDE - 1):
            yield self._decoder.decode(data)


class KeptBeside:
    """Those found in the freeze whom neither source knows, outside memory, by handle."""

    def __init__(self, spool: Spool) -> None:
        """Keep them in the spool."""
        self._spool = spool
        self._decoder = msgspec.msgpack.Decoder(Beside)

    def add(self, one: Beside) -> None:
        """Keep one."""
        self._spool.add(_BESIDE, one.handle, msgspec.msgpack.encode(one))

    def __iter__(self) -> Iterator[Beside]:
        """Yield them in order."""
        for _, data in self._spool.items(_BESIDE, _BESIDE):
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
