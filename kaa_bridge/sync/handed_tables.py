"""The lists that municipal plugins make of a handed-in file, which is not kept; the protected never reach a plugin."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from kaa_bridge.contract import HandedFile, HandedRow
from kaa_bridge.domain.values import Protection
from kaa_bridge.errors import InputRefused
from kaa_bridge.store.connection import Connection
from kaa_bridge.store.query import chunks, marks, rows
from kaa_bridge.sync.bridge import Bridge
from kaa_bridge.sync.plugin_tables import made_table, maker
from kaa_bridge.transport.files import Table, read_table
from kaa_bridge.transport.opening import open_regular

HANDLE = "Ungdom"
"""The column that holds the youths' handles, as on the work list."""
_MAX_BYTES = 32 * 1024 * 1024
_MAX_SETTINGS = 1024 * 1024
_BOM = b"\xef\xbb\xbf"


@dataclass(frozen=True, slots=True)
class Handed:
    """What a plugin made of a file.

    Attributes:
        table: its first row is the header.
        protected: how many rows were left out because the youth is protected, or because that is not known.
        unknown: numbers of the rows whose handle the state does not know, or that have too few or too many cells.
    """

    table: list[list[str]]
    protected: int
    unknown: tuple[int, ...]


def handed_table(
    connection: Connection, bridge: Bridge, as_of: date, name: str, *, file: Path, settings: Path | None
) -> Handed:
    """Return the table that a plugin makes of a CSV (semicolons, UTF-8) or XLSX file.

    Raises:
        InputRefused: no loaded plugin adds such a table; the file or the settings cannot be used.
        Unreachable: the file is not there or is cut.
        PluginFailed: the plugin raised, or what it made is no table.
    """
    make = maker(bridge.host, "kaa_file_tables", name)
    table = read_table(file, encoding=_encoding(file), max_bytes=_MAX_BYTES)
    if HANDLE not in table.header:
        raise InputRefused(
            "handed_no_handle",
            f"The file {file.name} has no column '{HANDLE}' with the youths' handles; nothing was written.",
            remedy="Take the handles from: kaa-bridge worklist --with-names --format xlsx --output FILE.xlsx",
        )
    told = list(_rows(table))
    known = _protections(connection, [row.ref for row in told])
    handed = HandedFile(
        columns=tuple(table.header),
        rows=tuple(row for row in told if known.get(row.ref) == Protection.NONE.value),
        settings=_settings(settings) if settings else None,
        municipality=bridge.code,
        as_of=as_of,
    )
    unknown = tuple(row.number for row in told if row.ref not in known)
    left_out = len(told) - len(handed.rows) - len(unknown)
    return Handed(made_table(name, lambda: make(handed)), left_out, unknown)


def _rows(table: Table) -> Iterator[HandedRow]:
    for number, cells in enumerate(table.rows, 2):
        fits = len(cells) == len(table.header)
        named = dict(zip(table.header, (cell.strip() for cell in cells), strict=False)) if fits else {}
        yield HandedRow(number, named.get(HANDLE, ""), named)


def _protections(connection: Connection, handles: Sequence[str]) -> dict[str, str | None]:
    found: dict[str, str | None] = {}
    for part in chunks(dict.fromkeys(handles)):
        statement = f"SELECT handle, protection FROM youth WHERE handle IN ({marks(len(part))})"  # noqa: S608 - placeholders only
        found.update((str(handle), protection) for handle, protection in rows(connection, statement, part))
    return found


def _encoding(file: Path) -> Any:
    if file.suffix.lower() == ".xlsx":
        return "utf-8"
    with open_regular(file, max_bytes=_MAX_BYTES) as stream:
        return "utf-8-sig" if stream.read(len(_BOM)) == _BOM else "utf-8"


def _settings(path: Path) -> Mapping[str, Any]:
    try:
        with open_regular(path, max_bytes=_MAX_SETTINGS) as stream:
            return tomllib.loads(stream.read().decode("utf-8-sig"))
    except (ValueError, RecursionError):
        raise InputRefused(
            "handed_settings",
            f"The settings file {path.name} is no TOML in UTF-8; nothing was written.",
            remedy="Correct the file, and try again.",
        ) from None
