# ruff: noqa: PT012 - what is tested happens as the block ends
"""Migrated and fresh tables are the same; a state never goes back."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import Any

import pytest
from alembic.script import ScriptDirectory
from sqlalchemy import Engine, inspect, text

from kaa_bridge.errors import StateUnusable
from kaa_bridge.store import migrate, sqlite
from kaa_bridge.store.create import fill
from kaa_bridge.store.engine import Store, StoreKind
from kaa_bridge.store.meta import HEAD, has_tables, read_meta, read_version
from kaa_bridge.store.postgres import open_schema
from tests.store.support import KINDS, TestClock, store_settings


def file_engine(file: Path) -> Engine:
    sqlite.connect(file, None, create=True).close()
    return migrate.make_engine(lambda: sqlite.open_file(file, None), is_sqlite=True)


def shape(engine: Engine, schema: str | None) -> dict[str, Any]:
    """Everything the database knows of its tables, in one comparable value."""
    seen = inspect(engine)
    return {
        name: {
            "columns": [
                (column["name"], str(column["type"]), column["nullable"], column.get("default"))
                for column in seen.get_columns(name, schema=schema)
            ],
            "primary": seen.get_pk_constraint(name, schema=schema)["constrained_columns"],
            "foreign": sorted(
                (key["name"] or "", key["constrained_columns"], key["referred_table"])
                for key in seen.get_foreign_keys(name, schema=schema)
            ),
            "unique": sorted(
                (key["name"] or "", key["column_names"]) for key in seen.get_unique_constraints(name, schema=schema)
            ),
            "indexes": sorted(
                (index["name"] or "", index["column_names"], index["unique"])
                for index in seen.get_indexes(name, schema=schema)
            ),
        }
        for name in sorted(seen.get_table_names(schema=schema))
    }


@pytest.mark.parametrize("kind", KINDS)
def test_migrated_equals_fresh(tmp_path: Path, kind: StoreKind) -> None:
    """When this fails before the first release: ``python -m tests.store.make_first_revision``."""
    with store_settings(tmp_path, kind) as settings:
        schema = settings.schema if kind is StoreKind.POSTGRESQL else None
        if schema:
            engine = migrate.make_engine(lambda: open_schema(settings.url or "", schema), is_sqlite=False)
        else:
            engine = file_engine(tmp_path / "migrated.db")
        with engine.begin() as connection:
            if schema:
                connection.execute(text(f"CREATE SCHEMA {schema}"))
            migrate.run_revisions(connection)
        migrated = shape(engine, schema)
        with engine.begin() as connection:
            if schema:
                connection.execute(text(f"DROP SCHEMA {schema} CASCADE"))
        with Store.create(settings) as store:
            fresh = shape(migrate.make_engine(store.connect, is_sqlite=not schema), schema)
        assert migrated == fresh
        assert len(fresh) > 10


def test_the_newest_revision_is_the_version_the_program_needs() -> None:
    script = ScriptDirectory(str(Path(migrate.__file__).with_name("migrations")))
    assert script.get_current_head() == HEAD
    revision = script.get_revision(HEAD)
    assert revision is not None
    with pytest.raises(NotImplementedError, match="never goes back"):
        revision.module.downgrade()


def test_a_present_state_is_left_as_it_is(tmp_path: Path) -> None:
    with store_settings(tmp_path, StoreKind.SQLCIPHER) as settings:
        Store.create(settings).close()
        assert migrate.upgrade_state(settings, clock=TestClock()) == (HEAD, HEAD)
        assert [path.name for path in settings.directory.glob("*.kaabackup")] == []


def to_next_version(connection: Any, *, fails: bool = False) -> None:
    """Stands in for the next release's revision."""
    connection.execute(text("CREATE TABLE added (id INTEGER)"))
    connection.execute(text("UPDATE alembic_version SET version_num = '0002'"))
    if fails:
        connection.execute(text("CREATE TABLE youth (id INTEGER)"))


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("fails", [False, True])
def test_an_upgrade_is_one_transaction_after_a_backup(
    tmp_path: Path, kind: StoreKind, fails: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(migrate, "HEAD", "0002")
    monkeypatch.setattr(migrate, "run_revisions", partial(to_next_version, fails=fails))
    with store_settings(tmp_path, kind) as settings, Store.create(settings) as store:
        if fails:
            with pytest.raises(StateUnusable, match="state_statement_failed"):
                migrate.upgrade_state(settings, clock=TestClock())
        else:
            assert migrate.upgrade_state(settings, clock=TestClock()) == (HEAD, "0002")
        assert len(list(settings.directory.glob("*.kaabackup"))) == 1
        with store.read() as connection:
            assert read_version(connection) == (HEAD if fails else "0002")
        added = inspect(migrate.make_engine(store.connect, is_sqlite=kind is not StoreKind.POSTGRESQL))
        schema = settings.schema if kind is StoreKind.POSTGRESQL else None
        assert added.has_table("added", schema=schema) is not fails


def test_a_failing_revision_takes_nothing_with_it(tmp_path: Path) -> None:
    engine = file_engine(tmp_path / "x.db")
    with pytest.raises(Exception, match="already exists"), engine.begin() as connection:
        fill_one(connection)
        migrate.run_revisions(connection)
    assert inspect(engine).get_table_names() == []


def fill_one(connection: Any) -> None:
    connection.execute(text("CREATE TABLE youth (id INTEGER)"))


def test_fill_makes_what_the_program_reads(tmp_path: Path) -> None:
    with sqlite.open_file(tmp_path / "x.db", None, create=True) as connection, connection.begin():
        fill(connection, "2303")
        assert has_tables(connection)
        assert read_version(connection) == HEAD
        assert read_meta(connection)["municipality"] == "2303"
