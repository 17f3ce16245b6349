"""A journal that would keep notes well, but for its one way to misbehave."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any

from kaa_bridge.contract import (
    CaseNote,
    CheckResult,
    Found,
    Journal,
    JournalContext,
    JournalDescription,
    JournalLevel,
    Page,
    Proof,
    Receipt,
)
from kaa_bridge.testing.hostile.in_process import PROCESS_WAYS
from kaa_bridge.testing.hostile.instead import Instead
from kaa_bridge.testing.hostile.journal_ways import JOURNAL_ONLY
from kaa_bridge.testing.hostile.raising import RAISING


class HostileJournal(Journal):
    """A journal in memory; the setting ``way`` names its way, ``good`` has none.

    Attributes:
        stored: reference and journal id of every note it keeps.
    """

    def __init__(self, context: JournalContext) -> None:
        """Take the setting; a way may strike here already."""
        self.context_given = context
        self.way = str(context.settings["way"])
        self.stored: list[Receipt] = []
        self.described = 0
        self._strike("make")

    def describe(self) -> JournalDescription:
        """Tell what it can."""
        self.described += 1
        return self._strike("describe") or JournalDescription(
            name=self.context_given.name,
            system="Hostile",
            level=JournalLevel.AUTHORITATIVE_LOOKUP,
            lateness_seconds=1.0,
            reads_events=True,
            lists_notes=True,
        )

    def check(self) -> CheckResult:
        """Say that all is well."""
        return CheckResult(True, "It answers.")

    def create_note(self, note: CaseNote, *, deadline: float) -> Receipt:
        """Keep the note, or do what the way says."""
        if self.way in RAISING:
            RAISING[self.way]()
        if self.way in PROCESS_WAYS:
            PROCESS_WAYS[self.way]()
        answer = self._strike("create", note)
        if self.way.startswith("find"):
            self.keep(note.reference)
            raise TimeoutError
        if isinstance(answer, Instead):
            value: Any = answer.value
            return value  # type: ignore[no-any-return]
        return self.keep(note.reference)

    def keep(self, reference: str) -> Receipt:
        """Keep a note of the reference."""
        self.stored.append(Receipt(f"H-{len(self.stored) + 1}", reference))
        return self.stored[-1]

    def find_note(self, reference: str) -> Found:
        """Find the notes it keeps."""
        answer = self._strike("find", reference)
        if isinstance(answer, Instead):
            value: Any = answer.value
            return value  # type: ignore[no-any-return]
        return Found(tuple(one for one in self.stored if one.reference == reference))

    def list_notes(self, first: date, last: date) -> Iterator[Receipt]:
        """List the notes it keeps."""
        yield from self._strike("list") or self.stored

    def read_events(self, since: date) -> Iterator[Page | Proof]:
        """Yield no event, or what the way says."""
        yield from self._strike("events") or ()
        yield Proof(whole=False, how="events only")

    def parse_event(self, record: bytes) -> Mapping[str, Any]:
        """Return the event."""
        made: dict[str, Any] = json.loads(record)
        return self._strike("parse", made) or made

    def close(self) -> None:
        """Let go."""
        self._strike("close")

    def _strike(self, where: str, *given: object) -> Any:
        way = JOURNAL_ONLY.get(self.way)
        return way(self, *given) if way is not None and way.__name__.startswith(where) else None
