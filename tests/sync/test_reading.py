"""A parser that hangs takes its own source down, within the source's limits, and nothing else."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Mapping
from time import monotonic
from typing import Any

import msgspec
import pytest

from kaa_bridge.errors import PluginFailed
from kaa_bridge.mapping import Mapped, compile_mapping, load_mapping
from kaa_bridge.sync.reading import RecordReader, Unread
from kaa_bridge.testing.population.large import LARGE_AS_OF
from tests.sync.register import record

RECORDS = [record(key, 0) for key in range(6)]
Parse = Callable[[bytes], Mapping[str, Any]]


def threads() -> list[threading.Thread]:
    return [thread for thread in threading.enumerate() if thread.name == "kaa-worker-ist"]


def reader(parse: Parse, *, seconds: float = 5.0, total_seconds: float = 5.0) -> RecordReader:
    mapper = compile_mapping(load_mapping("ist_ss12000"), as_of=LARGE_AS_OF)
    return RecordReader("ist", mapper, parse, seconds=seconds, total_seconds=total_seconds)


@pytest.fixture
def release() -> Iterator[threading.Event]:
    event = threading.Event()
    yield event
    event.set()
    for thread in threads():
        thread.join(5)
    assert not threads(), "what comes back ends"


def test_records_are_read_in_order_and_the_thread_ends() -> None:
    def parse(raw: bytes) -> Mapping[str, Any]:
        if raw == RECORDS[2]:
            raise ValueError
        parsed: dict[str, Any] = msgspec.json.decode(raw)
        return parsed if raw != RECORDS[3] else parsed | {"civicNo": {"value": "1"}}

    reading = reader(parse)
    assert not threads(), "nothing to read, no thread"
    found = reading.read(RECORDS) + reading.read(RECORDS[:1])
    assert len(threads()) == 1
    keys = [msgspec.json.decode(raw)["id"] for raw in [*RECORDS, RECORDS[0]]]
    assert [one.key for one in found] == [*keys[:2], None, *keys[3:]]
    assert [type(one) for one in found] == [Mapped, Mapped, Unread, Unread, Mapped, Mapped, Mapped]
    reading.close()
    for thread in threads():
        thread.join(5)
    assert not threads()


def test_a_parser_that_hangs_is_left_behind_and_reads_no_more(release: threading.Event) -> None:
    parsed: list[bytes] = []

    def parse(raw: bytes) -> Mapping[str, Any]:
        parsed.append(raw)
        release.wait(30)
        return {}

    reading, began = reader(parse, seconds=0.1), monotonic()
    with pytest.raises(PluginFailed) as caught:
        reading.read(RECORDS)
    reading.close()
    assert monotonic() - began < 5
    assert caught.value.code == "plugin_hung"
    release.set()
    for thread in threads():
        thread.join(5)
    assert parsed == RECORDS[:1]


def test_a_parser_that_is_slow_for_ever_ends_at_the_total(release: threading.Event) -> None:
    def parse(_: bytes) -> Mapping[str, Any]:
        release.wait(0.03)
        return {}

    reading = reader(parse, seconds=20.0, total_seconds=1.5)
    reading.read(RECORDS[:3])
    with pytest.raises(PluginFailed, match=r"1\.5 s"):
        reading.read(RECORDS * 100)
    reading.close()
