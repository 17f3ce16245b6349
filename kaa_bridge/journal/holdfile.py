"""The kill switch: a file ``hold`` in the municipality's state folder stops sending within one note.

It is a file and not a row so that it works while a run holds the store, and when the store does not open at all.
"""

from __future__ import annotations

import os
from pathlib import Path

from kaa_bridge.store.engine import missing
from kaa_bridge.store.failures import written
from kaa_bridge.store.private import write_private
from kaa_bridge.store.settings import StoreSettings

_NAME = "hold"


def hold_file(settings: StoreSettings) -> Path:
    """Return where the file is; whatever it holds, its being there stops sending."""
    return settings.directory / _NAME


def is_held(settings: StoreSettings) -> bool:
    """Tell whether sending is stopped; a folder that cannot be read counts as stopped."""
    try:
        os.lstat(f"{settings.directory}/{_NAME}")  # asked before every note, so without a new Path each time
    except FileNotFoundError:
        return False
    except OSError:
        return True
    return True


def was_stopped(settings: StoreSettings) -> bool:
    """Tell whether somebody has stopped sending; of a folder that cannot be read nobody knows it."""
    return os.path.lexists(hold_file(settings))


def hold_sending(settings: StoreSettings, *, by: str, reason: str) -> None:
    """Stop sending now; what is under way ends, nothing new begins.

    Raises:
        StateUnusable: there is no state, which sends nothing either, or its folder cannot be written.
    """
    if not settings.directory.is_dir():
        raise missing(settings)
    with written(settings.municipality):
        write_private(hold_file(settings), f"{by}: {reason}\n".encode())


def release_sending(settings: StoreSettings) -> bool:
    """Let sending begin again at the next run; tells whether it was stopped."""
    held = is_held(settings)
    hold_file(settings).unlink(missing_ok=True)
    return held
