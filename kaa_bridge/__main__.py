"""``python -m kaa_bridge`` and the command ``kaa-bridge``."""

from __future__ import annotations

import gc
import io
import os
import sys

_NEW_CONTAINERS = 100_000
"""So many before Python looks for cycles: imports make many that stay, and each look costs a start its tenth part."""


def start() -> None:
    """Run the command line and end the process at once.

    What goes to a file or a pipe is UTF-8 on every system: a mapping that is shown is to be used as it comes.

    Everything is closed by then. What Python would take apart first costs as much CPU as a sixth of a short night, and
    a thread or an exit handler that a plugin has left would keep the process from ending.
    """
    gc.set_threshold(_NEW_CONTAINERS)
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper) and not stream.isatty():
            stream.reconfigure(encoding="utf-8")
    from kaa_bridge.cli import main  # from here on everything is imported

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
