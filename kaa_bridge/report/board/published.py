"""What may be published of a municipality on a day: every figure of the board and audit reports, small ones hidden.

Both reports take their figures from here, so that what one hides cannot be read out of the other.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from kaa_bridge.domain.values import Protection
from kaa_bridge.errors import InputRefused
from kaa_bridge.journal.states import NoteState
from kaa_bridge.law import Outcome
from kaa_bridge.report.basis import Basis, make_basis
from kaa_bridge.report.board.spans import Span, half_years, last_whole, months
from kaa_bridge.report.board.spells import Spell, spells
from kaa_bridge.report.board.sums import between_sums, completed, half_sums, month_sums, now_sums, rank_of
from kaa_bridge.report.board.tally import Tally
from kaa_bridge.report.suppress import LEAST, Sum, hidden_cells, is_small
from kaa_bridge.store.connection import Connection
from kaa_bridge.store.history import histories, night_dates, nights, notes_by_state
from kaa_bridge.store.youths import Word, YouthState
from kaa_bridge.sync.bridge import Bridge
from kaa_bridge.sync.decide import Rules, decide_one
from kaa_bridge.sync.view import rules_on

HALVES, MONTHS = 6, 12
"""So many half-years, and months of them, are counted at most: enough for three years' trend."""

INVESTIGATE = "Ta reda på det som inte är känt om ungdomen."
"""The text of the step that no routine holds."""


@dataclass(frozen=True, slots=True)
class Published:
    """The figures of one municipality on one day.

    Attributes:
        began: the first night; nothing is known of the time before it.
        last_night: the last one up to the day; the register stands as it left it.
        medians: days from coverage to registration, for each half-year with five known or more.
        late: Swedish text of each step that is late in an open case, by its name.
        protected: youths with protected identity on the register, ``None`` when they are one to four.
        investigate: unprotected youths to be investigated and not on the register, likewise.
        nights: dates with a night in the last half-year.
    """

    basis: Basis
    began: date
    last_night: date
    halves: tuple[Span, ...]
    months: tuple[Span, ...]
    cells: Mapping[str, int]
    sums: Sequence[Sum]
    hidden: frozenset[str]
    medians: Mapping[str, int]
    late: Mapping[str, str]
    protected: int | None
    investigate: int | None
    nights: int

    @property
    def last(self) -> Span:
        """The half-year of the report's day."""
        return self.halves[-1]

    @property
    def focus(self) -> Span:
        """The half-year that is spoken of first: the last whole one, else the last."""
        return last_whole(self.halves)

    def value(self, span: Span | None, what: str) -> int | None:
        """Return a figure, ``None`` when it is not shown; without a period, how things stand on the day."""
        return self.cell(f"{span.key if span else 'now'}/{what}")

    def cell(self, name: str) -> int | None:
        """Return a figure by its whole name, ``None`` when it is not shown."""
        return None if name in self.hidden else self.cells[name]

    def share(self, span: Span | None, part: str, rest: str) -> int | None:
        """Return a part's share of it and the rest in whole per cent, ``None`` when it is not shown or of nothing."""
        one, other = self.value(span, part), self.value(span, rest)
        if one is None or other is None or one + other == 0:
            return None
        return per_cent(one, one + other)


def per_cent(part: int, whole: int) -> int:
    """Return a share in whole per cent, halves rounded up; only everything is 100 and only nothing is 0."""
    rounded = (200 * part + whole) // (2 * whole)
    if 0 < part < whole:
        return min(max(rounded, 1), 99)
    return rounded


def publish(connection: Connection, bridge: Bridge, as_of: date, *, recent_days: int) -> Published:
    """Count and hide: one pass over the state in flat memory.

    Raises:
        InputRefused: no night has been run by the day, so nothing is known.
    """
    dates = night_dates(connection, as_of.isoformat())
    if dates is None:
        raise InputRefused(
            "report_no_history",
            f"No night had been run for municipality {bridge.code} by {as_of}; there is nothing to report.",
            remedy=f"kaa-bridge run --municipality {bridge.code}",
        )
    began, last_night = map(date.fromisoformat, dates)
    halves = half_years(began, as_of)[-HALVES:]
    within = tuple(one for one in months(began, as_of) if one.first >= halves[-min(2, len(halves))].first)[-MONTHS:]
    tally = Tally(bridge.code, as_of, began, halves, within, recent_days)
    counter = _Counter(tally, rules_on(connection, bridge, as_of))
    for state, words, kept in histories(connection):
        counter.take(state, words, spells(kept, as_of=as_of, waits=bridge.table.wait_for_start))
    _count_notes(connection, tally)
    sums = sums_of(halves, within, sorted(tally.late))
    cells = completed(tally.cells, sums)
    return Published(
        basis=make_basis(connection, bridge, as_of),
        began=began,
        last_night=last_night,
        halves=halves,
        months=within,
        cells=cells,
        sums=sums,
        hidden=hidden_cells(cells, sums, rank_of(cells)),
        medians={key: _median(days) for key, days in tally.delays.items() if days.total() >= LEAST},
        late=_step_texts(bridge, tally.late),
        protected=_shown(counter.protected),
        investigate=_shown(counter.investigate),
        nights=nights(connection, halves[-1].first.isoformat(), as_of.isoformat()),
    )


def _count_notes(connection: Connection, tally: Tally) -> None:
    """Count the notes that were written or are to be; one that another has taken the place of is none."""
    states = notes_by_state(connection, tally.as_of.isoformat())
    tally.cells["notes/confirmed"] = states.get(NoteState.CONFIRMED.value, 0)
    tally.cells["notes/all"] = sum(states.values()) - states.get(NoteState.SUPERSEDED.value, 0)


class _Counter:
    """Sorts the protected out, merges the others' facts, and hands them to the tally."""

    def __init__(self, tally: Tally, rules: Rules) -> None:
        self.tally = tally
        self.protected = self.investigate = 0
        self._rules = rules

    def take(self, state: YouthState, words: list[Word], found: Sequence[Spell]) -> None:
        is_open = bool(found) and found[-1].closed is None
        if state.protection != Protection.NONE.value:
            self.protected += is_open
            return
        decided = decide_one(state, words, self._rules)
        self.investigate += not is_open and decided.verdict.outcome is Outcome.INVESTIGATE
        youth = decided.merged.youth
        self.tally.take(youth, found)
        if is_open:
            self.tally.take_open(youth, found[-1], decided)


def sums_of(halves: Sequence[Span], within: Sequence[Span], late: Sequence[str]) -> list[Sum]:
    """Return every sum that the figures of a municipality obey; ``late`` names the steps that are late somewhere."""
    found = [one for span in halves for one in half_sums(span)]
    found += [one for span in within for one in month_sums(span)]
    return [*found, *now_sums(halves[-1], late), *between_sums(halves, within)]


def _step_texts(bridge: Bridge, late: set[str]) -> dict[str, str]:
    """Return the routine's text of each step; what is to be investigated differs from youth to youth."""
    texts = {step.action: step.text for step in bridge.routine.file.step}
    return {action: texts.get(action, INVESTIGATE) for action in late}


def _median(days: Counter[int]) -> int:
    """Return the middle number of days; the lower of two."""
    left = (days.total() + 1) // 2
    for day in sorted(days):
        left -= days[day]
        if left <= 0:
            return day
    raise AssertionError("a median of nothing")


def _shown(count: int) -> int | None:
    return None if is_small(count) else count
