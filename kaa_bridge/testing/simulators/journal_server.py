"""What the simulated journals share: notes, planned faults and late landings, over a real HTTP server on loopback."""

from __future__ import annotations

from abc import abstractmethod
from dataclasses import replace
from pathlib import Path
from threading import Timer

from kaa_bridge.testing.simulators.http import Answer, SeenRequest, SimulatedServer
from kaa_bridge.testing.simulators.journal_faults import Fault, FaultKind, FaultQueue
from kaa_bridge.testing.simulators.journal_notes import NoteBook, SimulatedNote

__all__ = ["Answer", "JournalServer", "SeenRequest"]
LOGIN_PAGE = b"<!DOCTYPE html><html><head><title>Logga in</title></head><body><form>...</form></body></html>"


class JournalServer(SimulatedServer):
    """A journal on ``127.0.0.1`` and a free port; use it as a context manager.

    Attributes:
        faults: plan misbehaviour with ``fault`` or here.
        book: the notes it holds.
        delay_seconds: how long every answer takes, for benchmarks and races.
    """

    def __init__(self, *, notes_file: Path | None = None) -> None:
        """Prepare; nothing listens before the ``with`` block or ``start``."""
        super().__init__()
        self.faults = FaultQueue()
        self.book = NoteBook(notes_file)
        self.delay_seconds = 0.0
        self._timers: list[Timer] = []

    def close(self) -> None:
        """Stop, and let go of notes that have not landed yet."""
        for timer in self._timers:
            timer.cancel()
        super().close()

    @property
    def base_url(self) -> str:
        """``http://127.0.0.1:port``, without a path."""
        return self.origin

    def notes(self) -> tuple[SimulatedNote, ...]:
        """Every note it holds, oldest first."""
        return self.book.all()

    def fault(
        self, kind: FaultKind, *, operation: str = "create", times: int = 1, code: str = "", seconds: float = 30.0
    ) -> None:
        """Plan a misbehaviour for the next requests of an operation."""
        self.faults.plan(Fault(kind=kind, operation=operation, times=times, code=code, seconds=seconds))

    @property
    @abstractmethod
    def url(self) -> str:
        """The address to configure."""

    @abstractmethod
    def operation_of(self, request: SeenRequest) -> str:
        """Return the operation that is asked for; an unknown one has a name of its own that no fault strikes."""

    @abstractmethod
    def perform(self, operation: str, request: SeenRequest) -> Answer:
        """Do what is asked for and answer."""

    @abstractmethod
    def disturb(self, fault: Fault, operation: str, request: SeenRequest) -> Answer:
        """Carry out a fault whose answer depends on the protocol."""

    def respond(self, request: SeenRequest) -> Answer:
        """Record the request and answer it, with the next planned fault if there is one."""
        self.keep_request(request)
        if self.delay_seconds:
            self._closing.wait(self.delay_seconds)
        operation = self.operation_of(request)
        fault = self.faults.take(operation)
        if fault is None:
            return self.perform(operation, request)
        return self._struck(fault, operation, request)

    def _struck(self, fault: Fault, operation: str, request: SeenRequest) -> Answer:
        match fault.kind:
            case FaultKind.SILENCE:
                return self._silent(fault.seconds)
            case FaultKind.TIMEOUT_AFTER_STORE:
                self.perform(operation, request)
                return self._silent(fault.seconds)
            case FaultKind.LATE_LANDING:
                timer = Timer(fault.seconds, self.perform, (operation, request))
                timer.daemon = True
                self._timers.append(timer)
                timer.start()
                return Answer(drop=True)
            case FaultKind.DOUBLE:
                self.perform(operation, request)
                return self.perform(operation, request)
            case FaultKind.RESET:
                return replace(self.perform(operation, request), reset=True)
            case FaultKind.TRUNCATED:
                return replace(self.perform(operation, request), cut=True)
            case FaultKind.HTML:
                return Answer(content_type="text/html; charset=utf-8", body=LOGIN_PAGE)
            case FaultKind.REDIRECT:
                return Answer(status=307, headers={"Location": f"{self.base_url}{request.target}"})
            case FaultKind.STATUS:
                return Answer(status=int(fault.code))
        return self.disturb(fault, operation, request)

    def _silent(self, seconds: float) -> Answer:
        self._closing.wait(seconds)
        return Answer(drop=True)
