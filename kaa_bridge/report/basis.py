"""What a report rests on: the day, the sources and how old their word is, the law's wording and the routine."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import date
from typing import Any

from kaa_bridge.law import version_on
from kaa_bridge.store.connection import Connection
from kaa_bridge.store.query import rows
from kaa_bridge.sync.bridge import Bridge

_NEVER: tuple[None, None, int] = (None, None, 0)


@dataclass(frozen=True, slots=True)
class SourceState:
    """How old a source's word is: when it last answered, and when it last proved a whole (ISO dates).

    ``quarantined`` counts its records that could not be read; no report has them.
    """

    name: str
    label: str
    pulled_on: str | None
    proved_on: str | None
    quarantined: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Basis:
    """What a report rests on; from the same state two reports with equal bases are equal byte for byte.

    Attributes:
        sources: every configured source, in the order of the configuration.
        law: first day of the wording in force on the day (ISO).
        routine: name and version of the municipality's routine, and the first half of its fingerprint.
    """

    municipality: str
    name: str
    as_of: date
    sources: tuple[SourceState, ...]
    law: str
    routine: str
    fingerprint: str

    def to_json(self) -> dict[str, Any]:
        """Return the basis as machines read it."""
        return {**asdict(self), "as_of": self.as_of.isoformat(), "sources": [asdict(one) for one in self.sources]}


def make_basis(connection: Connection, bridge: Bridge, as_of: date) -> Basis:
    """Return what a report of a day rests on.

    Raises:
        InputRefused: the day lies before the first version of the law data (2015-01-01).
    """
    return Basis(
        municipality=bridge.code,
        name=bridge.table.name,
        as_of=as_of,
        sources=source_states(connection, bridge),
        law=version_on(as_of).in_force.isoformat(),
        routine=f"{bridge.routine.name} {bridge.routine.version}",
        fingerprint=bridge.routine.fingerprint[:16],
    )


def source_states(connection: Connection, bridge: Bridge) -> tuple[SourceState, ...]:
    """Return the state of every configured source, one that was never read included."""
    named = [(table.name, table.label or table.name) for table in bridge.table.source]
    return _states(connection, named)


def journal_states(connection: Connection, bridge: Bridge) -> tuple[SourceState, ...]:
    """Return the state of the journal as a source, where events are read back from it; else nothing."""
    journal = bridge.table.journal
    return _states(connection, [(journal.name, journal.name)]) if journal and journal.read_events else ()


def _states(connection: Connection, named: list[tuple[str, str]]) -> tuple[SourceState, ...]:
    statement = (
        "SELECT s.name, s.pulled_on, s.proved_on, (SELECT count(*) FROM quarantine q WHERE q.source_id = s.id "
        "AND q.released_at IS NULL) FROM source s"
    )
    read = {str(name): (pulled, proved, int(spoilt)) for name, pulled, proved, spoilt in rows(connection, statement)}
    return tuple(SourceState(name, label, *read.get(name, _NEVER)) for name, label in named)


def basis_lines(basis: Basis) -> list[tuple[str, str]]:
    """Return the basis as name and value, in Swedish, for the head of a report."""
    return [
        ("Kommun", f"{basis.name} ({basis.municipality})"),
        ("Gäller per", basis.as_of.isoformat()),
        *((f"Källa: {state.label}", source_text(state, basis.as_of)) for state in basis.sources),
        ("Lag", f"skollagen 29 kap. 9 §, lydelse i kraft {basis.law}"),
        ("Rutin", f"{basis.routine} ({basis.fingerprint})"),
    ]


def source_text(state: SourceState, as_of: date) -> str:
    """Return how old a source's word is on the day, when it last proved a whole, and what of it is left out."""
    proved = f"; senast bevisat hel {state.proved_on}" if state.proved_on else "; aldrig bevisat hel"
    left_out = (
        f"; {state.quarantined} {'post' if state.quarantined == 1 else 'poster'} i karantän ingår inte"
        if state.quarantined
        else ""
    )
    return f"{_age_text(state.pulled_on, as_of)}{proved}{left_out}"


def _age_text(pulled_on: str | None, as_of: date) -> str:
    if pulled_on is None:
        return "aldrig hämtad"
    days = (as_of - date.fromisoformat(pulled_on)).days
    if days <= 0:
        return f"hämtad {pulled_on}"
    return f"hämtad {pulled_on}, {days} {'dag' if days == 1 else 'dagar'} före rapportens dag"
