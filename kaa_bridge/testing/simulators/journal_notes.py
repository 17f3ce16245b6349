"""What a simulated journal holds: notes that are only ever added, kept in memory and, if wished, in a file.

With a file the notes outlive a killed process: the file is the truth that an independent verifier reads.
"""

from __future__ import annotations

import json
import os
from dataclasses import asdict, dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from threading import Lock

FIRST_ID = 500001


@dataclass(frozen=True, slots=True, kw_only=True)
class SimulatedNote:
    """One stored note as the journal shows it; ``stored_at`` is the journal's own clock in UTC."""

    journal_id: str
    reference: str
    person_number: str
    module: str
    kind: str
    heading: str
    text: str
    occurred_on: date
    stored_at: datetime

    def __repr__(self) -> str:
        """Show the id and the reference only."""
        return f"<SimulatedNote {self.journal_id} {self.reference}>"


class NoteBook:
    """Append-only notes with ids in order of storing; safe to use from several threads.

    Args:
        path: JSON lines, one note a line, synced to disk before the journal answers; read when it exists.
    """

    def __init__(self, path: Path | None = None) -> None:
        """Read the notes that the file already holds."""
        self._path = path
        self._lock = Lock()
        self._notes: list[SimulatedNote] = []
        if path is not None and path.exists():
            self._notes = read_notes(path)

    def add(
        self,
        *,
        reference: str,
        person_number: str,
        heading: str,
        text: str,
        occurred_on: date,
        module: str = "",
        kind: str = "",
    ) -> SimulatedNote:
        """Store a note, whether or not one with the same reference is there: that is what journals do."""
        with self._lock:
            note = SimulatedNote(
                journal_id=str(FIRST_ID + len(self._notes)),
                reference=reference,
                person_number=person_number,
                module=module,
                kind=kind,
                heading=heading,
                text=text,
                occurred_on=occurred_on,
                stored_at=datetime.now(UTC),
            )
            if self._path is not None:
                _append(self._path, note)
            self._notes.append(note)
            return note

    def remove(self, journal_id: str) -> None:
        """Forget a note, as somebody with too many rights could; not with a file."""
        with self._lock:
            self._notes = [note for note in self._notes if note.journal_id != journal_id]

    def all(self) -> tuple[SimulatedNote, ...]:
        """Return every note, oldest first."""
        with self._lock:
            return tuple(self._notes)

    def with_reference(self, reference: str) -> tuple[SimulatedNote, ...]:
        """Return the notes with exactly this reference."""
        return tuple(note for note in self.all() if note.reference == reference)

    def between(self, first: date, last: date, prefix: str = "") -> tuple[SimulatedNote, ...]:
        """Return the notes stored on the days (inclusive, UTC) whose reference begins with the prefix."""
        return tuple(
            note for note in self.all() if first <= note.stored_at.date() <= last and note.reference.startswith(prefix)
        )


def read_notes(path: Path) -> list[SimulatedNote]:
    """Read a note file; a last line that a crash has cut short is left out, as a journal's rollback would."""
    lines = path.read_text(encoding="utf-8").split("\n")
    return [_decode(line) for line in lines[:-1]]


def _append(path: Path, note: SimulatedNote) -> None:
    line = json.dumps(asdict(note), ensure_ascii=False, default=_encode) + "\n"
    with path.open("a", encoding="utf-8") as file:
        file.write(line)
        file.flush()
        os.fsync(file.fileno())


def _encode(value: object) -> str:
    if isinstance(value, date):
        return value.isoformat()
    raise TypeError


def _decode(line: str) -> SimulatedNote:
    found = json.loads(line)
    found["occurred_on"] = date.fromisoformat(found["occurred_on"])
    found["stored_at"] = datetime.fromisoformat(found["stored_at"])
    return SimulatedNote(**found)
