"""Thousands of nights of five municipalities in virtual time, with faults.

``python -m tests.fault.soak [--nights 10000] [--seed 471] [--faults 0.05] [--json]``

Each night each municipality gets new notes now and then, answers go wrong with the given share, some nights crash at a
random statement, now and then a backup is restored, a youth becomes protected, or a person resolves what is open. After
each night the invariants are checked; at the end, after quiet nights, every note that is due is in the journal once.
"""

from __future__ import annotations

import argparse
import json
import random
import sys
import time
from collections import Counter

from kaa_bridge.contract.journal import JournalLevel
from tests.fault.miniature import ANSWERS, Miniature
from tests.fault.test_model import miniature

_LEVELS = (JournalLevel(2), JournalLevel(2), JournalLevel(1), JournalLevel(0), JournalLevel(3))
_WRONG = [answer for answer in ANSWERS if answer != "ok"]
_YOUTHS = 60


class Soak:
    """Five municipalities, one source of chance."""

    def __init__(self, seed: int, faults: float) -> None:
        self.chance = random.Random(seed)
        self.faults = faults
        self.towns = [miniature(level) for level in _LEVELS]
        self.did: Counter[str] = Counter()

    def night(self) -> None:
        """One night of each municipality."""
        for town in self.towns:
            self._life(town)
            answers = [self._answer() for _ in range(6)]
            crash = self.chance.randrange(1, 60) if self._happens(self.faults) else 0
            self.did["crashes"] += bool(crash)
            self.did["wrong answers"] += sum(answer != "ok" for answer in answers)
            town.night(answers, crash_at=crash, parallel=self.chance.choice([1, 4]))
            town.check()
            town.clock.advance(86400.0)
            self.did["nights"] += 1

    def end(self) -> None:
        """Quiet nights; then every note that is due is there once."""
        for town in self.towns:
            town.settle_everything()
            town.check_end()
            self.did["notes"] += len(town.journal.stored)

    def close(self) -> None:
        """Take everything away."""
        for town in self.towns:
            town.close()

    def _life(self, town: Miniature) -> None:
        if len(town.youths) < _YOUTHS and self._happens(0.2):
            town.comes()
        if town.youths and len(town.wanted) < 6 * _YOUTHS and self._happens(0.3):
            town.falls_due(self.chance.randint(1, len(town.youths)))
        if town.youths and self._happens(0.005):
            town.protect(self.chance.randint(1, len(town.youths)))
            self.did["protected"] += 1
        if self._happens(0.02) and len(town.backups) < 20:
            town.back_up()
        if town.backups and self._happens(0.01):
            town.restore(self.chance.randrange(len(town.backups)))
            self.did["restores"] += 1
        if self._happens(0.1):
            town.person_resolves(retries=self._happens(0.5))
        if self._happens(0.02):
            town.person_reconciles()

    def _answer(self) -> str:
        return self.chance.choice(_WRONG) if self._happens(self.faults) else "ok"

    def _happens(self, share: float) -> bool:
        return self.chance.random() < share


def soak(nights: int, seed: int, faults: float) -> dict[str, int]:
    """Run so many nights in all and return what happened; an assertion fails where an invariant does."""
    one = Soak(seed, faults)
    try:
        for _ in range(-(-nights // len(one.towns))):
            one.night()
        one.end()
    finally:
        one.close()
    return dict(one.did)


def main() -> int:
    """Read the command line, run, print."""
    parser = argparse.ArgumentParser(prog="python -m tests.fault.soak", description=__doc__)
    parser.add_argument("--nights", type=int, default=10000)
    parser.add_argument("--seed", type=int, default=471)
    parser.add_argument("--faults", type=float, default=0.05)
    parser.add_argument("--json", action="store_true")
    given = parser.parse_args()
    started = time.monotonic()
    found = soak(given.nights, given.seed, given.faults)
    told = {"seed": given.seed, **found, "violations": 0, "seconds": round(time.monotonic() - started, 1)}
    print(json.dumps(told) if given.json else "\n".join(f"{name}: {value}" for name, value in told.items()))
    return 0


if __name__ == "__main__":
    sys.exit(main())
