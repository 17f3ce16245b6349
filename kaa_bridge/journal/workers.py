"""Threads that call a journal, so that one that hangs is left behind and not waited for."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Sequence
from queue import SimpleQueue
from typing import Generic, TypeVar

T = TypeVar("T")


class Hung:
    """The type of ``HUNG``."""


HUNG = Hung()
"""Stands for the result of a job that did not end in time; its thread is lost until it ends by itself."""


class _Box(Generic[T]):
    __slots__ = ("done", "value")

    def __init__(self) -> None:
        self.done = threading.Semaphore(0)
        self.value: T | Hung = HUNG


class Workers(Generic[T]):
    """A fixed number of daemon threads; a job must not raise.

    Use it as a context manager: idle threads end with it, a hung one ends with the process.
    """

    def __init__(self, count: int) -> None:
        """Start the threads."""
        self._queue: SimpleQueue[tuple[Callable[[], T], _Box[T]] | None] = SimpleQueue()
        self._threads = [threading.Thread(target=self._work, daemon=True) for _ in range(count)]
        for thread in self._threads:
            thread.start()

    def run(self, jobs: Sequence[Callable[[], T]], *, limit: float) -> list[T | Hung]:
        """Run at most ``count`` jobs side by side; ``HUNG`` for each that takes longer than ``limit`` seconds."""
        boxes: list[_Box[T]] = [_Box() for _ in jobs]
        for job, box in zip(jobs, boxes, strict=True):
            self._queue.put((job, box))
        end = time.monotonic() + limit
        results: list[T | Hung] = []
        for box in boxes:
            in_time = box.done.acquire(timeout=max(0.0, end - time.monotonic()))
            results.append(box.value if in_time else HUNG)
        return results

    def __enter__(self) -> Workers[T]:
        """Return the workers."""
        return self

    def __exit__(self, *_: object) -> None:
        """Let idle threads end."""
        for _thread in self._threads:
            self._queue.put(None)

    def _work(self) -> None:
        while (task := self._queue.get()) is not None:
            job, box = task
            box.value = job()
            box.done.release()
