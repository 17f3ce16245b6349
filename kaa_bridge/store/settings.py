"""What a store is opened with."""

from __future__ import annotations

import re
from enum import StrEnum
from pathlib import Path

from msgspec import Struct

from kaa_bridge.errors import ConfigurationInvalid

_MUNICIPALITY = re.compile(r"\d{4}")


class StoreKind(StrEnum):
    """Where the state is kept: an encrypted file (default), a plain file, or a PostgreSQL schema."""

    SQLCIPHER = "sqlcipher"
    SQLITE = "sqlite"
    POSTGRESQL = "postgresql"


class StoreSettings(Struct, frozen=True, kw_only=True):
    """Where one municipality's state is and how it is opened.

    Attributes:
        municipality: four-digit code; a state of another municipality is refused.
        directory: folder of mode 0700 for this municipality alone: state file, lock, witness, hold file. Needed with
            PostgreSQL as well.
        key: reference to the state key, ``file:PATH`` (see ``kaa_bridge.store.key.read_key``), needed for every
            kind: note references and pseudonyms are keyed hashes.
        kind: where the state is kept.
        url: ``postgresql://…`` with ``StoreKind.POSTGRESQL`` only; the schema is always ``kaa_<code>``.
    """

    municipality: str
    directory: Path
    key: str
    kind: StoreKind = StoreKind.SQLCIPHER
    url: str | None = None

    def __post_init__(self) -> None:
        """Refuse what cannot be opened."""
        if not _MUNICIPALITY.fullmatch(self.municipality):
            raise ConfigurationInvalid(
                "municipality_code", "A municipality code has four digits.", remedy='Write it quoted: code = "2303".'
            )
        if (self.kind is StoreKind.POSTGRESQL) != (self.url is not None):
            raise ConfigurationInvalid(
                "store_url",
                "store.url belongs to store.kind = postgresql, and only to it.",
                remedy='Set store.url = "postgresql+psycopg://…" or another store.kind.',
            )

    def __repr__(self) -> str:
        """Leave out the URL, which names a host and a user."""
        return f"<StoreSettings {self.municipality}, {self.kind}>"

    @property
    def file(self) -> Path:
        """The state file (SQLite kinds)."""
        return self.directory / "state.db"

    @property
    def schema(self) -> str:
        """The PostgreSQL schema."""
        return f"kaa_{self.municipality}"
