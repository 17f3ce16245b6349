"""Rows to records: one record a row, or one for rows that follow each other with the same value in a column."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import msgspec

from kaa_bridge.errors import ConfigurationInvalid, RecordProblem, Unreachable
from kaa_bridge.transport.files import Table, row_bytes, row_mapping

DISAGREE = "rows_disagree"


def plain_records(table: Table) -> Iterator[bytes]:
    """Yield each row as a record."""
    header = table.header
    for row in table.rows:
        yield row_bytes(header, row)


def grouped_records(table: Table, group: str, repeat: Sequence[str], system: str) -> Iterator[bytes]:
    """Yield one record for each value of the column ``group``; the columns ``repeat`` come as its list ``rows``.

    Rows whose other columns differ within a group become a record that ``parse`` refuses.

    Raises:
        ConfigurationInvalid: a column of the profile is not in the file.
        Unreachable: ``rows_scattered``: rows of one value do not stand together.
    """
    require_columns(table.header, [group, *repeat], system)
    at = table.header.index(group)
    inner = frozenset(repeat)
    seen: set[int] = set()
    held: list[Mapping[str, Any]] = []
    for row in table.rows:
        if len(row) != len(table.header):
            yield from _record(held, inner)
            held = []
            yield row_bytes(table.header, row)
            continue
        if held and held[0][group] != row_mapping(table.header, row)[group]:
            yield from _record(held, inner)
            held = []
        if not held:
            _refuse_scattered(hash(row[at]), seen, system)
        held.append(row_mapping(table.header, row))
    yield from _record(held, inner)


def require_columns(header: Sequence[str], wanted: Sequence[str], system: str) -> None:
    """Refuse a file that lacks a column; only the profile's own words are named, never the file's.

    Raises:
        ConfigurationInvalid: ``answer_not_as_profile``.
    """
    missing = [name for name in wanted if name not in header]
    if missing:
        raise ConfigurationInvalid(
            "answer_not_as_profile",
            f"The file of '{system}' has no column {', '.join(repr(name) for name in missing)}. Nothing was used.",
            remedy="Ask the sender whether the layout has changed, or correct 'columns', 'group' and 'repeat' in the "
            "mapping's [profile]; also check 'delimiter' and 'header'.",
            system=system,
        )


def parse_table_record(record: bytes, system: str) -> Mapping[str, Any]:
    """Return what ``plain_records`` or ``grouped_records`` encoded.

    Raises:
        RecordProblem: the row has other columns than the header, rows of a group disagree, or it is no record.
    """
    try:
        value = msgspec.json.decode(record)
    except (msgspec.MsgspecError, UnicodeDecodeError):
        value = None
    if value == [DISAGREE]:
        raise _problem(DISAGREE, "Rows of one group differ where they must agree", system)
    if isinstance(value, list):
        raise _problem("columns_differ", "A row has other cells than the header has columns", system)
    if not isinstance(value, dict):
        raise _problem("not_a_record", "A record is no row of a table", system)
    return value


def _record(held: list[Mapping[str, Any]], inner: frozenset[str]) -> Iterator[bytes]:
    if not held:
        return
    common = {name: value for name, value in held[0].items() if name not in inner}
    if any(row[name] != value for row in held[1:] for name, value in common.items()):
        yield msgspec.json.encode([DISAGREE])
        return
    rows = [{name: value for name, value in row.items() if name in inner} for row in held]
    yield msgspec.json.encode({**common, "rows": rows})


def _refuse_scattered(value: int, seen: set[int], system: str) -> None:
    if value in seen:
        raise Unreachable(
            "rows_scattered",
            f"Rows of one youth do not stand together in the file of '{system}'; no part of it was used.",
            remedy="Ask the sender to sort the file by the column that [profile] group names.",
            system=system,
        )
    seen.add(value)


def _problem(code: str, what: str, system: str) -> RecordProblem:
    return RecordProblem(
        code,
        f"{what} (source '{system}'); it was set aside.",
        remedy="Run 'kaa-bridge quarantine list'.",
        system=system,
    )
