"""A file that somebody hands to a municipal plugin, such as a month's attendance. It is read, and never kept."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, NamedTuple

from kaa_bridge.contract.value import Value


class HandedRow(NamedTuple):
    """A row of the file: its number there (the header is 1), the youth's handle, and its cells by column name."""

    number: int
    ref: str
    cells: Mapping[str, str]


@dataclass(frozen=True, slots=True, repr=False, eq=False, kw_only=True)
class HandedFile(Value):
    """What a plugin is given.

    Attributes:
        columns: the columns' names in the order of the file.
        rows: those of unprotected youths whom the state knows, in the order of the file.
        settings: what the settings file holds (TOML); ``None`` when none was given and the plugin's own apply.
        municipality: four-digit code.
        as_of: the day.
    """

    columns: Sequence[str]
    rows: Sequence[HandedRow]
    settings: Mapping[str, Any] | None
    municipality: str
    as_of: date
