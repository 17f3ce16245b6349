"""The layout of SCB's file for a half-year, as a strict model: columns, order, codes and checks are data."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from kaa_bridge.domain.values import ContactOutcome
from kaa_bridge.report.scb.fields import BlockKind

FORMAT = "kaa-scb/1"
PLACEHOLDER_MARK = "KAA-"
"""How every code of the shipped placeholder begins, so that none can be taken for one of SCB's."""
PLACEHOLDER_COLUMN = "kaa_"
"""How every column of the shipped placeholder begins."""
Text = Annotated[str, Field(min_length=1, max_length=200)]
FieldName = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{0,39}$")]
Level = Literal["stop", "remark"]


class Strict(BaseModel):
    """Base of all tables: unknown keys and wrong types are refused."""

    model_config = ConfigDict(extra="forbid", frozen=True, defer_build=True)


class Official(Strict):
    """``[official]``: who loaded SCB's own lists, when, and from which documents.

    Attributes:
        loaded_by: the person or function that answers for them.
        loaded_on: the day.
        documents: the documents of SCB that they were taken from, with their dates.
    """

    loaded_by: Text
    loaded_on: date
    documents: Annotated[tuple[Text, ...], Field(min_length=1)]


class FileForm(Strict):
    """``[file]``: what kind of file.

    Attributes:
        kind: text with delimiters, or a spreadsheet in which every cell is text.
        arrangement: ``blocks``: each block's rows have columns of their own, one sheet a block in a spreadsheet;
            ``wide``: all blocks side by side, further contacts and measures on further lines of the same person.
        header: whether the names of the columns stand first.
        delimiter: between the cells of a text file.
        encoding: of a text file.
        line_end: of a text file.
        date_format: how dates are written.
        number_format: how person numbers are written.
    """

    kind: Literal["csv", "xlsx"]
    arrangement: Literal["blocks", "wide"]
    header: bool = True
    delimiter: Literal[";", ",", "\t", "|"] = ";"
    encoding: Literal["utf-8", "utf-8-sig", "iso-8859-1", "windows-1252"] = "utf-8"
    line_end: Literal["crlf", "lf"] = "crlf"
    date_format: Literal["YYYY-MM-DD", "YYYYMMDD", "YYMMDD"] = "YYYY-MM-DD"
    number_format: Literal["YYYYMMDDNNNN", "YYYYMMDD-NNNN", "YYMMDDNNNN", "YYMMDD-NNNN"] = "YYYYMMDDNNNN"


class Column(Strict):
    """``[[blocks.columns]]``: one column.

    Attributes:
        name: as the file's header writes it.
        source: what fills it (see sources); exactly one of ``source`` and ``text``.
        text: a fixed text, or an empty one for a column that is left empty.
        codes: the code list that turns our word into a code; for words, and only for them.
        required: whether an empty cell is a fault.
        missing: the code that says *data missing*, where SCB has one; without it the cell is empty.
        width: most characters.
        every_line: repeat it on every line of a person; in ``identity``, for ``arrangement = "wide"``.
    """

    name: Text
    source: FieldName | None = None
    text: Annotated[str, Field(max_length=200)] | None = None
    codes: FieldName | None = None
    required: bool = False
    missing: Text | None = None
    width: Annotated[int, Field(ge=1, le=1000)] | None = None
    every_line: bool = False


class Block(Strict):
    """``[[blocks]]``: one of the five blocks, in the order in which they stand in the file.

    Attributes:
        block: ``identity``, ``contacts``, ``measure_begins``, ``measure_ended`` or ``responsibility_ended``.
        title: the name of its sheet in a spreadsheet.
        outcomes: in ``contacts``: which outcomes count as a contact to report; left out, all of them.
        columns: its columns in order.
    """

    block: BlockKind
    title: Annotated[str, Field(min_length=1, max_length=31, pattern=r"^[^\[\]:*?/\\]+$")]
    outcomes: tuple[ContactOutcome, ...] | None = None
    columns: Annotated[tuple[Column, ...], Field(min_length=1)]


class Check(Strict):
    """``[[checks]]``: a logical check with its parameters from a closed list.

    Attributes:
        check: its name, from a closed list.
        block: the block whose rows are looked at, where the check asks for one.
        field: the date that is looked at, by its source's name.
        earlier: the date that must not be later than ``field``.
        level: ``stop``: the file is not ready; ``remark``: it is only told.
    """

    check: FieldName
    block: BlockKind | None = None
    field: FieldName | None = None
    earlier: FieldName | None = None
    level: Level = "stop"


class ScbLayout(Strict):
    """A layout file (``kaa-scb/1``).

    Attributes:
        format: the mark.
        period: the half-year it is for; ``any`` for a placeholder only.
        status: ``official`` when a person answers for that these are SCB's own lists for the half-year.
        official: who loaded them, with ``status = "official"`` and only then.
        file: what kind of file.
        blocks: the five blocks, each once.
        codes: code lists by name: our word to SCB's code.
        checks: logical checks beside what columns demand.
    """

    format: Literal["kaa-scb/1"]
    period: Annotated[str, Field(pattern=r"^(any|2[01][0-9]{2}H[12])$")]
    status: Literal["unofficial_placeholder", "official"]
    official: Official | None = None
    file: FileForm
    blocks: Annotated[tuple[Block, ...], Field(min_length=5, max_length=5)]
    codes: dict[FieldName, dict[Text, Text]] = Field(default_factory=dict)
    checks: tuple[Check, ...] = ()

    def block(self, kind: BlockKind) -> Block:
        """Return one block."""
        return next(block for block in self.blocks if block.block is kind)


def scb_schema() -> dict[str, Any]:
    """Return the JSON Schema of ``kaa-scb/1``."""
    return ScbLayout.model_json_schema()
