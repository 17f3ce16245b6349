"""What a pull asks of the store: known digests and keys, new and changed records, leavers. Hot: text SQL and tuples."""

from __future__ import annotations

import sys
from array import array
from bisect import bisect_left
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from kaa_bridge.store.connection import Connection
from kaa_bridge.store.query import chunks, execute, marks, parts, rows
from kaa_bridge.store.sql import run_many, scalar

DIGEST_SIZE = 16
"""Bytes of a record's digest."""
_UNREAD = bytes(DIGEST_SIZE)
"""The digest of no record: whatever comes next is read anew."""
RecordRow = tuple[int, bytes, bytes, int]
"""id, key, digest, youth_id."""
ToldRow = tuple[bytes, int]
"""Encoded facts, record id."""
YouthRow = tuple[int, bytes, str, str | None]
"""id, pseudonym, handle, number."""

NEW_YOUTH = "INSERT INTO youth (id, pseudonym, handle, number, conflicts) VALUES (?, ?, ?, ?, 0)"
NEW_TOLD = "INSERT INTO told (facts, record_id) VALUES (?, ?)"


def new_record(source_id: int, on: str) -> str:
    """Return the statement for new records of a source, each a ``RecordRow``; what all share is not bound again."""
    columns = "id, key, digest, youth_id, source_id, first_on, changed_on"
    return f"INSERT INTO record ({columns}) VALUES (?, ?, ?, ?, {source_id:d}, '{on}', '{on}')"


class KnownDigests:
    """The digests of a source's present records, in order of id: 20 bytes a record, whatever the register's size.

    A register is read in the order of the night before, so each digest is first looked for where it is expected; only
    one that is not there (moved or new) costs a search.
    """

    __slots__ = ("_at", "_digests", "_ids", "_places", "_sorted")

    def __init__(self, connection: Connection, source_id: int) -> None:
        """Read the digests of one source."""
        self._digests = bytearray()
        self._ids = array("I")
        self._at = 0
        self._sorted = array("Q")
        self._places = array("I")
        # The plus keeps the planner from the index of keys: it would read the rows in random order and sort them again.
        statement = "SELECT digest, id FROM record WHERE +source_id = ? AND gone_on IS NULL ORDER BY id"
        for part in parts(connection, statement, (source_id,)):
            self._digests += b"".join([digest for digest, _ in part])
            self._ids.extend([record_id for _, record_id in part])

    def __len__(self) -> int:
        """Return how many records are known."""
        return len(self._ids)

    def expected(self, digests: Sequence[bytes]) -> Sequence[int]:
        """Return the ids of the records that come next when these are their digests, one by one; else nothing."""
        at, count = self._at, len(digests)
        if self._digests[at * DIGEST_SIZE : (at + count) * DIGEST_SIZE] != b"".join(digests):
            return ()
        self._at += count
        return self._ids[at : at + count]

    def find(self, digest: bytes, following: bytes | None = None) -> int:
        """Return the id of the record with the digest, 0 when there is none.

        With the digest that ``following`` it (empty at the end of a page), a record whose neighbour stands in its place
        is taken for changed without a search, which sorts them all; by its key the caller sees whether it only moved.
        """
        if not self._ids:
            return 0
        at = self._at
        if self._digest(at) != digest:
            stands = following is not None and following in (b"", self._digest(at + 1))
            at = -1 if stands else self._search(digest)
            if at < 0:
                self._at += 1
                return 0
        self._at = at + 1
        return self._ids[at]

    def unseen(self, seen: bytearray) -> list[int]:
        """Return the ids of known records that ``seen`` (one byte for each id) does not mark, in order."""
        marks = seen.ljust(self._ids[-1] + 1, b"\0") if self._ids else seen
        return [record_id for record_id in self._ids if not marks[record_id]]

    def _search(self, digest: bytes) -> int:
        """Return where the digest stands, -1 when nowhere. What is needed for it is made when it is first needed."""
        if not self._sorted:
            self._sorted = array("Q", sorted(self._halves()))
        wanted = int.from_bytes(digest[:8], sys.byteorder)
        for index in range(bisect_left(self._sorted, wanted), len(self._sorted)):
            if self._sorted[index] != wanted:
                break
            if not self._places:
                self._places = array("I", sorted(range(len(self._ids)), key=self._halves().__getitem__))
            place = self._places[index]
            if self._digest(place) == digest:
                return place
        return -1

    def _digest(self, place: int) -> bytearray:
        return self._digests[place * DIGEST_SIZE : (place + 1) * DIGEST_SIZE]

    def _halves(self) -> array[int]:
        """Return the first half of each digest as a number, in order of id."""
        return array("Q", bytes(self._digests))[::2]


@dataclass(frozen=True, slots=True)
class KnownRecord:
    """A record the store already has under a key."""

    record_id: int
    youth_id: int
    digest: bytes
    gone: bool


def known_keys(connection: Connection, source_id: int, keys: Sequence[bytes]) -> dict[bytes, KnownRecord]:
    """Return the records of a source by keyed key hash, those that have gone too."""
    found: dict[bytes, KnownRecord] = {}
    for part in chunks(keys):
        columns = "key, id, youth_id, digest, gone_on"
        statement = f"SELECT {columns} FROM record WHERE source_id = ? AND key IN ({marks(len(part))})"
        for key, record_id, youth_id, digest, gone_on in rows(connection, statement, (source_id, *part)):
            found[bytes(key)] = KnownRecord(record_id, youth_id, bytes(digest), gone_on is not None)
    return found


def youths_by_pseudonym(
    connection: Connection, pseudonyms: Sequence[bytes], *, aliases: bool = True
) -> dict[bytes, int]:
    """Return youth ids by present pseudonym and, with ``aliases``, by an earlier one."""
    found: dict[bytes, int] = {}
    for part in chunks(pseudonyms):
        where = f"WHERE pseudonym IN ({marks(len(part))})"
        if aliases:
            found.update(rows(connection, f"SELECT pseudonym, youth_id FROM alias {where}", part))
        found.update(rows(connection, f"SELECT pseudonym, id FROM youth {where}", part))
    return found


def has_aliases(connection: Connection) -> bool:
    """Tell whether any youth has an earlier pseudonym."""
    return bool(rows(connection, "SELECT 1 FROM alias LIMIT 1"))


def next_ids(connection: Connection) -> tuple[int, int]:
    """Return the next free ids of record and youth; the run lock makes this the only writer."""
    (record_id,), (youth_id,) = (
        rows(connection, f"SELECT coalesce(max(id), 0) + 1 FROM {table}")[0] for table in ("record", "youth")
    )
    return record_id, youth_id


def add_youths(connection: Connection, youths: list[YouthRow]) -> None:
    """Insert new youths, not yet decided."""
    run_many(connection, NEW_YOUTH, youths)


def add_aliases(connection: Connection, aliases: list[tuple[bytes, int]], since: str) -> None:
    """Keep earlier pseudonyms of youths; one that is some youth's present pseudonym is left alone."""
    statement = (
        "INSERT INTO alias (pseudonym, youth_id, since) SELECT ?, id, ? FROM youth WHERE id = ? "
        "AND NOT EXISTS (SELECT 1 FROM youth AS other WHERE other.pseudonym = ?) ON CONFLICT DO NOTHING"
    )
    run_many(connection, statement, [(one, since, youth_id, one) for one, youth_id in aliases])


def change_records(
    connection: Connection, records: list[tuple[bytes, str, int]], told: list[ToldRow], given: list[tuple[int, int]]
) -> None:
    """Update changed records, each (digest, changed_on, id), and their facts. A gone record is back.

    ``given`` are those that are another youth's now, each (youth_id, id): apart, since they alone touch an index.
    """
    run_many(connection, "UPDATE record SET digest = ?, changed_on = ?, gone_on = NULL WHERE id = ?", records)
    run_many(connection, "UPDATE told SET facts = ? WHERE record_id = ?", told)
    run_many(connection, "UPDATE record SET youth_id = ? WHERE id = ?", given)


def add_records(connection: Connection, source_id: int, records: list[RecordRow], told: list[ToldRow], on: str) -> None:
    """Insert a source's new records, first told on the day, and the facts they give."""
    run_many(connection, new_record(source_id, on), records)
    run_many(connection, NEW_TOLD, told)


def facts_told(connection: Connection, record_id: int) -> bytes:
    """Return the encoded facts of one record."""
    return bytes(rows(connection, "SELECT facts FROM told WHERE record_id = ?", (record_id,))[0][0])


def tell_otherwise(connection: Connection, record_id: int, facts: bytes, on: str) -> None:
    """Change the facts of a record without its bytes having said so; whatever comes next is read anew."""
    execute(connection, "UPDATE told SET facts = ? WHERE record_id = ?", (facts, record_id))
    execute(connection, "UPDATE record SET digest = ?, changed_on = ? WHERE id = ?", (_UNREAD, on, record_id))


def mark_gone(connection: Connection, record_ids: Sequence[int], on: str) -> list[int]:
    """Mark records as gone from the day and return the youths they belong to."""
    youths: set[int] = set()
    for part in chunks(record_ids):
        statement = f"SELECT youth_id FROM record WHERE id IN ({marks(len(part))})"
        youths.update(youth_id for (youth_id,) in rows(connection, statement, part))
    run_many(connection, "UPDATE record SET gone_on = ? WHERE id = ?", [(on, one) for one in record_ids])
    return sorted(youths)


def keep_missing(
    connection: Connection, source_id: int, record_ids: Sequence[int], on: str, *, strangers: bool
) -> set[int]:
    """Return which missing records are kept, since one that is set aside now may be theirs, and mark them as such.

    A record is kept from the day it is missing together with the first sight of quarantined records of no known key
    (``strangers``), for as long as such a one that came then or later is met. It is read anew when it is back.
    """
    latest = scalar(
        connection,
        "SELECT MAX(first_on) FROM quarantine q WHERE source_id = ? AND last_on = ? AND NOT EXISTS "
        "(SELECT 1 FROM record r WHERE r.source_id = q.source_id AND r.key = q.key)",
        (source_id, on),
    )
    if latest is None:
        return set()
    kept: set[int] = set()
    fresh: list[int] = []
    for part in chunks(record_ids):
        statement = f"SELECT id, digest, changed_on FROM record WHERE id IN ({marks(len(part))})"
        for record_id, digest, changed_on in rows(connection, statement, part):
            if bytes(digest) != _UNREAD:
                fresh.append(record_id)
            elif str(changed_on) <= str(latest):
                kept.add(record_id)
    if strangers:
        marked = [(_UNREAD, on, one) for one in fresh]
        run_many(connection, "UPDATE record SET digest = ?, changed_on = ? WHERE id = ?", marked)
        kept.update(fresh)
    return kept


def add_quarantine(connection: Connection, many: list[tuple[int, bytes, bytes, str, str, str, str]]) -> None:
    """Keep where and why records could not be used: (source_id, key, digest, code, place, first_on, last_on)."""
    statement = (
        "INSERT INTO quarantine (source_id, key, digest, code, place, first_on, last_on) VALUES (?, ?, ?, ?, ?, ?, ?) "
        "ON CONFLICT (source_id, key) DO UPDATE SET digest = excluded.digest, code = excluded.code, "
        "place = excluded.place, last_on = excluded.last_on, "
        "released_at = CASE WHEN quarantine.digest = excluded.digest THEN quarantine.released_at END"
    )
    run_many(connection, statement, many)


def clear_quarantine(connection: Connection, source_id: int, keys: Iterable[bytes]) -> None:
    """Forget the quarantine of records that are readable again."""
    statement = "DELETE FROM quarantine WHERE source_id = ? AND key = ?"
    run_many(connection, statement, [(source_id, key) for key in keys])


def quarantined_keys(connection: Connection, source_id: int) -> set[bytes]:
    """Return the keys of a source's quarantined records."""
    return {bytes(key) for (key,) in rows(connection, "SELECT key FROM quarantine WHERE source_id = ?", (source_id,))}


def forget_old_quarantine(connection: Connection, source_id: int, before: str) -> int:
    """Drop quarantine rows that were not met again since the day (a proven whole has shown that they are gone)."""
    return execute(connection, "DELETE FROM quarantine WHERE source_id = ? AND last_on < ?", (source_id, before))


def add_findings(connection: Connection, many: list[tuple[Any, ...]]) -> None:
    """Keep what a run met that no rule names: (run_id, source_id, code, place, count)."""
    run_many(connection, "INSERT INTO finding (run_id, source_id, code, place, count) VALUES (?, ?, ?, ?, ?)", many)
