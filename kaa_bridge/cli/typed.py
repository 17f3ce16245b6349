"""The program as it was started, so that a printed command can be typed as it stands."""

from __future__ import annotations

import os
import shlex
import shutil
import subprocess
import sys
from pathlib import Path


def typed(configuration: Path | None = None) -> str:
    """Return what a command line of this installation begins with.

    Args:
        configuration: the file that it is to use, where it would not be found by itself.
    """
    words = [*_program(), *(["--config", str(configuration)] if configuration is not None else [])]
    return subprocess.list2cmdline(words) if os.name == "nt" else shlex.join(words)


def _program() -> list[str]:
    started, known = Path(sys.argv[0]), shutil.which("kaa-bridge")
    if known is not None and Path(known).resolve() == started.resolve():
        return ["kaa-bridge"]
    if started.stem == "kaa-bridge":
        return [sys.argv[0]]
    return [sys.executable, "-m", "kaa_bridge"]
