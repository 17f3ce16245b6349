"""A report as data: what it says, apart from how a web page or a PDF shows it. Nothing here names a person."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading of the text; ``level`` 2 begins a chapter, 3 a part of one."""

    text: str
    level: int = 2


@dataclass(frozen=True, slots=True)
class Text:
    """A paragraph."""

    text: str


@dataclass(frozen=True, slots=True)
class Points:
    """A list, one line for each point."""

    items: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Table:
    """A table with a caption and a header; the first cell of a row is the row's name.

    Attributes:
        rows: gone through once, so a long table need not be held in memory for a web page.
        numbers: places of the columns whose cells are right-aligned and never broken.
        narrow: places of further columns whose cells are short and never broken, such as days.
    """

    caption: str
    columns: tuple[str, ...]
    rows: Iterable[tuple[str, ...]]
    numbers: frozenset[int] = frozenset()
    narrow: frozenset[int] = frozenset()


@dataclass(frozen=True, slots=True)
class Chart:
    """A chart, and in words what it shows: the words are all that a reader who does not see it gets.

    Attributes:
        name: its name within the document, lower case and hyphens.
        title: shown above the chart.
        description: what a person who cannot see the chart needs to know, figures included.
        spec: a Vega-Lite specification with its data in it; nothing is fetched.
    """

    name: str
    title: str
    description: str
    spec: Mapping[str, Any]


Part = Heading | Text | Points | Table | Chart


@dataclass(frozen=True, slots=True)
class Paper:
    """A whole report.

    Attributes:
        about: what the report rests on, as name and value; it stands first.
        as_of: the day that the report is about; it is the document's date too, so that the same state gives the same
            bytes whenever the report is made.
        parts: gone through once.
        wide: lying paper, for broad tables.
    """

    title: str
    about: tuple[tuple[str, str], ...]
    as_of: date
    parts: Iterable[Part]
    wide: bool = False
