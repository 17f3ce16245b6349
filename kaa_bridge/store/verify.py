"""Whether a state or a backup is whole: pages, structure, version, counts, and the books of the outbox."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from kaa_bridge.domain.stored import unpacked
from kaa_bridge.errors import StateUnusable
from kaa_bridge.store import sqlite
from kaa_bridge.store.connection import Connection
from kaa_bridge.store.digests import KnownDigests
from kaa_bridge.store.engine import Store, check_meta, check_version
from kaa_bridge.store.failures import coded
from kaa_bridge.store.meta import read_meta, read_version
from kaa_bridge.store.query import parts, rows
from kaa_bridge.store.sql import run


@dataclass(frozen=True, slots=True)
class Verified:
    """What was found.

    Attributes:
        counts: rows in each table.
        problems: codes of what is wrong, with a number where there is one; empty when all is well.
    """

    municipality: str
    version: str
    fence: int
    epoch: int
    epoch_open: bool = False
    counts: dict[str, int] = field(default_factory=dict)
    problems: tuple[str, ...] = ()

    def as_dict(self) -> dict[str, Any]:
        """Return it as JSON values."""
        return {
            "municipality": self.municipality,
            "version": self.version,
            "fence": self.fence,
            "epoch": self.epoch,
            "epoch_open": self.epoch_open,
            "counts": self.counts,
            "problems": list(self.problems),
        }


def verify_store(store: Store) -> Verified:
    """Verify the open state.

    Raises:
        StateUnusable: it cannot even be read.
    """
    with store.read() as connection:
        return verify(connection, store.municipality, encrypted=store.file_key is not None)


def summary(store: Store) -> Verified:
    """Count without verifying."""
    with store.read() as connection:
        return _counted(connection, store.municipality)


def verify_file(file: Path, key: bytes, municipality: str) -> Verified:
    """Verify a backup file by opening, checking and counting it.

    Whatever is wrong is said of the backup, never of the state that it is to become.

    Raises:
        StateUnusable: it cannot be read with this key, or is of another program, version or municipality.
    """
    if not file.is_file():
        raise StateUnusable(
            "backup_missing",
            f"There is no backup at {file}; nothing was done.",
            remedy="Name a file that `kaa-bridge state backup` wrote.",
        )
    try:
        with coded(municipality), sqlite.open_file(file, key) as connection, connection.begin():
            check_meta(read_meta(connection), municipality)
            check_version(read_version(connection), municipality)
            return verify(connection, municipality, encrypted=True)
    except StateUnusable as error:
        raise _of_the_backup(error.code, municipality) from None


def _of_the_backup(code: str, municipality: str) -> StateUnusable:
    """Return what a code that is a state's means where it is a backup's."""
    if code == "state_not_written":
        return StateUnusable(
            "backup_unreadable",
            f"The backup cannot be opened where it lies; the state of {municipality} was not touched.",
            remedy="Copy it to a folder that you may write in, and name the copy: opening it takes files beside it.",
        )
    if code == "state_version":
        return StateUnusable(
            "backup_version",
            f"The backup was made by another version of kaa-bridge; the state of {municipality} was not touched.",
            remedy="Restore it with the version that made it; then, with this one: kaa-bridge state upgrade "
            f"--municipality {municipality}",
        )
    return StateUnusable(
        "backup_not_whole",
        f"The backup cannot be opened with the key of {municipality}: it is damaged, no backup, of another "
        "municipality, or made with another key. The state was not touched.",
        remedy="Name an earlier backup. Where none can be opened: store.key must name the key they were made with.",
    )


def verify(connection: Connection, municipality: str, *, encrypted: bool) -> Verified:
    """Verify what the connection shows; of a damaged file nothing more is asked, since it may answer anything."""
    found = _counted(connection, municipality)
    problems = _damage(connection, encrypted) or (
        *_orphans(connection),
        *book_problems(connection),
        *digest_problems(connection),
        *fact_problems(connection),
    )
    return replace(found, problems=problems)


def _counted(connection: Connection, municipality: str) -> Verified:
    from kaa_bridge.store.tables import metadata  # not for whoever only asks for the books: it takes time

    values = read_meta(connection)
    counts = {
        table.name: int(run(connection, f"SELECT count(*) FROM {table.name}").scalar_one())
        for table in metadata.sorted_tables
    }
    return Verified(
        municipality=municipality,
        version=read_version(connection),
        fence=int(values.get("fence", 0)),
        epoch=int(values.get("epoch", 0)),
        epoch_open="epoch_opened_at" in values,
        counts=counts,
    )


def book_problems(connection: Connection) -> tuple[str, ...]:
    """Compare the outbox with its books: every note has one beginning, an unbroken chain, and stands at its end."""
    checks = {
        "notes_without_one_beginning": "SELECT count(*) FROM note WHERE (SELECT count(*) FROM transition AS t "
        "WHERE t.note_id = note.id AND t.before IS NULL) <> 1",
        "notes_not_at_the_end_of_their_books": "SELECT count(*) FROM note WHERE state <> (SELECT t.after "
        "FROM transition AS t WHERE t.note_id = note.id ORDER BY t.id DESC LIMIT 1)",
        "broken_chains": "SELECT count(*) FROM (SELECT before, lag(after) OVER (PARTITION BY note_id ORDER BY id) "
        "AS last FROM transition) AS chain WHERE before IS NOT NULL AND (last IS NULL OR last <> before)",
        "notes_lost": "SELECT count(*) FROM transition AS t WHERE NOT EXISTS (SELECT 1 FROM note WHERE id = t.note_id)",
        "sent_without_intent": "SELECT count(*) FROM note WHERE attempt > 0 AND NOT EXISTS (SELECT 1 FROM transition "
        "AS t WHERE t.note_id = note.id AND t.after = 'INTENT' AND t.attempt = note.attempt)",
    }
    found = {name: int(run(connection, statement).scalar_one()) for name, statement in checks.items()}
    return tuple(f"{name}={count}" for name, count in found.items() if count)


def digest_problems(connection: Connection) -> tuple[str, ...]:
    """Compare the packed digests with the records: a present record has one, and no other has."""
    wrong = 0
    present = "SELECT id FROM record WHERE source_id = ? AND gone_on IS NULL"
    for (source_id,) in rows(connection, "SELECT id FROM source"):
        ids = {record_id for part in parts(connection, present, (source_id,)) for (record_id,) in part}
        wrong += len(ids.symmetric_difference(KnownDigests(connection, source_id).ids))
    return (f"digests_not_of_present_records={wrong}",) if wrong else ()


def fact_problems(connection: Connection) -> tuple[str, ...]:
    """Read the facts of every record, those of records that cannot be used too."""
    kept = "SELECT facts FROM record UNION ALL SELECT facts FROM unheard"
    wrong = sum(not _is_readable(facts) for part in parts(connection, kept) for (facts,) in part)
    return (f"facts_unreadable={wrong}",) if wrong else ()


def _is_readable(facts: bytes) -> bool:
    try:
        unpacked(facts)
    except (StateUnusable, TypeError):
        return False
    return True


def _damage(connection: Connection, encrypted: bool) -> tuple[str, ...]:
    if not connection.is_sqlite:
        return ()
    problems = []
    if encrypted and (bad := run(connection, "PRAGMA cipher_integrity_check").all()):
        problems.append(f"pages_not_authentic={len(bad)}")
    if [found for (found,) in run(connection, "PRAGMA integrity_check")] != ["ok"]:
        problems.append("structure_damaged")
    return tuple(problems)


def _orphans(connection: Connection) -> tuple[str, ...]:
    if connection.is_sqlite and (orphans := run(connection, "PRAGMA foreign_key_check").all()):
        return (f"orphans={len(orphans)}",)
    return ()
