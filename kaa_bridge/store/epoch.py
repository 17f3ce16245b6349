"""The recovery epoch: a restored or copied state does not know what was sent after it was made.

While an epoch is open, every note is looked up before it is sent, and nothing is sent before the settle time has passed
since the epoch began (a note of the process before may still land). It is closed when the journal's own listing has
been reconciled, or by a person. The number of the epoch is part of each intent.
"""

from __future__ import annotations

from msgspec import Struct

from kaa_bridge.store.clock import Clock, iso
from kaa_bridge.store.connection import Connection
from kaa_bridge.store.meta import get_meta, set_meta


class Epoch(Struct, frozen=True):
    """The present epoch.

    Attributes:
        number: counts restores; 0 for a state that was never restored.
        opened_at: UTC ISO time while it is open, ``None`` when it is closed.
        opened_clock: the boot clock at that time (see ``kaa_bridge.store.clock``).
    """

    number: int
    opened_at: str | None
    opened_clock: str | None = None

    @property
    def is_open(self) -> bool:
        """Whether every note must be looked up before it is sent."""
        return self.opened_at is not None


def read_epoch(connection: Connection) -> Epoch:
    """Return the present epoch."""
    return Epoch(
        int(get_meta(connection, "epoch") or 0),
        get_meta(connection, "epoch_opened_at"),
        get_meta(connection, "epoch_opened_clock"),
    )


def open_epoch(connection: Connection, clock: Clock) -> Epoch:
    """Begin a new epoch now."""
    set_meta(connection, "epoch", str(read_epoch(connection).number + 1))
    set_meta(connection, "epoch_opened_at", iso(clock.now()))
    set_meta(connection, "epoch_opened_clock", clock.boot())
    return read_epoch(connection)


def close_epoch(connection: Connection) -> None:
    """End the open epoch: the outbox and the journal have been reconciled."""
    set_meta(connection, "epoch_opened_at", None)
    set_meta(connection, "epoch_opened_clock", None)
