"""Threads that call a journal, so that one that hangs is left behind and not waited for."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from queue import Empty, SimpleQueue
from typing import Generic, TypeVar

T = TypeVar("T")


@dataclass(slots=True, eq=False)
class Task(Generic[T]):
    """A job that was started.

    Attributes:
        started: monotonic seconds.
        value: its result, ``None`` until it has ended.
    """

    job: Callable[[], T]
    started: float = field(default_factory=time.monotonic)
    value: T | None = None


class Workers(Generic[T]):
    """A fixed number of daemon threads; a job must not raise.

    Use it as a context manager: idle threads end with it, a hung one ends with the process.
    """

    def __init__(self, count: int) -> None:
        """Start the threads."""
        self._given: SimpleQueue[Task[T] | None] = SimpleQueue()
        self._ended: SimpleQueue[Task[T]] = SimpleQueue()
        self._threads = [threading.Thread(target=self._work, daemon=True) for _ in range(count)]
        for thread in self._threads:
            thread.start()

    def start(self, jobs: Sequence[Callable[[], T]]) -> list[Task[T]]:
        """Start jobs side by side, at most as many as there are idle threads."""
        tasks = [Task(job) for job in jobs]
        for task in tasks:
            self._given.put(task)
        return tasks

    def ended(self, *, until: float) -> list[Task[T]]:
        """Wait for a task to end, and return it with all others that have; nothing, when none has.

        Args:
            until: monotonic seconds, for how long to wait.
        """
        found: list[Task[T]] = []
        try:
            found.append(self._ended.get(timeout=max(0.0, until - time.monotonic())))
            while True:
                found.append(self._ended.get_nowait())
        except Empty:
            return found

    def __enter__(self) -> Workers[T]:
        """Return the workers."""
        return self

    def __exit__(self, *_: object) -> None:
        """Let idle threads end."""
        for _thread in self._threads:
            self._given.put(None)

    def _work(self) -> None:
        while (task := self._given.get()) is not None:
            task.value = task.job()
            self._ended.put(task)
