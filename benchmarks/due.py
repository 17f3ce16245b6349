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

from kaa_bridge.domain.facts import ContactDetails, Event, Placement, Youth
from kaa_bridge.domain.values import ContactChannel, ContactOutcome, EventKind, LifeStatus, Occupation, Protection
from kaa_bridge.routine import Routine, due_actions, load_routine, next_change

AS_OF = date(2109, 11, 16)
NIGHTS = 28
TARGET = 5.0
_PART = 500
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

    Measured for five hundred youths at a time, the best of nine each: what the machine does beside it falls out.
    """
    total, count = 0.0, 0
    gc.collect()
    gc.disable()
    for start in range(0, len(youths), _PART):
        part = youths[start : start + _PART]
        best, found = float("inf"), 0
        for _ in range(9):
            started = time.process_time()
            found = sum(len(due_actions(routine, one, as_of=AS_OF)) for one in part)
            best = min(best, time.process_time() - started)
        total += best
        count += found
    gc.enable()
    return total / len(youths) * 1e6, count


def nights(routine: Routine, youths: list[Youth]) -> tuple[int, int]:
    """Walk through nights without news; return how many youths were looked at, and how many had changed."""
    waiting: defaultdict[date, list[Youth]] = defaultdict(list)
    for one in youths:
        change = next_change(routine, one, as_of=AS_OF)
        if change is not None:
            waiting[change].append(one)
    looked = changed = 0
    for night in range(1, NIGHTS + 1):
        day = AS_OF + timedelta(days=night)
        for one in waiting.pop(day, []):
            looked += 1
            before = [(a, a.not_before < day) for a in due_actions(routine, one, as_of=day - timedelta(days=1))]
            changed += [(a, a.not_before <= day) for a in due_actions(routine, one, as_of=day)] != before
            change = next_change(routine, one, as_of=day)
            if change is not None:
                waiting[change].append(one)
    return looked, changed


def main() -> int:
    """Print the figures; return 1 when the mean is above the target."""
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 20_000
    chance = random.Random(1)
    youths = [youth(index, chance) for index in range(count)]
    figures = []
    for name in ROUTINES:
        routine = load_routine(name)
        figure, actions = per_youth(routine, youths)
        figures.append(figure)
        looked, changed = nights(routine, youths[: count // 4])
        share = looked / (count // 4) / NIGHTS
        print(
            f"{name:<12} {figure:6.2f} us/youth  {actions / count:5.2f} actions/youth   "
            f"a night without news looks at {share:7.3%} of the register, {changed} of {looked} had changed"
        )
    mean = sum(figures) / len(figures)
    print(f"{'mean':<12} {mean:6.2f} us/youth  (target {TARGET})")
    return int(mean > TARGET)


if __name__ == "__main__":
    sys.exit(main())
