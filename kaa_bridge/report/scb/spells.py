"""When the responsibility held in a half-year: by the law over today's facts, else by what the nights decided.

The law gives exact days (the 20th birthday, the first day of a place) and knows what has been put right since. Where it
can only say *investigate*, the night's own decision is the best evidence there is. What neither settles is reported as
unsettled, never as out.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import NamedTuple

from msgspec.structs import replace

from kaa_bridge.domain.dates import DAY
from kaa_bridge.domain.facts import Youth
from kaa_bridge.domain.values import EventKind, LifeStatus
from kaa_bridge.law import LawSettings, Outcome, Verdict, ruleset
from kaa_bridge.report.scb.history import History
from kaa_bridge.report.scb.school import is_upper_secondary
from kaa_bridge.sync.decide import AWAITING_START

COVERED, OVER, UNSETTLED, AWAITING = "covered", "over", "unsettled", "awaiting"
_GONE = (LifeStatus.DECEASED, LifeStatus.EMIGRATED)
_FIRST_AUTUMN = timedelta(days=120)
"""From the end of compulsory school in June to a late start in the autumn."""


@dataclass(frozen=True, slots=True)
class Frame:
    """Which days are asked about, and by which settings of the municipality.

    Attributes:
        first: first day; ``until`` the first day no longer asked about.
        frozen: whether a source that would know is not being updated.
        waits: whether a case waits for an admission that has not begun.
    """

    municipality: str
    first: date
    until: date
    settings: LawSettings
    frozen: bool
    waits: bool


@dataclass(frozen=True, slots=True)
class Spell:
    """An unbroken time of responsibility that touches the half-year.

    Attributes:
        first: first day, as far back as the facts tell.
        over: whether it is over; ``ended_on`` is the first day without responsibility, ``None`` where not known.
        criteria: the law's letters on that day.
    """

    first: date
    over: bool = False
    ended_on: date | None = None
    criteria: str = ""

    def holds(self, day: date) -> bool:
        """Tell whether the responsibility held on the day."""
        return self.first <= day and (not self.over or self.ended_on is None or day < self.ended_on)


@dataclass(frozen=True, slots=True)
class Spells:
    """What was found of one youth.

    Attributes:
        unsettled: on some day neither law nor night tells whether the responsibility held.
        corrected: a case was open in the half-year, and by what is known today there is no spell.
        awaiting: on some day the youth only waited for an admission to begin.
    """

    spells: tuple[Spell, ...] = ()
    unsettled: bool = False
    corrected: bool = False
    awaiting: bool = False


class _Span(NamedTuple):
    first: date
    until: date
    state: str
    criteria: str
    since: date | None


def find_spells(youth: Youth, history: History, frame: Frame) -> Spells:
    """Return when the responsibility held for a youth in the days of the frame."""
    gone = youth.life_status in _GONE
    gone_on = _gone_on(youth, history) if gone else None
    spells: list[Spell] = []
    opened: date | None = None
    unsettled = awaiting = False
    for span in _spans(youth, history, frame, gone_on):
        if span.first == frame.first and span.state in (UNSETTLED, AWAITING):
            case = history.case_on(span.first)
            opened = (case.covered_since or case.as_of) if case else None
        if span.state == COVERED and opened is None:
            opened = span.since if span.first == frame.first and span.since else span.first
        elif span.state == OVER and opened is not None:
            spells.append(Spell(opened, over=True, ended_on=span.first, criteria=span.criteria))
            opened = None
        unsettled |= span.state == UNSETTLED
        awaiting |= span.state == AWAITING
    if opened is not None:
        spells.append(Spell(opened, over=gone and gone_on is None))
    corrected = not spells and _had_case(history, frame)
    return Spells(tuple(spells), unsettled, corrected, awaiting)


def _spans(youth: Youth, history: History, frame: Frame, gone_on: date | None) -> Iterator[_Span]:
    """Yield what held from one change to the next, first the law's days, then the days after death or emigration."""
    gone = youth.life_status in _GONE
    living = replace(youth, life_status=LifeStatus.ALIVE) if gone else youth
    until = max(frame.first, min(frame.until, gone_on)) if gone_on else frame.until
    day = frame.first
    while day < until:
        verdict = ruleset(frame.municipality, day, frame.settings, frozen=frame.frozen).judge(living)
        end = min(verdict.next_review or until, until)
        plain = verdict.outcome is Outcome.NOT_COVERED or (
            verdict.outcome is Outcome.COVERED and AWAITING_START not in verdict.remarks and (not gone or gone_on)
        )
        turns = [] if plain else history.turns(day, end)
        for first, last in zip([day, *turns], [*turns, end], strict=True):
            yield _span(living, verdict, history, frame, first, last, dated=not gone or gone_on is not None)
        day = end
    if until < frame.until:
        yield _Span(until, frame.until, OVER, "", None)


def _span(
    youth: Youth, verdict: Verdict, history: History, frame: Frame, first: date, until: date, *, dated: bool
) -> _Span:
    if verdict.outcome is Outcome.NOT_COVERED:
        return _Span(first, until, OVER, verdict.criteria, None)
    past = history.on(first)
    if verdict.outcome is Outcome.COVERED and dated:
        awaits = frame.waits and AWAITING_START in verdict.remarks and _only_waits(youth, verdict, history, first)
        return _Span(first, until, AWAITING if awaits else COVERED, verdict.criteria, verdict.covered_since)
    if past is None or past.outcome is Outcome.INVESTIGATE:
        return _Span(first, until, UNSETTLED, verdict.criteria, None)
    if past.outcome is Outcome.NOT_COVERED:
        return _Span(first, until, OVER, past.criteria, None)
    since = past.covered_since or past.as_of
    awaits = frame.waits and past.awaits and not _proves_case(youth, since)
    return _Span(first, until, AWAITING if awaits else COVERED, past.criteria, since)


def _only_waits(youth: Youth, verdict: Verdict, history: History, day: date) -> bool:
    """Tell whether a youth with an admission ahead was no case on the day.

    Today's facts show the admission on every earlier day too, so it decides nothing alone. A registration or a case
    officer's work proves a case, then a night that opened one. Without either, it is the pupil who goes from compulsory
    school to the first autumn.
    """
    since = verdict.covered_since or day
    if _proves_case(youth, since):
        return False
    past = history.on(day)
    if past is not None and past.outcome is not Outcome.INVESTIGATE:
        return past.awaits
    starts = [place.start for place in youth.placements if is_upper_secondary(place) and place.start]
    return bool(starts) and since < min(starts) <= since + _FIRST_AUTUMN


def _proves_case(youth: Youth, since: date) -> bool:
    """Tell whether a source registered the youth, or a case officer recorded anything, on the day or later."""
    return any(event.on >= since and event.kind is not EventKind.MOVED_IN for event in youth.events)


def _gone_on(youth: Youth, history: History) -> date | None:
    """Return the first day after the last folkbokföring of who has died or left, else the night that ended the case."""
    ends = [home.end for home in youth.residence]
    if ends and None not in ends:
        return max(end for end in ends if end is not None) + DAY
    return history.ended_after_case()


def _had_case(history: History, frame: Frame) -> bool:
    days = [frame.first, *history.turns(frame.first, frame.until)]
    return any((past := history.on(day)) is not None and past.is_case for day in days)
