"""Every fact that a mapping may fill, and how strictly: the mirror of ``RecordFacts``.

A fact whose absence would mean something (no end date: the placement goes on) can never be *unknown* after a refusal:
there the record is quarantined.
"""

from __future__ import annotations

from enum import StrEnum
from typing import Any, Literal

from msgspec import Struct

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
from kaa_bridge.mapping.converters import Kind

Policy = Literal["quarantine", "unknown"]
WHOLE_UNKNOWN = object()
"""Given by a rule whose refused value makes the whole list of facts unknown."""
UNKNOWN_FORM = "unknown"
"""School form of a placement whose code stands in no table: a place in *some* education, which nobody can judge."""


class FactField(Struct, frozen=True, kw_only=True):
    """One fact.

    Attributes:
        kind: what the converter must give; ``None`` where a code table gives one of ``words``.
        convert: the converter used when the rule names none.
        words: the closed vocabulary of the fact.
        policies: what may be done with a value that the rule refuses; the first is the default.
        needed: the mapping must hold a rule for it (within its group).
        at_once: a missing value is treated like a refused one.
        skips: a code that says nothing leaves the whole entry out.
        on_unknown: what stands for *unknown*.
        text: meaning, for the reference.
    """

    kind: Kind | None = Kind.TEXT
    convert: str = "text"
    words: type[StrEnum] | None = None
    policies: tuple[Policy, ...] = ("quarantine", "unknown")
    needed: bool = False
    at_once: bool = False
    skips: bool = False
    on_unknown: Any = None
    text: str


_SOFT: tuple[Policy, ...] = ("unknown", "quarantine")
_HARD: tuple[Policy, ...] = ("quarantine",)


def _words(words: type[StrEnum], text: str, **more: Any) -> FactField:
    on_unknown = more.pop("on_unknown", getattr(words, "UNKNOWN", None))
    return FactField(kind=None, words=words, on_unknown=on_unknown, text=text, **more)


def _date(text: str, **more: Any) -> FactField:
    return FactField(kind=Kind.DATE, convert="date", text=text, **more)


FIELDS: dict[str, FactField] = {
    "number": FactField(
        kind=Kind.NUMBER,
        convert="person_number",
        policies=_HARD,
        text="personnummer, samordningsnummer or interim number",
    ),
    "replaces": FactField(
        kind=Kind.NUMBER, convert="person_number", policies=_HARD, text="earlier numbers of the same person (a list)"
    ),
    "birth_date": _date("birth date"),
    "protection": _words(
        Protection,
        "protected identity; a missing value or unknown code is `unknown`, treated as protected; several rules may "
        "stand in a list, the strongest answer holds",
        policies=("unknown",),
        at_once=True,
    ),
    "life_status": _words(LifeStatus, "alive, deceased or emigrated"),
    "first_registered": _date("first folkbokföring in Sweden"),
    "handler": FactField(policies=_SOFT, text="the case officer's signature"),
    "identity.given_name": FactField(policies=_SOFT, text="given name"),
    "identity.family_name": FactField(policies=_SOFT, text="family name"),
    "identity.street": FactField(policies=_SOFT, text="street address"),
    "identity.postal_code": FactField(convert="postal_code", policies=_SOFT, text="postal code"),
    "identity.locality": FactField(policies=_SOFT, text="postal locality"),
    "identity.email": FactField(convert="email", policies=_SOFT, text="e-mail address"),
    "identity.phone": FactField(convert="phone", policies=_SOFT, text="telephone number"),
    "residence.municipality": FactField(
        convert="municipality", needed=True, on_unknown=WHOLE_UNKNOWN, text="municipality code, four digits"
    ),
    "residence.start": _date("first day; none: unknown"),
    "residence.end": _date("last day, inclusive; none: still", policies=_HARD),
    "residence.basis": _words(
        ResidenceBasis, "folkbokförd there, or stays there", policies=_HARD, needed=True, at_once=True
    ),
    "compulsory_schooling.status": _words(SchoolingStatus, "skolplikt: ended, ongoing, never, unknown", needed=True),
    "compulsory_schooling.on": _date("last day with skolplikt when ended"),
    "compulsory_schooling.expected_end": _date("when it is expected to end, while ongoing"),
    "placements.school_form": FactField(
        kind=None,
        needed=True,
        at_once=True,
        skips=True,
        on_unknown=UNKNOWN_FORM,
        text="school type code of SS 12000, old or new; `unknown` is a place in some education that nobody can judge",
    ),
    "placements.study_path": FactField(
        convert="study_path", text="study path code; IM as prefix: introductory programme"
    ),
    "placements.school_unit": FactField(convert="school_unit", text="school unit code"),
    "placements.start": _date("first day"),
    "placements.end": _date("last day, inclusive; none: it goes on", policies=_HARD),
    "placements.ended_as": _words(PlacementEnd, "why it ended"),
    "placements.equivalent": FactField(
        kind=Kind.BOOLEAN, convert="true_false", text="whether the municipality has judged it motsvarande utbildning"
    ),
    "placements.first_term_start": _date("the day the education's first term began"),
    "qualifications.kind": _words(
        QualificationKind,
        "the document; after `unknown` all qualifications of the record are unknown",
        needed=True,
        at_once=True,
        skips=True,
        on_unknown=WHOLE_UNKNOWN,
    ),
    "qualifications.on": _date("its date"),
    "events.kind": _words(EventKind, "what happened", policies=_HARD, needed=True, at_once=True, skips=True),
    "events.on": _date("the day", policies=_HARD, needed=True, at_once=True),
    "events.channel": _words(ContactChannel, "how a contact was attempted"),
    "events.outcome": _words(ContactOutcome, "what came of it"),
    "events.purpose": FactField(text="step of the routine that the contact belongs to"),
    "events.what": _words(Occupation, "occupation (sysselsättning)"),
    "events.until": _date("until when the occupation lasts"),
    "events.measure": FactField(text="measure (åtgärd)"),
    "events.reason": FactField(text="reason, as a code or a short text"),
    "events.agreed_for": _date("the day that was agreed"),
    "events.consent": FactField(
        kind=Kind.BOOLEAN, convert="true_false", text="whether the guardian consents to the withdrawal of a minor"
    ),
    "absences.start": _date("first day of an unbroken absence; never kept", policies=_HARD, needed=True, at_once=True),
    "absences.end": _date("last day, inclusive; none: it goes on", policies=_HARD),
    "absences.reason": _words(AbsenceReason, "why; sickness and leave lead to nothing"),
    "absences.last_attended": _date("last day in school"),
    "absences.first_term_start": _date("the day the first term began, where the absence began with it"),
    "absences.excepted": FactField(
        kind=Kind.BOOLEAN, convert="true_false", text="whether rektor has decided that the pupil has not left"
    ),
}
"""All facts, by name."""

DEFAULTS = {
    "events.channel": "other",
    "events.what": "unknown",
    "compulsory_schooling.status": "unknown",
    "placements.ended_as": "unknown",
    "life_status": "unknown",
}
"""The only defaults there are: words that themselves say that nothing more is known."""

NO_CONST = frozenset({"number", "replaces", "birth_date", "protection", "first_registered"})
"""Facts that must come from the record: a constant would be the same for everybody."""
