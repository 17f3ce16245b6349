"""The outbox against what the journal itself lists, where it can list: after each night, and by ``outbox compare``.

Equality of both sides is the proof that nothing was lost, doubled or written past the outbox; a look-up by reference
cannot give it, since it only finds what one asks for.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, timedelta

from kaa_bridge.contract.journal import Journal, Receipt
from kaa_bridge.errors import ExitCode, KaaError
from kaa_bridge.host import call_limited
from kaa_bridge.journal.reconcile import Listing
from kaa_bridge.store.connection import Connection
from kaa_bridge.store.sql import run

NIGHTLY_DAYS = 8
"""So many days back a night compares: a note is compared several times, and a week without nights is bridged."""
_LIMIT_SECONDS = 600.0


@dataclass(slots=True)
class Compared:
    """What a comparison found, as counts; the references stay with ``Listing``."""

    agreed: int = 0
    missing: int = 0
    extra: int = 0
    doubled: int = 0
    error: KaaError | None = field(default=None)

    @property
    def differences(self) -> int:
        """How many references disagree."""
        return self.missing + self.extra + self.doubled

    @property
    def exit_code(self) -> ExitCode:
        """A person has to look (6), the journal could not list (its error's own), or done (0)."""
        if self.error is not None:
            return self.error.exit_code
        return ExitCode.ATTENTION if self.differences else ExitCode.DONE

    def as_dict(self) -> dict[str, int]:
        """Return the counts."""
        return {name: getattr(self, name) for name in ("agreed", "missing", "extra", "doubled")}


def listed_notes(journal: Journal, first: date, last: date) -> list[Receipt]:
    """Ask the journal for its notes of the days (inclusive, of storing), and of one day more.

    With the day more, a note of this night that stands there twice is seen at once.

    Raises:
        KaaError: the journal did not list; nothing is concluded.
    """
    name = journal.describe().name
    return call_limited(
        lambda: list(journal.list_notes(first, last + timedelta(days=1))), seconds=_LIMIT_SECONDS, system=name
    )


def counted(listing: Listing) -> Compared:
    """Return the counts of a comparison."""
    return Compared(len(listing.agreed), len(listing.missing), len(listing.extra), len(listing.doubled))


def next_steps(connection: Connection, listing: Listing) -> list[dict[str, str]]:
    """Return what a person does about each reference that disagrees, in order of reference."""
    statement = "SELECT reference, journal_id, settled_at FROM note WHERE state = 'CONFIRMED'"
    known = {row.reference: row for row in run(connection, statement)} if listing.missing else {}
    found = [(reference, "extra", _EXTRA) for reference in listing.extra]
    found += [(reference, "doubled", _DOUBLED) for reference in listing.doubled]
    for reference in listing.missing:
        row = known[reference]
        found.append((reference, "missing", _MISSING.format(day=row.settled_at[:10], journal_id=row.journal_id)))
    return [dict(zip(("reference", "difference", "next"), one, strict=True)) for one in sorted(found)]


def claim_steps(references: Iterable[str]) -> list[dict[str, str]]:
    """Return what a person does about notes of a lost night that this state has not claimed."""
    return [{"reference": one, "difference": "unclaimed", "next": _UNCLAIMED} for one in references]


_MISSING = (
    "The journal confirmed it on {day} with id {journal_id} and does not list it. Look for that id in the case file; a "
    "note that was removed there is not written again."
)
_EXTRA = (
    "The journal lists it, and this state has not sent it: another state has, or this one lost it. Next: kaa-bridge "
    "state verify; if several municipalities write to one module, set compare_listing = false for the journal."
)
_UNCLAIMED = (
    "A night that the restored state has lost wrote it, and no night since has come to the same note. Look it up in "
    "the journal: if it opened a case and the youth is no longer covered, end the case there; this state does not "
    "know it."
)
_DOUBLED = (
    "It stands in the journal more than once. Strike all but one there, tell who runs the journal, and keep this line."
)
