"""The books of the outbox, and its agreement with the journal's own listing.

``planned = confirmed + refused + quarantined + in doubt + superseded + held + waiting``: *planned* is counted in the
books (``transition``), the other side in the outbox itself, so that a lost or invented note shows.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from kaa_bridge.contract.journal import Journal, JournalDescription, JournalLevel, Receipt
from kaa_bridge.journal.outbox import change
from kaa_bridge.journal.recovery import decide_by_lookup
from kaa_bridge.journal.report import count_states
from kaa_bridge.journal.settings import SendSettings
from kaa_bridge.journal.states import NoteState
from kaa_bridge.store.clock import Clock, age_seconds, iso
from kaa_bridge.store.connection import Connection
from kaa_bridge.store.epoch import close_epoch, read_epoch
from kaa_bridge.store.lock import RunLock
from kaa_bridge.store.sql import run, run_many, scalar
from kaa_bridge.store.verify import book_problems

_PREFIX = "KAA-"
_UNSTORED = (NoteState.PLANNED, NoteState.IN_DOUBT, NoteState.REFUSED, NoteState.QUARANTINED, NoteState.HELD)
_MAYBE_STORED = (NoteState.INTENT, NoteState.IN_DOUBT, NoteState.HELD)


@dataclass(frozen=True, slots=True)
class Equation:
    """Both sides of the equation, and what else is wrong with the books."""

    planned: int
    states: Counter[NoteState]
    problems: tuple[str, ...] = ()

    @property
    def holds(self) -> bool:
        """Whether every planned note stands in exactly one state, and the books are unbroken."""
        return self.planned == sum(self.states.values()) and not self.problems

    @property
    def waiting(self) -> int:
        """Notes that are neither sent nor settled."""
        return self.states[NoteState.PLANNED] + self.states[NoteState.INTENT]


def equation(connection: Connection, run_id: int | None = None) -> Equation:
    """Return the equation over the whole outbox, or over what one run planned."""
    if run_id is None:
        planned = run(connection, "SELECT count(*) FROM transition WHERE before IS NULL").scalar_one()
        return Equation(int(planned), count_states(connection), book_problems(connection))
    counted = "SELECT count(*) FROM transition WHERE (before IS NULL OR before = 'SUPERSEDED') AND actor = ?"
    planned = run(connection, counted, (f"run {run_id}",)).scalar_one()
    statement = "SELECT state, count(*) AS notes FROM note WHERE planned_run = ? GROUP BY state"
    states = Counter({NoteState(row.state): row.notes for row in run(connection, statement, (run_id,))})
    return Equation(int(planned), states)


@dataclass(frozen=True, slots=True)
class Listing:
    """The outbox against the journal's listing; each part holds references.

    Attributes:
        agreed: confirmed here and listed once.
        missing: confirmed here, not listed.
        extra: listed, and not known here, or known as not sent; what a recovery epoch found listed is known.
        doubled: listed more than once.
        undecided: in doubt or held here; listed or not.
    """

    agreed: frozenset[str]
    missing: frozenset[str]
    extra: frozenset[str]
    doubled: frozenset[str]
    undecided: frozenset[str]

    @property
    def is_clean(self) -> bool:
        """Whether journal and outbox agree."""
        return not (self.missing or self.extra or self.doubled)


def compare_listing(
    connection: Connection, journal: str, listed: Iterable[Receipt], first: date, last: date
) -> Listing:
    """Compare what the journal lists for the days (inclusive) with the outbox.

    A confirmed note counts as missing only when it was settled well inside the days: the journal's date of storing may
    differ from ours by one.
    """
    counts = Counter(one.reference for one in listed if one.reference.startswith(_PREFIX))
    rows = run(connection, "SELECT reference, state, settled_at FROM note WHERE journal = ?", (journal,)).all()
    states = {row.reference: NoteState(row.state) for row in rows}
    inner = ((first + timedelta(days=1)).isoformat(), (last - timedelta(days=1)).isoformat())
    within = {row.reference for row in rows if row.settled_at and inner[0] <= row.settled_at[:10] <= inner[1]}
    confirmed = {reference for reference, state in states.items() if state is NoteState.CONFIRMED}
    undecided = {reference for reference, state in states.items() if state in _MAYBE_STORED}
    kept = {row.reference for row in run(connection, "SELECT reference FROM listed_note WHERE journal = ?", (journal,))}
    return Listing(
        agreed=frozenset(confirmed & counts.keys()),
        missing=frozenset((confirmed & within) - counts.keys()),
        extra=frozenset(counts.keys() - confirmed - undecided - kept),
        doubled=frozenset(reference for reference, count in counts.items() if count > 1),
        undecided=frozenset(undecided),
    )


def unclaimed(connection: Connection, journal: str) -> list[str]:
    """Return the references that the journal listed after a restore and that no note of this state has claimed since.

    A lost night wrote them. Where the note began a case and the youth was no longer covered when the first night came
    after the restore, this state has never known the case, and nothing of ours will end it.
    """
    statement = (
        "SELECT reference FROM listed_note AS listed WHERE journal = ? "
        "AND NOT EXISTS (SELECT 1 FROM note WHERE note.reference = listed.reference) ORDER BY reference"
    )
    return [row.reference for row in run(connection, statement, (journal,))]


def close_epoch_by_listing(
    held: RunLock, journal: Journal, described: JournalDescription, settings: SendSettings, clock: Clock
) -> bool:
    """End the recovery epoch where the journal can list: what it holds and the state does not know is kept as sent.

    Listed notes that are not confirmed here become so, or held when they are listed twice. Listed references that
    nobody here knows are kept, so that a later plan of the same note starts as confirmed.

    Returns:
        Whether the epoch is closed; ``False`` when the journal cannot list with authority (level 2) or does not answer,
        or the settle time has not passed.

    Raises:
        RunLocked: another run took over.
    """
    with held.begin() as connection:
        epoch = read_epoch(connection)
        last_known = scalar(connection, "SELECT max(at) FROM transition WHERE at <= ?", (epoch.opened_at,))
    settled = age_seconds(epoch.opened_at, epoch.opened_clock, clock) > settings.settle_seconds
    trusted = described.lists_notes and described.level >= JournalLevel.AUTHORITATIVE_LOOKUP
    if not (epoch.is_open and trusted and settled):
        return False
    today = clock.now().date()
    start = date.fromisoformat(str(last_known)[:10]) if last_known else today - timedelta(days=366)
    try:
        listed = list(journal.list_notes(start - timedelta(days=2), today + timedelta(days=1)))
    except Exception:
        return False
    with held.begin() as connection:
        _keep_listed(connection, described, listed, at=iso(clock.now()), actor=f"run {held.fence}")
        close_epoch(connection)
    return True


def _keep_listed(
    connection: Connection, described: JournalDescription, listed: list[Receipt], *, at: str, actor: str
) -> None:
    """Take the listing's word for every note that the state does not hold for stored, whatever it holds it for.

    What was refused or quarantined when the backup was made may have been let go and sent after it.
    """
    ours: dict[str, list[Receipt]] = {}
    for one in listed:
        if one.reference.startswith(_PREFIX):
            ours.setdefault(one.reference, []).append(one)
    statement = "SELECT id, reference, state, attempt FROM note WHERE journal = ?"
    unstored = [row for row in run(connection, statement, (described.name,)) if row.state in _UNSTORED]
    changes = [
        decide_by_lookup(row.id, row.attempt, NoteState(row.state), tuple(ours[row.reference]), described.level)
        for row in unstored
        if row.reference in ours
    ]
    change(connection, [one for one in changes if one and one.before is not one.after], at=at, actor=actor)
    known = {row.reference for row in run(connection, "SELECT reference FROM note")}
    rows = [(name, described.name, found[0].journal_id, at) for name, found in ours.items() if name not in known]
    insert = (
        "INSERT INTO listed_note (reference, journal, journal_id, found_at) VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING"
    )
    run_many(connection, insert, rows)
