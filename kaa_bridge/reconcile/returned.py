"""The spreadsheet as it comes back: read strictly, known again by its seals, or refused as a whole."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TypeVar

from kaa_bridge.errors import InputRefused
from kaa_bridge.reconcile.lines import DECISION, DECISIONS, NAMES, SEAL, cell_seal
from kaa_bridge.reconcile.seal import ContentSeal
from kaa_bridge.reconcile.sheet import ABOUT, AS_OF, COMPARED, CONTENT, REFERENCE, ROWS, SUMMER
from kaa_bridge.reconcile.sides import Question
from kaa_bridge.transport.workbook import sheet_rows

T = TypeVar("T")
MAX_BYTES = 64 * 1024 * 1024
"""Largest spreadsheet that is read back."""
_REMEDY = "Fill in a fresh one: kaa-bridge reconcile --freeze YEAR --format xlsx --output FILE.xlsx"


@dataclass(frozen=True, slots=True)
class Decided:
    """A row as it came back: whose, what was decided (empty: nothing), and the seal of what was decided on."""

    handle: str
    decision: str
    substance: str


@dataclass(frozen=True, slots=True)
class Returned:
    """A file as it came back; nothing in it is believed before ``check_rows`` has read it with the right key."""

    question: Question
    reference: str
    content: str
    header: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


def read_returned(path: Path) -> Returned:
    """Read a returned spreadsheet.

    Raises:
        Unreachable: the file is cut.
        InputRefused: it is no spreadsheet of a comparison, or the reader of workbooks refuses it.
    """
    about = dict(_about(path))
    rows = [tuple(row) for row in sheet_rows(path, sheet=ROWS, max_bytes=MAX_BYTES)]
    if not rows or rows[0][-2:] != (DECISION, SEAL) or any(len(row) != len(rows[0]) for row in rows):
        raise refused("changed", "its columns are not those it was written with")
    kept = [index for index, name in enumerate(rows[0]) if name not in NAMES]
    header, *lines = (tuple(row[index] for index in kept) for row in rows)
    return Returned(_question(about), about[REFERENCE], about[CONTENT], header, tuple(lines))


def check_rows(returned: Returned, key: bytes) -> list[Decided]:
    """Return the decisions, once every row is proven to be as it was written.

    Raises:
        InputRefused: a row was changed, added, doubled or taken away, or a decision is no known word. The row is told
            by its number; what stands in it never.
    """
    found: list[Decided] = []
    content = ContentSeal(key, returned.reference)
    for number, row in enumerate(returned.rows, 2):
        *texts, decision, code = row
        own, _, substance = code.partition("-")
        if own != cell_seal(key, returned.reference, texts, substance):
            raise refused("changed", f"row {number} is not as it was written")
        if decision.strip() not in ("", *DECISIONS):
            words = ", ".join(DECISIONS)
            raise refused(
                "word", f"the decision in row {number} is none of {words}", "Correct that cell, and try again."
            )
        content.add(code)
        found.append(Decided(texts[0], decision.strip(), substance))
    if content.value() != returned.content:
        raise refused("changed", "rows were taken away, added or doubled")
    return found


def refused(code: str, why: str, remedy: str = _REMEDY) -> InputRefused:
    """Return the refusal of a file: nothing of it was applied."""
    return InputRefused(
        f"reconcile_file_{code}", f"The spreadsheet is refused: {why}. Nothing was applied.", remedy=remedy
    )


def _about(path: Path) -> Iterator[tuple[str, str]]:
    try:
        yield from ((row[0], row[1]) for row in sheet_rows(path, sheet=ABOUT, max_bytes=MAX_BYTES) if len(row) == 2)
    except InputRefused as error:
        if "no sheet of that name" not in error.message:
            raise
        raise refused("foreign", "it is not the spreadsheet of a comparison") from None


def _question(about: dict[str, str]) -> Question:
    names = about.get(COMPARED, "").split(", ")
    if len(names) != 2 or REFERENCE not in about or CONTENT not in about:
        raise refused("foreign", "it does not say which comparison it is of")
    year, as_of = _read(int, about.get(SUMMER, "")), _read(date.fromisoformat, about.get(AS_OF, ""))
    return Question(year, as_of, names[0], names[1])


def _read(make: Callable[[str], T], text: str) -> T:
    try:
        return make(text)
    except ValueError:
        raise refused("foreign", "it does not say which summer and which day it is of") from None
