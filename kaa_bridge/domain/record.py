"""What one record of one source says about one person, before sources are merged.

The fields are those that förordning (2006:39) 4 § lists, and nothing else: identity and contact details (point 1),
past, present and future occupation (point 2), measures (point 3), beside what skollagen 29 kap. 9 § makes necessary to
know. Guardians, diagnoses, grades and free text have no field, so they cannot be kept.
"""

from __future__ import annotations

from datetime import date

from msgspec import Struct

from kaa_bridge.domain.fact import Fact
from kaa_bridge.domain.facts import CompulsorySchooling, Event, Placement, Qualification, Residence
from kaa_bridge.domain.values import AbsenceReason, LifeStatus, Protection


class Identity(Fact, frozen=True, kw_only=True):
    """Name and ways to reach the youth (förordning 2006:39 4 § 1); kept in the encrypted store only."""

    given_name: str | None = None
    family_name: str | None = None
    street: str | None = None
    postal_code: str | None = None
    locality: str | None = None
    email: str | None = None
    phone: str | None = None

    def __repr__(self) -> str:
        """Show nothing of the person."""
        return "<Identity>"


class RecordFacts(Fact, frozen=True, kw_only=True):
    """The facts of one record. ``None`` means that the source does not say; an empty tuple that it says *none*.

    ``number`` is canonical (see ``person_number``); ``replaces`` holds earlier numbers of the same person;
    ``handler`` is the case officer's opaque signature, read and never invented.
    """

    number: str | None = None
    replaces: tuple[str, ...] = ()
    identity: Identity | None = None
    birth_date: date | None = None
    protection: Protection | None = None
    life_status: LifeStatus | None = None
    residence: tuple[Residence, ...] | None = None
    first_registered: date | None = None
    compulsory_schooling: CompulsorySchooling | None = None
    placements: tuple[Placement, ...] | None = None
    qualifications: tuple[Qualification, ...] | None = None
    events: tuple[Event, ...] | None = None
    handler: str | None = None

    def __repr__(self) -> str:
        """Show nothing of the person."""
        return "<RecordFacts>"


class AbsenceTold(Fact, frozen=True, kw_only=True):
    """An unbroken absence from upper secondary school as a source tells it; both dates inclusive.

    No fact of the youth and never kept: whoever is absent still attends, is not covered, and may not be registered for
    it. ``kaa_bridge.law.left_by_absence`` turns it into a departure, or into nothing.

    Attributes:
        start: first day of absence.
        end: last day of absence, ``None`` while it goes on.
        reason: sickness and leave never lead to a departure; unknown leads to one that the school must confirm.
        last_attended: last day in school, where it is known.
        first_term_start: the day the education's first term began, where the absence began with it.
        excepted: whether rektor has decided that the pupil has not left (gymnasieförordningen 12 kap. 4 a §).
    """

    start: date
    end: date | None = None
    reason: AbsenceReason | None = None
    last_attended: date | None = None
    first_term_start: date | None = None
    excepted: bool | None = None


class Provenance(Struct, frozen=True):
    """Where a fact comes from: the source's configured name and the day it was last told.

    ``also`` names the sources that tell the very same, the more trusted first: such a fact counts once.
    """

    source: str
    seen_on: date
    also: tuple[str, ...] = ()
