"""The file drop as a source: the newest complete file of a folder, as tables, XML or JSON lines."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date, datetime
from itertools import islice
from typing import Any, NoReturn
from zoneinfo import ZoneInfo

from kaa_adapter_files.profile import Connection, Profile, Setup, drop_of
from kaa_adapter_files.rows import grouped_records, parse_table_record, plain_records, require_columns
from kaa_bridge.contract import (
    CheckResult,
    Page,
    Proof,
    PullKind,
    PullRequest,
    Source,
    SourceContext,
    SourceDescription,
)
from kaa_bridge.errors import InputRefused, KaaError, RecordProblem, Unreachable
from kaa_bridge.transport.files import DroppedFile, Table, find_file, iterate_records, read_drop, read_json_lines
from kaa_bridge.transport.profile import read_table
from kaa_bridge.transport.strict_json import decode_json
from kaa_bridge.transport.xml import element_to_mapping, parse_xml, record_bytes

STOCKHOLM = ZoneInfo("Europe/Stockholm")
PAGE = 1000
"""Records in each page."""


class FilesSource(Source):
    """One file drop of one municipality."""

    def __init__(self, context: SourceContext) -> None:
        """Read settings and profile; no folder is opened.

        Raises:
            ConfigurationInvalid: a key of either is wrong.
        """
        profile = read_table(Profile, context.profile, "profile", context)
        connection = read_table(Connection, context.settings, "connection", context)
        drop = drop_of(connection, profile, context)
        self._setup = Setup(context.name, context.base_dir, profile, connection, drop)

    def describe(self) -> SourceDescription:
        """Return what profile and connection make possible."""
        counted = self._setup.drop.trailer is not None or self._setup.profile.total is not None
        marked = self._setup.drop.marker is not None or self._setup.connection.stable_is_whole
        return SourceDescription(
            name=self._setup.name,
            system=self._setup.profile.system,
            kinds=frozenset({PullKind.DELTA if self._setup.profile.partial else PullKind.SNAPSHOT}),
            proves_completeness=(counted or marked) and not self._setup.profile.partial,
            blackouts=tuple(window.window() for window in self._setup.profile.blackout),
        )

    def check(self) -> CheckResult:
        """Look whether a complete file is there."""
        try:
            find_file(self._setup.drop, base_dir=self._setup.base_dir)
        except KaaError as error:
            return CheckResult.failed(error)
        return CheckResult(True, "A complete file is there.")

    def pull(self, request: PullRequest) -> Iterator[Page | Proof]:
        """Yield the file's records in pages, then the proof.

        Raises:
            Unreachable: no complete file, or one that breaks while it is read: no part of it is the whole then.
            ConfigurationInvalid: the folder, or a column that the profile names, is not there.
        """
        try:
            file = find_file(self._setup.drop, base_dir=self._setup.base_dir)
            reading = _Reading(self._setup, file)
            while records := list(islice(reading.records, PAGE)):
                reading.take(records)
                yield Page(records)
            file.still_same()
            yield reading.proof(request.as_of)
        except KaaError as error:
            self._raise_named(error)

    def parse(self, record: bytes) -> Mapping[str, Any]:
        """Return one record; a workbook's numbers stay numbers, so that a shortened person number is seen."""
        if self._setup.profile.format == "table":
            return parse_table_record(record, self._setup.name)
        try:
            made = (
                element_to_mapping(parse_xml(record))
                if self._setup.profile.format == "xml"
                else decode_json(record, "")
            )
        except KaaError:
            made = None
        if not isinstance(made, dict):
            raise RecordProblem(
                "not_a_record",
                f"A record of '{self._setup.name}' has no fields; it was set aside.",
                remedy="Run 'kaa-bridge quarantine list'.",
                system=self._setup.name,
            )
        return made

    def _raise_named(self, error: KaaError) -> NoReturn:
        """Raise the error with the source's name; a file that is refused is a sender that did not answer usably."""
        kind = Unreachable if isinstance(error, InputRefused) else type(error)
        raise kind(error.code, error.message, remedy=error.remedy, system=self._setup.name) from None


class _Reading:
    """One file while it is read."""

    def __init__(self, setup: Setup, file: DroppedFile) -> None:
        self._setup, self._file = setup, file
        self._table: Table | None = None
        self._told: str | None = None
        self._seen: set[int] = set()
        self._count = 0
        self.records = self._open()

    def take(self, records: list[bytes]) -> None:
        """Count a page."""
        self._count += len(records)
        self._seen.update(map(hash, records))

    def proof(self, as_of: date) -> Proof:
        """Judge what was read."""
        total = int(self._told) if self._told and self._told.isascii() and self._told.isdigit() else None
        if self._setup.profile.partial:
            return Proof(whole=False, how="the file adds and never takes away", total=total)
        if (doubt := self._doubt(total, as_of)) is not None:
            return Proof(whole=False, how=doubt, total=total)
        ways = ["the sender's marker is there"] if self._file.marked else []
        ways += ["the trailer's count agrees"] if self._table is not None and self._table.proved else []
        ways += ["the total agrees"] if total is not None else []
        ways += ["the sender writes its files in one step"] if self._setup.connection.stable_is_whole else []
        return Proof(whole=bool(ways), how=", ".join(ways) or "neither marker, trailer nor total", total=total)

    def _doubt(self, total: int | None, as_of: date) -> str | None:
        limit = self._setup.connection.max_age_days
        written = datetime.fromtimestamp(self._file.path.stat().st_mtime, STOCKHOLM).date()
        if limit is not None and (as_of - written).days > limit:
            return f"the file is {(as_of - written).days} days old"
        if len(self._seen) != self._count:
            return f"{self._count - len(self._seen)} records stand there twice"
        if self._setup.profile.total is not None and total is None:
            return "the file's total is missing or no number"
        if total is not None and total != self._count:
            return f"the file says {total} records and holds {self._count}"
        return None

    def _open(self) -> Iterator[bytes]:
        profile, drop = self._setup.profile, self._setup.drop
        if profile.format == "json_lines":
            return read_json_lines(self._file.path, max_bytes=drop.max_bytes)
        if profile.format == "xml":
            return self._xml_records(profile.element or "", profile.total)
        self._table = read_drop(drop, self._file)
        if profile.columns:
            require_columns(self._table.header, profile.columns, self._setup.name)
        if profile.group is None:
            return plain_records(self._table)
        return grouped_records(self._table, profile.group, profile.repeat, self._setup.name)

    def _xml_records(self, name: str, total: str | None) -> Iterator[bytes]:
        for element in iterate_records(self._file.path, name, max_bytes=self._setup.drop.max_bytes):
            if total is not None and self._told is None:
                self._told = element.getroottree().getroot().get(total[1:])
            yield record_bytes(element)
