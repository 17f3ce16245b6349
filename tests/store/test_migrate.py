# ruff: noqa: PT012 - what is tested happens as the block ends
"""Migrated and fresh tables are the same; a state never goes back."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from alembic.script import ScriptDirectory
from sqlalchemy import Engine, inspect, text

from kaa_bridge.store import migrate, sqlite
from kaa_bridge.store.engine import Store, StoreKind, fill
from kaa_bridge.store.meta import HEAD
from kaa_bridge.store.postgres import make_engine
from tests.store.support import KINDS, TestClock, store_settings


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
        if kind is StoreKind.POSTGRESQL:
            engine = make_engine(settings.url or "", settings.schema)
        else:
            sqlite.connect(tmp_path / "migrated.db", None, create=True).close()
            engine = sqlite.make_engine(tmp_path / "migrated.db", None)
        with engine.begin() as connection:
            if schema:
                connection.execute(text(f"CREATE SCHEMA {schema}"))
            migrate.run_revisions(connection)
        migrated = shape(engine, schema)
        with engine.begin() as connection:
            if schema:
                connection.execute(text(f"DROP SCHEMA {schema} CASCADE"))
        with Store.create(settings) as store:
            fresh = shape(store.engine, schema)
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


def test_a_failing_revision_takes_nothing_with_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    sqlite.connect(tmp_path / "x.db", None, create=True).close()
    engine = sqlite.make_engine(tmp_path / "x.db", None)
    with pytest.raises(Exception, match="already exists"), engine.begin() as connection:
        fill_one(connection)
        migrate.run_revisions(connection)
    assert inspect(engine).get_table_names() == []


def fill_one(connection: Any) -> None:
    connection.execute(text("CREATE TABLE youth (id INTEGER)"))


def test_fill_makes_what_the_program_reads(tmp_path: Path) -> None:
    sqlite.connect(tmp_path / "x.db", None, create=True).close()
    engine = sqlite.make_engine(tmp_path / "x.db", None)
    with engine.begin() as connection:
        fill(connection, "2303")
        assert connection.execute(text("SELECT version_num FROM alembic_version")).scalar_one() == HEAD
