"""The ways in which a simulated journal can misbehave on demand, and the queue that hands them out."""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum
from threading import Lock

MADE_UP = "KAA-NOT-THE-ONE-ASKED-FOR"
"""Reference of the note that ``WRONG_NOTE`` stores beside the one it was sent, and answers with."""


class FaultKind(StrEnum):
    """One misbehaviour; *stored* tells whether a note that was sent is in the journal afterwards."""

    REFUSE = "refuse"
    """Answers with the refusal ``code``; not stored."""
    SILENCE = "silence"
    """Reads the request and never answers; not stored."""
    TIMEOUT_AFTER_STORE = "timeout_after_store"
    """Stores and never answers."""
    LATE_LANDING = "late_landing"
    """Hangs up without an answer and stores ``seconds`` later."""
    DOUBLE = "double"
    """Stores two notes with the same reference and answers as if it were one."""
    WRONG_NOTE = "wrong_note"
    """Stores, and answers with id and reference of another note."""
    NO_ECHO = "no_echo"
    """Stores, and answers with an id but without the reference."""
    NO_ID = "no_id"
    """Stores, and answers with the reference but without an id."""
    ERROR_BODY = "error_body"
    """Status 200 with an error, of an unlisted code, in the body; not stored."""
    PERSONAL_FAULT = "personal_fault"
    """Status 500 with an error that quotes the person; not stored."""
    HTML = "html"
    """Status 200 with a log-in page; not stored."""
    RESET = "reset"
    """Stores and resets the connection instead of answering."""
    TRUNCATED = "truncated"
    """Stores and sends half of the answer under the whole one's length."""
    REDIRECT = "redirect"
    """Status 307 to another path of the same server; not stored unless the client follows."""
    STATUS = "status"
    """The status ``code`` with an empty body; not stored."""
    BLIND = "blind"
    """A look-up or listing that answers *nothing there*, whatever is stored."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """A planned misbehaviour.

    Attributes:
        operation: ``create``, ``find``, ``list``, ``events`` or another operation of the simulated system.
        times: how many requests it strikes.
        code: refusal code or status, where the kind needs one.
        seconds: how long it keeps silent, or how late it stores.
    """

    kind: FaultKind
    operation: str = "create"
    times: int = 1
    code: str = ""
    seconds: float = 30.0


class FaultQueue:
    """Faults in the order in which they were planned; each strikes the next requests of its operation."""

    def __init__(self) -> None:
        """Start without faults."""
        self._lock = Lock()
        self._planned: list[Fault] = []

    def plan(self, fault: Fault) -> None:
        """Add a fault after those already planned."""
        with self._lock:
            self._planned.append(fault)

    def clear(self) -> None:
        """Forget every fault that has not struck yet."""
        with self._lock:
            self._planned.clear()

    def take(self, operation: str) -> Fault | None:
        """Return the fault that strikes this request, ``None`` when it goes well."""
        with self._lock:
            for index, fault in enumerate(self._planned):
                if fault.operation == operation:
                    if fault.times > 1:
                        self._planned[index] = replace(fault, times=fault.times - 1)
                    else:
                        del self._planned[index]
                    return fault
        return None
