"""Reads a sample file into raw records, by the transport room's readers and the format that the mapping names."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, get_args

import msgspec

from kaa_bridge.errors import InputRefused, RecordProblem, Unreachable
from kaa_bridge.mapping import MappingFile
from kaa_bridge.transport.drop import Delimiter, Encoding

ENCODINGS: tuple[str, ...] = get_args(Encoding)
DELIMITERS: tuple[str, ...] = get_args(Delimiter)
LARGEST = 64 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class SampleOptions:
    """How a sample is read beyond its format."""

    element: str | None = None
    encoding: Any = "utf-8"
    delimiter: Any = ";"
    by_position: bool = False


def read_sample(file: MappingFile, sample: Path, options: SampleOptions) -> Iterator[Any]:
    """Yield raw records as an adapter would; a row that does not fit its header comes as its ``RecordProblem``.

    Raises:
        InputRefused: the sample cannot be read in the mapping's format.
    """
    if not sample.exists():
        raise InputRefused(
            "sample_unreadable",
            "There is no file where --sample says; no record was read.",
            remedy="Give the path of a sample to --sample, or leave it out.",
        )
    try:
        if file.format == "table":
            yield from _rows(sample, options)
        elif file.format == "xml":
            yield from _elements(sample, options)
        else:
            yield from _objects(sample)
    except Unreachable as problem:
        raise InputRefused(
            "sample_unreadable",
            f"The sample was not read: {problem.message}",
            remedy=f"Give a sample in the mapping's format ({file.format}), and --encoding when it is not UTF-8; see "
            "'kaa-bridge mapping check --help'.",
        ) from None


def _rows(sample: Path, options: SampleOptions) -> Iterator[Any]:
    from kaa_bridge.transport.files import read_table, row_mapping

    table = read_table(
        sample,
        encoding=options.encoding,
        delimiter=options.delimiter,
        header="position" if options.by_position else "name",
        max_bytes=LARGEST,
    )
    for row in table.rows:
        try:
            yield row_mapping(table.header, row)
        except RecordProblem as problem:
            yield problem


def _elements(sample: Path, options: SampleOptions) -> Iterator[Any]:
    from kaa_bridge.transport.xml import element_to_mapping, iterate_records, parse_xml

    if options.element is not None:
        for element in iterate_records(sample, options.element, max_bytes=LARGEST):
            yield element_to_mapping(element)
        return
    for element in parse_xml(_bytes(sample)):
        yield element_to_mapping(element)


def _objects(sample: Path) -> Iterator[Any]:
    from kaa_bridge.transport.files import read_json_lines

    if sample.suffix.lower() in (".jsonl", ".ndjson"):
        for line in read_json_lines(sample, max_bytes=LARGEST):
            yield _decoded(line, sample)
        return
    document = _decoded(_bytes(sample), sample)
    if isinstance(document, dict) and isinstance(document.get("data"), list):
        document = document["data"]
    yield from document if isinstance(document, list) else [document]


def _decoded(text: bytes, sample: Path) -> Any:
    try:
        return msgspec.json.decode(text)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        raise InputRefused(
            "sample_unreadable",
            "The sample is not JSON.",
            remedy="Give one record, a list of records, an answer with 'data', or one record a line in a .jsonl file.",
        ) from None


def _bytes(sample: Path) -> bytes:
    from kaa_bridge.transport.opening import open_regular

    with open_regular(sample, max_bytes=LARGEST) as stream:
        return stream.read()
