"""Reads raw records into facts, in a thread that can be left behind.

The adapter's parser is foreign code, and so is what it gives: whoever looks into a parsed record does it here.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any

from msgspec import Struct

from kaa_bridge.domain.record import RecordFacts
from kaa_bridge.errors import PluginFailed, RecordProblem
from kaa_bridge.host import Worker
from kaa_bridge.mapping import Mapped, Mapper


class Unread(Struct, frozen=True):
    """A record that cannot be used.

    Attributes:
        problem: why.
        key: what tells it from others at its source, ``None`` where not even that can be read.
        about: whom it is about, as far as that can be read; no more of it is used.
    """

    problem: RecordProblem
    key: str | None
    about: RecordFacts


class _LeftBehind(Exception):
    """Ends what nobody waits for any more."""


class RecordReader:
    """The reading of one source in one run.

    Args:
        source: its configured name, for errors.
        mapper: its compiled mapping; it is used in the reader's thread alone while a block is read.
        parse: the adapter's parser.
        seconds: longest wait for one block of records.
        total_seconds: longest wait for all blocks together.
    """

    def __init__(
        self,
        source: str,
        mapper: Mapper,
        parse: Callable[[bytes], Mapping[str, Any]],
        *,
        seconds: float,
        total_seconds: float,
    ) -> None:
        """Prepare; the thread starts with the first block."""
        self._source, self._mapper, self._parse = source, mapper, parse
        self._worker = Worker(seconds=seconds, total_seconds=total_seconds, system=source)
        self._left_behind = False

    def read(self, records: Sequence[bytes]) -> list[Mapped | Unread]:
        """Return the facts of each record, or why it cannot be used.

        Raises:
            PluginFailed: the parser did not come back in time; the reader is of no use any more.
        """
        try:
            return self._worker.call(partial(self._read, records))
        except PluginFailed:
            self._left_behind = True
            raise

    def close(self) -> None:
        """Let the thread end."""
        self._worker.close()

    def _read(self, records: Sequence[bytes]) -> list[Mapped | Unread]:
        straight = self._mapper.map_straight(records)
        return [plain or self._read_one(record) for record, plain in zip(records, straight, strict=True)]

    def _read_one(self, record: bytes) -> Mapped | Unread:
        if self._left_behind:
            raise _LeftBehind
        raw: Mapping[str, Any] | None = None
        try:
            raw = self._parse(record)
            return self._mapper.map(raw)
        except Exception as error:  # a plugin's record may be of any shape; the next one may be sound
            problem = error if isinstance(error, RecordProblem) else _odd(error, self._source)
            return Unread(problem, self._key_of(raw), self._mapper.about(raw))

    def _key_of(self, raw: Mapping[str, Any] | None) -> str | None:
        try:
            return None if raw is None else self._mapper.key(raw)
        except Exception:  # as above
            return None


def _odd(error: Exception, source: str) -> RecordProblem:
    return RecordProblem("record_odd", f"reading it ended in {type(error).__name__}", system=source)
