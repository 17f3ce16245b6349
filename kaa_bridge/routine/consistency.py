"""Finds what makes a routine impossible although its file has the right form; each finding with its TOML path."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from itertools import combinations

from kaa_bridge.contract.predicates import Predicate
from kaa_bridge.domain.dates import birthday
from kaa_bridge.routine.clocks import CLOCKS
from kaa_bridge.routine.durations import parse_duration
from kaa_bridge.routine.model import RESERVED_ACTIONS, RoutineFile, Step, Window
from kaa_bridge.routine.terms import BY_TERMS, month_day
from kaa_bridge.routine.working_days import after_pause

Path = tuple[str | int, ...]
Finding = tuple[Path, str]
_SAMPLES = tuple(date(*day) for day in ((2023, 1, 31), (2024, 2, 29), (2025, 3, 15), (2026, 11, 30), (2027, 12, 31)))


def findings(file: RoutineFile, predicates: Mapping[str, Predicate]) -> Iterator[Finding]:
    """Yield every contradiction, in file order: the path of the place, and what is wrong there."""
    earlier: dict[str, Step] = {}
    for index, step in enumerate(file.step):
        path: Path = ("step", index)
        if step.action in RESERVED_ACTIONS:
            yield (*path, "action"), f"'{step.action}' is an action that every routine has; choose another name"
        if step.action in earlier:
            yield (*path, "action"), f"the action '{step.action}' stands on an earlier step too"
        yield from _clocks(step, path, has_terms=file.terms is not None)
        yield from _conditions(step, path, predicates)
        yield from _windows(step, path)
        yield from _ladder(step, path, earlier)
        yield from _endings(step, path, earlier.values())
        earlier[step.action] = step
    yield from _around(file)


def _clocks(step: Step, path: Path, *, has_terms: bool) -> Iterator[Finding]:
    known = ", ".join(CLOCKS)
    if step.clock not in CLOCKS:
        yield (*path, "clock"), f"there is no clock '{step.clock}' (known: {known})"
    elif step.clock in BY_TERMS and not has_terms:
        yield (*path, "clock"), f"'{step.clock}' needs the ends of the terms in [terms]"
    for where, window in _all_windows(step, path):
        if window.to_clock is not None and (window.to_clock not in CLOCKS or window.to_clock in BY_TERMS):
            yield (*where, "to_clock"), f"'{window.to_clock}' cannot end a window (known clocks: {known})"


def _conditions(step: Step, path: Path, predicates: Mapping[str, Predicate]) -> Iterator[Finding]:
    lists: list[tuple[Path, list[str]]] = [((*path, "when"), step.when)]
    lists += [((*path, "variant", n, "when"), variant.when) for n, variant in enumerate(step.variant)]
    clock = CLOCKS.get(step.clock)
    for where, names in lists:
        for name in names:
            if name not in predicates:
                yield where, f"there is no condition '{name}' (known: {', '.join(sorted(predicates))})"
        together = dict.fromkeys([*step.when, *names])
        for one, other in combinations(together, 2):
            if one in predicates and other in predicates and _exclude(predicates[one], predicates[other]):
                yield where, f"'{one}' and '{other}' can never hold together, so it can never be reached"
        for name in names:
            if clock is not None and name in clock.excludes:
                yield where, f"the clock '{step.clock}' has never started when '{name}' holds, so it is never reached"
    yield from _variants(step, path)


def _exclude(one: Predicate, other: Predicate) -> bool:
    return other.name in one.excludes or one.name in other.excludes


def _variants(step: Step, path: Path) -> Iterator[Finding]:
    always = set(step.when)
    for index, variant in enumerate(step.variant):
        where = (*path, "variant", index, "when")
        if set(variant.when) <= always:
            yield where, "the variant always holds when the step does, so the step's own window is never reached"
        for before in step.variant[:index]:
            if set(before.when) <= set(variant.when):
                yield where, "an earlier variant holds whenever this one does, so it is never reached"


def _all_windows(step: Step, path: Path) -> Iterator[tuple[Path, Window]]:
    yield (*path, "window"), step.window
    for index, variant in enumerate(step.variant):
        yield (*path, "variant", index, "window"), variant.window


def _windows(step: Step, path: Path) -> Iterator[Finding]:
    for where, window in _all_windows(step, path):
        if any(end < start for start, end in _spans(step, window)):
            yield where, "the window ends before it begins"
        if step.opens_after is not None and window.within is None:
            yield where, "with 'opens_after' the window is 'within': it opens when the step before it has fallen due"
        if step.agreed_date and window.at is None and window.within is None:
            yield where, "with 'agreed_date' the window is 'at' or 'within': the agreed day replaces its last day"


def _spans(step: Step, window: Window) -> Iterator[tuple[date, date]]:
    end = window.at or window.within or window.to
    if end is None or step.opens_after is not None:
        return
    start = parse_duration(window.at or window.start or "P0D")
    ages = [name.removeprefix("birthday_") for name in (step.clock, window.to_clock or step.clock)]
    for sample in _SAMPLES:
        if window.to_clock is None:
            yield start.after(sample), parse_duration(end).after(sample)
        elif all(age.isdigit() for age in ages):
            opens, closes = (birthday(sample, int(age)) for age in ages)
            yield start.after(opens), parse_duration(end).after(closes)


def _ladder(step: Step, path: Path, earlier: Mapping[str, Step]) -> Iterator[Finding]:
    if step.opens_after is None:
        return
    where = (*path, "opens_after")
    before = earlier.get(step.opens_after)
    if before is None:
        yield where, f"there is no earlier step '{step.opens_after}'; a ladder goes from top to bottom"
    elif before.clock != step.clock:
        yield where, f"'{before.action}' runs by the clock '{before.clock}', this step by '{step.clock}'"
    elif any(_end(window) is None or window.to_clock for _, window in _all_windows(before, path)):
        yield where, f"'{before.action}' has a window without an end of its own, so this step would never open"
    else:
        for names in [[], *(variant.when for variant in (*before.variant, *step.variant))]:
            first, last = _chosen(before, names), _chosen(step, names)
            for sample in _SAMPLES:
                if _after(last, sample) <= _after(first, sample):
                    yield where, f"it falls due no later than '{before.action}', so it would open after its own end"
                    return


def _chosen(step: Step, names: Sequence[str]) -> Window:
    holding = {*names, *step.when}
    return next((variant.window for variant in step.variant if set(variant.when) <= holding), step.window)


def _end(window: Window) -> str | None:
    return window.at or window.within or window.to


def _after(window: Window, sample: date) -> date:
    end = _end(window)
    return date.max if end is None else parse_duration(end).after(sample)


def _endings(step: Step, path: Path, earlier: Iterable[Step]) -> Iterator[Finding]:
    done = step.done
    if done is not None and done.channel is not None:
        for other in earlier:
            if other.done is None or other.done.channel is not done.channel:
                continue
            if not (done.purpose and other.done.purpose):
                yield (*path, "done"), f"'{other.action}' has the same channel: both need 'purpose = true'"
    if done is not None and done.purpose and step.renewed_by_contact:
        yield (*path, "renewed_by_contact"), "the same contact cannot both end the step ('done.purpose') and renew it"
    if step.text_guardian is not None and step.recipient != "guardian_under_18":
        yield (*path, "text_guardian"), "only a step with recipient 'guardian_under_18' has a text for the guardian"


def _around(file: RoutineFile) -> Iterator[Finding]:
    seen: set[str] = set()
    for index, entry in enumerate(file.calendar):
        if entry.task in seen:
            yield ("calendar", index, "task"), f"the task '{entry.task}' stands earlier too"
        if entry.term_end is not None and file.terms is None:
            yield ("calendar", index, "term_end"), "'term_end' needs the ends of the terms in [terms]"
        seen.add(entry.task)
    pauses = [(month_day(pause.start), month_day(pause.end)) for pause in file.pause]
    for index, (first, last) in enumerate(pauses):
        back = after_pause(date(2025, *last), first, last)
        if any(after_pause(back, *other) != back for other in pauses):
            yield ("pause", index), "the day after this pause lies in a pause: join them, and leave some of the year"
