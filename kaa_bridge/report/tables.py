"""A plain table, as a plugin makes one for a meeting: text, CSV or JSON."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Sequence
from typing import Literal

from kaa_bridge.report.cells import safe

TableFormat = Literal["table", "csv", "json"]


def render_table(rows: Sequence[Sequence[str]], *, fmt: TableFormat) -> bytes:
    """Return a table whose first row is the header.

    ``csv`` is UTF-8 with byte order mark and semicolons, as Swedish Excel opens it; no cell is taken for a formula.
    """
    if fmt == "json":
        header, *lines = rows
        document = [dict(zip(header, line, strict=True)) for line in lines]
        return (json.dumps(document, ensure_ascii=False, indent=1) + "\n").encode()
    if fmt == "csv":
        out = io.StringIO(newline="")
        csv.writer(out, delimiter=";", lineterminator="\r\n").writerows([[safe(cell) for cell in row] for row in rows])
        return out.getvalue().encode("utf-8-sig")
    cells = [[_plain(cell) for cell in row] for row in rows]
    widths = [max(len(cell) for cell in column) for column in zip(*cells, strict=True)]
    lines = ["  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in cells]
    return "".join(f"{line}\n" for line in lines).encode()


def _plain(text: str) -> str:
    return "".join(letter if letter.isprintable() else " " for letter in text)
