"""Rows of an .xlsx sheet. The archive is measured before openpyxl sees it; what Excel has eaten is not repaired."""

from __future__ import annotations

import datetime as dt
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any, BinaryIO

from kaa_bridge.errors import KaaError
from kaa_bridge.transport.opening import open_regular
from kaa_bridge.transport.problems import problem
from kaa_bridge.transport.tables import MAX_COLUMNS
from kaa_bridge.transport.xml import check_head

MAX_ENTRY = 50 * 1024 * 1024
MAX_OTHER = 2 * 1024 * 1024
"""Largest XML part that is neither a sheet nor the shared texts: openpyxl makes an object of each of its elements."""
MAX_TOTAL = 200 * 1024 * 1024
MAX_RATIO = 100
MAX_ENTRIES = 1000
_SMALL = 1024 * 1024
_HEAD = 4096
_EXACT_INTEGER = 10**15
_LARGE = ("xl/worksheets/sheet", "xl/sharedstrings")
TOO_MUCH = "it unpacks to too much"
INEXACT = "#INEXACT"
"""Stands for a number with more digits than a spreadsheet keeps."""


class NumberText(str):
    """The text of a cell that the workbook holds as a number: leading zeros, if there were any, are gone.

    Attributes:
        number: the value itself.
    """

    __slots__ = ("number",)

    number: int | float

    @classmethod
    def of(cls, value: float) -> NumberText | str:
        """Return the exact text of a number, or ``#INEXACT`` when the workbook cannot have kept it exactly."""
        if isinstance(value, float) and value.is_integer():
            value = int(value)
        if value != value or abs(value) >= _EXACT_INTEGER:
            return INEXACT
        made = cls(value)
        made.number = value
        return made


def sheet_rows(path: Path, *, sheet: str | None, max_bytes: int) -> Iterator[list[str]]:
    """Yield the rows of a sheet (default the first); empty rows are left out.

    Raises:
        Unreachable: ``file_incomplete`` when the archive is cut.
        InputRefused: ``workbook_refused``, ``table_invalid`` and those of ``open_regular``.
    """
    with open_regular(path, max_bytes=max_bytes) as stream:
        _measure(stream, path.name)
        stream.seek(0)
        import openpyxl

        try:
            book = openpyxl.load_workbook(stream, read_only=True, data_only=True, keep_links=False)
            try:
                yield from _rows(book, sheet, path.name)
            finally:
                book.close()
        except (KaaError, GeneratorExit):
            raise
        except Exception:
            raise problem("workbook_refused", name=path.name, why="it is not a well-formed workbook") from None


def _rows(book: Any, sheet: str | None, name: str) -> Iterator[list[str]]:
    names = [item.title for item in book.worksheets]
    if not names or (sheet is not None and sheet not in names):
        raise problem("workbook_refused", name=name, why="it has no sheet of that name")
    chosen = book.worksheets[names.index(sheet) if sheet is not None else 0]
    chosen.reset_dimensions()
    width = 0
    for cells in chosen.iter_rows(values_only=True):
        if len(cells) > MAX_COLUMNS:
            raise problem("table_invalid", name=name, why="too many columns")
        row = [_text(value) for value in cells]
        if not any(row):
            continue
        width = width or len(_without_tail(row))
        yield _fitted(row, width)


def _without_tail(row: list[str]) -> list[str]:
    while row and not row[-1]:
        row = row[:-1]
    return row


def _fitted(row: list[str], width: int) -> list[str]:
    """Give a row the header's width where only empty cells differ: a sheet leaves empty cells out."""
    row = _without_tail(row)
    return row + [""] * (width - len(row))


def _text(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, (int, float)):
        return NumberText.of(value)
    if isinstance(value, dt.datetime):
        return value.date().isoformat() if value.time() == dt.time(0) else value.isoformat()
    if isinstance(value, (dt.date, dt.time)):
        return value.isoformat()
    return str(value)


def _measure(stream: BinaryIO, name: str) -> None:
    """Refuse an archive that unpacks to too much, is locked, or has a DOCTYPE anywhere."""
    if stream.read(4) != b"PK\x03\x04":
        raise problem("workbook_refused", name=name, why="it is not an .xlsx file")
    try:
        with zipfile.ZipFile(stream) as archive:
            entries = archive.infolist()
            if len(entries) > MAX_ENTRIES or len({entry.filename for entry in entries}) != len(entries):
                raise problem("workbook_refused", name=name, why="too many parts, or two of the same name")
            if sum(entry.file_size for entry in entries) > MAX_TOTAL:
                raise problem("workbook_refused", name=name, why=TOO_MUCH)
            for entry in entries:
                _check_entry(archive, entry, name)
    except zipfile.BadZipFile:
        raise problem("file_incomplete", name=name, why="the archive does not end or is damaged") from None
    except (NotImplementedError, RuntimeError, zlib.error, EOFError, ValueError, OSError):
        raise problem("workbook_refused", name=name, why="its archive is damaged or of an unusual kind") from None


def _check_entry(archive: zipfile.ZipFile, entry: zipfile.ZipInfo, name: str) -> None:
    ratio = entry.file_size / max(entry.compress_size, 1)
    part_name = entry.filename.lower()
    is_xml = part_name.endswith((".xml", ".rels", ".vml"))
    most = MAX_ENTRY if not is_xml or part_name.startswith(_LARGE) else MAX_OTHER
    if entry.file_size > most or (entry.file_size > _SMALL and ratio > MAX_RATIO):
        raise problem("workbook_refused", name=name, why=TOO_MUCH)
    if entry.flag_bits & 0x1:
        raise problem("workbook_refused", name=name, why="it is protected by a password")
    if entry.filename.startswith("/") or ".." in entry.filename.split("/"):
        raise problem("workbook_refused", name=name, why="a part of it has a path for a name")
    if is_xml:
        with archive.open(entry) as part:
            try:
                check_head(part.read(_HEAD))
            except KaaError as error:
                raise problem("workbook_refused", name=name, why=f"a part of it was refused: {error.code}") from None
