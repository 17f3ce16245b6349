"""What the mapping's ``[profile]`` and the configuration's ``connection`` table may hold for a file drop."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from kaa_bridge.contract import SourceContext
from kaa_bridge.transport.drop import Delimiter, Encoding, FileDrop
from kaa_bridge.transport.placeholders import COMMON, check_template, fill
from kaa_bridge.transport.profile import Blackout, Strict, read_table
from kaa_bridge.transport.settings import MIB, AnyPath


class Connection(Strict):
    """``connection`` of a file drop: where the files lie here; what is left out is as the mapping's profile says.

    Attributes:
        folder: where the sender leaves the files, relative to the configuration's folder.
        pattern: shell pattern of plain file names; ``{municipality}`` may stand in it.
        pick: ``newest`` (the last by name) or ``only`` (more than one match is refused).
        marker: suffix of the empty file that the sender writes last; it proves that the file is whole.
        stable_seconds: without a marker, how long size and content must stay the same.
        stable_is_whole: count a file that stayed the same as proven whole: only where the sender writes it in one step.
        max_age_days: a file whose time stamp is older is used, but proves nothing.
    """

    folder: AnyPath
    pattern: Annotated[str, Field(min_length=1)]
    pick: Literal["newest", "only"] = "newest"
    marker: str | None = None
    stable_seconds: float = 2.0
    stable_is_whole: bool = False
    max_age_days: int | None = Field(default=None, ge=0)
    encoding: Encoding | None = None
    delimiter: Delimiter | None = None
    header: Literal["name", "position"] | None = None
    trailer: str | None = None
    sheet: str | None = None
    max_bytes: int = Field(default=512 * MIB, gt=0)

    @model_validator(mode="after")
    def _placeholders(self) -> Self:
        check_template(self.pattern, COMMON.keys() & {"municipality"}, "connection.pattern")
        return self


class Profile(Strict):
    """``[profile]`` of a mapping for files.

    Attributes:
        system: what ``check`` and reports call the sender.
        format: ``table`` (CSV, text, XLSX), ``xml`` or ``json_lines``.
        columns: columns that must be there; a missing one stops the pull instead of making its facts unknown.
        group: column whose equal values in rows that follow each other make one record.
        repeat: the columns that may differ within a group; they come as the list ``rows`` of the record.
        element: local name of the element that is one record (``xml``).
        total: attribute of the root element that counts the records (``xml``), as ``@name``.
        partial: the file adds and never takes away (a batch of events): it is never the whole.
        blackout: when the sender does not update.
    """

    system: Annotated[str, Field(min_length=1, max_length=60)] = "File drop"
    format: Literal["table", "xml", "json_lines"] = "table"
    encoding: Encoding = "utf-8"
    delimiter: Delimiter = ";"
    header: Literal["name", "position"] = "name"
    trailer: str | None = None
    sheet: str | None = None
    columns: list[str] = Field(default_factory=list)
    group: str | None = None
    repeat: list[str] = Field(default_factory=list)
    element: str | None = None
    total: Annotated[str, Field(pattern=r"^@[^/@]+$")] | None = None
    partial: bool = False
    blackout: list[Blackout] = Field(default_factory=list)

    @model_validator(mode="after")
    def _fits(self) -> Self:
        if (self.format == "xml") != (self.element is not None):
            raise ValueError("'element' is given with format 'xml', and only then")
        if self.total is not None and self.format != "xml":
            raise ValueError("'total' is given with format 'xml' only")
        if self.format != "table" and (self.columns or self.group or self.trailer):
            raise ValueError("'columns', 'group' and 'trailer' are given with format 'table' only")
        if (self.group is None) != (not self.repeat):
            raise ValueError("'group' and 'repeat' are given together")
        if self.group in self.repeat:
            raise ValueError("'group' cannot repeat itself")
        return self


@dataclass(frozen=True, slots=True)
class Setup:
    """Everything that one file drop is set up with."""

    name: str
    base_dir: str
    profile: Profile
    connection: Connection
    drop: FileDrop


def drop_of(connection: Connection, profile: Profile, context: SourceContext) -> FileDrop:
    """Return the drop: the connection's own words before the profile's.

    Raises:
        ConfigurationInvalid: the pattern or the marker is no plain file name.
    """
    chosen = {
        "folder": connection.folder,
        "pattern": fill(connection.pattern, {"municipality": context.municipality}),
        "pick": connection.pick,
        "marker": connection.marker,
        "stable_seconds": connection.stable_seconds,
        "encoding": connection.encoding or profile.encoding,
        "delimiter": connection.delimiter or profile.delimiter,
        "header": connection.header or profile.header,
        "trailer": connection.trailer or profile.trailer,
        "sheet": connection.sheet or profile.sheet,
        "max_bytes": connection.max_bytes,
    }
    return read_table(FileDrop, chosen, "connection", context)
