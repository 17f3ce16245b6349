"""Measures the comparison beside a bare sorted merge of the same registers: CPU and memory, interleaved, in one run.

    python -m benchmarks.reconcile --sizes 40000,480000 --rounds 1

A state as a night leaves it, written straight into the store: births 2090-2093, compared as of 2109-10-01 after the
freeze of 2109. OEDB and IST know everybody; OEDB has not heard of what ended in the summer. The bare merge reads the
same records of both sources in order of youth and counts who is where: no fact is decoded, nothing is judged. Cost is
linear when a youth costs the same in every size; memory is flat when the peak does not grow with the register, neither
of the comparison nor of the comparison written to its last row (CSV).
"""

from __future__ import annotations

import argparse
import gc
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from statistics import median
from tempfile import TemporaryFile
from typing import Any, NamedTuple

from msgspec import structs

from kaa_bridge.config import load_settings
from kaa_bridge.domain.record import RecordFacts
from kaa_bridge.domain.stored import packed
from kaa_bridge.host import load_plugins
from kaa_bridge.reconcile.compare import compare
from kaa_bridge.reconcile.lines import sealed
from kaa_bridge.reconcile.merge import pair
from kaa_bridge.reconcile.render import write_report
from kaa_bridge.reconcile.sides import Question
from kaa_bridge.reconcile.stream import words_of
from kaa_bridge.store.connection import Connection
from kaa_bridge.store.engine import Store
from kaa_bridge.store.key import make_key_file
from kaa_bridge.store.spool import Spool
from kaa_bridge.store.sql import run_many
from kaa_bridge.sync.bridge import Bridge, make_bridge, store_settings
from kaa_bridge.testing.population.large import LARGE_AS_OF, build_large
from kaa_bridge.testing.population.model import Person

RATIO_MOST = 15.0
"""The most that a judged and sorted youth may cost beside one that was only read."""
GROWTH_MOST_MIB = 8.0
"""The most that the peak may grow from the smallest register to the largest; from 40 000 on the page cache is full."""
_BATCH = 2000
_CONFIGURATION = """\
[store]
kind = "{store}"
key = {{ file = "kaa-bridge.key" }}
[[municipality]]
code = "2303"
name = "Benchmark"
precedence = ["ist"]
[[municipality.source]]
name = "oedb"
adapter = "oedb"
mapping = "oedb"
tells = ["placements"]
[municipality.source.connection]
url = "http://127.0.0.1:9/"
username = "u"
password = {{ file = "secret" }}
[[municipality.source]]
name = "ist"
adapter = "ist"
mapping = "ist_ss12000"
tells = ["placements", "qualifications", "residence"]
[municipality.source.connection]
url = "http://127.0.0.1:9/"
token_url = "http://127.0.0.1:9/token"
client_id = "kaa-bridge"
client_secret = {{ file = "secret" }}
"""
"""Nothing is called: the port is the discard service's, and no night is run."""


def facts_of(person: Person, *, stale: bool) -> RecordFacts:
    """Return what a source says; a stale one has not heard of what ended after May."""
    places = person.placements
    if stale:
        places = tuple(structs.replace(one, end=None, ended_as=None) if _in_summer(one.end) else one for one in places)
    return RecordFacts(
        number=person.number,
        birth_date=person.birth_date,
        protection=person.protection,
        life_status=person.life_status,
        residence=person.residence,
        compulsory_schooling=person.compulsory_schooling if stale else None,
        placements=places,
    )


def _in_summer(day: date | None) -> bool:
    return day is not None and day >= date(2109, 6, 1)


def summered(index: int, person: Person) -> Person:
    """Move what ended in September into the summer, for one in five of them."""
    ended = tuple(
        structs.replace(one, end=one.end - timedelta(days=60 + index % 30)) if one.end and index % 5 == 0 else one
        for one in person.placements
    )
    return replace(person, placements=ended)


def prepare(folder: Path, count: int, store: str) -> None:
    """Write a configuration and a state of so many youths, as a night would leave them."""
    folder.mkdir(mode=0o700)
    make_key_file(folder / "kaa-bridge.key")
    (folder / "secret").touch(mode=0o600)
    (folder / "secret").write_text("hemligt", encoding="ascii")
    path = folder / "kaa-bridge.toml"
    path.write_text(_CONFIGURATION.format(store=store), encoding="utf-8")
    with Store.create(store_settings(load_settings(path), "2303")) as made, made.write() as connection:
        day = LARGE_AS_OF.isoformat()
        named = [(1, "oedb", day, day), (2, "ist", day, day)]
        run_many(connection, "INSERT INTO source (id, name, pulled_on, proved_on) VALUES (?, ?, ?, ?)", named)
        batch: list[tuple[int, Person]] = []
        for index, person in enumerate(build_large(1, count)):
            batch.append((index, summered(index, person)))
            if len(batch) == _BATCH or index == count - 1:
                _write(connection, batch)
                batch.clear()


def _write(connection: Connection, batch: list[tuple[int, Person]]) -> None:
    youths = [(i + 1, _bytes(i, 0), f"U-{i:010}", person.number, "none", 0) for i, person in batch]
    run_many(
        connection,
        "INSERT INTO youth (id, pseudonym, handle, number, protection, conflicts) VALUES (?, ?, ?, ?, ?, ?)",
        youths,
    )
    for source, stale in ((1, True), (2, False)):
        facts = [packed(facts_of(person, stale=stale)) for _, person in batch]
        records = [
            (2 * i + source, source, _bytes(i, source), i + 1, "2109-05-28", "2109-05-28", told)
            for (i, _), told in zip(batch, facts, strict=True)
        ]
        columns = "id, source_id, key, youth_id, first_on, changed_on, facts"
        run_many(connection, f"INSERT INTO record ({columns}) VALUES (?, ?, ?, ?, ?, ?, ?)", records)


def _bytes(index: int, kind: int) -> bytes:
    return (index * 16 + kind + 1).to_bytes(16, "big")


def bare(connection: Connection, bridge: Bridge) -> int:
    """Merge the two sources' records in order of youth and count; nothing is decoded."""
    del bridge
    met = pair(words_of(connection, [1]), words_of(connection, [2]))
    return sum(1 for _, left, right in met if left is not None or right is not None)


def whole(connection: Connection, bridge: Bridge) -> int:
    """Compare as the command does, and go through the rows once."""
    with Spool() as spool:
        found = compare(connection, bridge, Question(2109, LARGE_AS_OF), spool)
        assert found.counts.adds_up
        listed = sum(1 for _ in found.rows)
        assert listed == sum(found.counts.listed.values())
        assert listed, "a summer without anybody measures nothing"
        return found.counts.union


def written(connection: Connection, bridge: Bridge) -> int:
    """Compare and write the CSV, every row of it."""
    with Spool() as spool, TemporaryFile() as file:
        found = compare(connection, bridge, Question(2109, LARGE_AS_OF), spool)
        write_report(sealed(found, b"k" * 32), "csv", file)
        return found.counts.union


WAYS: dict[str, Callable[[Connection, Bridge], int]] = {"bare": bare, "whole": whole, "written": written}


def measure_one(folder: Path, kind: str) -> None:
    """Print CPU seconds and peak MiB of one way, in this process."""
    settings = load_settings(folder / "kaa-bridge.toml")
    bridge = make_bridge(settings, settings.municipality("2303"), load_plugins())
    work = WAYS[kind]
    with Store.open(store_settings(settings, "2303")) as store, store.read() as connection:
        gc.collect()
        began = time.process_time()
        count = work(connection, bridge)
        spent = time.process_time() - began
    bridge.close()
    print(count, spent, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024)


def asked(folder: Path, kind: str) -> tuple[int, float, float]:
    """Measure one way in a process of its own."""
    command = [sys.executable, "-m", "benchmarks.reconcile", "--measure", kind, str(folder)]
    count, spent, peak = subprocess.run(command, check=True, capture_output=True, text=True).stdout.split()
    return int(count), float(spent), float(peak)


class Figures(NamedTuple):
    """Medians of CPU seconds, and the highest peaks in MiB, of one size."""

    youths: int
    bare: float
    whole: float
    written: float
    bare_peak: float
    whole_peak: float
    written_peak: float

    @property
    def ratio(self) -> float:
        """What the comparison costs beside a bare merge."""
        return self.whole / self.bare

    @property
    def each(self) -> float:
        """Microseconds of CPU for each youth."""
        return self.whole / self.youths * 1e6


def sizes(given: Any) -> Iterator[Figures]:
    """Yield the figures of each size, from interleaved rounds."""
    for count in (int(size) for size in given.sizes.split(",")):
        with tempfile.TemporaryDirectory(prefix="kaa-reconcile-") as scratch:
            folder = Path(scratch) / "state"
            prepare(folder, count, given.store)
            rounds = [[asked(folder, way) for way in WAYS] for _ in range(given.rounds)]
        assert all(one[0] == count for told in rounds for one in told)
        ways = list(zip(*rounds, strict=True))
        cpu = [median(one[1] for one in way) for way in ways]
        yield Figures(count, *cpu, *(max(one[2] for one in way) for way in ways))


def main() -> int:
    """Measure, print and say whether the goals hold."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sizes", default="40000,160000")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--store", default="sqlcipher", choices=["sqlite", "sqlcipher"])
    parser.add_argument("--measure", nargs=2, metavar=("KIND", "FOLDER"))
    given = parser.parse_args()
    if given.measure:
        measure_one(Path(given.measure[1]), given.measure[0])
        return 0
    print(f"{'youths':>8}{'bare s':>8}{'whole s':>9}{'written s':>11}{'ratio':>7}{'us each':>9}{'peaks MiB':>17}")
    found = []
    for one in sizes(given):
        found.append(one)
        peaks = f"{one.bare_peak:.0f} {one.whole_peak:.0f} {one.written_peak:.0f}"
        print(
            f"{one.youths:>8}{one.bare:>8.2f}{one.whole:>9.2f}{one.written:>11.2f}{one.ratio:>7.1f}{one.each:>9.1f}"
            f"{peaks:>17}",
            flush=True,
        )
    first, last = found[0], found[-1]
    growth = max(last.whole_peak - first.whole_peak, last.written_peak - first.written_peak)
    ratio = max(one.ratio for one in found)
    goals = [
        (f"at most {RATIO_MOST:g} x a bare merge", ratio <= RATIO_MOST, f"{ratio:.1f}"),
        (f"the peak grows at most {GROWTH_MOST_MIB:g} MiB", growth <= GROWTH_MOST_MIB, f"{growth:.1f}"),
        ("linear: a youth costs at most 1.25 x as much", last.each <= 1.25 * first.each, f"{last.each:.1f} us"),
    ]
    for goal, holds, figure in goals:
        print(f"{'OK  ' if holds else 'FAIL'} {goal}: {figure}")
    return 0 if all(holds for _, holds, _ in goals) else 1


if __name__ == "__main__":
    sys.exit(main())
