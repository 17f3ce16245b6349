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


class Task(Generic[T]):
    """A job under way; its lock is free once it has ended."""

    __slots__ = ("done", "job", "value")

    def __init__(self, job: Callable[[], T]) -> None:
        """Take the lock that the worker will free."""
        self.job = job
        self.done = threading.Lock()
        self.done.acquire()
        self.value: T | Hung = HUNG


class Workers(Generic[T]):
    """A fixed number of daemon threads; a job must not raise.

    Use it as a context manager: idle threads end with it, a hung one ends with the process.
    """

    def __init__(self, count: int) -> None:
        """Start the threads."""
        self._queue: SimpleQueue[Task[T] | None] = SimpleQueue()
        self._threads = [threading.Thread(target=self._work, daemon=True) for _ in range(count)]
        for thread in self._threads:
            thread.start()

    def start(self, jobs: Sequence[Callable[[], T]]) -> list[Task[T]]:
        """Start at most ``count`` jobs side by side."""
        tasks = [Task(job) for job in jobs]
        for task in tasks:
            self._queue.put(task)
        return tasks

    def wait(self, tasks: Sequence[Task[T]], *, limit: float) -> list[T | Hung]:
        """Return each result, ``HUNG`` for a job that has not ended ``limit`` seconds from now."""
        end = time.monotonic() + limit
        return [task.value if task.done.acquire(timeout=max(0.0, end - time.monotonic())) else HUNG for task in tasks]

    def __enter__(self) -> Workers[T]:
        """Return the workers."""
        return self

    def __exit__(self, *_: object) -> None:
        """Let idle threads end."""
        for _thread in self._threads:
            self._queue.put(None)

    def _work(self) -> None:
        while (task := self._queue.get()) is not None:
            task.value = task.job()
            task.done.release()
