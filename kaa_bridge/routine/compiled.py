"""A routine made ready for use: conditions numbered as bits, steps bound to clocks and windows."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import date

from msgspec import Struct, field

from kaa_bridge.contract.predicates import Predicate, Situation, never_by_time
from kaa_bridge.routine.calendar import CalendarTask, occurrence
from kaa_bridge.routine.clocks import CLOCKS, Find
from kaa_bridge.routine.durations import Duration, parse_duration
from kaa_bridge.routine.lines import Line
from kaa_bridge.routine.model import CalendarEntry, RoutineFile, Step, Window
from kaa_bridge.routine.steps import CompiledStep, Frame, ends, renewed
from kaa_bridge.routine.terms import BY_TERMS, TermEnds, month_day, term_ends
from kaa_bridge.routine.working_days import Adjust, adjuster

_TABLES = 4096
_NOT_WITH_YOUTH = frozenset({"school", "skatteverket", "none"})
_ZERO = parse_duration("P0D")
_TURNED = " Ungdomen har fyllt 18 år sedan dess: vänd dig till ungdomen."
_AGE_UNKNOWN = " Födelsedatum saknas: kontrollera åldern innan du tar kontakt."


class Routine(Struct):
    """A municipality's routine, loaded and found consistent.

    Attributes:
        name, version: as the file says.
        fingerprint: SHA-256 (hex) of the routine's content; comments and layout do not count.
        municipality: the four-digit code, where the file names one.
        file: the routine as read, for reports and the reference.
        adjust: moves a due date off holidays and pauses; ``None`` when the municipality does not.
        tests: per condition its bit; the earlier conditions that count, and those of them that must hold, for this one
            to matter (else no step asks for it, or one holds that excludes it); the test itself.
        by_time: what tells the days on which a condition changes though no fact does, for the conditions that can.
        wait: how long ahead an admission makes the routine wait: ``None`` never, a duration, or ``True`` always.
    """

    name: str
    version: str
    fingerprint: str
    municipality: str | None
    file: RoutineFile
    steps: tuple[CompiledStep, ...]
    predicates: tuple[Predicate, ...]
    elsewhere: frozenset[str]
    adjust: Adjust | None
    wait: Duration | bool
    terms: TermEnds | None
    tests: tuple[tuple[int, int, int, Callable[[Situation], bool]], ...]
    by_age: bool
    by_time: tuple[Callable[[Situation], Iterable[date]], ...]
    _tables: dict[int, tuple[Line, ...]] = field(default_factory=dict)

    def __repr__(self) -> str:
        """Show name, version and the beginning of the fingerprint."""
        return f"<Routine {self.name} {self.version} {self.fingerprint[:8]}>"

    @property
    def calendar(self) -> tuple[CalendarEntry, ...]:
        """Recurring tasks of the organisation, in file order."""
        return tuple(self.file.calendar)

    def lines(self, mask: int) -> tuple[Line, ...]:
        """Return the steps whose conditions all hold, given the conditions that hold as bits.

        What usually falls due first comes first, so that most lists need no sorting.
        """
        found = self._tables.get(mask)
        if found is None:
            if len(self._tables) >= _TABLES:
                self._tables.clear()
            steps = [step for step in self.steps if step.needs & mask == step.needs]
            found = self._tables[mask] = tuple(Line(step, mask) for step in sorted(steps, key=_usual_order))
        return found


def _usual_order(step: CompiledStep) -> tuple[bool, bool, int, str]:
    """Order by how long after its clock the step ends; those that end by another clock, or never, come last."""
    _, frame = step.frames[-1]
    length = frame.closes or _ZERO
    return frame.closes is None, frame.to_clock is not None, 31 * length.months + length.days, step.action


def calendar_tasks(routine: Routine, *, as_of: date) -> list[CalendarTask]:
    """Return the organisation's tasks: each in the period that goes on at ``as_of`` or, if none does, the next one.

    Sorted by last day (none last) and task.
    """
    tasks = [occurrence(entry, as_of=as_of, terms=routine.terms) for entry in routine.file.calendar]
    return sorted(tasks, key=lambda task: (task.due or date.max, task.task))


def compile_routine(file: RoutineFile, predicates: Mapping[str, Predicate], fingerprint: str) -> Routine:
    """Return the routine made ready; the file must have been found consistent."""
    head = file.routine
    uses = [use for step in file.step for use in _uses(step)]
    names = _in_order(uses, predicates)
    bits = {name: 1 << number for number, name in enumerate(names)}
    pauses = [(month_day(pause.start), month_day(pause.end)) for pause in file.pause]
    adjust = adjuster(roll=head.roll == "next_working_day", pauses=pauses)
    terms = term_ends(file.terms) if file.terms is not None else None
    steps: dict[str, CompiledStep] = {}
    for step in file.step:
        steps[step.action] = _compiled(step, bits, steps, adjust, terms)
    return Routine(
        name=head.name,
        version=head.version,
        fingerprint=fingerprint,
        municipality=head.municipality,
        file=file,
        steps=tuple(steps.values()),
        predicates=tuple(predicates[name] for name in names),
        elsewhere=frozenset(step.action for step in file.step if step.recipient in _NOT_WITH_YOUTH),
        adjust=adjust,
        wait=_wait(head.wait_for_start),
        terms=terms,
        by_age=any(step.by_age for step in steps.values()),
        by_time=tuple(changes for name in names if (changes := predicates[name].changes) is not never_by_time),
        tests=tuple(_test(name, names, uses, bits, predicates) for name in names),
    )


def _uses(step: Step) -> Iterator[frozenset[str]]:
    """Yield every set of conditions that is looked at together: the step's, and each variant's with them."""
    yield frozenset(step.when)
    for variant in step.variant:
        yield frozenset([*step.when, *variant.when])


def _in_order(uses: Sequence[frozenset[str]], predicates: Mapping[str, Predicate]) -> list[str]:
    """Return the conditions, the quick ones and those that most steps ask for first: they guard the others."""
    counts = Counter(name for use in uses for name in use)
    return sorted(counts, key=lambda name: (not predicates[name].quick, -counts[name], name))


def _test(
    name: str,
    names: Sequence[str],
    uses: Sequence[frozenset[str]],
    bits: Mapping[str, int],
    predicates: Mapping[str, Predicate],
) -> tuple[int, int, int, Callable[[Situation], bool]]:
    predicate, needed = predicates[name], _guard(name, names, uses, bits)
    earlier = names[: names.index(name)]
    barred = [one for one in earlier if one in predicate.excludes or name in predicates[one].excludes]
    return bits[name], needed | _needs(barred, bits), needed, predicate.holds


def _guard(name: str, names: Sequence[str], uses: Sequence[frozenset[str]], bits: Mapping[str, int]) -> int:
    """Return the bits of earlier conditions that everyone who asks for this one asks for too."""
    shared = frozenset.intersection(*(use for use in uses if name in use))
    return _needs([other for other in names[: names.index(name)] if other in shared], bits)


def _wait(setting: str) -> Duration | bool:
    return parse_duration(setting) if setting.startswith("P") else setting == "always"


def _needs(names: list[str], bits: Mapping[str, int]) -> int:
    mask = 0
    for name in names:
        mask |= bits[name]
    return mask


def _compiled(
    step: Step,
    bits: Mapping[str, int],
    earlier: Mapping[str, CompiledStep],
    adjust: Adjust | None,
    terms: TermEnds | None,
) -> CompiledStep:
    clock = CLOCKS[step.clock]
    find: Find = BY_TERMS[step.clock](terms) if step.clock in BY_TERMS and terms is not None else clock.find
    frames = [(_needs(variant.when, bits), _frame(variant.window)) for variant in step.variant]
    frames.append((0, _frame(step.window)))
    opens_after = earlier[step.opens_after] if step.opens_after is not None else None
    by_age = step.recipient == "guardian_under_18"
    guardian = step.text_guardian or step.text
    return CompiledStep(
        action=step.action,
        clock=renewed(find, step.action) if step.renewed_by_contact else find,
        clock_name=step.clock,
        clock_called=clock.called,
        frames=tuple(frames),
        opens_after=opens_after,
        agreed_date=step.agreed_date,
        done=ends(step.done, step.action) if step.done is not None else None,
        responsible=step.responsible,
        recipient="youth" if by_age else None if step.recipient == "none" else step.recipient,
        by_age=by_age,
        rule=f"{step.rule}",
        text=step.text,
        text_guardian=guardian,
        text_turned=guardian + _TURNED,
        text_age_unknown=step.text + _AGE_UNKNOWN,
        adjust=adjust,
        needs=_needs(step.when, bits),
        done_by_contact_only=step.done is not None and not step.done.events,
    )


def _frame(window: Window) -> Frame:
    opens = window.at or window.start
    closes = window.at or window.within or window.to
    return Frame(
        parse_duration(opens) if opens else _ZERO,
        parse_duration(closes) if closes else None,
        CLOCKS[window.to_clock].find if window.to_clock else None,
    )
