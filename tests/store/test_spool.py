"""The spool: sorted, read as often as one likes, unreadable to others, gone when closed."""

from __future__ import annotations

import random
import stat
from pathlib import Path

import pytest

from kaa_bridge.store import spool as module
from kaa_bridge.store.private import private_file
from kaa_bridge.store.spool import Spool


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    return tmp_path


def test_items_come_sorted_and_again(folder: Path) -> None:
    items = [(place, f"U-{number:05}") for place in (1, 2, 3) for number in range(module._AT_ONCE)]
    random.Random(7).shuffle(items)
    with Spool() as spool:
        for place, key in items:
            spool.add(place, key, f"{place}".encode())
        for _ in range(2):
            found = list(spool.items(2, 3))
            assert [key for key, _ in found] == [key for place, key in sorted(items) if place > 1]
            assert [data for _, data in found] == [b"2"] * module._AT_ONCE + [b"3"] * module._AT_ONCE
        spool.add(2, "U-late", b"x")
        assert ("U-late", b"x") in list(spool.items(2, 2))


def test_nobody_reads_it_and_nothing_stays(folder: Path) -> None:
    with Spool() as spool:
        for number in range(3000):
            spool.add(1, f"U-CANARY{number}", b"CANARY" * 20)
        assert len(list(spool.items(1, 1))) == 3000
        (inside,) = folder.iterdir()
        assert stat.S_IMODE(inside.stat().st_mode) == 0o700
        written = b"".join(path.read_bytes() for path in inside.iterdir())
        assert len(written) > 100_000
        assert b"CANARY" not in written
        assert not written.startswith(b"SQLite format 3")
    assert not list(folder.iterdir())


def test_a_file_that_fails_half_way_leaves_the_old_one(tmp_path: Path) -> None:
    path = tmp_path / "report.csv"
    path.write_bytes(b"old")

    def fails() -> None:
        with private_file(path) as stream:
            stream.write(b"new")
            raise ValueError("half way")

    with pytest.raises(ValueError, match="half way"):
        fails()
    assert path.read_bytes() == b"old"
    assert [one.name for one in tmp_path.iterdir()] == ["report.csv"]
    with private_file(path) as stream:
        stream.write(b"new")
    assert path.read_bytes() == b"new"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
