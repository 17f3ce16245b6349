"""A municipality's night in a process of its own, so that nothing a plugin does there reaches another municipality.

What stays in the process: its working folder, environment, locale, signal handlers, log settings, threads, memory, open
files, whatever it prints, and its end, however it comes. What does not: it runs as the same user, so a plugin that is
out to do harm can still write to files and end other processes (docs/explanation/hostile-plugins.md).
"""

from __future__ import annotations

import argparse
import json
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from msgspec.structs import asdict

from kaa_bridge.cli.context import App
from kaa_bridge.cli.present import phrased
from kaa_bridge.config import Settings
from kaa_bridge.errors import ExitCode, KaaError, Stopped
from kaa_bridge.log import log
from kaa_bridge.nights import Outcome, night_here
from kaa_bridge.sync.stop import StopRequest

_POSIX = os.name == "posix"
_LOOK_SECONDS = 0.05
_BEAT_SECONDS = 10.0
_GRACE_SECONDS = 15.0
"""So long a process that was told to end at once may take before it is killed."""
_LONGEST_RESULT = 256 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Asked:
    """What the process is asked to do, and how loudly."""

    municipality: str
    day: date
    dry_run: bool = False
    verbosity: int = 0
    quiet: bool = False
    log_format: str = "text"


def nothing() -> None:
    """Do nothing while waiting."""


def night_apart(settings: Settings, asked: Asked, *, stop: StopRequest, beat: Callable[[], None] = nothing) -> Outcome:
    """Run a night in a process of its own and return what became of it.

    Args:
        settings: the configuration; the process reads the same file.
        asked: which night.
        stop: a request to end is passed on to the process.
        beat: called every few seconds while the night runs.
    """
    with tempfile.TemporaryDirectory(prefix="kaa-night-", ignore_cleanup_errors=True) as folder:
        result = Path(folder) / "result.json"
        process = subprocess.Popen(  # noqa: S603 - ourselves, with checked arguments
            _command(settings.path, asked, result),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            start_new_session=True,
        )
        try:
            with stop.finishing():
                in_time = _watch(process, settings.configuration.limits.night_seconds, stop, beat)
        finally:
            _end(process)
        if not in_time:
            return _failed(asked.municipality, _hung(asked.municipality))
        return _told(result) or _failed(asked.municipality, _died(asked.municipality, process.returncode))


def _command(configuration: Path, asked: Asked, result: Path) -> list[str]:
    command = [sys.executable, "-P", "-m", "kaa_bridge.apart", str(configuration), asked.municipality]
    command += [asked.day.isoformat(), str(result), "--verbosity", str(asked.verbosity), "--log", asked.log_format]
    return command + ["--dry-run"] * asked.dry_run + ["--quiet"] * asked.quiet


def _watch(process: subprocess.Popen[bytes], limit: float, stop: StopRequest, beat: Callable[[], None]) -> bool:
    """Wait for the process's end; ``False`` when it took longer than its limit."""
    began = beaten = time.monotonic()
    told = False
    try:
        while not _has_ended(process):
            time.sleep(_LOOK_SECONDS)
            now = time.monotonic()
            if stop.was_asked() and not told:
                process.terminate()
                told = True
            if now - beaten > _BEAT_SECONDS:
                beat()
                beaten = now
            if now - began > limit:
                return False
    except Stopped:
        process.terminate()
    return True


def _has_ended(process: subprocess.Popen[bytes]) -> bool:
    """Tell whether it has ended without collecting it yet: until then its number is nobody else's.

    Where the system has no such look (Windows, macOS before Python 3.13) it is collected at once.
    """
    if not hasattr(os, "waitid"):
        return process.poll() is not None
    return os.waitid(os.P_PID, process.pid, os.WEXITED | os.WNOHANG | os.WNOWAIT) is not None


def _end(process: subprocess.Popen[bytes]) -> None:
    """End the process, gently first, and everything it has left running."""
    if not _has_ended(process):
        process.terminate()
        end = time.monotonic() + _GRACE_SECONDS
        while not _has_ended(process) and time.monotonic() < end:
            time.sleep(_LOOK_SECONDS)
    if _POSIX:
        with suppress(ProcessLookupError, PermissionError):
            os.killpg(process.pid, signal.SIGKILL)
    else:
        process.kill()
    process.wait()


def _told(result: Path) -> Outcome | None:
    try:
        if result.stat().st_size > _LONGEST_RESULT:
            return None
        told = json.loads(result.read_text(encoding="utf-8"))
        told |= {"exit_code": ExitCode(told["exit_code"]), "lines": tuple(told["lines"])}
        return Outcome(**told)
    except (OSError, ValueError, TypeError, KeyError):
        return None


def _failed(municipality: str, error: KaaError) -> Outcome:
    return Outcome(municipality, error.exit_code, error=phrased(error, about=municipality)[0], code=error.code)


def _died(code: str, status: int) -> KaaError:
    try:
        how = signal.Signals(-status).name if status < 0 else f"exit status {status}"
    except ValueError:
        how = f"signal {-status}"
    return KaaError(
        "night_died",
        f"The process of {code}'s night ended without a report ({how}): a plugin ended it, or the machine did. What "
        "was not kept is rolled back, a note with an intent is in doubt; the other municipalities were not touched.",
        remedy=f"kaa-bridge -vv run --municipality {code}, and kaa-bridge plugins list for what was loaded.",
    )


def _hung(code: str) -> KaaError:
    return KaaError(
        "night_hung",
        f"The night of {code} took longer than limits.night_seconds and was ended. What was not kept is rolled back, a "
        "note with an intent is in doubt; the other municipalities were not touched.",
        remedy=f"kaa-bridge status --municipality {code} shows the source that was slow last; then kaa-bridge run "
        f"--municipality {code}",
    )


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the night that the arguments name, write the outcome to the result file, and end at once."""
    parser = argparse.ArgumentParser(prog="python -m kaa_bridge.apart")
    for name in ("configuration", "municipality", "day", "result"):
        parser.add_argument(name)
    parser.add_argument("--dry-run", action="store_true")
    parser.add_argument("--quiet", action="store_true")
    parser.add_argument("--verbosity", type=int, default=0)
    parser.add_argument("--log", default="text")
    given = parser.parse_args(arguments)
    _keep_output_apart(given.verbosity)
    _limit_to(App(given.configuration, 0, quiet=True, log_format="text").settings.configuration.limits.memory_mib)
    app = App(given.configuration, given.verbosity, quiet=given.quiet, log_format=given.log)
    app.start_log()
    stop = StopRequest()
    with stop.listening():
        table = app.settings.municipality(given.municipality)
        day = date.fromisoformat(given.day)
        outcome = night_here(app, table, day, stop=stop, dry_run=given.dry_run)
    _write(Path(given.result), asdict(outcome))
    os._exit(0)  # a thread or an exit handler that a plugin has left does not keep the process


def _keep_output_apart(verbosity: int) -> None:
    """Keep standard error for our log: whatever else is printed may hold a person and goes nowhere (but with -vv)."""
    log.stream = os.fdopen(os.dup(2), "w", encoding="utf-8", errors="replace", buffering=1)
    if verbosity < 2:
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, 2)
        os.close(nowhere)


def _limit_to(mebibytes: int) -> None:
    """Bound the memory, where the system can, and leave no core file that would hold persons."""
    if sys.platform != "linux":
        return
    import resource

    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    most = resource.getrlimit(resource.RLIMIT_DATA)[1]
    wanted = mebibytes * 1024 * 1024
    allowed = wanted if most == resource.RLIM_INFINITY else min(wanted, most)
    resource.setrlimit(resource.RLIMIT_DATA, (allowed, most))


def _write(path: Path, outcome: dict[str, Any]) -> None:
    half = path.with_suffix(".new")
    half.write_text(json.dumps(outcome, ensure_ascii=False), encoding="utf-8")
    half.replace(path)


if __name__ == "__main__":
    main()
