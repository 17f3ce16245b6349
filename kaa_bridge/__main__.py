"""``python -m kaa_bridge`` and the command ``kaa-bridge``."""

from __future__ import annotations

import os
import sys

from kaa_bridge.cli import main


def start() -> None:
    """Run the command line and end the process at once.

    Everything is closed by then. What Python would take apart first costs as much CPU as a sixth of a short night, and
    a thread or an exit handler that a plugin has left would keep the process from ending.
    """
    code: object = 0
    try:
        main()
    except SystemExit as stop:
        code = stop.code
    for stream in (sys.stdout, sys.stderr):
        stream.flush()
    os._exit(code if isinstance(code, int) else 1 if code else 0)


if __name__ == "__main__":
    start()
