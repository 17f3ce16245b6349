"""Holds of one night: what is kept as one, what a release still covers, and what is needed no more.

A hold says what its release lets through. When that grows, another hold takes its place, so that a person who releases
the one that was read lets nothing else through.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import islice

from kaa_bridge.config import MunicipalityTable
from kaa_bridge.journal.outbox import count_waiting
from kaa_bridge.store import runs
from kaa_bridge.store.connection import Connection
from kaa_bridge.sync.guard import CLOCK, NOTE_KINDS, NOTES_SUBJECT, SENDING_KINDS, Breach, Key, note_breaches

UNPROTECT = "unprotect"
"""The hold of a youth whose sources stopped telling a protection; its subject is the youth's handle."""
_GOOD_NIGHTS = 7
_LOOK_BACK = 60
"""Nights among which good ones are sought: a municipality that was held longer begins anew."""


def sending_is_held(connection: Connection) -> bool:
    """Tell whether an open hold forbids sending for the municipality."""
    return any(hold.released_at is None and hold.kind in SENDING_KINDS for hold in runs.holds(connection))


def judge_notes(connection: Connection, table: MunicipalityTable, run_id: int) -> list[Breach]:
    """Return the limits that the notes exceed which may leave after this run."""
    if table.journal is None:
        return []
    waiting = count_waiting(connection, table.journal.name, run_id)
    is_open = {hold.kind for hold in runs.holds(connection) if hold.released_at is None}
    return note_breaches(waiting, usual_nights(connection), table.guard, is_open)


def usual_nights(connection: Connection) -> list[int]:
    """Return how many notes each of the last good nights planned, the latest last.

    A night that a guard stopped says nothing of what is usual. One that only waits for a word on a youth's protection
    does.
    """
    found = runs.past_summaries(connection, _LOOK_BACK)
    good = (past for past in found if not any(breach["kind"] in SENDING_KINDS for breach in past["breaches"]))
    return [int(past["plan"]["notes_planned"]) for past in islice(good, _GOOD_NIGHTS)][::-1]


def keep_holds(connection: Connection, breaches: Sequence[Breach], judged: Iterable[Key], *, on: str, at: str) -> int:
    """Keep tonight's breaches as holds and close those that are needed no more; return how many are open.

    A run that has come so far was not stopped by the clock, or a person has let it through.

    Args:
        connection: in the plan's transaction.
        breaches: what goes beyond every limit and release.
        judged: of which sources and youths tonight says whether a hold is needed; notes are judged by every run.
        on: the night's local date.
        at: UTC ISO time.
    """
    beyond = {breach.key: breach for breach in breaches}
    settled = {*judged, *((kind, NOTES_SUBJECT) for kind in NOTE_KINDS)}
    closing: list[int] = []
    since: dict[Key, str] = {}
    for hold in runs.holds(connection):
        breach = beyond.get((hold.kind, hold.subject))
        if breach is None:
            needed = hold.kind != CLOCK and (hold.kind, hold.subject) not in settled
        else:
            needed = hold.released_at is None and breach.is_within(hold.observed)
            if hold.released_at is None:
                since[breach.key] = hold.made_on
        if not needed:
            closing.append(hold.id)
    runs.close_holds(connection, closing, at=at)
    for breach in breaches:
        made_on = since.get(breach.key, on)
        runs.make_hold(connection, breach.kind, breach.subject, breach.observed, breach.allowed, on=made_on, at=at)
    return sum(hold.released_at is None for hold in runs.holds(connection))
