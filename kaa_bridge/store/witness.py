"""The witness: a small file beside the state that remembers the highest fence seen here.

A state file that was put back by hand from a backup or a copy carries a lower fence than the witness, or stands on a
machine without one: it does not know what has been sent since. It then starts in a recovery epoch, as a state that was
restored by command does. PostgreSQL is served to several machines, so there a missing witness proves nothing.
"""

from __future__ import annotations

from kaa_bridge.store import epoch
from kaa_bridge.store.clock import Clock
from kaa_bridge.store.connection import Connection
from kaa_bridge.store.engine import Store
from kaa_bridge.store.private import write_private
from kaa_bridge.store.settings import StoreKind, StoreSettings

_NAME = "witness"


def remember(store: Store, fence: int) -> None:
    """Write the fence to the witness file (after the store has committed it)."""
    write_private(store.settings.directory / _NAME, str(fence).encode())


def open_epoch_if_replaced(connection: Connection, store: Store, fence: int, clock: Clock) -> None:
    """Open a recovery epoch when the store is older than the witness, or was moved here without one."""
    seen = seen_fence(store.settings)
    if seen is None:
        moved = store.settings.kind is not StoreKind.POSTGRESQL and fence > 0
    else:
        moved = fence < seen
    if moved:
        epoch.open_epoch(connection, clock)


def seen_fence(settings: StoreSettings) -> int | None:
    """Return the highest fence seen here, ``None`` when there is no readable witness."""
    try:
        return int((settings.directory / _NAME).read_bytes())
    except (OSError, ValueError):
        return None
