"""Opening a PostgreSQL schema: one schema a municipality, durable commits, no parameters in error texts."""

from __future__ import annotations

from sqlalchemy import Engine, create_engine, make_url
from sqlalchemy.exc import ArgumentError
from sqlalchemy.pool import NullPool

from kaa_bridge.errors import ConfigurationInvalid
from kaa_bridge.store import probe

_OPTIONS = (
    "-csearch_path={schema} -csynchronous_commit=on -clock_timeout=10s -cidle_in_transaction_session_timeout=0 "
    "-cdefault_transaction_isolation=read\\ committed -capplication_name=kaa-bridge"
)


def make_engine(url: str, schema: str) -> Engine:
    """Return an engine whose every connection works in the schema; no pool, so a closed session frees its lock.

    Raises:
        ConfigurationInvalid: the URL is no PostgreSQL URL, or psycopg is not installed.
    """
    try:
        parsed = make_url(url)
    except ArgumentError:
        raise _bad_url() from None
    if parsed.get_backend_name() != "postgresql":
        raise _bad_url()
    try:
        engine = create_engine(
            parsed.set(drivername="postgresql+psycopg"),
            poolclass=NullPool,
            hide_parameters=True,
            connect_args={
                "options": _OPTIONS.format(schema=schema),
                "connect_timeout": 10,
                "keepalives": 1,
                "keepalives_idle": 30,
            },
        )
    except ModuleNotFoundError:
        raise ConfigurationInvalid(
            "postgresql_driver_missing",
            "store.kind is postgresql, but the driver psycopg is not installed.",
            remedy="pip install 'kaa-bridge[postgresql]'",
        ) from None
    probe.attach(engine)
    return engine


def _bad_url() -> ConfigurationInvalid:
    return ConfigurationInvalid(
        "store_url",
        "store.url is not a PostgreSQL address.",
        remedy='Write store.url = "postgresql://user@host/database"; the password by reference or in a pgpass file.',
    )
