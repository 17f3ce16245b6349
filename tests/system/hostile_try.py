"""Tries hostile plugins beside two good municipalities: ``python -m tests.system.hostile_try [--way NAME]``.

Each way by itself, which takes long; ``test_hostile.py`` tries many at once. Prints a line a way, exit code 1 when the
neighbours got anything else than they get alone, or a person was printed.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

from kaa_bridge.testing.hostile import JOURNAL_WAYS, SOURCE_WAYS
from kaa_bridge.testing.hostile.canary import CANARY, CANARY_NAME, CANARY_NUMBER
from tests.system.hostile_world import AFTER, BEFORE, BETWEEN, HostileWorld, Night, Ways

EVERY: list[Ways] = [(way, "good") for way in sorted(SOURCE_WAYS)] + [("good", way) for way in sorted(JOURNAL_WAYS)]
"""Each way of a source beside a good journal, each way of a journal beside a good source."""
Output = dict[str, dict[str, bytes]]
_LEAKS = (CANARY, CANARY_NAME, CANARY_NUMBER, CANARY.split()[2], "Traceback")


@dataclass(frozen=True, slots=True)
class Undisturbed:
    """What the neighbours get when there is no hostile municipality, in two nights after one another."""

    key: bytes
    nights: tuple[Output, Output]


@dataclass(frozen=True, slots=True)
class Tried:
    """What came of a try: what was wrong for the neighbours, and how each hostile municipality's night ended."""

    wrong: tuple[str, ...]
    ended: dict[str, str]


def alone(folder: Path) -> Undisturbed:
    """Run the neighbours' nights without anybody hostile."""
    with HostileWorld(folder) as world:
        world.configure()
        first = _outputs(world, world.night())
        assert all(json.loads(first[code]["notes"]) for code in (BEFORE, AFTER)), "else there is nothing to compare"
        return Undisturbed((folder / "kaa-bridge.key").read_bytes(), (first, _outputs(world, world.night(1))))


def try_ways(folder: Path, undisturbed: Undisturbed, ways: list[Ways]) -> Tried:
    """Run a night with these ways, and the night after it where one of them strikes only then."""
    wrong: list[str] = []
    with HostileWorld(folder) as world:
        (folder / "kaa-bridge.key").write_bytes(undisturbed.key)
        world.configure(*ways)
        night = world.night()
        wrong += _judged(world, night, undisturbed.nights[0])
        if any(journal.startswith("find") for _, journal in ways):
            time.sleep(3.1)
            night = world.night(1)
            wrong += _judged(world, night, undisturbed.nights[1])
        ended = {"/".join(pair): _ended(night, code) for code, pair in zip(BETWEEN, ways, strict=False)}
    return Tried(tuple(wrong), ended)


def _outputs(world: HostileWorld, night: Night) -> Output:
    return {code: world.outputs(code, night) for code in (BEFORE, AFTER)}


def _judged(world: HostileWorld, night: Night, expected: Output) -> list[str]:
    given = _outputs(world, night)
    wrong = [
        f"{code} got another {name}"
        for code in (BEFORE, AFTER)
        for name in expected[code]
        if given[code][name] != expected[code][name]
    ]
    wrong += [f"printed {leak[:9]}" for leak in _LEAKS if leak in night.out + night.err]
    return wrong if night.code in range(8) or night.code == 75 else [*wrong, f"ended with {night.code}"]


def _ended(night: Night, code: str) -> str:
    told = night.of(code)
    if told is None:
        lines = [line for line in night.err.splitlines() if line.startswith("Error (")]
        return next((line.split(")")[0][7:] for line in lines if f"{code}" in line), "no report")
    source = told["sources"][0]
    sent = ", ".join(f"{name} {count}" for name, count in told["sent"].items() if count and name != "listing")
    return f"exit {told['exit_code']}, source {source['state']} {source['error'] or ''}, {sent}"


def main() -> int:
    """Read the command line, try, print."""
    parser = argparse.ArgumentParser(prog="python -m tests.system.hostile_try", description=__doc__)
    parser.add_argument("--way", action="append", help="Only this way (may be repeated).")
    given = parser.parse_args()
    bad = 0
    with tempfile.TemporaryDirectory(prefix="kaa-hostile-") as folder:
        undisturbed = alone(Path(folder) / "alone")
        for number, ways in enumerate(EVERY):
            if given.way and not set(ways) & set(given.way):
                continue
            tried = try_ways(Path(folder) / str(number), undisturbed, [ways])
            bad += bool(tried.wrong)
            told = "; ".join(tried.wrong) or "ok"
            print(f"{told:<8} {'/'.join(ways):<50} {next(iter(tried.ended.values()))}", flush=True)
    print(f"{bad} of {len(EVERY)} ways reached a neighbour")
    return int(bool(bad))


if __name__ == "__main__":
    sys.exit(main())
