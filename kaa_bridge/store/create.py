"""Makes the tables: SQLAlchemy words them for the database, our own connection runs them in its transaction."""

from __future__ import annotations

from sqlalchemy import Column, MetaData, String, Table, create_mock_engine
from sqlalchemy.sql.ddl import DDLElement

from kaa_bridge.store.connection import Connection
from kaa_bridge.store.meta import FORMAT, HEAD
from kaa_bridge.store.sql import run_many
from kaa_bridge.store.tables import metadata

_VERSION = Table("alembic_version", MetaData(), Column("version_num", String(32), primary_key=True))
"""Alembic's own table, made by hand so that making a store need not import Alembic."""


def fill(connection: Connection, municipality: str) -> None:
    """Make the tables of the present version in an empty database, and say what it is."""
    create_tables(connection)
    run_many(connection, "INSERT INTO alembic_version (version_num) VALUES (?)", [(HEAD,)])
    values = {"format": FORMAT, "municipality": municipality, "fence": "0", "epoch": "0"}
    run_many(connection, "INSERT INTO meta (key, value) VALUES (?, ?)", list(values.items()))


def create_tables(connection: Connection) -> None:
    """Make the empty tables of the present version."""

    def create(element: DDLElement, *_: object, **__: object) -> None:
        connection.execute(str(element.compile(dialect=engine.dialect))).close()

    engine = create_mock_engine("sqlite://" if connection.is_sqlite else "postgresql+psycopg://", create)
    _VERSION.create(engine, checkfirst=False)
    metadata.create_all(engine, checkfirst=False)


def tables_in_order() -> list[Table]:
    """Return every table, those that others refer to first."""
    return [_VERSION, *metadata.sorted_tables]
