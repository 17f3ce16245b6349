"""Criterion: the municipality is the home municipality (skollagen 29 kap. 6 and 9 §§)."""

from __future__ import annotations

from datetime import date

from kaa_bridge.domain.facts import Residence, Youth
from kaa_bridge.domain.values import LifeStatus, Protection, ResidenceBasis
from kaa_bridge.law.finding import (
    ALWAYS,
    MET,
    NEVER,
    NOT_MET,
    NOWHERE,
    UNKNOWN,
    Finding,
    Why,
    day_after,
    run_around,
)
from kaa_bridge.law.parameters import HomeLaw
from kaa_bridge.law.question import Question

HOME = Why("home", "/residence/{at}")
HOME_STAYS = Why("home_stays", "/residence/{at}")
ELSEWHERE = Why("elsewhere", "/residence/{at}")
DECEASED = Why("deceased", "/life_status")
EMIGRATED = Why("emigrated", "/life_status")
LIFE_UNKNOWN = Why("life_unknown", "/life_status")
RESIDENCE_UNKNOWN = Why("residence_unknown", "/residence")
STAYS_UNKNOWN = Why("stays_unknown", "/residence")
PROTECTION_UNKNOWN = Why("protection_unknown", "/protection")
RESIDENCE_CONFLICT = Why("residence_conflict", "/residence/{at}")

_ALIVE, _DECEASED, _EMIGRATED = LifeStatus.ALIVE, LifeStatus.DECEASED, LifeStatus.EMIGRATED
_REGISTERED, _STAYS = ResidenceBasis.REGISTERED, ResidenceBasis.STAYS
_SKYDDAD, _UNKNOWN = Protection.SKYDDAD_FOLKBOKFORING, Protection.UNKNOWN
_OPEN = (Protection.NONE, Protection.SEKRETESSMARKERING, Protection.FINGERADE_PERSONUPPGIFTER)

Answer = tuple[str, Why, int]


class Home:
    """The municipality of folkbokföring; with skyddad folkbokföring, and for who is not registered, where one stays.

    Unknown protection may be skyddad folkbokföring, so it settles the home only where both readings agree (trap 6).
    """

    __slots__ = ("_day", "_deceased", "_emigrated", "_municipality", "_registration_proves_life")

    def __init__(self, question: Question, law: HomeLaw) -> None:
        """Prepare the rule for a question."""
        self._day, self._municipality = question.day, question.municipality
        self._registration_proves_life = question.settings.registration_proves_life
        self._deceased: Finding = (NOT_MET, ALWAYS, NEVER, DECEASED, NOWHERE)
        self._emigrated: Finding = (NOT_MET, ALWAYS, NEVER, EMIGRATED, NOWHERE)

    def finding(self, youth: Youth) -> Finding:
        """Return the finding on a youth."""
        homes = youth.residence
        if len(homes) == 1 and youth.life_status is _ALIVE and youth.protection in _OPEN:
            only = homes[0]
            start, end = only.start or ALWAYS, only.end
            if only.basis is _REGISTERED and start <= self._day and (end is None or self._day <= end):
                until = NEVER if end is None else day_after(end)
                if only.municipality == self._municipality:
                    return (MET, start, until, HOME, NOWHERE)
                return (NOT_MET, start, until, ELSEWHERE, NOWHERE)
        return self._if_moved(youth) or self.in_general(youth)

    def _if_moved(self, youth: Youth) -> Finding | None:
        """Answer for who is registered in one place now, and at other times only where the answer is the other one."""
        if youth.life_status is not _ALIVE or youth.protection not in _OPEN:
            return None
        here = _current(youth, self._day, _REGISTERED)
        if len(here) != 1:
            return None
        now = youth.residence[here[0]]
        mine = now.municipality == self._municipality
        for entry in youth.residence:
            if entry is not now and not (self._is_other(entry, mine) and _lie_apart(entry, now)):
                return None
        state, why = (MET, HOME) if mine else (NOT_MET, ELSEWHERE)
        return (state, now.start or ALWAYS, day_after(now.end), why, here[0])

    def _is_other(self, entry: Residence, mine: bool) -> bool:
        return entry.basis is _REGISTERED and (entry.municipality == self._municipality) != mine

    def in_general(self, youth: Youth) -> Finding:
        """Return the finding on any youth; ``finding`` takes the one plain registration of most youths first."""
        if youth.life_status is _DECEASED:
            return self._deceased
        if youth.life_status is _EMIGRATED:
            return self._emigrated
        return run_around(lambda on: self._alive(youth, on), turns(youth), self._day)

    def _alive(self, youth: Youth, on: date) -> Answer:
        found = home_on(youth, on, self._municipality)
        proven = youth.life_status is _ALIVE or (self._registration_proves_life and found[1] is HOME)
        return found if proven or found[0] != MET else (UNKNOWN, LIFE_UNKNOWN, NOWHERE)


def home_on(youth: Youth, day: date, municipality: str) -> Answer:
    """Tell whether the municipality is the youth's home on a day, life status apart."""
    if youth.protection is _SKYDDAD:
        return _by_stay(youth, day, municipality, STAYS_UNKNOWN)
    open_reading = _by_registration(youth, day, municipality)
    if youth.protection is not _UNKNOWN:
        return open_reading
    protected_reading = _by_stay(youth, day, municipality, STAYS_UNKNOWN)
    if open_reading[0] == protected_reading[0] != UNKNOWN:
        return open_reading
    return (UNKNOWN, PROTECTION_UNKNOWN if open_reading[0] != UNKNOWN else open_reading[1], open_reading[2])


def tells_of_stays(youth: Youth) -> bool:
    """Whether the facts may show that the youth stays in Sweden without folkbokföring (skollagen 29 kap. 2 §)."""
    if youth.protection is _SKYDDAD or youth.protection is _UNKNOWN:
        return False
    for entry in youth.residence:  # noqa: SIM110 - a plain loop costs half of any() here
        if entry.basis is _STAYS:
            return True
    return False


def stays_unregistered(youth: Youth, day: date) -> bool:
    """Whether a youth who ``tells_of_stays`` stays somewhere on a day without having been registered anywhere yet."""
    registered = any(
        entry.basis is _REGISTERED and (entry.start is None or entry.start <= day) for entry in youth.residence
    )
    return not registered and bool(_current(youth, day, _STAYS))


def _by_registration(youth: Youth, day: date, municipality: str) -> Answer:
    current = _current(youth, day, _REGISTERED)
    if current:
        return _among(youth, current, municipality, HOME)
    return _by_stay(youth, day, municipality, RESIDENCE_UNKNOWN)


def _by_stay(youth: Youth, day: date, municipality: str, silence: Why) -> Answer:
    current = _current(youth, day, _STAYS)
    return _among(youth, current, municipality, HOME_STAYS) if current else (UNKNOWN, silence, NOWHERE)


def _among(youth: Youth, current: list[int], municipality: str, why: Why) -> Answer:
    homes = {youth.residence[index].municipality for index in current}
    if len(homes) > 1:
        return (UNKNOWN, RESIDENCE_CONFLICT, current[-1])
    return (MET, why, current[0]) if municipality in homes else (NOT_MET, ELSEWHERE, current[0])


def _current(youth: Youth, day: date, basis: ResidenceBasis) -> list[int]:
    return [index for index, entry in enumerate(youth.residence) if entry.basis is basis and _covers(entry, day)]


def _covers(entry: Residence, day: date) -> bool:
    return (entry.start is None or entry.start <= day) and (entry.end is None or day <= entry.end)


def _lie_apart(one: Residence, other: Residence) -> bool:
    ends_before = one.end is not None and other.start is not None and one.end < other.start
    return ends_before or (one.start is not None and other.end is not None and one.start > other.end)


def turns(youth: Youth) -> list[date]:
    """Return the days on which the residence may differ from the day before."""
    starts = [entry.start for entry in youth.residence if entry.start is not None]
    return starts + [day_after(entry.end) for entry in youth.residence if entry.end is not None]
