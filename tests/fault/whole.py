"""Runs the whole fault harness and writes its table.

``python -m tests.fault.whole [--quick] [--write docs/explanation/fault-results.md]``

``--quick`` takes a sample of everything in some minutes; without it the run takes one to two hours on two cores.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import time
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

_HEAD = """# What the fault harness found

Written by `python -m tests.fault.whole{quick}` on {date} (UTC), {cores} cores, Python {python}, in {seconds:.0f} s.
*Violations* are notes twice in the journal, notes lost, or any other invariant of the verifier that did not hold.

| what | points | violations | notes in doubt | seconds | remarks |
|---|---|---|---|---|---|
"""


@dataclass(frozen=True, slots=True)
class Part:
    """One module of the harness, and how it is called for the whole and for a sample."""

    name: str
    module: str
    whole: tuple[str, ...]
    quick: tuple[str, ...]


PARTS = (
    Part("SIGKILL at every point", "kill", ("--points", "all"), ("--points", "120")),
    Part("network faults", "network", ("--cells", "all"), ("--cells", "40")),
    Part("paused and overtaken, encrypted", "pause", ("--points", "60"), ("--points", "3")),
    Part(
        "paused and overtaken, PostgreSQL",
        "pause",
        ("--points", "60", "--store", "postgresql"),
        ("--points", "3", "--store", "postgresql"),
    ),
    Part("session, disk, stop", "trouble", ("--points", "300"), ("--points", "6")),
    Part("nights in virtual time", "soak", ("--nights", "10000"), ("--nights", "300")),
)


def row(name: str, found: Mapping[str, Any], seconds: float) -> str:
    """Return one line of the table."""
    wrong = found.get("violations", found.get("wrong", []))
    bad = found.get("duplicates", 0) + found.get("lost", 0) + (wrong if isinstance(wrong, int) else len(wrong))
    points = found.get("points") or found.get("cells") or found.get("nights") or found.get("locked", 0) * 2
    remarks = []
    if "controls" in found:
        remarks.append(f"{found['controls_caught']} of {found['controls']} known mistakes caught")
    if "control_duplicates" in found:
        remarks.append(f"without deadline and fence: {found['control_duplicates']} doubles")
    if "seed" in found:
        remarks.append(f"seed {found['seed']}, {found['notes']} notes, {found['crashes']} crashes")
    spent = found.get("seconds", seconds)
    return f"| {name} | {points} | {bad} | {found.get('in_doubt', '')} | {spent:.0f} | {'; '.join(remarks)} |"


def run_part(part: Part, *, quick: bool) -> tuple[list[str], bool]:
    """Run one part and return its lines and whether all is well."""
    command = [sys.executable, "-m", f"tests.fault.{part.module}", *(part.quick if quick else part.whole), "--json"]
    started = time.monotonic()
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    lines = []
    for line in done.stdout.splitlines():
        found = json.loads(line)
        name = f"{part.name}: {found['trouble']}" if "trouble" in found else part.name
        lines.append(row(name, found, time.monotonic() - started))
    return lines or [f"| {part.name} | 0 | failed to run | | | exit code {done.returncode} |"], done.returncode == 0


def main() -> int:
    """Read the command line, run, write; exit code 1 when anything is wrong."""
    parser = argparse.ArgumentParser(prog="python -m tests.fault.whole", description=__doc__)
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--write", type=Path)
    given = parser.parse_args()
    started, lines, well = time.monotonic(), [], True
    for part in PARTS:
        found, right = run_part(part, quick=given.quick)
        lines += found
        well = well and right
        print("\n".join(found), flush=True)
    if given.write:
        import os
        import platform

        head = _HEAD.format(
            quick=" --quick" if given.quick else "",
            date=datetime.now(UTC).date().isoformat(),
            cores=os.cpu_count(),
            python=platform.python_version(),
            seconds=time.monotonic() - started,
        )
        given.write.write_text(head + "\n".join(lines) + "\n", encoding="utf-8")
    return int(not well)


if __name__ == "__main__":
    sys.exit(main())
