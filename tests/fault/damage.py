"""A state that is damaged, and the drill that follows: it is noticed, nothing starts afresh, and no note is doubled.

``python -m tests.fault.damage [--flips 1000] [--drills 10] [--json]``

*Flips*: one bit of the encrypted state of a real night is turned, or its end cut off; verifying must find it every
time, and opening must never give an empty state. *Drills*: a backup, nights after it, damage; the next night must
refuse and name the command; the backup is restored, and nights on later days must leave the journal with the notes that
an undisturbed municipality has, each once: by reference, and by person and heading, so that a new key shows.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import sys
import tempfile
import time
from collections import Counter
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path
from random import Random

from kaa_bridge.errors import StateUnusable
from kaa_bridge.store.backup import back_up
from kaa_bridge.store.engine import Store, StoreKind
from kaa_bridge.store.restore import restore
from kaa_bridge.store.verify import verify_store
from kaa_bridge.sync.night import run_night
from tests.fault.bench import LATER, Bench, ShiftedClock
from tests.fault.verify import read_journal
from tests.fault.world_process import WorldProcess

_SETTLED = 2000.0
_SEED = 471


@dataclass(slots=True)
class Found:
    """Sums; ``violations`` says what went wrong."""

    flips: int = 0
    flips_found: int = 0
    drills: int = 0
    duplicates: int = 0
    lost: int = 0
    longest_drill: float = 0.0
    violations: list[str] = field(default_factory=list)


def try_flips(bench: Bench, flips: int, found: Found) -> None:
    """Turn one bit, or cut the end off, so many times."""
    chance = Random(_SEED)
    file = bench.settings.file
    whole = file.read_bytes()
    for number in range(flips):
        spoiled = bytearray(whole)
        if number % 10 == 9:
            del spoiled[chance.randrange(len(spoiled)) :]
        else:
            spoiled[chance.randrange(len(spoiled))] ^= 1 << chance.randrange(8)
        file.write_bytes(spoiled)
        found.flips += 1
        found.flips_found += _is_noticed(bench)
    file.write_bytes(whole)
    if found.flips_found < found.flips:
        found.violations.append(f"{found.flips - found.flips_found} flips were not found")


def _is_noticed(bench: Bench) -> bool:
    try:
        with Store.open(bench.settings) as store:
            return bool(verify_store(store).problems)
    except StateUnusable:
        return True


def try_drill(bench: Bench, number: int, found: Found) -> None:
    """Go through one drill; the number chooses how the state is lost and how late the next night comes."""
    bench.begin("resync")
    late = LATER + timedelta(days=number % 4)
    _night(bench, LATER, 0.0)
    _night(bench, late, 500.0)
    expected = _told(bench)
    bench.begin("resync")
    backup = bench.folder / f"backup-{number}"
    with Store.open(bench.settings) as store:
        back_up(store, backup)
    _night(bench, LATER, 0.0)
    started = time.monotonic()
    wrong = _spoil_and_refuse(bench, number)
    restore(bench.settings, backup, clock=ShiftedClock(10), replace=True)
    for turn in range(1, 4):
        _night(bench, late, turn * _SETTLED)
    found.longest_drill = round(max(found.longest_drill, time.monotonic() - started), 1)
    told = _told(bench)
    found.drills += 1
    found.duplicates += sum((told - expected).values()) + _doubled(bench)
    found.lost += sum((expected - told).values())
    if wrong or told != expected:
        more, less = (Counter(kind for _, kind, _ in one.elements()) for one in (told - expected, expected - told))
        found.violations.append(f"drill {number}: {wrong or f'more {dict(more)}, less {dict(less)}'}")


def _spoil_and_refuse(bench: Bench, number: int) -> str:
    """Lose the state in one of four ways; say what is wrong with how the next night takes it."""
    file = bench.settings.file
    match number % 4:
        case 0:
            file.unlink()
        case 1:
            file.write_bytes(b"")
        case 2:
            file.write_bytes(file.read_bytes()[:5000])
        case _:
            file.write_bytes(os.urandom(20000))
    try:
        _night(bench, LATER, 0.0)
    except StateUnusable as error:
        return "" if "restore" in f"{error.remedy}" else f"{error.code} does not say how to restore"
    return "a night began on a lost state"


def _night(bench: Bench, day: date, seconds: float) -> None:
    bench.bridge.clock = ShiftedClock(seconds)
    with Store.open(bench.settings) as store:
        run_night(store, bench.bridge, day)


def _told(bench: Bench) -> Counter[tuple[str, str, str]]:
    """What the journal tells, without reference and text: who, what kind, which heading."""
    return Counter((note["person_number"], note["kind"], note["heading"]) for note in read_journal(bench.notes))


def _doubled(bench: Bench) -> int:
    counts = Counter(note["reference"] for note in read_journal(bench.notes))
    return sum(count - 1 for count in counts.values())


def try_damage(flips: int, drills: int) -> Found:
    """Do it all."""
    found = Found()
    folder = Path(tempfile.mkdtemp(prefix="kaa-damage-", dir="/dev/shm" if os.path.isdir("/dev/shm") else None))
    try:
        with WorldProcess(folder / "world") as world:
            bench = Bench(folder / "bench", StoreKind.SQLCIPHER, world)
            try:
                bench.begin("resync")
                try_flips(bench, flips, found)
                for number in range(drills):
                    try_drill(bench, number, found)
            finally:
                bench.close()
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    return found


def main() -> int:
    """Read the command line, run, print; exit code 1 when anything is wrong."""
    parser = argparse.ArgumentParser(prog="python -m tests.fault.damage", description=__doc__)
    parser.add_argument("--flips", type=int, default=1000)
    parser.add_argument("--drills", type=int, default=20)
    parser.add_argument("--json", action="store_true")
    given = parser.parse_args()
    started = time.monotonic()
    found = try_damage(given.flips, given.drills)
    told = {name: getattr(found, name) for name in Found.__slots__}
    told["seconds"] = round(time.monotonic() - started, 1)
    print(json.dumps(told) if given.json else "\n".join(f"{name}: {value}" for name, value in told.items()))
    return int(bool(found.violations or found.duplicates or found.lost))


if __name__ == "__main__":
    sys.exit(main())
