"""Notes that the journal stores after their answer was given up, from at once to twice the settle time.

``python -m tests.fault.late [--delays 200] [--json]``

In virtual time, a journal of level 2 that declares a lateness: one answer is lost, nights follow each other, and the
note lands after the delay. Within the declared lateness there must be no double, and none up to the settle time either.
Beyond it the protocol promises nothing but that the comparison with the journal's listing shows every double.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections import Counter
from dataclasses import dataclass, field

from kaa_bridge.contract.journal import JournalLevel
from kaa_bridge.journal.reconcile import compare_listing
from kaa_bridge.store.engine import Store
from tests.fault.miniature import SETTLED, Miniature
from tests.fault.test_model import miniature

_BETWEEN_NIGHTS = 200.0
_LEVEL = JournalLevel.AUTHORITATIVE_LOOKUP


@dataclass(slots=True)
class Found:
    """Sums.

    Attributes:
        within: delays up to the declared lateness.
        beyond: delays above it.
        doubles_beyond: how many of those ended as two notes.
        doubles_seen: and how many of these the comparison shows.
    """

    delays: int = 0
    within: int = 0
    beyond: int = 0
    duplicates: int = 0
    doubles_beyond: int = 0
    doubles_seen: int = 0
    lost: int = 0
    violations: list[str] = field(default_factory=list)


def try_delay(seconds: float, found: Found) -> None:
    """Let one note of three land so late."""
    town = miniature(_LEVEL)
    try:
        town.comes(3)
        town.journal.delay = seconds
        town.night(["late"])
        for _ in range(int(2 * SETTLED / _BETWEEN_NIGHTS) + 3):
            town.clock.advance(_BETWEEN_NIGHTS)
            town.night()
        _judge(town, seconds, found)
    finally:
        town.close()


def _judge(town: Miniature, seconds: float, found: Found) -> None:
    town.journal.land()
    counts = Counter(reference for reference, _ in town.journal.stored)
    doubled = {reference for reference, count in counts.items() if count > 1}
    today = town.clock.now().date()
    with Store.open(town.settings) as store, store.read() as connection:
        seen = compare_listing(connection, "treserva", town.journal.list_notes(today, today), today, today).doubled
    within = seconds <= town.journal.lateness
    found.delays += 1
    found.within += within
    found.beyond += not within
    found.lost += len(town.wanted.keys() - counts.keys())
    if seconds <= SETTLED:
        found.duplicates += len(doubled)
    else:
        found.doubles_beyond += len(doubled)
        found.doubles_seen += len(doubled & seen)
    if found.doubles_seen < found.doubles_beyond:
        found.violations.append(f"{seconds:.0f} s: a double that the comparison does not show")


def try_delays(delays: int) -> Found:
    """Try half the delays within the declared lateness and half from there to twice the settle time."""
    found = Found()
    half = delays // 2
    declared = 10.0
    for number in range(half):
        try_delay(declared * number / max(1, half - 1), found)
    for number in range(delays - half):
        try_delay(declared + (2 * SETTLED - declared) * (number + 1) / (delays - half), found)
    return found


def main() -> int:
    """Read the command line, run, print; exit code 1 when anything is wrong."""
    parser = argparse.ArgumentParser(prog="python -m tests.fault.late", description=__doc__)
    parser.add_argument("--delays", type=int, default=200)
    parser.add_argument("--json", action="store_true")
    given = parser.parse_args()
    started = time.monotonic()
    found = try_delays(given.delays)
    told = {name: getattr(found, name) for name in Found.__slots__}
    told["seconds"] = round(time.monotonic() - started, 1)
    print(json.dumps(told) if given.json else "\n".join(f"{name}: {value}" for name, value in told.items()))
    return int(bool(found.violations or found.duplicates or found.lost or not found.doubles_beyond))


if __name__ == "__main__":
    sys.exit(main())
