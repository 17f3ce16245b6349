"""What a journal must be: the system where case notes are kept (Treserva, Lifecare and others).

A note is written at most once for each reference. What the bridge promises beyond that depends on the *level* the
journal declares; the send protocol in ``kaa_bridge.journal`` is the same for all.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import IntEnum, StrEnum
from typing import Any

from kaa_bridge.contract.source import CheckResult, Page, Proof
from kaa_bridge.contract.value import Value


class JournalLevel(IntEnum):
    """What the journal offers against doubles, and so what can be promised (docs/explanation/send-protocol.md)."""

    NOTHING = 0
    LOOKUP_MAY_LAG = 1
    AUTHORITATIVE_LOOKUP = 2
    IDEMPOTENT_CREATE = 3


class NoteKind(StrEnum):
    """The kinds of case note; which of them are written is a setting."""

    REGISTERED = "registered"
    ENDED = "ended"
    ACTION_DUE = "action_due"
    CORRECTION = "correction"


@dataclass(frozen=True, slots=True, repr=False, eq=False)
class JournalDescription(Value):
    """Capabilities of a journal.

    Attributes:
        lateness_seconds: the longest time after the answer was given up in which a note may still be stored; the settle
            time must exceed it.
        kinds: the kinds of note it takes.
        refusals: codes that mean *definitely not stored*; anything else after the first byte is doubt.
    """

    name: str
    system: str
    level: JournalLevel
    lateness_seconds: float
    refusals: frozenset[str] = frozenset()
    reads_events: bool = False
    lists_notes: bool = False
    kinds: frozenset[NoteKind] = frozenset(NoteKind)


@dataclass(frozen=True, slots=True, repr=False, eq=False, kw_only=True)
class CaseNote(Value):
    """A note as frozen in the outbox: nothing in it is computed again when it is sent.

    Attributes:
        reference: opaque external reference ``KAA-…``; the same for every attempt.
        person_number: canonical number that tells the journal whose case file it is.
        occurred_on: the day the note is about.
    """

    reference: str
    person_number: str
    kind: NoteKind
    heading: str
    text: str
    occurred_on: date

    def __repr__(self) -> str:
        """Show the reference only."""
        return f"<CaseNote {self.reference}>"


@dataclass(frozen=True, slots=True, repr=False, eq=False)
class Receipt(Value):
    """Proof that the journal holds the note: its own id, and our reference as the journal echoes it."""

    journal_id: str
    reference: str
    stored_at: datetime | None = None


@dataclass(frozen=True, slots=True, repr=False, eq=False)
class Found(Value):
    """Answer of a look-up by reference: every note the journal holds with it. Two or more is an incident."""

    receipts: tuple[Receipt, ...]


@dataclass(frozen=True, slots=True, repr=False, eq=False, kw_only=True)
class JournalContext(Value):
    """Everything a journal plugin is given when it is made; see ``SourceContext``."""

    name: str
    municipality: str
    settings: Mapping[str, Any]
    profile: Mapping[str, Any] = field(default_factory=dict)
    base_dir: str = "."

    def __repr__(self) -> str:
        """Hide the settings: they hold secrets."""
        return f"<JournalContext {self.name}>"


class Journal(ABC):
    """A system that keeps case notes.

    Sending never retries, follows a redirect or reuses a connection that may be half dead.
    """

    @abstractmethod
    def describe(self) -> JournalDescription:
        """Return the capabilities; no network."""

    @abstractmethod
    def check(self) -> CheckResult:
        """Make one harmless call and tell whether the journal answers usably."""

    @abstractmethod
    def create_note(self, note: CaseNote, *, deadline: float) -> Receipt:
        """Write one note.

        Args:
            note: what to write.
            deadline: ``time.monotonic()`` value after which the first byte may no longer be sent.

        Returns:
            The receipt, only when the journal's id was parsed and the echoed reference equals the note's.

        Raises:
            NoteNotSent: no byte of the request was written (``SendingMisconfigured``: and none will be before something
                is corrected).
            NoteRefused: the journal answered with one of ``refusals``.
            NoteInDoubt: everything else; any other exception counts as doubt too.
        """

    def find_note(self, reference: str) -> Found:
        """Look a note up by reference; only from level 1.

        Raises:
            Unreachable: the journal did not answer: nothing is concluded.
        """
        raise NotImplementedError

    def list_notes(self, first: date, last: date) -> Iterator[Receipt]:
        """List the notes that carry a ``KAA-`` reference, both dates inclusive; where ``lists_notes`` is declared."""
        raise NotImplementedError

    def read_events(self, since: date) -> Iterator[Page | Proof]:
        """Yield what case officers have recorded since the date (inclusive), as a source does; where declared."""
        raise NotImplementedError

    def parse_event(self, record: bytes) -> Mapping[str, Any]:
        """Return one raw event record ready for the mapping; where ``reads_events`` is declared."""
        raise NotImplementedError

    def close(self) -> None:  # noqa: B027 - optional for plugins that hold nothing open
        """Release connections."""
