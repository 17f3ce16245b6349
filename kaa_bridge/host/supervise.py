"""Calls foreign code with a time limit and turns whatever comes out into a coded error.

A hung thread cannot be stopped in Python: it is left behind as a daemon thread, its result is thrown away, and the
night goes on without it. That is a seat belt, not a wall: a plugin runs with the rights of the bridge, and code in C
that never gives the interpreter back stops the thread that waits too.
"""

from __future__ import annotations

import queue
import threading
import time
from collections.abc import Callable, Generator, Iterator
from typing import TypeVar

from kaa_bridge.errors import PluginFailed
from kaa_bridge.host.errors import coded

T = TypeVar("T")
_END = object()
_PREFETCHED_PAGES = 2


def call_limited(function: Callable[[], T], *, seconds: float, system: str) -> T:
    """Return what ``function`` returns, or raise after ``seconds``.

    Raises:
        KaaError: as the function raised it.
        PluginFailed: the function raised anything else (``plugin_raised``) or did not return (``plugin_hung``).
    """
    for item in iterate_limited(lambda: iter((function(),)), seconds=seconds, total_seconds=seconds, system=system):
        return item
    raise AssertionError("unreachable: the iterator yields once or raises")


def iterate_limited(
    make: Callable[[], Iterator[T]], *, seconds: float, total_seconds: float, system: str
) -> Generator[T, None, None]:
    """Yield what the iterator yields, fetched ahead in a thread of its own.

    Args:
        make: makes the iterator, inside the thread.
        seconds: longest wait for one item.
        total_seconds: longest wait for all items together; time that the caller spends on them does not count.
        system: configured name for errors.

    Raises:
        KaaError: as the iterator raised it.
        PluginFailed: the iterator raised anything else, or an item did not come in time.
    """
    items: queue.Queue[tuple[object, BaseException | None]] = queue.Queue(_PREFETCHED_PAGES)
    stopped = threading.Event()
    worker = threading.Thread(target=_produce, args=(make, items, stopped), name=f"kaa-plugin-{system}", daemon=True)
    worker.start()
    patience = _Patience(seconds, total_seconds, system)
    try:
        while True:
            item, error = patience.wait(items)
            if error is not None:
                raise coded(error, system) from None
            if item is _END:
                return
            yield item  # type: ignore[misc]  # the queue holds what the iterator gave
    finally:
        stopped.set()


class Worker:
    """One thread for many short calls of foreign code, one after the other: to hand one over takes 12 us.

    After an error no more may be asked of it. Close it: its thread ends then, or when what hangs in it comes back.

    Args:
        seconds: longest wait for one call.
        total_seconds: longest wait for all calls together.
        system: configured name for errors.
    """

    def __init__(self, *, seconds: float, total_seconds: float, system: str) -> None:
        """Start no thread yet: a night without change makes no call."""
        self._patience = _Patience(seconds, total_seconds, system)
        self._system = system
        self._jobs: queue.SimpleQueue[Callable[[], object] | None] = queue.SimpleQueue()
        self._answers: queue.SimpleQueue[tuple[object, BaseException | None]] = queue.SimpleQueue()
        self._started = False

    def call(self, function: Callable[[], T]) -> T:
        """Return what the function returns.

        Raises:
            KaaError: as the function raised it.
            PluginFailed: the function raised anything else (``plugin_raised``) or did not return (``plugin_hung``).
        """
        if not self._started:
            self._started = True
            name, queues = f"kaa-worker-{self._system}", (self._jobs, self._answers)
            threading.Thread(target=_serve, args=queues, name=name, daemon=True).start()
        self._jobs.put(function)
        answer, error = self._patience.wait(self._answers)
        if error is not None:
            raise coded(error, self._system) from None
        return answer  # type: ignore[return-value]  # the queue holds what the function gave

    def close(self) -> None:
        """Let the thread end."""
        self._jobs.put(None)


class _Patience:
    """How long is waited: for one answer, and for all of them together."""

    def __init__(self, seconds: float, total_seconds: float, system: str) -> None:
        self._seconds, self._left, self._total, self._system = seconds, total_seconds, total_seconds, system

    def wait(self, answers: queue.Queue[T] | queue.SimpleQueue[T]) -> T:
        began = time.monotonic()
        try:
            answer = answers.get(timeout=min(self._seconds, max(0.001, self._left)))
        except queue.Empty:
            raise _hung(self._system, self._seconds if self._seconds <= self._left else self._total) from None
        self._left -= time.monotonic() - began
        return answer


def _serve(
    jobs: queue.SimpleQueue[Callable[[], object] | None],
    answers: queue.SimpleQueue[tuple[object, BaseException | None]],
) -> None:
    while (job := jobs.get()) is not None:
        try:
            answers.put((job(), None))
        except BaseException as error:  # as in ``_produce``
            answers.put((None, error))
        del job


def _produce(
    make: Callable[[], Iterator[T]],
    items: queue.Queue[tuple[object, BaseException | None]],
    stopped: threading.Event,
) -> None:
    try:
        for item in make():
            if not _offer(items, (item, None), stopped):
                return
        _offer(items, (_END, None), stopped)
    except BaseException as error:  # a plugin may raise SystemExit, which must not pass either
        _offer(items, (None, error), stopped)


def _offer(
    items: queue.Queue[tuple[object, BaseException | None]],
    item: tuple[object, BaseException | None],
    stopped: threading.Event,
) -> bool:
    while not stopped.is_set():
        try:
            items.put(item, timeout=0.2)
            return True
        except queue.Full:
            continue
    return False


def _hung(system: str, seconds: float) -> PluginFailed:
    return PluginFailed(
        "plugin_hung",
        f"The plugin behind '{system}' gave no answer within its limit of {seconds:g} s and was left behind.",
        remedy=f"Run 'kaa-bridge check --connect' to see whether the system answers; the limit is 'limit_seconds' "
        f"of '{system}' in the configuration, or its 'total_seconds'.",
        system=system,
    )
