"""Where the lines go: a text file, a spreadsheet, or nowhere. A file is private from its first byte."""

from __future__ import annotations

import csv
import io
import os
import shutil
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from datetime import date, datetime, time
from pathlib import Path
from typing import IO, Any, Protocol

from kaa_bridge.report.scb.model import FileForm


class Sink(Protocol):
    """Takes lines in order."""

    def write(self, sheet: str, cells: Sequence[str]) -> None:
        """Write one line."""


class Nowhere:
    """Takes lines and keeps none: for a preview."""

    def write(self, sheet: str, cells: Sequence[str]) -> None:
        """Keep nothing."""


class _Text:
    def __init__(self, stream: IO[str], form: FileForm) -> None:
        end = "\r\n" if form.line_end == "crlf" else "\n"
        self._rows = csv.writer(stream, delimiter=form.delimiter, lineterminator=end)

    def write(self, sheet: str, cells: Sequence[str]) -> None:
        """Write one line. Cells are codes, dates and digits: nothing that a person has typed, so none is a formula."""
        self._rows.writerow(cells)


class _Workbook:
    def __init__(self, book: Any, sheets: Sequence[str]) -> None:
        self._sheets = {name: (book.add_worksheet(name), [0]) for name in sheets}

    def write(self, sheet: str, cells: Sequence[str]) -> None:
        """Write one line; every cell is text."""
        page, at = self._sheets[sheet]
        for column, cell in enumerate(cells):
            if cell:
                page.write_string(at[0], column, cell)
        at[0] += 1


@contextmanager
def file_sink(path: Path, form: FileForm, sheets: Sequence[str], *, as_of: date) -> Iterator[Sink]:
    """Open a new file of mode 0600 for lines; it is whole when the context ends, and gone when an error ends it."""
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_NOFOLLOW", 0)
    try:
        with ExitStack() as stack:
            raw = stack.enter_context(os.fdopen(os.open(path, flags, 0o600), "wb"))
            if form.kind == "csv":
                stream = stack.enter_context(io.TextIOWrapper(raw, encoding=form.encoding, newline=""))
                yield _Text(stream, form)
            else:
                folder = stack.enter_context(_private_folder(path.with_name(f"{path.name}.d")))
                yield stack.enter_context(_workbook(raw, sheets, folder, as_of))
    except BaseException:
        path.unlink(missing_ok=True)
        raise


@contextmanager
def _private_folder(path: Path) -> Iterator[Path]:
    """Make a folder of mode 0700 for what waits, in place of one that a killed command left."""
    shutil.rmtree(path, ignore_errors=True)
    path.mkdir(mode=0o700)
    try:
        yield path
    finally:
        shutil.rmtree(path)


@contextmanager
def _workbook(raw: IO[bytes], sheets: Sequence[str], folder: Path, as_of: date) -> Iterator[Sink]:
    """Stream a workbook: one line in memory, what waits lies in a private folder beside the file."""
    import xlsxwriter

    options = {"constant_memory": True, "tmpdir": str(folder), "strings_to_formulas": False, "strings_to_urls": False}
    book = xlsxwriter.Workbook(raw, options)
    book.set_properties({"created": datetime.combine(as_of, time())})
    yield _Workbook(book, sheets)
    book.close()
