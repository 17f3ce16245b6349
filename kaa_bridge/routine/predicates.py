"""The conditions that a routine file may name: a closed list, extended only by plugins."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import date
from types import MappingProxyType

from kaa_bridge.contract.predicates import Predicate, Situation
from kaa_bridge.domain.dates import DAY
from kaa_bridge.domain.values import (
    ContactChannel,
    ContactOutcome,
    EventKind,
    Occupation,
    PlacementEnd,
    QualificationKind,
)
from kaa_bridge.routine.clocks import STUDIES, attempts, latest_occupation, turns_on
from kaa_bridge.routine.situation import reaches

GYMNASIAL = frozenset({"GY", "GYS", "GYAN"})
"""SS 12000 school types of upper secondary level, old and new; introductory programmes have them too."""
_WORK = frozenset({Occupation.WORK, Occupation.INTERNSHIP})
_FORM, _DECLINED, _WANTS = EventKind.WITHDRAWAL_FORM, EventKind.DECLINED, EventKind.WANTS_HELP
_PHONE, _NO_ANSWER, _UNOCCUPIED = ContactChannel.PHONE, ContactOutcome.NO_ANSWER, Occupation.NONE
_STARTED, _ENDED = EventKind.MEASURE_STARTED, EventKind.MEASURE_ENDED
_ANSWERS = (_WANTS, _STARTED)


def last_gymnasial_end(situation: Situation, leave_out: frozenset[PlacementEnd] = frozenset()) -> date | None:
    """Return the inclusive last day of the gymnasial placement that ended last; ``None`` when none has ended.

    Placements that ended in one of the ways ``leave_out`` do not count.
    """
    last: date | None = None
    for placement in situation.youth.placements:
        end = placement.end
        if end is None or end >= situation.as_of or placement.school_form not in GYMNASIAL:
            continue
        if placement.ended_as not in leave_out and (last is None or end > last):
            last = end
    return last


def form_missing(situation: Situation, leave_out: frozenset[PlacementEnd] = frozenset()) -> bool:
    """Tell whether a gymnasial placement has ended without a ``withdrawal_form`` on or after its end.

    A form after the end that came last is after every earlier end too, so the last one decides.
    """
    last = last_gymnasial_end(situation, leave_out)
    if last is None:
        return False
    for event in situation.ever:  # noqa: SIM110 - a plain loop costs half of all() here
        if event.kind is _FORM and last <= event.on:
            return False
    return True


def placement_ends(situation: Situation) -> list[date]:
    """Return the days after the last days of gymnasial placements: from then on they have ended."""
    return [
        placement.end + DAY
        for placement in situation.youth.placements
        if placement.school_form in GYMNASIAL and placement.end is not None and placement.end < date.max
    ]


def _phone_known(situation: Situation) -> bool:
    details = situation.youth.contact_details
    return details is not None and details.phone is True


def _email_known(situation: Situation) -> bool:
    details = situation.youth.contact_details
    return details is not None and details.email is True


def _address_known(situation: Situation) -> bool:
    details = situation.youth.contact_details
    return details is not None and details.address is True


def _phone_unanswered(situation: Situation) -> bool:
    for event in situation.contacts:  # noqa: SIM110 - a plain loop costs half of any() here
        if event.channel is _PHONE and event.outcome is _NO_ANSWER:
            return True
    return False


def _declined_last(situation: Situation) -> bool:
    declined = situation.latest.get(_DECLINED)
    return declined is not None and declined == situation.last_reached


def _latest_answer_declined(situation: Situation) -> bool:
    latest = situation.latest
    declined = latest.get(_DECLINED)
    return declined is not None and all(latest.get(kind, declined) <= declined for kind in _ANSWERS)


def _wants_help(situation: Situation) -> bool:
    wants = situation.latest.get(_WANTS)
    return wants is not None and situation.latest.get(_DECLINED, wants) <= wants


def _first_contact_ever(situation: Situation) -> bool:
    first = situation.first_reached
    if first is None:
        return False
    for event in situation.youth.events:  # noqa: SIM110 - a plain loop costs half of any() here
        if event.on < first and reaches(event, situation.elsewhere):
            return False
    return True


def _occupation_none(situation: Situation) -> bool:
    found = latest_occupation(situation)
    if not found:
        return False
    return found[0].what is _UNOCCUPIED and all(event.what is _UNOCCUPIED for event in found)


def _occupation_in(kinds: frozenset[Occupation]) -> Callable[[Situation], bool]:
    def holds(situation: Situation) -> bool:
        for event in latest_occupation(situation):  # noqa: SIM110 - a plain loop costs half of any() here
            if event.what in kinds:
                return True
        return False

    return holds


def _measure_running(situation: Situation) -> bool:
    started = situation.latest.get(_STARTED)
    return started is not None and situation.latest.get(_ENDED, date.min) < started


def _has_turned(age: int) -> Callable[[Situation], bool]:
    def holds(situation: Situation) -> bool:
        on = turns_on(situation.youth.birth_date, age)
        return on is not None and on <= situation.as_of

    return holds


def _has_not_turned(age: int) -> Callable[[Situation], bool]:
    def holds(situation: Situation) -> bool:
        on = turns_on(situation.youth.birth_date, age)
        return on is not None and on > situation.as_of

    return holds


def _birthdays(age: int) -> Callable[[Situation], Iterable[date]]:
    def changes(situation: Situation) -> Iterable[date]:
        on = turns_on(situation.youth.birth_date, age)
        return () if on is None else (on,)

    return changes


def _studiebevis(situation: Situation) -> bool:
    return any(
        found.kind is QualificationKind.STUDIEBEVIS and (found.on is None or found.on <= situation.as_of)
        for found in situation.youth.qualifications
    )


def _studiebevis_dates(situation: Situation) -> Iterable[date]:
    return [q.on for q in situation.youth.qualifications if q.on and q.kind is QualificationKind.STUDIEBEVIS]


def _either(
    yes: str, no: str, meaning: str, holds: Callable[[Situation], bool], opposite: str
) -> tuple[Predicate, Predicate]:
    return (
        Predicate(yes, meaning, holds, frozenset({no})),
        Predicate(no, opposite, lambda situation: not holds(situation), frozenset({yes})),
    )


_ALL = (
    Predicate(
        "reached",
        "The youth has been reached on or after `reg`.",
        lambda situation: situation.last_reached is not None,
        frozenset({"not_reached"}),
        quick=True,
    ),
    Predicate(
        "not_reached",
        "The youth has not been reached on or after `reg`.",
        lambda situation: situation.last_reached is None,
        frozenset(
            "reached declined_last latest_answer_declined wants_help first_contact_ever measure_running".split()  # noqa: SIM905
        ),
        quick=True,
    ),
    *_either(
        "phone_known", "phone_not_known", "A phone number is known.", _phone_known, "No phone number is known to us."
    ),
    *_either(
        "email_known", "email_not_known", "An e-mail address is known.", _email_known, "No e-mail address is known."
    ),
    *_either(
        "address_known", "address_not_known", "A postal address is known.", _address_known, "No address is known."
    ),
    Predicate(
        "phone_unanswered", "A contact by phone on or after `reg` had the outcome `no_answer`.", _phone_unanswered
    ),
    Predicate(
        "no_attempt",
        "No attempt by phone, sms, email or letter since `allocated`.",
        lambda situation: not attempts(situation),
        frozenset({"one_attempt", "several_attempts"}),
    ),
    Predicate(
        "one_attempt",
        "Exactly one attempt by phone, sms, email or letter since `allocated`.",
        lambda situation: len(attempts(situation)) == 1,
        frozenset({"no_attempt", "several_attempts"}),
    ),
    Predicate(
        "several_attempts",
        "Two attempts or more by phone, sms, email or letter since `allocated`.",
        lambda situation: len(attempts(situation)) > 1,
        frozenset({"no_attempt", "one_attempt"}),
    ),
    Predicate("first_contact_ever", "The youth had never been reached before this registration.", _first_contact_ever),
    Predicate("declined_last", "The latest event by which the youth was reached is `declined`.", _declined_last),
    Predicate(
        "latest_answer_declined",
        "The youth has declined, and has neither wanted help nor started a measure after that.",
        _latest_answer_declined,
    ),
    Predicate(
        "wants_help",
        "The youth has asked for help since `reg` and has not declined after that.",
        _wants_help,
    ),
    Predicate("occupation_none", "The latest known occupation is `none`.", _occupation_none),
    Predicate("occupation_work", "The latest known occupation is `work` or `internship`.", _occupation_in(_WORK)),
    Predicate(
        "occupation_studies",
        "The latest known occupation is `studies`, `komvux` or `folkhogskola`.",
        _occupation_in(STUDIES),
    ),
    Predicate("measure_running", "A measure has started since `reg` and not ended.", _measure_running),
    Predicate(
        "no_measure_running",
        "No measure is running.",
        lambda situation: not _measure_running(situation),
        frozenset({"measure_running"}),
    ),
    Predicate(
        "withdrawal_form_missing",
        "A gymnasial placement has ended and there is no `withdrawal_form` on or after its end.",
        form_missing,
        changes=placement_ends,
    ),
    Predicate(
        "has_studiebevis", "The youth has a studiebevis (not an exam).", _studiebevis, changes=_studiebevis_dates
    ),
    Predicate(
        "under_18",
        "Has not turned 18 on the day asked about.",
        _has_not_turned(18),
        frozenset({"turned_18", "turned_19"}),
        _birthdays(18),
    ),
    Predicate("turned_18", "Has turned 18.", _has_turned(18), frozenset({"under_18"}), _birthdays(18)),
    Predicate("turned_19", "Has turned 19.", _has_turned(19), frozenset({"under_18"}), _birthdays(19)),
    Predicate(
        "not_yet_20",
        "Has not turned 20: age does not end the coverage yet.",
        _has_not_turned(20),
        changes=_birthdays(20),
    ),
)
BUILT_IN: Mapping[str, Predicate] = MappingProxyType({predicate.name: predicate for predicate in _ALL})
"""The closed list of built-in conditions, by name."""
