"""Runs the whole fault harness, part by part, and writes its table.

``python -m tests.fault.whole [--quick] [--part NAME]... [--log FILE] [--write docs/explanation/fault-results.md]``

``--quick`` takes a sample of everything in some minutes; without it the run takes about an hour and a half on two
cores. Each part is a command of its own whose progress goes to standard error. ``--log`` keeps what each part found as
a line of JSON, with the day; parts that stand in it are not run again, so that a run may be stopped and gone on with
(the kills keep a log of their own beside it). ``--write`` puts the table of all that stands in the log between two
marks of the page.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import re
import subprocess
import sys
import time
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

BEGIN, END = "<!-- table -->", "<!-- end of table -->"
_HEAD = """| what | command | date | points | violations | in doubt | seconds | remarks |
|---|---|---|---|---|---|---|---|
"""
_PYTEST = ("-m", "pytest", "-q", "-p", "no:cacheprovider")


@dataclass(frozen=True, slots=True)
class Part:
    """One command of the harness, for the whole and for a sample.

    Attributes:
        module: what ``python -m`` runs; a test file is run by pytest and counts its tests.
        environment: set for the whole only.
    """

    name: str
    module: str
    whole: tuple[str, ...] = ()
    quick: tuple[str, ...] = ()
    environment: tuple[tuple[str, str], ...] = ()

    def command(self, *, quick: bool) -> list[str]:
        """Return the words after ``python``."""
        given = list(self.quick if quick else self.whole)
        if self.module.endswith(".py"):
            return [*_PYTEST, self.module, *given]
        return ["-m", f"tests.fault.{self.module}", *given]


PARTS = (
    Part("SIGKILL before and after every step", "kill", ("--points", "all", "--own-server"), ("--points", "120")),
    Part(
        "SIGKILL again in the recovery",
        "kill",
        ("--points", "2000", "--pairs", "--own-server"),
        ("--points", "18", "--pairs"),
    ),
    Part("network faults: token, pull, send, look-up", "network", ("--cells", "all"), ("--cells", "40")),
    Part("notes stored late", "late", ("--delays", "200"), ("--delays", "10")),
    Part(
        "paused, overtaken, started at once; encrypted",
        "pause",
        ("--points", "100", "--races", "300"),
        ("--points", "3", "--races", "5"),
    ),
    Part(
        "paused, overtaken, started at once; PostgreSQL",
        "pause",
        ("--points", "60", "--races", "100", "--store", "postgresql"),
        ("--points", "3", "--races", "5", "--store", "postgresql"),
    ),
    Part(
        "PostgreSQL session ended",
        "trouble",
        ("--points", "300", "--trouble", "session"),
        ("--points", "6", "--trouble", "session"),
    ),
    Part(
        "PostgreSQL restarted",
        "trouble",
        ("--points", "300", "--trouble", "restart"),
        ("--points", "4", "--trouble", "restart"),
    ),
    Part(
        "disk full from every step on",
        "trouble",
        ("--points", "all", "--trouble", "disk"),
        ("--points", "6", "--trouble", "disk"),
    ),
    Part("SIGTERM", "trouble", ("--points", "all", "--trouble", "stop"), ("--points", "6", "--trouble", "stop")),
    Part("damage and restore", "damage", ("--flips", "1000", "--drills", "20"), ("--flips", "30", "--drills", "4")),
    Part("nights of five municipalities in virtual time", "soak", ("--nights", "10000"), ("--nights", "300")),
    Part(
        "random lives of the outbox against a set",
        "tests/fault/test_model.py",
        environment=(("KAA_MODEL_EXAMPLES", "300"),),
    ),
    Part(
        "random lives of the whole bridge against a set",
        "tests/fault/test_bridge_model.py",
        environment=(("KAA_BRIDGE_EXAMPLES", "60"),),
    ),
    Part("intent on disk before the first byte, by strace", "tests/fault/test_durability.py"),
    Part("clock changes, summer time, one run a date", "tests/fault/test_clock.py"),
)


def run_part(part: Part, *, quick: bool, log: Path | None) -> dict[str, Any]:
    """Run one part and return what it found, with the day and what was run."""
    command = part.command(quick=quick)
    said = ["python", *command]
    if part.module.endswith(".py"):
        said = ["pytest", part.module]
    else:
        command.append("--json")
    if part.module == "kill" and log:
        command += ["--log", f"{log}.{'pairs' if '--pairs' in command else 'kill'}"]
    environment = {} if quick else dict(part.environment)
    started = time.monotonic()
    done = subprocess.run(
        [sys.executable, *command], stdout=subprocess.PIPE, text=True, check=False, env={**os.environ, **environment}
    )
    found = _found(part, done.stdout)
    if environment and found["points"]:
        found["lives"] = int(next(iter(environment.values())))
    prefix = "".join(f"{name}={value} " for name, value in environment.items())
    return {
        "part": part.name,
        "command": prefix + " ".join(said),
        "date": datetime.now(UTC).date().isoformat(),
        "python": platform.python_version(),
        "well": done.returncode == 0,
        "seconds": round(time.monotonic() - started, 1),
        "found": found,
    }


def _found(part: Part, printed: str) -> dict[str, Any]:
    if part.module.endswith(".py"):
        counts = {word: int(number) for number, word in re.findall(r"(\d+) (passed|failed|error|skipped)", printed)}
        return {"points": counts.get("passed", 0), "violations": counts.get("failed", 0) + counts.get("error", 0)}
    lines = printed.splitlines()
    return dict(json.loads(lines[-1])) if lines else {}


def row(done: Mapping[str, Any]) -> str:
    """Return one line of the table."""
    found = done["found"]
    wrong = found.get("violations", found.get("wrong", []))
    bad = found.get("duplicates", 0) + found.get("lost", 0) + (wrong if isinstance(wrong, int) else len(wrong))
    shown = str(bad) if found and (bad or done["well"]) else "did not end well"
    cells = [done["part"], f"`{done['command']}`", done["date"], _points(found), shown, found.get("in_doubt", "")]
    return "| " + " | ".join(str(cell) for cell in [*cells, f"{done['seconds']:.0f}", _remarks(found)]) + " |"


def _points(found: Mapping[str, Any]) -> str:
    if "locked" in found:
        return f"{found['locked'] + found['fenced']} pauses, {found.get('races', 0)} races"
    if "lives" in found:
        return f"{found['lives']} lives"
    if "flips" in found:
        return f"{found['flips']} flips and cuts, {found['drills']} drills"
    for name in ("points", "cells", "delays", "nights"):
        if name in found:
            return f"{found[name]:,}"
    return ""


def _remarks(found: Mapping[str, Any]) -> str:
    said = []
    if "controls" in found:
        said.append(f"{found['controls_caught']} of {found['controls']} known mistakes caught")
    if "control_duplicates" in found:
        said.append(f"without deadline and fence the same pauses double {found['control_duplicates']}")
    if "doubles_beyond" in found:
        said.append(f"{found['doubles_seen']} of {found['doubles_beyond']} doubles beyond the settle time are reported")
    if "seed" in found:
        said.append(
            f"seed {found['seed']}: {found['notes']} notes, {found['crashes']} crashes, {found['restores']} restores"
        )
    if "longest_drill" in found:
        said.append(f"longest drill {found['longest_drill']} s")
    return "; ".join(said)


def read_log(path: Path | None) -> list[dict[str, Any]]:
    """Return what earlier runs found, the last word on each part."""
    if path is None or not path.exists():
        return []
    found = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
    return list({one["part"]: one for one in found}.values())


def write_table(page: Path, done: list[dict[str, Any]]) -> None:
    """Put the table between the marks of the page."""
    text = page.read_text(encoding="utf-8")
    before, rest = text.split(BEGIN)
    after = rest.split(END)[1]
    order = {part.name: number for number, part in enumerate(PARTS)}
    lines = [row(one) for one in sorted(done, key=lambda one: order.get(one["part"], len(order)))]
    page.write_text(f"{before}{BEGIN}\n\n{_HEAD}" + "\n".join(lines) + f"\n\n{END}{after}", encoding="utf-8")


def main() -> int:
    """Read the command line, run, write; exit code 1 when a part did not end well."""
    parser = argparse.ArgumentParser(
        prog="python -m tests.fault.whole", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--part", action="append", choices=[part.name for part in PARTS], help="only this; repeatable")
    parser.add_argument("--log", type=Path)
    parser.add_argument("--write", type=Path)
    given = parser.parse_args()
    done = read_log(given.log)
    there = {one["part"] for one in done}
    for part in PARTS:
        if part.name in there or (given.part and part.name not in given.part):
            continue
        found = run_part(part, quick=given.quick, log=given.log)
        done.append(found)
        print(row(found), flush=True)
        if given.log:
            with given.log.open("a", encoding="utf-8") as lines:
                print(json.dumps(found), file=lines)
    if given.write:
        write_table(given.write, done)
    return int(not all(one["well"] for one in done))


if __name__ == "__main__":
    sys.exit(main())
