"""Values as the layout writes them: codes, dates and numbers. What cannot be written is told, never guessed."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from kaa_bridge.report.scb.fields import FIELDS
from kaa_bridge.report.scb.model import Block, Column, FileForm, ScbLayout
from kaa_bridge.report.scb.rows import Value, Values

_DATES = {"YYYY-MM-DD": "%Y-%m-%d", "YYYYMMDD": "%Y%m%d", "YYMMDD": "%y%m%d"}
_HYPHEN = "-"


@dataclass(frozen=True, slots=True)
class Fault:
    """A cell that cannot be right: ``kind`` is ``required``, ``code_known`` or ``too_long``; ``word`` is our own word.

    A word of a measure or a reason is a source's own and may hold anything: it is shown on the restricted list only.
    """

    kind: str
    column: Column
    word: str = ""


@dataclass(frozen=True, slots=True)
class Written:
    """A row's cells, its faults, and how many cells the layout's code for missing data fills."""

    cells: tuple[str, ...]
    faults: tuple[Fault, ...]
    missing: int


def write_row(values: Values, block: Block, layout: ScbLayout) -> Written:
    """Return a row of a block as cells."""
    cells: list[str] = []
    faults: list[Fault] = []
    missing = 0
    for column in block.columns:
        text, unknown_word = _text(values, column, layout)
        if not text and column.missing is not None and not unknown_word:
            text, missing = column.missing, missing + 1
        cells.append(text)
        faults += _faults(column, text, unknown_word)
    return Written(tuple(cells), tuple(faults), missing)


def date_text(day: date, form: FileForm) -> str:
    """Return a date as the file writes it."""
    return day.strftime(_DATES[form.date_format])


def _text(values: Values, column: Column, layout: ScbLayout) -> tuple[str, str]:
    """Return the cell's text, and the word that the code list does not know."""
    if column.source is None:
        return column.text or "", ""
    value: Value = values.get(column.source)
    if value is None:
        return "", ""
    if isinstance(value, date):
        return date_text(value, layout.file), ""
    if FIELDS[column.source].kind == "word":
        code = layout.codes[column.codes or ""].get(str(value), "")
        return code, "" if code else str(value)
    return (_number(value, layout.file) if column.source == "person_number" else value), ""


def _number(number: str, form: FileForm) -> str:
    short = number[2:] if not form.number_format.startswith("YYYY") else number
    return f"{short[:-4]}-{short[-4:]}" if _HYPHEN in form.number_format else short


def _faults(column: Column, text: str, unknown_word: str) -> Iterator[Fault]:
    if unknown_word:
        yield Fault("code_known", column, unknown_word)
    elif column.required and not text:
        yield Fault("required", column)
    if column.width is not None and len(text) > column.width:
        yield Fault("too_long", column)
