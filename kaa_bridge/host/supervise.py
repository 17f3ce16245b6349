"""Calls foreign code with a time limit and turns whatever comes out into a coded error.

A hung thread cannot be stopped in Python: it is left behind as a daemon thread, its result is thrown away, and the
night goes on without it. That is a seat belt, not a wall: a plugin runs with the rights of the bridge.
"""

from __future__ import annotations

import queue
import threading
import time
from collections.abc import Callable, Iterator
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
) -> Iterator[T]:
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
    waited = 0.0
    try:
        while True:
            began = time.monotonic()
            try:
                item, error = items.get(timeout=min(seconds, max(0.001, total_seconds - waited)))
            except queue.Empty:
                raise _hung(system, seconds) from None
            waited += time.monotonic() - began
            if error is not None:
                raise coded(error, system) from None
            if item is _END:
                return
            yield item  # type: ignore[misc]  # the queue holds what the iterator gave
    finally:
        stopped.set()


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
        remedy=f"Run 'kaa-bridge check --connect' to see whether the system answers; the limit is "
        f"'limit_seconds' of '{system}' in the configuration.",
        system=system,
    )
