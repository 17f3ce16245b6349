"""Rows of a text table or a workbook sheet, exactly as written; a cut or mixed-up file is refused, never repaired."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from kaa_bridge.errors import KaaError
from kaa_bridge.transport.drop import Delimiter, Encoding
from kaa_bridge.transport.opening import open_regular
from kaa_bridge.transport.problems import problem

MAX_COLUMNS = 512
_LONGEST_LINE = 1024 * 1024
_SAMPLE = 1024 * 1024
_C1 = frozenset(range(0x80, 0xA0))


@dataclass(slots=True)
class Table:
    """A header and the rows below it; ``header, rows = table`` works too.

    Attributes:
        header: the columns' names; a column without one, or a table read by position, is named ``1``, ``2``, …
        rows: each row's cells as text, as many as the file has there; read once.
        counted: rows read so far; all of them when ``rows`` is used up.
        proved: the trailer was found and its count agreed; true only when ``rows`` is used up.
    """

    name: str
    header: list[str]
    rows: Iterator[list[str]]
    counted: int = 0
    proved: bool = False

    def __iter__(self) -> Iterator[list[str] | Iterator[list[str]]]:
        """Yield the header, then the rows."""
        yield self.header
        yield self.rows


def make_table(source: Iterator[list[str]], name: str, *, by_position: bool, trailer: str | None) -> Table:
    """Return the table of raw rows; see ``files.read_table``.

    Raises:
        Unreachable: ``file_incomplete`` when there is no header.
        InputRefused: ``table_invalid``.
    """
    first = next(source, None)
    if first is None:
        raise problem("file_incomplete", name=name, why="it has no rows")
    if len(first) > MAX_COLUMNS:
        raise problem("table_invalid", name=name, why="too many columns")
    header = [str(number) for number in range(1, len(first) + 1)]
    if not by_position:
        header = [text.strip() or number for text, number in zip(first, header, strict=True)]
    if len(set(header)) != len(header):
        raise problem("table_invalid", name=name, why="two columns have the same name")
    table = Table(name, header, iter(()))
    table.rows = _counted(table, source, first if by_position else None, trailer)
    return table


def _counted(
    table: Table, source: Iterator[list[str]], first: list[str] | None, trailer: str | None
) -> Iterator[list[str]]:
    if trailer is None:
        if first is not None:
            table.counted += 1
            yield first
        for row in source:
            table.counted += 1
            yield row
        return
    held = first
    for row in source:
        if held is not None:
            table.counted += 1
            yield held
        held = row
    _check_trailer(table, held, trailer)


def _check_trailer(table: Table, last: Sequence[str] | None, trailer: str) -> None:
    if last is None or last[0].strip() != trailer or len(last) < 2:
        raise problem("file_incomplete", name=table.name, why="its trailer row is missing")
    text = last[1].strip()
    if not (text.isascii() and text.isdigit()) or int(text) != table.counted:
        raise problem("file_incomplete", name=table.name, why="its trailer counts other than there are rows")
    table.proved = True


def text_rows(path: Path, *, encoding: Encoding, delimiter: Delimiter, max_bytes: int) -> Iterator[list[str]]:
    """Yield the rows of a text table; blank lines are left out.

    Raises:
        Unreachable: ``encoding_wrong``, ``file_incomplete`` (cut inside quotes).
        InputRefused: ``table_invalid`` and those of ``open_regular``.
    """
    with open_regular(path, max_bytes=max_bytes) as stream:
        check_sample(stream.read(_SAMPLE), encoding)
        stream.seek(0)
        text = io.TextIOWrapper(stream, encoding=encoding, errors="strict", newline="")
        reader = csv.reader(_lines(text, path.name), delimiter=delimiter, strict=True)
        try:
            for row in reader:
                if row:
                    yield row
        except UnicodeDecodeError:
            raise problem("encoding_wrong", why=f"not {encoding}") from None
        except csv.Error as error:
            raise _csv_problem(error, path.name) from None


def _csv_problem(error: csv.Error, name: str) -> KaaError:
    if "unexpected end of data" in str(error):
        return problem("file_incomplete", name=name, why="it ends inside a quoted cell")
    return problem("table_invalid", name=name, why="its quotes or delimiters do not fit together")


def _lines(text: io.TextIOWrapper, name: str) -> Iterator[str]:
    while line := text.readline(_LONGEST_LINE):
        if "\0" in line:
            raise problem("table_invalid", name=name, why="a NUL character in it")
        if len(line) == _LONGEST_LINE:
            raise problem("table_invalid", name=name, why="a line that is too long")
        yield line


def check_sample(data: bytes, encoding: Encoding) -> None:
    """Refuse a file whose beginning shows that it is in another encoding than declared.

    Raises:
        Unreachable: ``encoding_wrong``.
    """
    marked = data.startswith(b"\xef\xbb\xbf")
    if data[:2] in (b"\xff\xfe", b"\xfe\xff") or b"\x00" in data[:256]:
        raise problem("encoding_wrong", why="UTF-16 or UTF-32")
    if encoding == "utf-8" and marked:
        raise problem("encoding_wrong", why="it begins with a byte order mark: utf-8-sig")
    if encoding.startswith("utf-8") or data.isascii():
        return
    if _is_utf8(data):
        raise problem("encoding_wrong", why=f"it is UTF-8, not {encoding}")
    if encoding == "iso-8859-1" and not _C1.isdisjoint(data):
        raise problem("encoding_wrong", why="it is cp1252, not iso-8859-1")


def _is_utf8(data: bytes) -> bool:
    try:
        data.decode("utf-8")
    except UnicodeDecodeError as error:
        return error.start >= len(data) - 3 and error.reason == "unexpected end of data"
    return True
