"""What a pull asks of the store: known keys, new and changed records, leavers. Hot: text SQL and tuples."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from msgspec import Struct

from kaa_bridge.store.connection import Connection
from kaa_bridge.store.digests import UNREAD, KnownDigests
from kaa_bridge.store.query import chunks, execute, marks, rows
from kaa_bridge.store.sql import run_many, scalar

Blob = bytes | bytearray
"""Bytes in a row: SQLite's driver takes a bytearray as it is, and first turns bytes into one."""
RecordRow = tuple[int, Blob, int, Blob]
"""id, key, youth_id, encoded facts."""
YouthRow = tuple[int, Blob, str, str | None]
"""id, pseudonym, handle, number."""

NEW_YOUTH = "INSERT INTO youth (id, pseudonym, handle, number, conflicts) VALUES (?, ?, ?, ?, 0)"


def new_record(source_id: int, on: str) -> str:
    """Return the statement for new records of a source, each a ``RecordRow``; what all share is not bound again."""
    columns = "id, key, youth_id, facts, source_id, first_on, changed_on"
    return f"INSERT INTO record ({columns}) VALUES (?, ?, ?, ?, {source_id:d}, '{on}', '{on}')"


class KnownRecord(Struct, frozen=True):
    """A record the store already has under a key, and the present pseudonym of its youth."""

    record_id: int
    youth_id: int
    gone: bool
    pseudonym: bytes


def known_keys(connection: Connection, source_id: int, keys: Sequence[bytes]) -> dict[bytes, KnownRecord]:
    """Return the records of a source by keyed key hash, those that have gone too."""
    found: dict[bytes, KnownRecord] = {}
    for part in chunks(keys):
        statement = (
            "SELECT r.key, r.id, r.youth_id, r.gone_on, y.pseudonym FROM record r JOIN youth y ON y.id = r.youth_id "
            f"WHERE r.source_id = ? AND r.key IN ({marks(len(part))})"
        )
        for key, record_id, youth_id, gone_on, pseudonym in rows(connection, statement, (source_id, *part)):
            found[bytes(key)] = KnownRecord(record_id, youth_id, gone_on is not None, bytes(pseudonym))
    return found


def keys_of(connection: Connection, record_ids: Sequence[int]) -> dict[int, bytes]:
    """Return the keyed hash of each record's key, by id."""
    found: dict[int, bytes] = {}
    for part in chunks(record_ids):
        statement = f"SELECT id, key FROM record WHERE id IN ({marks(len(part))})"
        found.update({record_id: bytes(key) for record_id, key in rows(connection, statement, part)})
    return found


def youths_by_pseudonym(
    connection: Connection, pseudonyms: Sequence[bytes], *, aliases: bool = True
) -> dict[bytes, int]:
    """Return youth ids by present pseudonym and, with ``aliases``, by an earlier one that is known to be theirs."""
    found: dict[bytes, int] = {}
    for part in chunks(pseudonyms):
        where = f"WHERE pseudonym IN ({marks(len(part))})"
        if aliases:
            found.update(rows(connection, f"SELECT pseudonym, youth_id FROM alias {where} AND presumed = 0", part))
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
    """Keep earlier pseudonyms that a source tells; one that is some youth's present pseudonym is left alone."""
    statement = (
        "INSERT INTO alias (pseudonym, youth_id, since, presumed) SELECT ?, id, ?, 0 FROM youth WHERE id = ? "
        "AND NOT EXISTS (SELECT 1 FROM youth AS other WHERE other.pseudonym = ?) "
        "ON CONFLICT (pseudonym) DO UPDATE SET youth_id = excluded.youth_id, presumed = 0 WHERE alias.presumed = 1"
    )
    run_many(connection, statement, [(one, since, youth_id, one) for one, youth_id in aliases])


def change_records(connection: Connection, records: list[tuple[str, bytes, int]], given: list[tuple[int, int]]) -> None:
    """Update changed records, each (changed_on, facts, id). A gone record is back.

    ``given`` are those that are another youth's now, each (youth_id, id): apart, since they alone touch an index.
    """
    run_many(connection, "UPDATE record SET changed_on = ?, gone_on = NULL, facts = ? WHERE id = ?", records)
    run_many(connection, "UPDATE record SET youth_id = ? WHERE id = ?", given)


def add_records(connection: Connection, source_id: int, records: list[RecordRow], on: str) -> None:
    """Insert a source's new records, first told on the day."""
    run_many(connection, new_record(source_id, on), records)


def facts_told(connection: Connection, record_id: int) -> bytes:
    """Return the encoded facts of one record."""
    return bytes(rows(connection, "SELECT facts FROM record WHERE id = ?", (record_id,))[0][0])


def tell_otherwise(connection: Connection, known: KnownDigests, record_id: int, facts: bytes, on: str) -> None:
    """Change the facts of a record without its bytes having said so; whatever comes next is read anew."""
    execute(connection, "UPDATE record SET facts = ?, changed_on = ? WHERE id = ?", (facts, on, record_id))
    known.keep(record_id, (UNREAD,))


def mark_gone(connection: Connection, record_ids: Sequence[int], on: str) -> list[int]:
    """Mark records as gone from the day and return the youths they belong to."""
    youths: set[int] = set()
    for part in chunks(record_ids):
        statement = f"SELECT youth_id FROM record WHERE id IN ({marks(len(part))})"
        youths.update(youth_id for (youth_id,) in rows(connection, statement, part))
    run_many(connection, "UPDATE record SET gone_on = ? WHERE id = ?", [(on, one) for one in record_ids])
    return sorted(youths)


def keep_missing(
    connection: Connection,
    source_id: int,
    known: KnownDigests,
    record_ids: Sequence[int],
    on: str,
    *,
    strangers: bool,
) -> dict[int, bytes]:
    """Return which missing records are kept, since one that is set aside now may be theirs, and mark them as such.

    A record is kept from the day it is missing together with the first sight of quarantined records of no known key
    (``strangers``), for as long as such a one that came then or later is met. It is read anew when it is back.

    Returns:
        The keyed hash of each one's key, by id.
    """
    latest = scalar(
        connection,
        "SELECT MAX(first_on) FROM quarantine q WHERE source_id = ? AND last_on = ? AND NOT EXISTS "
        "(SELECT 1 FROM record r WHERE r.source_id = q.source_id AND r.key = q.key)",
        (source_id, on),
    )
    if latest is None:
        return {}
    kept: dict[int, bytes] = {}
    fresh: dict[int, bytes] = {}
    for part in chunks(record_ids):
        statement = f"SELECT id, key, changed_on FROM record WHERE id IN ({marks(len(part))})"
        for record_id, key, changed_on in rows(connection, statement, part):
            if known.of(record_id) != UNREAD:
                fresh[record_id] = bytes(key)
            elif str(changed_on) <= str(latest):
                kept[record_id] = bytes(key)
    if strangers:
        run_many(connection, "UPDATE record SET changed_on = ? WHERE id = ?", [(on, one) for one in fresh])
        for record_id in fresh:
            known.keep(record_id, (UNREAD,))
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
