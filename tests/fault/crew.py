"""Worker processes that do tasks and tell of each trial as it ends."""

from __future__ import annotations

import multiprocessing
import signal
import sys
from collections.abc import Iterator
from functools import partial
from multiprocessing.connection import Connection as Pipe
from multiprocessing.connection import wait
from pathlib import Path
from typing import Any, Self, cast

from kaa_bridge.store.engine import StoreKind
from tests.fault.bench import Bench
from tests.fault.trials import Task, Trial, do_task
from tests.fault.world_process import WorldProcess


class Crew:
    """Some workers, each with a world of its own; use it as a context manager, which stops them and cleans up."""

    def __init__(self, folder: Path, jobs: int, server: str) -> None:
        """Name the folder for everything, how many processes work, and the PostgreSQL server."""
        self._folder, self._jobs, self._server = folder, jobs, server
        self._workers: dict[Any, Any] = {}

    def __enter__(self) -> Self:
        """Start the workers."""
        context = multiprocessing.get_context("fork")
        for number in range(self._jobs):
            ours, theirs = multiprocessing.Pipe()
            process = context.Process(target=_work, args=(self._folder / f"job-{number}", self._server, ours, theirs))
            process.start()
            theirs.close()
            self._workers[ours] = process
        return self

    def __exit__(self, *_: object) -> None:
        """End them; each takes its databases away."""
        for process in self._workers.values():
            process.terminate()
        for pipe, process in self._workers.items():
            process.join(30)
            pipe.close()

    def do(self, tasks: list[Task]) -> Iterator[Trial | str]:
        """Give the tasks out in order and yield each trial; a text says that a worker failed, and why."""
        waiting, busy = list(tasks), set(self._workers)
        while busy:
            for pipe in cast("list[Pipe]", wait(busy)):
                said = _hear(pipe)
                if said is None and waiting:
                    pipe.send(waiting.pop(0))
                    continue
                if said is None or isinstance(said, str):
                    busy.discard(pipe)
                if said is not None:
                    yield said


def _hear(pipe: Any) -> Trial | str | None:
    """Return a trial, the text of a failure, or ``None``: the worker asks for a task."""
    try:
        heard: Trial | str | None = pipe.recv()
    except (EOFError, ConnectionResetError):
        return "a worker ended in the middle of its work"
    return heard


def _work(folder: Path, server: str, theirs: Pipe, pipe: Pipe) -> None:
    theirs.close()
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
    folder.mkdir()
    benches: dict[str, Bench] = {}
    try:
        with WorldProcess(folder / "world") as world:
            try:
                ask = partial(_ask, pipe)
                for task in iter(ask, None):
                    bench = benches.get(task.store)
                    if bench is None:
                        bench = benches[task.store] = Bench(folder / task.store, StoreKind(task.store), world, server)
                    for trial in do_task(bench, task):
                        pipe.send(trial)
            finally:
                for bench in benches.values():
                    bench.close()
    except Exception as error:
        pipe.send(f"{type(error).__name__}: {error}")
        raise


def _ask(pipe: Pipe) -> Task | None:
    pipe.send(None)
    task: Task | None = pipe.recv()
    return task
