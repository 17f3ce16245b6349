# ruff: noqa: PT012 - what is tested happens as the block ends
"""A state is opened as it is or refused with the command that restores it; never started fresh."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest

from kaa_bridge.errors import ConfigurationInvalid, KaaError, RunLocked, StateUnusable
from kaa_bridge.store import sqlite
from kaa_bridge.store.connection import _percent
from kaa_bridge.store.engine import Store, StoreKind, StoreSettings
from kaa_bridge.store.meta import set_meta
from kaa_bridge.store.sql import run, run_many
from tests.store.support import KINDS, add_run, add_youth, store_settings

CANARY = "209001012384"


@pytest.mark.parametrize("kind", KINDS)
def test_what_is_written_is_there_after_closing(tmp_path: Path, kind: StoreKind) -> None:
    with store_settings(tmp_path, kind) as settings:
        with Store.create(settings) as store:
            add_youth(store, b"\x00\xff" * 8, number=CANARY)
        with Store.open(settings) as store, store.read() as connection:
            row = run(connection, "SELECT pseudonym, number FROM youth WHERE number = ?", (CANARY,)).one()
        assert (bytes(row.pseudonym), row.number) == (b"\x00\xff" * 8, CANARY)


@pytest.mark.parametrize("kind", KINDS)
def test_a_missing_state_is_never_made_by_opening(tmp_path: Path, kind: StoreKind) -> None:
    with store_settings(tmp_path, kind) as settings:
        settings.directory.mkdir(mode=0o700)
        with pytest.raises(StateUnusable, match="state_missing") as caught:
            Store.open(settings)
        assert "state restore" in caught.value.remedy
        assert os.listdir(settings.directory) == []
        Store.open(settings, create=True).close()
        Store.open(settings).close()


@pytest.mark.parametrize("kind", KINDS)
def test_creating_over_a_state_is_refused(tmp_path: Path, kind: StoreKind) -> None:
    with store_settings(tmp_path, kind) as settings, Store.create(settings) as store:
        add_run(store)
        with pytest.raises(StateUnusable, match="state_exists"):
            Store.create(settings)
        with store.read() as connection:
            assert run(connection, "SELECT count(*) FROM run").scalar_one() == 1


def test_a_create_without_its_key_leaves_no_folder(tmp_path: Path) -> None:
    with store_settings(tmp_path, StoreKind.SQLCIPHER) as settings:
        Path(settings.key.removeprefix("file:")).unlink()
        with pytest.raises(ConfigurationInvalid):
            Store.create(settings)
        assert not settings.directory.exists()


def test_a_create_that_was_cut_off_leaves_no_half_state(tmp_path: Path) -> None:
    with store_settings(tmp_path, StoreKind.SQLCIPHER) as settings:
        settings.directory.mkdir(mode=0o700)
        (settings.directory / "state.db.new").write_bytes(b"half")
        with pytest.raises(StateUnusable, match="state_missing"):
            Store.open(settings)
        Store.create(settings).close()
        Store.open(settings).close()


def test_no_byte_of_a_person_is_readable_in_the_encrypted_file(tmp_path: Path) -> None:
    found = {}
    for kind in (StoreKind.SQLCIPHER, StoreKind.SQLITE):
        with store_settings(tmp_path, kind) as settings, Store.create(settings) as store:
            add_youth(store, b"p" * 16, number=CANARY)
            files = [path for path in settings.directory.iterdir() if path.is_file()]
            assert files
            found[kind] = any(CANARY.encode() in path.read_bytes() for path in files)
    assert found == {StoreKind.SQLCIPHER: False, StoreKind.SQLITE: True}


def test_another_key_is_refused_and_changes_nothing(tmp_path: Path) -> None:
    with store_settings(tmp_path, StoreKind.SQLCIPHER) as settings:
        Store.create(settings).close()
        before = settings.file.read_bytes()
        (tmp_path / "state.key").write_text("ab" * 32)
        with pytest.raises(StateUnusable, match="state_damaged") as caught:
            Store.open(settings)
        assert "store.key" in caught.value.remedy
        assert settings.file.read_bytes() == before


@pytest.mark.parametrize("kind", [StoreKind.SQLCIPHER, StoreKind.SQLITE])
@pytest.mark.parametrize("damage", ["empty", "truncated", "garbage"])
def test_a_damaged_file_is_refused(tmp_path: Path, kind: StoreKind, damage: str) -> None:
    with store_settings(tmp_path, kind) as settings:
        Store.create(settings).close()
        whole = settings.file.read_bytes()
        settings.file.write_bytes({"empty": b"", "truncated": whole[:5000], "garbage": os.urandom(9000)}[damage])
        with pytest.raises(StateUnusable) as caught:
            Store.open(settings)
        assert "restore" in caught.value.remedy


@pytest.mark.parametrize("kind", KINDS)
def test_a_state_of_another_municipality_is_refused(tmp_path: Path, kind: StoreKind) -> None:
    with store_settings(tmp_path, kind) as settings, Store.create(settings) as store:
        with store.write() as connection:
            set_meta(connection, "municipality", "0000" if settings.municipality != "0000" else "0001")
        with pytest.raises(StateUnusable, match="state_other_municipality"):
            Store.open(settings)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("version", ["0000", "9999"])
def test_another_table_version_is_refused(tmp_path: Path, kind: StoreKind, version: str) -> None:
    with store_settings(tmp_path, kind) as settings, Store.create(settings) as store:
        with store.write() as connection:
            run(connection, "UPDATE alembic_version SET version_num = ?", (version,))
        with pytest.raises(StateUnusable, match="state_version"):
            Store.open(settings)


def test_a_foreign_database_is_refused(tmp_path: Path) -> None:
    with store_settings(tmp_path, StoreKind.SQLITE) as settings:
        settings.directory.mkdir(mode=0o700)
        sqlite.connect(settings.file, None, create=True).close()
        settings.file.chmod(0o600)
        with pytest.raises(StateUnusable, match="state_foreign"):
            Store.open(settings)


def test_locked_is_not_damaged(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sqlite, "BUSY_SECONDS", 0.05)
    with store_settings(tmp_path, StoreKind.SQLCIPHER) as settings, Store.create(settings) as store:
        other = sqlite.connect(settings.file, store.file_key)
        other.execute("BEGIN IMMEDIATE")
        monkeypatch.setattr(sqlite.connect, "__kwdefaults__", {"create": False, "busy_seconds": 0.05})
        with pytest.raises(RunLocked, match="state_busy"), store.write():
            pass
        with store.read() as connection:
            assert run(connection, "SELECT count(*) FROM run").scalar_one() == 0
        other.close()


def test_a_full_disk_is_said_and_nothing_is_half_written(tmp_path: Path) -> None:
    with store_settings(tmp_path, StoreKind.SQLCIPHER) as settings, Store.create(settings) as store:
        with pytest.raises(StateUnusable, match="state_not_written") as caught, store.write() as connection:
            pages = run(connection, "PRAGMA page_count").scalar_one()
            run(connection, f"PRAGMA max_page_count = {pages + 5}")
            rows = [("night", "2026-02-02", "x" * 4000) for _ in range(500)]
            run_many(connection, "INSERT INTO run (kind, local_date, started_at) VALUES (?, ?, ?)", rows)
        assert "room" in caught.value.remedy
        with store.read() as connection:
            assert run(connection, "SELECT count(*) FROM run").scalar_one() == 0


@pytest.mark.parametrize("kind", KINDS)
def test_an_error_of_the_driver_tells_nothing_of_the_row(tmp_path: Path, kind: StoreKind) -> None:
    with store_settings(tmp_path, kind) as settings, Store.create(settings) as store:
        add_youth(store, CANARY.encode()[:16].ljust(16, b"-"), number=CANARY)
        with pytest.raises(KaaError) as caught:
            add_youth(store, CANARY.encode()[:16].ljust(16, b"-"), number=CANARY)
    assert CANARY not in f"{caught.value} {caught.value.remedy}"
    assert caught.value.__cause__ is None


@pytest.mark.parametrize("kind", KINDS)
def test_a_savepoint_takes_back_only_its_own(tmp_path: Path, kind: StoreKind) -> None:
    with store_settings(tmp_path, kind) as settings, Store.create(settings) as store:
        insert = "INSERT INTO run (kind, local_date, started_at) VALUES ('night', ?, 'x')"
        with store.write() as connection:
            run(connection, insert, ("2026-01-01",))
            with pytest.raises(Exception, match=r"(?i)not.null"), connection.begin_nested():
                run(connection, insert, ("2026-01-02",))
                run(connection, insert, (None,))
            with connection.begin_nested():
                run(connection, insert, ("2026-01-03",))
        with store.read() as connection:
            kept = [row.local_date for row in run(connection, "SELECT local_date FROM run ORDER BY id")]
    assert kept == ["2026-01-01", "2026-01-03"]


@pytest.mark.skipif(os.name != "posix", reason="modes are a POSIX matter")
@pytest.mark.parametrize("spoil", ["directory_mode", "file_mode", "directory_link", "file_link"])
def test_a_state_open_to_others_is_refused(tmp_path: Path, spoil: str) -> None:
    with store_settings(tmp_path, StoreKind.SQLCIPHER) as settings:
        Store.create(settings).close()
        assert settings.file.stat().st_mode & 0o777 == 0o600
        assert settings.directory.stat().st_mode & 0o777 == 0o700
        _spoil(settings, spoil)
        with pytest.raises(StateUnusable) as caught:
            Store.open(settings)
        assert "chmod" in caught.value.remedy


def _spoil(settings: StoreSettings, spoil: str) -> None:
    moved = settings.directory.with_name("elsewhere")
    match spoil:
        case "directory_mode":
            settings.directory.chmod(0o750)
        case "file_mode":
            settings.file.chmod(0o640)
        case "directory_link":
            settings.directory.rename(moved)
            settings.directory.symlink_to(moved)
        case _:
            shutil.move(settings.file, settings.directory / "moved.db")
            settings.file.symlink_to(settings.directory / "moved.db")


@pytest.mark.parametrize(
    ("version", "expected"),
    [((3, 40, 1), "DELETE"), ((3, 51, 2), "DELETE"), ((3, 51, 3), "WAL"), ((3, 53, 4), "WAL")],
)
def test_no_write_ahead_log_with_an_affected_sqlite(version: tuple[int, ...], expected: str) -> None:
    mode, synchronous = sqlite.journal_settings(version)
    assert mode == expected
    assert synchronous == ("FULL" if mode == "WAL" else "EXTRA")


@pytest.mark.parametrize("kind", [StoreKind.SQLCIPHER, StoreKind.SQLITE])
def test_the_settings_that_durability_needs_are_in_force(tmp_path: Path, kind: StoreKind) -> None:
    with store_settings(tmp_path, kind) as settings, Store.create(settings) as store, store.read() as connection:
        names = ("journal_mode", "synchronous", "foreign_keys", "temp_store", "cache_size")
        found = {name: run(connection, f"PRAGMA {name}").scalar_one() for name in names}
    assert found == {"journal_mode": "wal", "synchronous": 2, "foreign_keys": 1, "temp_store": 2, "cache_size": -49152}


def test_placeholders_are_translated_outside_quotes_only() -> None:
    assert _percent("SELECT '?', a % 2 FROM t WHERE b = ? AND c LIKE 'x%'") == (
        "SELECT '?', a %% 2 FROM t WHERE b = %s AND c LIKE 'x%%'"
    )
