"""The states of a note and the changes that are allowed."""

from __future__ import annotations

from enum import StrEnum


class NoteState(StrEnum):
    """Where a note is (docs/explanation/send-protocol.md).

    ``QUARANTINED`` and ``SUPERSEDED`` are reached before an intent only; no change leads from ``CONFIRMED`` and
    ``SUPERSEDED``. What a night took back may be planned again (``outbox.plan_note``), under its own key.
    """

    PLANNED = "PLANNED"
    INTENT = "INTENT"
    CONFIRMED = "CONFIRMED"
    REFUSED = "REFUSED"
    IN_DOUBT = "IN_DOUBT"
    QUARANTINED = "QUARANTINED"
    SUPERSEDED = "SUPERSEDED"
    HELD = "HELD"


_S = NoteState
ALLOWED: dict[NoteState, frozenset[NoteState]] = {
    _S.PLANNED: frozenset({_S.INTENT, _S.CONFIRMED, _S.IN_DOUBT, _S.QUARANTINED, _S.SUPERSEDED, _S.HELD}),
    _S.INTENT: frozenset({_S.CONFIRMED, _S.REFUSED, _S.IN_DOUBT, _S.PLANNED}),
    _S.IN_DOUBT: frozenset({_S.CONFIRMED, _S.PLANNED, _S.HELD, _S.SUPERSEDED}),
    _S.REFUSED: frozenset({_S.PLANNED, _S.CONFIRMED, _S.HELD, _S.SUPERSEDED}),
    _S.QUARANTINED: frozenset({_S.PLANNED, _S.CONFIRMED, _S.HELD, _S.SUPERSEDED}),
    _S.HELD: frozenset({_S.PLANNED, _S.CONFIRMED, _S.SUPERSEDED}),
    _S.CONFIRMED: frozenset(),
    _S.SUPERSEDED: frozenset(),
}
"""From each state, the states it may change to.

By the journal's word, and only after a restore, ``PLANNED``, ``REFUSED`` and ``QUARANTINED`` become ``CONFIRMED`` or
``HELD``, and ``PLANNED`` becomes ``IN_DOUBT``: what the state has forgotten may have been sent. ``INTENT`` back to
``PLANNED`` only when no byte was written. Other ways back to ``PLANNED`` need an authoritative *absent* or a person.
"""

NOT_LEFT = frozenset({_S.PLANNED, _S.QUARANTINED})
"""States of a note that no journal can hold, in which it may be taken back."""

NEEDS_PERSON = (NoteState.REFUSED, NoteState.IN_DOUBT, NoteState.QUARANTINED, NoteState.HELD)
"""States that turn the exit code: someone has to look (a doubt may still resolve itself by look-up)."""
