"""A backup is what a restore drill has proved."""

from __future__ import annotations

import os
import random
from collections.abc import Callable
from pathlib import Path
from typing import Any

import psycopg
import pytest
from sqlcipher3 import dbapi2

from kaa_bridge.domain.record import RecordFacts
from kaa_bridge.domain.stored import packed
from kaa_bridge.errors import InputRefused, RunLocked, StateUnusable
from kaa_bridge.store import probe, sqlite
from kaa_bridge.store.backup import back_up
from kaa_bridge.store.digests import KnownDigests
from kaa_bridge.store.engine import Store, StoreKind, StoreSettings
from kaa_bridge.store.epoch import read_epoch
from kaa_bridge.store.key import derive_keys, read_key
from kaa_bridge.store.lock import RunLock
from kaa_bridge.store.records import add_records
from kaa_bridge.store.restore import restore
from kaa_bridge.store.sql import run, run_many
from kaa_bridge.store.verify import verify_file, verify_store
from tests.journal.support import plan, states
from tests.store.support import KINDS, TestClock, add_run, add_youth, store_settings

CLOCK = TestClock()
CANARY = "209001012384"


@pytest.mark.parametrize("kind", KINDS)
def test_the_drill(tmp_path: Path, kind: StoreKind) -> None:
    with store_settings(tmp_path, kind) as settings:
        backup = tmp_path / "2026-02-02.kaabackup"
        with Store.create(settings) as store:
            references = plan(store, 5)
            with RunLock(store, clock=CLOCK):
                verified = back_up(store, backup)
            assert verified.counts["note"] == 5
            assert not verified.problems
            assert backup.stat().st_mode & 0o777 == 0o600
            assert CANARY.encode() not in backup.read_bytes()
            plan(store, 2, rule="later")
        with pytest.raises(StateUnusable, match="state_exists"):
            restore(settings, backup, clock=CLOCK)
        restore(settings, backup, clock=CLOCK, replace=True)
        with Store.open(settings) as store:
            assert sorted(states(store)) == sorted(references)
            with store.read() as connection:
                assert read_epoch(connection).is_open
                assert read_epoch(connection).number == 1
            assert not verify_store(store).problems
            with RunLock(store, clock=CLOCK) as held:
                assert held.fence > 1000
            assert add_run(store) > 1
            assert add_youth(store, b"new" * 5 + b"!") > 5
        assert backup.exists()


@pytest.mark.parametrize("kind", [StoreKind.SQLCIPHER, StoreKind.SQLITE])
def test_what_was_there_is_put_aside_and_not_deleted(tmp_path: Path, kind: StoreKind) -> None:
    with store_settings(tmp_path, kind) as settings:
        with Store.create(settings) as store:
            back_up(store, tmp_path / "b")
            plan(store, 3)
            with store.read():
                restore(settings, tmp_path / "b", clock=CLOCK, replace=True)
        aside = [path.name for path in settings.directory.glob("state.db.replaced-*")]
        assert "state.db.replaced-2026-02-02T033000Z" in aside
        with Store.open(settings) as store:
            assert states(store) == {}


@pytest.mark.parametrize("kind", KINDS)
def test_two_restores_in_one_second_keep_both_states_that_were_there(tmp_path: Path, kind: StoreKind) -> None:
    with store_settings(tmp_path, kind) as settings:
        with Store.create(settings) as store:
            back_up(store, tmp_path / "b")
            plan(store, 3)
        for _ in range(3):
            restore(settings, tmp_path / "b", clock=CLOCK, replace=True)
        assert len(_put_aside(settings)) == 3


def _put_aside(settings: StoreSettings) -> set[str]:
    if settings.url is None:
        files = {path.name for path in settings.directory.glob("state.db.replaced-*")}
        return {name for name in files if not name.endswith(("-wal", "-shm"))}
    with psycopg.connect(settings.url) as connection:
        found = connection.execute(
            "SELECT nspname FROM pg_namespace WHERE nspname LIKE %s", (f"{settings.schema}_replaced_%",)
        )
        return {str(name) for (name,) in found.fetchall()}


@pytest.mark.skipif(os.name != "posix", reason="limits of a process are POSIX")
@pytest.mark.parametrize("kind", [StoreKind.SQLCIPHER, StoreKind.SQLITE])
@pytest.mark.parametrize("room", [60_000, 300_000])
def test_a_restore_without_room_says_so_and_leaves_the_state_that_was_there(
    tmp_path: Path, kind: StoreKind, room: int
) -> None:
    import resource

    with store_settings(tmp_path, kind) as settings:
        with Store.create(settings) as store:
            back_up(store, tmp_path / "b")
            references = plan(store, 3)
        most = resource.getrlimit(resource.RLIMIT_FSIZE)
        resource.setrlimit(resource.RLIMIT_FSIZE, (room, most[1]))
        try:
            with pytest.raises(StateUnusable, match="state_not_written") as caught:
                restore(settings, tmp_path / "b", clock=CLOCK, replace=True)
        finally:
            resource.setrlimit(resource.RLIMIT_FSIZE, most)
        assert "was not touched" in caught.value.message
        assert not list(settings.directory.glob("state.db.[nr]*"))
        with Store.open(settings) as store:
            assert sorted(states(store)) == sorted(references)


def _make(settings: StoreSettings, backup: Path) -> None:
    Store.create(settings).close()


def _back_up(settings: StoreSettings, backup: Path) -> None:
    with Store.open(settings) as store:
        back_up(store, backup.with_name("another"))


def _restore(settings: StoreSettings, backup: Path) -> None:
    restore(settings, backup, clock=CLOCK, replace=True)


@pytest.mark.parametrize(
    ("act", "code"),
    [(_make, "state_not_written"), (_back_up, "backup_not_written"), (_restore, "state_not_written")],
)
def test_a_database_whose_log_was_not_written_back_never_gets_its_name(
    tmp_path: Path, act: Callable[[StoreSettings, Path], None], code: str
) -> None:
    """On a disk with room for the log and not for the pages SQLite closes without a word; so it does for a reader."""
    with store_settings(tmp_path, StoreKind.SQLITE) as settings:
        if act is not _make:
            with Store.create(settings) as store:
                back_up(store, tmp_path / "b")
        key = derive_keys(read_key(settings.key), settings.municipality).database
        readers: list[Any] = []

        def read_along(point: str) -> None:
            made = [*settings.directory.glob("state.db.new"), *tmp_path.glob(f".another.{os.getpid()}")]
            if point == "sql:commit:before" and made and not readers:
                readers.append(sqlite.connect(made[0], key if act is _back_up else None))

        before = {path.name for path in tmp_path.rglob("*")}
        probe.watch(read_along)
        try:
            with pytest.raises(StateUnusable, match=code):
                act(settings, tmp_path / "b")
        finally:
            probe.watch(None)
            for reader in readers:
                reader.close()
        assert {path.name for path in tmp_path.rglob("*")} <= before | {settings.municipality, "run.lock"}


def test_what_a_restore_that_was_cut_off_left_is_not_read_into_the_next(tmp_path: Path) -> None:
    with store_settings(tmp_path, StoreKind.SQLCIPHER) as settings:
        with Store.create(settings) as store:
            back_up(store, tmp_path / "b")
        for suffix in ("", "-wal", "-shm", "-journal"):
            Path(f"{settings.file}.new{suffix}").write_bytes(b"left")
        restore(settings, tmp_path / "b", clock=CLOCK, replace=True)
        assert not list(settings.directory.glob("state.db.new*"))


def test_a_lost_state_is_restored_and_an_empty_place_needs_no_replace(tmp_path: Path) -> None:
    with store_settings(tmp_path, StoreKind.SQLCIPHER) as settings:
        with Store.create(settings) as store:
            references = plan(store, 3)
            back_up(store, tmp_path / "b")
        settings.file.unlink()
        with pytest.raises(StateUnusable, match="state_missing"):
            Store.open(settings)
        restore(settings, tmp_path / "b", clock=CLOCK)
        with Store.open(settings) as store:
            assert sorted(states(store)) == sorted(references)


def test_no_restore_while_a_run_is_under_way(tmp_path: Path) -> None:
    with store_settings(tmp_path, StoreKind.SQLCIPHER) as settings, Store.create(settings) as store:
        back_up(store, tmp_path / "b")
        with RunLock(store, clock=CLOCK), pytest.raises(RunLocked):
            restore(settings, tmp_path / "b", clock=CLOCK, replace=True)


def test_a_backup_never_overwrites(tmp_path: Path) -> None:
    with store_settings(tmp_path, StoreKind.SQLCIPHER) as settings, Store.create(settings) as store:
        (tmp_path / "b").write_text("mine")
        (tmp_path / "link").symlink_to(tmp_path / "nowhere")
        for target in (tmp_path / "b", tmp_path / "link", tmp_path / "no" / "folder"):
            with pytest.raises(InputRefused):
                back_up(store, target)
        assert (tmp_path / "b").read_text() == "mine"


def _full(*_: object) -> None:
    raise OSError(28, "No space left on device")


def _full_while_pages_are_copied(*_: object) -> None:
    raise dbapi2.OperationalError("database or disk is full")


@pytest.mark.parametrize(
    ("step", "fails"), [("put_in_place", _full), ("copy_pages", _full), ("copy_pages", _full_while_pages_are_copied)]
)
def test_a_disk_that_is_full_is_named_and_no_file_is_left(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, step: str, fails: Callable[..., None]
) -> None:
    with store_settings(tmp_path, StoreKind.SQLCIPHER) as settings, Store.create(settings) as store:
        monkeypatch.setattr(f"kaa_bridge.store.backup.{step}", fails)
        (tmp_path / "backups").mkdir()
        with pytest.raises(StateUnusable, match="backup_not_written"):
            back_up(store, tmp_path / "backups" / "b")
        assert list((tmp_path / "backups").iterdir()) == []


def test_a_backup_under_another_key_or_of_another_municipality_is_refused(tmp_path: Path) -> None:
    with store_settings(tmp_path, StoreKind.SQLCIPHER, "2303") as settings, Store.create(settings) as store:
        back_up(store, tmp_path / "b")
        with pytest.raises(StateUnusable, match="backup_not_whole"):
            verify_file(tmp_path / "b", b"\x01" * 32, "2303")
        with pytest.raises(StateUnusable, match="backup_not_whole"):
            verify_file(tmp_path / "b", store.keys.database, "2309")
        with pytest.raises(StateUnusable, match="backup_missing"):
            verify_file(tmp_path / "none", store.keys.database, "2303")


def _of_a_later_version(file: Path, key: bytes) -> None:
    with sqlite.open_file(file, key) as connection, connection.begin():
        run(connection, "UPDATE alembic_version SET version_num = '9999'")


def _without_a_table(file: Path, key: bytes) -> None:
    with sqlite.open_file(file, key) as connection, connection.begin():
        run(connection, "DROP TABLE quarantine")


@pytest.mark.parametrize(
    ("spoil", "code"),
    [
        (lambda file, _: file.write_text("junk"), "backup_not_whole"),
        (lambda file, _: file.write_bytes(b""), "backup_not_whole"),
        (lambda file, _: file.write_bytes(file.read_bytes()[:20000]), "backup_not_whole"),
        (_without_a_table, "backup_not_whole"),
        (_of_a_later_version, "backup_version"),
    ],
    ids=["no-backup", "empty", "half", "without-a-table", "another-version"],
)
def test_what_is_wrong_with_a_backup_is_not_said_of_the_state(
    tmp_path: Path, spoil: Callable[[Path, bytes], None], code: str
) -> None:
    with store_settings(tmp_path, StoreKind.SQLCIPHER) as settings:
        with Store.create(settings) as store:
            references = plan(store, 3)
            back_up(store, tmp_path / "b")
        spoil(tmp_path / "b", store.keys.database)
        with pytest.raises(StateUnusable) as caught:
            restore(settings, tmp_path / "b", clock=CLOCK, replace=True)
        assert caught.value.code == code
        assert "was not touched" in caught.value.message
        assert "state restore" not in caught.value.remedy
        with Store.open(settings) as store:
            assert sorted(states(store)) == sorted(references)
            assert not verify_store(store).problems


def test_every_flipped_bit_of_an_encrypted_backup_is_found(tmp_path: Path) -> None:
    with store_settings(tmp_path, StoreKind.SQLCIPHER) as settings, Store.create(settings) as store:
        plan(store, 40)
        back_up(store, tmp_path / "b")
        whole = (tmp_path / "b").read_bytes()
        chance, found = random.Random(471), 0
        for number in range(150):
            spoiled = bytearray(whole)
            place = chance.randrange(len(spoiled))
            spoiled[place] ^= 1 << chance.randrange(8)
            copy = tmp_path / f"spoiled-{number}"
            copy.write_bytes(spoiled)
            try:
                found += bool(verify_file(copy, store.keys.database, settings.municipality).problems)
            except StateUnusable:
                found += 1
            os.unlink(copy)
    assert found == 150


def test_whatever_is_damaged_in_a_plain_state_is_said_of_the_state(tmp_path: Path) -> None:
    """Pages in each other's place pass for a database, answer anything, and give an integrity check many rows."""
    with store_settings(tmp_path, StoreKind.SQLITE) as settings:
        with Store.create(settings) as store:
            plan(store, 40)
        whole = settings.file.read_bytes()
        pages = [whole[at : at + sqlite.PAGE_SIZE] for at in range(0, len(whole), sqlite.PAGE_SIZE)]
        chance = random.Random(471)
        found: set[str] = set()
        for number in range(200):
            spoiled = pages.copy()
            for _ in range(chance.choice((1, 3, 20))):
                place = chance.randrange(len(pages))
                if number % 2 and place:
                    spoiled[place] = chance.choice(pages[1:])
                else:
                    at = chance.randrange(sqlite.PAGE_SIZE)
                    spoiled[place] = spoiled[place][:at] + chance.randbytes(64) + spoiled[place][at + 64 :]
            settings.file.write_bytes(b"".join(spoiled))
            try:
                with Store.open(settings) as store:
                    found.update(verify_store(store).problems)
            except StateUnusable as error:
                found |= {error.code, error.remedy}
    assert {"structure_damaged", "state_damaged"} <= found
    assert not any("report it" in said for said in found)


@pytest.mark.parametrize(
    ("statement", "problem"),
    [
        ("DELETE FROM transition WHERE id = 1", "notes_without_one_beginning=1"),
        ("UPDATE note SET state = 'CONFIRMED' WHERE id = 1", "notes_not_at_the_end_of_their_books=1"),
        ("UPDATE note SET attempt = 2 WHERE id = 1", "sent_without_intent=1"),
        ("UPDATE transition SET before = 'HELD' WHERE id = 1", "notes_without_one_beginning=1"),
    ],
)
def test_an_outbox_that_disagrees_with_its_books_is_found(tmp_path: Path, statement: str, problem: str) -> None:
    with store_settings(tmp_path, StoreKind.SQLITE) as settings, Store.create(settings) as store:
        plan(store, 3)
        assert not verify_store(store).problems
        with store.write() as connection:
            run(connection, statement)
        assert problem in verify_store(store).problems


def test_digests_that_disagree_with_the_records_and_unreadable_facts_are_found(tmp_path: Path) -> None:
    with store_settings(tmp_path, StoreKind.SQLITE) as settings, Store.create(settings) as store:
        with store.write() as connection:
            run(connection, "INSERT INTO source (id, name) VALUES (1, 'ist')")
            run(
                connection, "INSERT INTO youth (id, pseudonym, handle, conflicts) VALUES (1, ?, 'U-A', 0)", (b"p" * 16,)
            )
            add_records(
                connection, 1, [(n, bytes([n]) * 16, 1, packed(RecordFacts())) for n in (1, 2, 3)], "2026-02-02"
            )
            known = KnownDigests(connection, 1)
            known.keep(1, [b"d" * 16] * 3)
            known.write()
        assert not verify_store(store).problems
        with store.write() as connection:
            run(connection, "UPDATE record SET gone_on = '2026-02-03' WHERE id = 2")
            run(connection, "UPDATE record SET facts = ? WHERE id = 3", (b"\0",))
        assert verify_store(store).problems == ("digests_not_of_present_records=1", "facts_unreadable=1")


def test_a_large_state_is_copied_in_parts(tmp_path: Path) -> None:
    with store_settings(tmp_path, StoreKind.SQLITE) as settings, Store.create(settings) as store:
        with store.write() as connection:
            rows = [("night", f"2026-01-{day % 28 + 1:02d}", "t") for day in range(3500)]
            run_many(connection, "INSERT INTO run (kind, local_date, started_at) VALUES (?, ?, ?)", rows)
        assert back_up(store, tmp_path / "b").counts["run"] == 3500
