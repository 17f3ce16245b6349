"""``python -m kaa_bridge`` and the command ``kaa-bridge``."""

from __future__ import annotations

import os
import sys
import threading

from kaa_bridge.cli import main


def start() -> None:
    """Run the command line; a thread that a plugin has left running does not keep the process from ending."""
    try:
        main()
    except SystemExit as stop:
        if all(thread.daemon or thread is threading.current_thread() for thread in threading.enumerate()):
            raise
        for stream in (sys.stdout, sys.stderr):
            stream.flush()
        os._exit(stop.code if isinstance(stop.code, int) else 1)


if __name__ == "__main__":
    start()
