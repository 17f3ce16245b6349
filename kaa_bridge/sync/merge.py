"""Merges what several sources say of one youth: pure, deterministic, by configured precedence, conflicts kept.

A placement or an exam that any source tells counts, so a silent source can never take one away. The most protective
word on protected identity wins, whoever says it. Everything else follows precedence. A difference, in protection too,
is kept as a conflict that a person can see.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import date
from itertools import product
from typing import Any, NamedTuple

from msgspec import Struct, field, structs

from kaa_bridge.domain.facts import ContactDetails, Event, Placement, Qualification, Youth
from kaa_bridge.domain.record import Identity, Provenance, RecordFacts
from kaa_bridge.domain.values import LifeStatus, Protection
from kaa_bridge.sync.completeness import Completeness
from kaa_bridge.sync.conflict import STRONGEST, Conflict, note
from kaa_bridge.sync.placements import by_start, merge_placements, told_by

_PROTECTIVE = (
    Protection.FINGERADE_PERSONUPPGIFTER,
    Protection.SKYDDAD_FOLKBOKFORING,
    Protection.SEKRETESSMARKERING,
    Protection.UNKNOWN,
    Protection.NONE,
)
_UNTOLD = (None, Protection.UNKNOWN)
_CONTACT_DETAILS = {
    known: ContactDetails(phone=known[0], address=known[1], email=known[2])
    for known in product((False, True), repeat=3)
}
_SCALARS = ("birth_date", "life_status", "first_registered", "compulsory_schooling", "residence")


class Said(NamedTuple):
    """One source's word on the youth; ``seen_on`` is the day it was last told.

    ``unheard`` is a word that could not be read, ``seen_on`` then the day since when it is known that there is one.
    """

    source: str
    seen_on: date | None
    facts: RecordFacts
    unheard: bool = False


class Merged(Struct):
    """The youth as the sources together know it, but for the number: that is the one in the youth's own row."""

    youth: Youth
    identity: Identity | None
    handler: str | None
    sources: tuple[str, ...]
    conflicts: list[Conflict] = field(default_factory=list)


def merge(ref: str, said: Sequence[Said], *, known: Completeness) -> Merged:
    """Merge the words of the sources.

    Args:
        ref: the youth's opaque handle.
        said: what each source says, the most trusted first.
        known: what the sources together prove.
    """
    for one in said:
        known = known.without(one.source) if one.unheard else known_of(one.source, one.facts, known)
    if len(said) == 1:
        return _alone(ref, said[0], known)
    conflicts: list[Conflict] = []
    scalars = {name: _first(said, name, conflicts) for name in _SCALARS}
    number = next((one.facts.number for one in said if one.facts.number), None)
    if scalars["birth_date"] is None and number:
        scalars["birth_date"] = birth_date_told_by(number)
    identity = _identity(said)
    youth = Youth(
        ref=ref,
        birth_date=scalars["birth_date"],
        protection=_protection(said, conflicts),
        life_status=scalars["life_status"] or LifeStatus.UNKNOWN,
        residence=scalars["residence"] or (),
        first_registered=scalars["first_registered"],
        compulsory_schooling=scalars["compulsory_schooling"],
        placements=merge_placements([(one.source, one.facts.placements) for one in said], conflicts),
        placements_complete=known.placements,
        qualifications=_qualifications(said),
        qualifications_complete=known.qualifications,
        contact_details=_contact_details(identity),
        events=_union((one.facts.events for one in said), key=_event_order),
    )
    handler = next((one.facts.handler for one in said if one.facts.handler), None)
    sources = tuple(dict.fromkeys(one.source for one in said if not one.unheard))
    return Merged(youth, identity, handler, sources, conflicts)


def known_of(source: str, facts: RecordFacts, known: Completeness) -> Completeness:
    """Return what is proven of a youth with this word: a source that would know, and does not say, proves nothing."""
    if known.placements and facts.placements is None and ("placements", source) in known.tellers:
        known = structs.replace(known, placements=False)
    if known.qualifications and facts.qualifications is None and ("qualifications", source) in known.tellers:
        known = structs.replace(known, qualifications=False)
    return known


def _alone(ref: str, one: Said, known: Completeness) -> Merged:
    """Return what ``merge`` gives for a single word: most youths stand in one source, and nothing can differ."""
    facts = one.facts
    placements = tuple([told_by(one.source, placement) for placement in facts.placements or ()])
    youth = youth_of_one(ref, facts, placements, known, _contact_details(facts.identity))
    sources = () if one.unheard else (one.source,)
    return Merged(youth, facts.identity, facts.handler or None, sources, [])


def youth_of_one(
    ref: str,
    facts: RecordFacts,
    placements: tuple[Placement, ...],
    known: Completeness,
    contact_details: ContactDetails | None = None,
) -> Youth:
    """Return the youth that a single record tells of; the law asks neither for contact details nor who told what."""
    birth_date = facts.birth_date
    if birth_date is None and facts.number:
        birth_date = birth_date_told_by(facts.number)
    return Youth(
        ref=ref,
        birth_date=birth_date,
        protection=facts.protection or Protection.UNKNOWN,
        life_status=facts.life_status or LifeStatus.UNKNOWN,
        residence=facts.residence or (),
        first_registered=facts.first_registered,
        compulsory_schooling=facts.compulsory_schooling,
        placements=tuple(sorted(placements, key=by_start)) if len(placements) > 1 else placements,
        placements_complete=known.placements,
        qualifications=_union((facts.qualifications,), key=_qualification_order) if facts.qualifications else (),
        qualifications_complete=known.qualifications,
        contact_details=contact_details,
        events=_union((facts.events,), key=_event_order) if facts.events else (),
    )


def trace(said: Sequence[Said], youth: Youth) -> dict[str, Provenance]:
    """Return for each fact of the merged youth the source that told it, keyed as in the facts file."""
    found: dict[str, Provenance] = {}
    for name in (*_SCALARS, "protection"):
        value = getattr(youth, name)
        for one in said:
            if getattr(one.facts, name) not in (None, ()) and getattr(one.facts, name) == value:
                found[f"/{name}"] = _provenance(one)
                break
    if "/birth_date" not in found and youth.birth_date is not None:
        tellers = [one for one in said if one.facts.number and birth_date_told_by(one.facts.number) == youth.birth_date]
        if tellers:
            found["/birth_date"] = _provenance(*tellers)
    for name in ("placements", "qualifications", "events"):
        for index, item in enumerate(getattr(youth, name)):
            tellers = [one for one in said if _plain(item) in map(_plain, getattr(one.facts, name) or ())]
            if isinstance(item, Placement):  # its own source stands first, also where others filled what it leaves out
                tellers = [*[one for one in said if one.source == item.source][:1], *tellers]
            if tellers:
                found[f"/{name}/{index}"] = _provenance(*tellers)
    return found


def birth_date_told_by(number: str) -> date | None:
    """Return the birth date that a canonical number tells, ``None`` where it leaves a part open."""
    try:
        return date(int(number[:4]), int(number[4:6]), int(number[6:8]) % 60)
    except ValueError:
        return None


def _first(said: Sequence[Said], name: str, conflicts: list[Conflict]) -> Any:
    telling = [(one.source, value) for one in said if (value := getattr(one.facts, name)) is not None]
    if name == "life_status":
        telling = [pair for pair in telling if pair[1] is not LifeStatus.UNKNOWN]
    if not telling:
        return None
    chosen = telling[0][1]
    if len(telling) > 1 and (others := tuple(who for who, value in telling[1:] if _differs(name, value, chosen))):
        conflicts.append(Conflict(name, (telling[0][0], *others)))
    return chosen


def _differs(name: str, one: Any, other: Any) -> bool:
    if name == "residence":
        return {period.municipality for period in one} != {period.municipality for period in other}
    return bool(one != other)


def _protection(said: Sequence[Said], conflicts: list[Conflict]) -> Protection:
    """Return the most protective word; who knows it otherwise is kept as a conflict and changes nothing."""
    words = {one.facts.protection for one in said}
    strongest = next((word for word in _PROTECTIVE if word in words), Protection.UNKNOWN)
    if len(words) > 1:
        heard = [one for one in said if not one.unheard]
        known = [(one.source, word) for one in heard if (word := one.facts.protection) not in _UNTOLD]
        agreeing = [who for who, word in known if word is strongest]
        others = dict.fromkeys(who for who, word in known if word is not strongest and agreeing)
        if others:
            note(conflicts, STRONGEST, agreeing[0], *others)
    return strongest


def _qualifications(said: Sequence[Said]) -> tuple[Qualification, ...]:
    return _union((one.facts.qualifications for one in said), key=_qualification_order)


def _qualification_order(one: Qualification) -> tuple[date, str]:
    return one.on or date.min, one.kind


def _event_order(event: Event) -> tuple[str, ...]:
    return (event.on.isoformat(), event.kind, event.channel or "", event.outcome or "", event.purpose or "",
            event.what or "", event.measure or "")  # fmt: skip


def _union(groups: Iterable[tuple[Any, ...] | None], *, key: Callable[[Any], Any]) -> tuple[Any, ...]:
    items = [item for group in groups if group for item in group]
    return tuple(sorted(dict.fromkeys(items), key=key)) if len(items) > 1 else tuple(items)


def _identity(said: Sequence[Said]) -> Identity | None:
    telling = [one.facts.identity for one in said if one.facts.identity is not None]
    if len(telling) < 2:
        return telling[0] if telling else None
    names = Identity.__struct_fields__
    return Identity(**{name: next((v for one in telling if (v := getattr(one, name))), None) for name in names})


def _contact_details(identity: Identity | None) -> ContactDetails | None:
    if identity is None:
        return None
    return _CONTACT_DETAILS[bool(identity.phone), bool(identity.street), bool(identity.email)]


def _plain(item: Any) -> Any:
    return structs.replace(item, source=None) if isinstance(item, Placement) else item


def _provenance(one: Said, *others: Said) -> Provenance:
    also = dict.fromkeys(other.source for other in others if other.source != one.source)
    return Provenance(one.source, one.seen_on or date.min, tuple(also))
