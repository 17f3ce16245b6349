"""Facts about a youth, as ``decide`` and ``due`` read them: no name, no number, no address.

The classes mirror ``kaa-facts/1`` (contracts.md section 2) field by field; a name that Python reserves carries its
file name as alias. ``None`` always means *unknown*, never *no*. Dates are calendar dates in Sweden; ``end`` dates are
inclusive.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Annotated, ClassVar

from pydantic import ConfigDict, Field

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

_STRICT = ConfigDict(extra="forbid")
MunicipalityCode = Annotated[str, Field(pattern=r"^[0-9]{4}$")]
"""Kommunkod: four digits with leading zero (SCB)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Residence:
    """A period in which a municipality was the youth's home; both dates inclusive, ``None`` as open or unknown."""

    __pydantic_config__: ClassVar[ConfigDict] = _STRICT
    municipality: MunicipalityCode
    start: Annotated[date | None, Field(alias="from")] = None
    end: Annotated[date | None, Field(alias="to")] = None
    basis: ResidenceBasis = ResidenceBasis.REGISTERED


@dataclass(frozen=True, slots=True, kw_only=True)
class CompulsorySchooling:
    """Skolplikt: ``on`` is the last day with skolplikt when ``ended``; coverage can begin the day after."""

    __pydantic_config__: ClassVar[ConfigDict] = _STRICT
    status: SchoolingStatus
    on: date | None = None
    expected_end: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Placement:
    """A place in a school form, ``start`` to ``end`` inclusive; no end means that it goes on.

    ``first_term_start`` is the day the education's first term began (gymnasieförordningen 12 kap. 3 §).
    """

    __pydantic_config__: ClassVar[ConfigDict] = _STRICT
    source: str | None = None
    school_form: str
    study_path: str | None = None
    school_unit: str | None = None
    start: Annotated[date | None, Field(alias="from")] = None
    end: Annotated[date | None, Field(alias="to")] = None
    ended_as: PlacementEnd | None = None
    equivalent: bool | None = None
    first_term_start: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Absence:
    """An unbroken absence from upper secondary school, both dates inclusive; no end means that it goes on.

    ``last_attended`` is the last day the pupil was in school, where it is known.
    """

    __pydantic_config__: ClassVar[ConfigDict] = _STRICT
    start: Annotated[date, Field(alias="from")]
    end: Annotated[date | None, Field(alias="to")] = None
    reason: AbsenceReason = AbsenceReason.UNKNOWN
    last_attended: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Qualification:
    """An exam, certificate or judged equivalent, valid from ``on`` (that day included)."""

    __pydantic_config__: ClassVar[ConfigDict] = _STRICT
    kind: QualificationKind
    on: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ContactDetails:
    """Which ways to reach the youth are known; the details themselves never stand here."""

    __pydantic_config__: ClassVar[ConfigDict] = _STRICT
    phone: bool | None = None
    address: bool | None = None
    email: bool | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """Something that happened on a day; which further fields a kind may carry stands in ``EVENT_FIELDS``.

    ``consent`` on a withdrawal form: whether the guardian has consented (gymnasieförordningen 12 kap. 4 §).
    """

    __pydantic_config__: ClassVar[ConfigDict] = _STRICT
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


@dataclass(frozen=True, slots=True, kw_only=True)
class Youth:
    """Everything known about one youth on the day the facts were gathered.

    ``ref`` is opaque: it may stand in any output. ``placements_complete`` and ``qualifications_complete`` tell whether
    the sources that would know have answered with a proven whole; without that, an empty list proves nothing.
    """

    __pydantic_config__: ClassVar[ConfigDict] = _STRICT
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
