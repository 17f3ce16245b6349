"""Facts about a youth, as ``decide`` and ``due`` read them: no name, no number, no address.

The classes mirror ``kaa-facts/1`` (contracts.md section 2) field by field; a name that Python reserves carries its
file name as alias. ``None`` always means *unknown*, never *no*. Dates are calendar dates in Sweden; ``end`` dates are
inclusive.
"""

from __future__ import annotations

from datetime import date
from typing import Annotated

from pydantic import Field

from kaa_bridge.domain.fact import Fact
from kaa_bridge.domain.values import (
    AbsenceReason,
    ContactChannel,
    ContactOutcome,
    EventKind,
    LifeStatus,
    Occupation,
    PlacementEnd,
    Protection,
    QualificationKind,
    ResidenceBasis,
    SchoolingStatus,
)

MunicipalityCode = Annotated[str, Field(pattern=r"^[0-9]{4}$")]
"""Kommunkod: four digits with leading zero (SCB)."""


class Residence(Fact, frozen=True, kw_only=True):
    """A period in which a municipality was the youth's home; both dates inclusive, ``None`` as open or unknown."""

    municipality: MunicipalityCode
    start: Annotated[date | None, Field(alias="from")] = None
    end: Annotated[date | None, Field(alias="to")] = None
    basis: ResidenceBasis = ResidenceBasis.REGISTERED


class CompulsorySchooling(Fact, frozen=True, kw_only=True):
    """Skolplikt: ``on`` is the last day with skolplikt when ``ended``; coverage can begin the day after."""

    status: SchoolingStatus
    on: date | None = None
    expected_end: date | None = None


class Placement(Fact, frozen=True, kw_only=True):
    """A place in a school form, ``start`` to ``end`` inclusive; no end means that it goes on.

    ``first_term_start`` is the day the education's first term began (gymnasieförordningen 12 kap. 3 §).
    """

    source: str | None = None
    school_form: str
    study_path: str | None = None
    school_unit: str | None = None
    start: Annotated[date | None, Field(alias="from")] = None
    end: Annotated[date | None, Field(alias="to")] = None
    ended_as: PlacementEnd | None = None
    equivalent: bool | None = None
    first_term_start: date | None = None


class Absence(Fact, frozen=True, kw_only=True):
    """An unbroken absence from upper secondary school, both dates inclusive; no end means that it goes on.

    ``last_attended`` is the last day the pupil was in school, where it is known.
    """

    start: Annotated[date, Field(alias="from")]
    end: Annotated[date | None, Field(alias="to")] = None
    reason: AbsenceReason = AbsenceReason.UNKNOWN
    last_attended: date | None = None


class Qualification(Fact, frozen=True, kw_only=True):
    """An exam, certificate or judged equivalent, valid from ``on`` (that day included)."""

    kind: QualificationKind
    on: date | None = None


class ContactDetails(Fact, frozen=True, kw_only=True):
    """Which ways to reach the youth are known; the details themselves never stand here."""

    phone: bool | None = None
    address: bool | None = None
    email: bool | None = None


class Event(Fact, frozen=True, kw_only=True):
    """Something that happened on a day; which further fields a kind may carry stands in ``EVENT_FIELDS``.

    ``consent`` on a withdrawal form: whether the guardian has consented (gymnasieförordningen 12 kap. 4 §).
    """

    kind: EventKind
    on: date
    channel: ContactChannel | None = None
    outcome: ContactOutcome | None = None
    purpose: str | None = None
    what: Occupation | None = None
    until: date | None = None
    measure: str | None = None
    reason: str | None = None
    agreed_for: Annotated[date | None, Field(alias="for")] = None
    consent: bool | None = None


class Youth(Fact, frozen=True, kw_only=True):
    """Everything known about one youth on the day the facts were gathered.

    ``ref`` is opaque: it may stand in any output. ``placements_complete`` and ``qualifications_complete`` tell whether
    the sources that would know have answered with a proven whole; without that, an empty list proves nothing.
    """

    ref: Annotated[str, Field(min_length=1)]
    birth_date: date | None = None
    protection: Protection = Protection.UNKNOWN
    life_status: LifeStatus = LifeStatus.UNKNOWN
    residence: tuple[Residence, ...] = ()
    first_registered: date | None = None
    compulsory_schooling: CompulsorySchooling | None = None
    placements: tuple[Placement, ...] = ()
    placements_complete: bool | None = None
    qualifications: tuple[Qualification, ...] = ()
    qualifications_complete: bool | None = None
    contact_details: ContactDetails | None = None
    events: tuple[Event, ...] = ()
    absences: tuple[Absence, ...] = ()


EVENT_FIELDS: dict[EventKind, tuple[frozenset[str], frozenset[str]]] = {
    EventKind.REGISTERED: (frozenset(), frozenset()),
    EventKind.ALLOCATED: (frozenset(), frozenset()),
    EventKind.CONTACT: (frozenset({"channel", "outcome"}), frozenset({"purpose"})),
    EventKind.OCCUPATION: (frozenset({"what"}), frozenset({"until"})),
    EventKind.DECLINED: (frozenset(), frozenset()),
    EventKind.WANTS_HELP: (frozenset(), frozenset()),
    EventKind.FIRST_MEETING: (frozenset(), frozenset()),
    EventKind.MEASURE_STARTED: (frozenset(), frozenset({"measure", "reason"})),
    EventKind.MEASURE_ENDED: (frozenset(), frozenset({"measure", "reason"})),
    EventKind.FOLLOW_UP_AGREED: (frozenset({"agreed_for"}), frozenset()),
    EventKind.WITHDRAWAL_FORM: (frozenset(), frozenset({"consent"})),
    EventKind.MOVED_IN: (frozenset(), frozenset()),
    EventKind.CONSIDERED_LEFT: (frozenset(), frozenset({"reason"})),
    EventKind.LEAVING_EXCEPTION: (frozenset(), frozenset()),
}
"""Per kind of event: the fields it must carry, and those it may carry beside them."""
