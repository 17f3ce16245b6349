"""The one way foreign files are read: found in a drop folder when complete, opened safely, read in flat memory.

``find_file`` says which file and that it is whole; ``read_table``, ``read_json_lines``, ``read_xml`` and
``xml.iterate_records`` give raw rows and records; nothing in them is interpreted or repaired.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Literal

import msgspec
from lxml import etree

from kaa_bridge.errors import KaaError, RecordProblem
from kaa_bridge.transport.drop import Delimiter, DroppedFile, Encoding, FileDrop, find_file
from kaa_bridge.transport.opening import check_name, open_regular
from kaa_bridge.transport.problems import problem
from kaa_bridge.transport.settings import MIB
from kaa_bridge.transport.tables import Table, make_table, text_rows
from kaa_bridge.transport.workbook import NumberText, sheet_rows
from kaa_bridge.transport.xml import is_cut, iterate_records, parse_xml

__all__ = [
    "DroppedFile",
    "FileDrop",
    "NumberText",
    "Table",
    "check_name",
    "find_file",
    "iterate_records",
    "read_drop",
    "read_json_lines",
    "read_table",
    "read_xml",
    "row_bytes",
    "row_mapping",
]

_LONGEST_RECORD = 16 * MIB


def read_table(
    path: Path,
    *,
    encoding: Encoding = "utf-8",
    delimiter: Delimiter = ";",
    header: Literal["name", "position"] = "name",
    trailer: str | None = None,
    sheet: str | None = None,
    max_bytes: int = 512 * MIB,
) -> Table:
    """Return the header and the rows of a text table, or of a sheet when the file is an ``.xlsx``.

    Args:
        encoding: what the file is declared to be in; nothing is guessed.
        header: whether the first row names the columns or is data.
        trailer: first cell of a last row whose second cell counts the rows between; see ``Table.proved``.
        sheet: the sheet's name, default the first.
        max_bytes: largest file.

    Raises:
        Unreachable: ``file_missing``, ``file_incomplete``, ``encoding_wrong``.
        InputRefused: ``table_invalid``, ``workbook_refused``, ``file_not_regular``, ``file_too_large``. While the rows
            are read the same may come: what was read before must then not be taken for the whole.
    """
    if path.suffix.lower() in (".xlsx", ".xlsm"):
        source = sheet_rows(path, sheet=sheet, max_bytes=max_bytes)
    else:
        source = text_rows(path, encoding=encoding, delimiter=delimiter, max_bytes=max_bytes)
    return make_table(source, path.name, by_position=header == "position", trailer=trailer)


def read_drop(drop: FileDrop, file: DroppedFile) -> Table:
    """Return the table in a file that ``find_file`` found, read as the drop says."""
    return read_table(
        file.path,
        encoding=drop.encoding,
        delimiter=drop.delimiter,
        header=drop.header,
        trailer=drop.trailer,
        sheet=drop.sheet,
        max_bytes=drop.max_bytes,
    )


def row_mapping(header: Sequence[str], row: Sequence[str]) -> dict[str, str | int | float]:
    """Return a row by column name; a cell that the workbook holds as a number stays a number.

    Raises:
        RecordProblem: ``columns_differ`` when the row has other columns than the header.
    """
    if len(row) != len(header):
        text = f"A row has {len(row)} cells where the header has {len(header)} columns; the row is set aside."
        raise RecordProblem("columns_differ", text, remedy="Check `delimiter`, or ask the sender to quote its cells.")
    return {name: cell.number if isinstance(cell, NumberText) else cell for name, cell in zip(header, row, strict=True)}


def row_bytes(header: Sequence[str], row: Sequence[str]) -> bytes:
    """Return a row as the JSON of ``row_mapping``: the same bytes for the same row. A row that does not fit the header
    becomes an array, for ``parse_row`` to refuse when its turn comes.
    """
    if len(row) != len(header):
        return msgspec.json.encode([len(row), list(header), list(row)])
    return msgspec.json.encode(row_mapping(header, row))


def parse_row(record: bytes) -> Mapping[str, Any]:
    """Return what ``row_bytes`` encoded.

    Raises:
        RecordProblem: ``columns_differ``.
    """
    value = msgspec.json.decode(record)
    if isinstance(value, list):
        row_mapping(value[1], value[2])
    made: dict[str, Any] = value
    return made


def read_json_lines(path: Path, *, max_bytes: int = 512 * MIB) -> Iterator[bytes]:
    """Yield the records of a file with one JSON value a line, as raw bytes; blank lines are left out.

    Raises:
        Unreachable: ``file_incomplete`` when the last line is cut; ``encoding_wrong`` for UTF-16.
        InputRefused: ``file_too_large`` for a line above 16 MiB, and those of ``open_regular``.
    """
    with open_regular(path, max_bytes=max_bytes) as stream:
        while line := stream.readline(_LONGEST_RECORD + 1):
            if len(line) > _LONGEST_RECORD:
                raise problem("file_too_large", name=path.name, limit=_LONGEST_RECORD, why=" in one line")
            if b"\x00" in line:
                raise problem("encoding_wrong", why="not UTF-8")
            if not line.endswith(b"\n") and not _is_json(line):
                raise problem("file_incomplete", name=path.name, why="its last line is cut")
            record = line.strip().removeprefix(b"\xef\xbb\xbf")
            if record:
                yield record


def _is_json(line: bytes) -> bool:
    try:
        msgspec.json.decode(line)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return not line.strip()
    return True


def read_xml(path: Path, *, max_bytes: int = 64 * MIB) -> etree._Element:
    """Return the root of a whole XML file; for large files use ``iterate_records``.

    Raises:
        Unreachable: as ``parse_xml``; ``file_incomplete`` when the file ends before its root element does.
        InputRefused: those of ``open_regular``.
    """
    with open_regular(path, max_bytes=max_bytes) as stream:
        data = stream.read(max_bytes + 1)
    try:
        return parse_xml(data)
    except KaaError as error:
        if error.code == "not_xml" and is_cut(data):
            raise problem("file_incomplete", name=path.name, why="the XML does not end") from None
        raise
