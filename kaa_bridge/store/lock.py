"""One run per municipality: a file lock, a database lock and a fence.

The file lock is the operating system's (released when the process dies); it keeps two runs on one machine apart. On
PostgreSQL an advisory lock of the session keeps machines apart. The *fence* is a number in the store that each run
raises: an intent is written only while the fence is still the run's own, so a run that lost its lock without noticing
(the lock file deleted, a paused process) cannot send. All writes of a run go through the lock's own connection.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from types import TracebackType
from typing import Literal

from kaa_bridge.errors import RunLocked
from kaa_bridge.store.clock import Clock
from kaa_bridge.store.connection import Connection
from kaa_bridge.store.engine import Store
from kaa_bridge.store.failures import coded, written
from kaa_bridge.store.filelock import FileLock
from kaa_bridge.store.meta import get_meta, set_meta
from kaa_bridge.store.settings import StoreKind, StoreSettings
from kaa_bridge.store.sql import run, scalar
from kaa_bridge.store.witness import open_epoch_if_replaced, remember

_ADVISORY_SPACE = 0x4B4141


class RunLock:
    """Held from before the first pull until the last note is settled; use it as a context manager.

    Args:
        store: the municipality's state.
        clock: gives the time with which a recovery epoch is opened when the state turns out to be an older copy.

    Attributes:
        store: as given.
        connection: the connection that holds the database lock; use ``begin``.
        fence: this run's fence.

    Raises:
        RunLocked: another run holds one of the locks.
    """

    def __init__(self, store: Store, *, clock: Clock) -> None:
        """Nothing is taken before ``__enter__``."""
        self.store = store
        self.fence = 0
        self._clock = clock
        self._stack = ExitStack()
        self._connection: Connection | None = None

    @property
    def connection(self) -> Connection:
        """The connection that holds the lock."""
        if self._connection is None:
            raise RuntimeError("the run lock is not held")
        return self._connection

    @contextmanager
    def begin(self) -> Iterator[Connection]:
        """One write transaction of the run; it begins by making sure that the fence is still this run's.

        Raises:
            RunLocked: another run has taken over.
            StateUnusable: the state cannot be written.
        """
        with coded(self.store.municipality), self.connection.begin():
            self.check(self.connection)
            yield self.connection

    def check(self, connection: Connection) -> None:
        """Raise ``RunLocked`` when the fence has moved."""
        share = "" if connection.is_sqlite else " FOR SHARE"
        value = scalar(connection, f"SELECT value FROM meta WHERE key = 'fence'{share}")
        if value != str(self.fence):
            raise _locked(self.store.municipality, "another run has taken over")

    def __enter__(self) -> RunLock:
        """Take file lock, database lock and fence, in this order."""
        with self._stack:
            self._stack.enter_context(file_lock(self.store.settings))
            with coded(self.store.municipality):
                connection = self._stack.enter_context(self.store.connect(writes=True))
                self._connection = connection
                self._take(connection)
            with written(self.store.municipality):
                remember(self.store, self.fence)
            self._stack = self._stack.pop_all()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Release everything; a closed session frees the advisory lock."""
        self._connection = None
        self._stack.__exit__(kind, error, trace)

    def _take(self, connection: Connection) -> None:
        if self.store.settings.kind is StoreKind.POSTGRESQL:
            with connection.begin():
                take_advisory(connection, self.store.municipality, until="session")
        with connection.begin():
            before = int(get_meta(connection, "fence") or 0)
            open_epoch_if_replaced(connection, self.store, before, self._clock)
            self.fence = before + 1
            set_meta(connection, "fence", str(self.fence))


def take_advisory(connection: Connection, municipality: str, *, until: Literal["session", "transaction"]) -> None:
    """Take the municipality's advisory lock of PostgreSQL, held until the session or the transaction ends.

    Raises:
        RunLocked: another session holds it.
    """
    function = "pg_try_advisory_lock" if until == "session" else "pg_try_advisory_xact_lock"
    taken = run(connection, f"SELECT {function}(?, ?)", (_ADVISORY_SPACE, int(municipality))).scalar_one()
    if not taken:
        raise _locked(municipality, "another machine or process is running it")


@contextmanager
def file_lock(settings: StoreSettings) -> Iterator[None]:
    """Hold the municipality's lock file, which restore takes too.

    Raises:
        RunLocked: another process on this machine holds it.
    """
    lock = FileLock(settings.directory / "run.lock")
    with written(settings.municipality):
        taken = lock.acquire()
    if not taken:
        raise _locked(settings.municipality, "another process on this machine is running it")
    try:
        yield
    finally:
        lock.release()


def _locked(municipality: str, why: str) -> RunLocked:
    return RunLocked(
        "run_locked",
        f"The run of {municipality} was not started or was stopped: {why}. Nothing was sent by this one.",
        remedy=f"kaa-bridge status --municipality {municipality}; run again when the other run has ended.",
    )
