"""Measures what is due: microseconds of CPU per youth, and how many youths a night without news must look at.

Run: python benchmarks/due.py [youths]. A generated register as of 2109-11-16, births 2090-2093: four in ten not yet
reached, five reached, one protected; registered on the working days of the last two years; two to seven events each.
"""

from __future__ import annotations

import gc
import random
import sys
import time
from collections import defaultdict
from datetime import date, timedelta
from typing import NamedTuple

from kaa_bridge.domain.facts import ContactDetails, Event, Placement, Youth
from kaa_bridge.domain.values import ContactChannel, ContactOutcome, EventKind, LifeStatus, Occupation, Protection
from kaa_bridge.routine import Routine, due_actions, load_routine, next_change

AS_OF = date(2109, 11, 16)
NIGHTS = 28
TARGET = 5.0
MOST_APART = 1.5
"""How much dearer a youth may be in the largest register than in the smallest: a night's work follows change."""
_PART = 100
ROUTINES = ("ragunda", "norrkoping", "ist_kommun", "lekeberg")
CHANNELS = (ContactChannel.PHONE, ContactChannel.SMS, ContactChannel.LETTER, ContactChannel.POSTCARD)
OCCUPATIONS = (Occupation.NONE, Occupation.WORK, Occupation.STUDIES, Occupation.UNKNOWN)


def youth(index: int, chance: random.Random) -> Youth:
    """Return one generated youth."""
    reg = AS_OF - timedelta(days=chance.randrange(2 * 365))
    events = [Event(kind=EventKind.REGISTERED, on=reg), Event(kind=EventKind.ALLOCATED, on=reg + timedelta(days=2))]
    for number, channel in enumerate(CHANNELS[: chance.randrange(4)]):
        on = reg + timedelta(days=4 + 9 * number)
        events.append(
            Event(kind=EventKind.CONTACT, on=on, channel=channel, outcome=ContactOutcome.NO_ANSWER, purpose="letter_1")
        )
    kind = index % 10
    if 4 <= kind < 9:
        on = reg + timedelta(days=40)
        events.append(
            Event(kind=EventKind.CONTACT, on=on, channel=ContactChannel.PHONE, outcome=ContactOutcome.REACHED)
        )
        if kind == 8:
            events.append(Event(kind=EventKind.DECLINED, on=on))
        else:
            events.append(Event(kind=EventKind.OCCUPATION, on=on, what=OCCUPATIONS[chance.randrange(4)]))
    return Youth(
        ref=f"y-{index}",
        birth_date=date(2090, 1, 1) + timedelta(days=chance.randrange(4 * 365)),
        protection=Protection.SEKRETESSMARKERING if kind == 9 else Protection.NONE,
        life_status=LifeStatus.ALIVE,
        placements=(Placement(school_form="GY", start=reg - timedelta(days=200), end=reg - timedelta(days=5)),),
        contact_details=ContactDetails(phone=chance.random() < 0.7),
        events=tuple(events),
    )


def per_youth(routine: Routine, youths: list[Youth]) -> tuple[float, int]:
    """Return microseconds of CPU per youth, and how many actions there were.

    A hundred youths at a time, the best of nine each: what the machine does beside it falls out. The facts then lie in
    the processor's cache, as in a night, which has just put them together and decided.
    """
    total, count = 0.0, 0
    gc.collect()
    gc.disable()
    for first in range(0, len(youths), _PART):
        part = youths[first : first + _PART]
        best, found = float("inf"), 0
        for _ in range(9):
            started = time.process_time()
            found = sum(len(due_actions(routine, one, as_of=AS_OF)) for one in part)
            best = min(best, time.process_time() - started)
        total += best
        count += found
    gc.enable()
    return total / len(youths) * 1e6, count


class Nights(NamedTuple):
    """Nights without news: youths looked at, those whose list had changed, microseconds of CPU for each looked at."""

    looked: int
    changed: int
    us: float


def nights(routine: Routine, youths: list[Youth]) -> Nights:
    """Walk through nights without news, each looking only at those whose day has come; the best of three walks."""
    first: defaultdict[date, list[Youth]] = defaultdict(list)
    for one in youths:
        change = next_change(routine, one, as_of=AS_OF)
        if change is not None:
            first[change].append(one)
    return min((_walk(routine, first) for _ in range(3)), key=lambda walk: walk.us)


def _walk(routine: Routine, first: dict[date, list[Youth]]) -> Nights:
    waiting = defaultdict(list, {day: list(youths) for day, youths in first.items()})
    looked = changed = 0
    spent = 0.0
    for night in range(1, NIGHTS + 1):
        day = AS_OF + timedelta(days=night)
        up = waiting.pop(day, [])
        started = time.process_time()
        for one in up:
            due_actions(routine, one, as_of=day)
            change = next_change(routine, one, as_of=day)
            if change is not None:
                waiting[change].append(one)
        spent += time.process_time() - started
        looked += len(up)
        changed += sum(_has_changed(routine, one, day) for one in up)
    return Nights(looked, changed, spent / max(looked, 1) * 1e6)


def _has_changed(routine: Routine, one: Youth, day: date) -> bool:
    before = [(a, a.not_before < day) for a in due_actions(routine, one, as_of=day - timedelta(days=1))]
    return [(a, a.not_before <= day) for a in due_actions(routine, one, as_of=day)] != before


def main() -> int:
    """Print the figures; return 1 when a routine is above the target or a night's work does not follow change."""
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 20_000
    chance = random.Random(1)
    youths = [youth(index, chance) for index in range(count)]
    holds = True
    for name in ROUTINES:
        routine = load_routine(name)
        figure, actions = per_youth(routine, youths)
        ok = figure <= TARGET
        print(f"{_mark(ok)} {name:<11}{figure:5.2f} us per youth (at most {TARGET}), {actions / count:.2f} actions")
        holds &= ok
    print(f"{NIGHTS} nights without news, by size of the register (ragunda):")
    routine = load_routine("ragunda")
    walks = [(size, nights(routine, youths[:size])) for size in (count // 8, count // 4, count // 2)]
    for size, walk in walks:
        share = walk.looked / size / NIGHTS
        ok = walk.looked == walk.changed and walk.us <= MOST_APART * walks[0][1].us
        print(
            f"{_mark(ok)} {size:7} youths: looks at {walk.looked / NIGHTS:6.1f} a night ({share:.2%}), "
            f"{walk.changed} of {walk.looked} had changed, {walk.us:5.1f} us for each"
        )
        holds &= ok
    return int(not holds)


def _mark(ok: bool) -> str:
    return "OK  " if ok else "FAIL"


if __name__ == "__main__":
    sys.exit(main())
