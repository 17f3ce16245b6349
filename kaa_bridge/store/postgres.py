"""Opening a PostgreSQL schema: one schema a municipality, durable commits, no parameters in error texts."""

from __future__ import annotations

from typing import Any

from kaa_bridge.errors import ConfigurationInvalid
from kaa_bridge.store.connection import Connection
from kaa_bridge.store.sql import scalar

SNAPSHOT = "BEGIN ISOLATION LEVEL REPEATABLE READ"
"""Begins a transaction that sees one state of the whole schema."""
_OPTIONS = (
    "-csearch_path={schema} -csynchronous_commit=on -clock_timeout=10s -cidle_in_transaction_session_timeout=0 "
    "-cdefault_transaction_isolation=read\\ committed -capplication_name=kaa-bridge"
)


def connect(url: str, schema: str) -> Any:
    """Open a connection of the driver that works in the schema, in autocommit; closing it frees its locks.

    Raises:
        ConfigurationInvalid: the URL is no PostgreSQL URL, or psycopg is not installed.
    """
    try:
        import psycopg
    except ModuleNotFoundError:
        raise ConfigurationInvalid(
            "postgresql_driver_missing",
            "store.kind is postgresql, but the driver psycopg is not installed.",
            remedy="pip install 'kaa-bridge[postgresql]'",
        ) from None
    scheme, _, rest = url.partition("://")
    try:
        address = psycopg.conninfo.make_conninfo(f"postgresql://{rest}")
    except psycopg.ProgrammingError:
        address = ""
    if scheme.partition("+")[0] != "postgresql" or not address:
        raise _bad_url()
    return psycopg.connect(
        address,
        autocommit=True,
        options=_OPTIONS.format(schema=schema),
        connect_timeout=10,
        keepalives=1,
        keepalives_idle=30,
    )


def open_schema(url: str, schema: str, *, begin: str = "BEGIN") -> Connection:
    """Open a connection of ours; the arguments as in ``connect`` and ``Connection``."""
    return Connection(connect(url, schema), is_sqlite=False, begin=begin)


def has_schema(connection: Connection, schema: str) -> bool:
    """Tell whether the schema exists."""
    return scalar(connection, "SELECT 1 FROM pg_namespace WHERE nspname = ?", (schema,)) is not None


def _bad_url() -> ConfigurationInvalid:
    return ConfigurationInvalid(
        "store_url",
        "store.url is not a PostgreSQL address.",
        remedy='Write store.url = "postgresql://user@host/database"; the password in a pgpass file.',
    )
