"""What sending did, and how the outbox stands."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field

from kaa_bridge.errors import ExitCode, KaaError, worst
from kaa_bridge.journal.outbox import Youths, of_youths
from kaa_bridge.journal.states import NEEDS_PERSON, NoteState
from kaa_bridge.store.connection import Connection
from kaa_bridge.store.sql import run


@dataclass(slots=True)
class SendReport:
    """What one call of ``send_planned`` or ``recover`` did.

    Attributes:
        recovered: doubts that were resolved or moved on, by the state they went to.
        sent: attempts of this run, by the state they ended in (``PLANNED`` means that nothing left).
        superseded: notes taken back because the youth has become protected.
        stopped: why sending ended before the last planned note: ``hold``, ``breaker``, ``breaker_day``, ``epoch``,
            ``hung``, ``shutdown``; ``None`` when every note was tried.
        outbox: how many notes of the youths concerned are in each state after it.
        failure: the worst that the journal answered, the last of several: what a person must know to mend it; where
            sending still pauses, what made it pause. ``None`` when every answer was good.
    """

    recovered: Counter[NoteState] = field(default_factory=Counter)
    sent: Counter[NoteState] = field(default_factory=Counter)
    superseded: int = 0
    stopped: str | None = None
    outbox: Counter[NoteState] = field(default_factory=Counter)
    failure: KaaError | None = None

    @property
    def exit_code(self) -> ExitCode:
        """The worst of: the failure's (3, 4, 6), stopped by a person (5), unreachable (4), something waits (6)."""
        return worst(self._standing(), *([self.failure.exit_code] if self.failure else []))

    def _standing(self) -> ExitCode:
        if self.stopped == "hold":
            return ExitCode.GUARD
        waits = self.stopped in {"epoch", "shutdown"}
        if not waits and (self.stopped is not None or self.outbox[NoteState.PLANNED]):
            return ExitCode.UNREACHABLE
        needs_person = any(self.outbox[state] for state in NEEDS_PERSON)
        return ExitCode.ATTENTION if waits or needs_person else ExitCode.DONE


def count_states(connection: Connection, journal: str | None = None, youths: Youths = None) -> Counter[NoteState]:
    """Return how many notes of these youths are in each state, of one journal or of all."""
    whose, ids = of_youths(youths)
    of_journal, name = ("", ()) if journal is None else (" AND note.journal = ?", (journal,))
    statement = f"SELECT state, count(*) AS notes FROM note WHERE 1 = 1{of_journal}{whose} GROUP BY state"  # noqa: S608 - placeholders only
    rows = run(connection, statement, (*name, *ids)).all()
    return Counter({NoteState(row.state): row.notes for row in rows})
